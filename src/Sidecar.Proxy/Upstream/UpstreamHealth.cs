namespace Sidecar.Proxy.Upstream;

/// <summary>
/// Whether a provider is worth asking, as its last answers tell.
/// <code>
/// closed ── failures in a row ─→ open ── its time is over ─→ half-open: one request asks ── success ─→ closed
///                                  ↑                                                     └─ failure ─→ open
/// </code>
/// </summary>
/// <param name="time">The clock.</param>
public sealed class UpstreamHealth(TimeProvider time)
{
    /// <summary>Failures in a row after which it is left alone.</summary>
    public const int MaxFailures = 5;

    /// <summary>How long it is left alone before one request asks again.</summary>
    public static readonly TimeSpan OpenTime = TimeSpan.FromSeconds(10);

    /// <summary>Longest that its own Retry-After is believed.</summary>
    public static readonly TimeSpan MaxRetryAfter = TimeSpan.FromSeconds(60);

    private readonly Lock _lock = new();
    private int _failures;
    private long _openUntil;
    private bool _isProbing;

    /// <summary>Whether a request may go there. Where it is half-open, the one that is told so is its probe.</summary>
    public bool TryEnter()
    {
        lock (_lock)
        {
            if (_openUntil == 0) return true;
            if (_isProbing || time.GetTimestamp() < _openUntil) return false;
            _isProbing = true;
            return true;
        }
    }

    /// <summary>It answered.</summary>
    public void OnSuccess()
    {
        lock (_lock) (_failures, _openUntil, _isProbing) = (0, 0, false);
    }

    /// <summary>It failed.</summary>
    /// <returns>Whether it is left alone from now on.</returns>
    public bool OnFailure()
    {
        lock (_lock)
        {
            _failures++;
            if (!_isProbing && (_failures < MaxFailures || _openUntil != 0)) return false;
            Open(OpenTime);
            return true;
        }
    }

    /// <summary>It asked to be left alone.</summary>
    /// <param name="delay">For how long.</param>
    public void OnRetryAfter(TimeSpan delay)
    {
        lock (_lock) Open(delay < MaxRetryAfter ? delay : MaxRetryAfter);
    }

    /// <summary>Nothing was learned: the client left, say.</summary>
    public void OnUnknown()
    {
        lock (_lock) _isProbing = false;
    }

    private void Open(TimeSpan delay)
    {
        _openUntil = time.GetTimestamp() + (long)(delay.TotalSeconds * time.TimestampFrequency);
        _isProbing = false;
    }
}

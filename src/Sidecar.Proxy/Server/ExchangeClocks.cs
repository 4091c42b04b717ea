using Sidecar.Proxy.Configuration;

namespace Sidecar.Proxy.Server;

/// <summary>
/// The clocks of one exchange. Its loop starts, restarts and stops them by writing a timestamp; the heartbeat reads them and renews one.
/// A timestamp of 0 means "not running".
/// </summary>
/// <param name="options">The limits.</param>
/// <param name="time">Whose timestamps they are.</param>
public sealed class ExchangeClocks(StreamingOptions options, TimeProvider time)
{
    private long _request, _body, _total, _firstToken, _read, _stall, _write;
    private TimeSpan _firstTokenLimit;
    private volatile bool _isPaused;

    /// <summary>Starts the clock of the whole exchange.</summary>
    public void StartTotal(long now) => Volatile.Write(ref _total, now);

    /// <summary>Starts the wait for the whole request, from its first byte.</summary>
    public void StartRequest(long since) => Volatile.Write(ref _request, since);

    /// <summary>Bytes of the request's body came, or are now awaited.</summary>
    public void OnBody(long now) => Volatile.Write(ref _body, now);

    /// <summary>The request is in.</summary>
    public void StopRequest()
    {
        Volatile.Write(ref _request, 0);
        Volatile.Write(ref _body, 0);
    }

    /// <summary>Starts the wait for the first content delta.</summary>
    public void StartFirstToken(long now, TimeSpan limit)
    {
        _firstTokenLimit = limit;
        Volatile.Write(ref _firstToken, now);
    }

    /// <summary>The first content delta is here, or none is awaited.</summary>
    public void StopFirstToken() => Volatile.Write(ref _firstToken, 0);

    /// <summary>The provider proved that it lives: bytes came.</summary>
    public void OnRead(long now) => Volatile.Write(ref _read, now);

    /// <summary>An event of meaning came.</summary>
    public void OnMeaning(long now) => Volatile.Write(ref _stall, now);

    /// <summary>The provider is not awaited: its silence is our doing.</summary>
    public void StopUpstream()
    {
        Volatile.Write(ref _read, 0);
        Volatile.Write(ref _stall, 0);
    }

    /// <summary>A write to the client waits.</summary>
    /// <param name="now">Since when.</param>
    /// <param name="pausesUpstream">Whether the provider is not read meanwhile.</param>
    public void StartWrite(long now, bool pausesUpstream)
    {
        _isPaused = pausesUpstream;
        Volatile.Write(ref _write, now);
    }

    /// <summary>The write that waited is over, and the provider is read again: its silence was ours.</summary>
    public void OnResumed(long now)
    {
        OnRead(now);
        if (Volatile.Read(ref _stall) != 0) OnMeaning(now);
        StopWrite();
    }

    /// <summary>The write that waits made progress; does nothing when it ended meanwhile. For the heartbeat.</summary>
    public void OnWriteProgress(long now)
    {
        var since = Volatile.Read(ref _write);
        if (since != 0) Interlocked.CompareExchange(ref _write, now, since);
    }

    /// <summary>No write waits.</summary>
    public void StopWrite() => Volatile.Write(ref _write, 0);

    /// <summary>Whether a write waits.</summary>
    public bool IsWriting => Volatile.Read(ref _write) != 0;

    /// <summary>The clock that ran out, or none.</summary>
    public Interruption Check(long now)
    {
        if (IsOver(ref _request, options.ClientInitialTimeout, now) || IsOver(ref _body, options.ClientBetweenChunksTimeout, now))
        {
            return Interruption.RequestTimeout;
        }
        if (IsOver(ref _total, options.ClientTotalTimeout, now)) return Interruption.TotalTimeout;
        if (IsOver(ref _write, options.WriteTimeout, now)) return Interruption.WriteTimeout;
        if (IsWriting && _isPaused) return Interruption.None;
        if (IsOver(ref _firstToken, _firstTokenLimit, now)) return Interruption.FirstTokenTimeout;
        if (IsOver(ref _read, options.ReadTimeout, now)) return Interruption.ReadTimeout;
        return IsOver(ref _stall, options.StallTimeout, now) ? Interruption.StallTimeout : Interruption.None;
    }

    private bool IsOver(ref long since, TimeSpan limit, long now)
    {
        var start = Volatile.Read(ref since);
        return start != 0 && limit > TimeSpan.Zero && time.GetElapsedTime(start, now) >= limit;
    }
}

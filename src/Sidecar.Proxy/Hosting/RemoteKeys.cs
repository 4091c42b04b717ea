using System.Buffers;
using System.Text;
using Microsoft.IdentityModel.Tokens;
using Sidecar.Protocols.Http1;
using Sidecar.Proxy.Admission;
using Sidecar.Proxy.Configuration;
using Sidecar.Proxy.Upstream;

namespace Sidecar.Proxy.Hosting;

/// <summary>
/// The key set at an issuer's URL, asked for beside the requests and never by one: at the start, every ten minutes, and soon after a token names
/// a key that is not in it. What was known stays when the issuer cannot be reached.
/// </summary>
/// <param name="url">Where it is.</param>
/// <param name="pool">Connections to it.</param>
/// <param name="time">The clock.</param>
/// <param name="onFailure">Told why it could not be fetched.</param>
internal sealed class RemoteKeys(Uri url, UpstreamPool pool, TimeProvider time, Action<string> onFailure) : IIssuerKeys
{
    /// <summary>How often it is asked for.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromMinutes(10);

    /// <summary>How long after one attempt the next may follow, whatever asks for it.</summary>
    public static readonly TimeSpan LeastInterval = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(5);

    private readonly Lock _lock = new();
    private volatile IReadOnlyList<JsonWebKey>? _current;
    private ITimer? _timer;
    private long _triedAt;
    private bool _isSoon;

    /// <summary>Where it is.</summary>
    public Uri Url => url;

    /// <inheritdoc/>
    public IReadOnlyList<JsonWebKey>? Current => _current;

    /// <inheritdoc/>
    public void Follow()
    {
        lock (_lock) _timer ??= time.CreateTimer(_ => _ = FetchAsync(), null, TimeSpan.Zero, System.Threading.Timeout.InfiniteTimeSpan);
    }

    /// <inheritdoc/>
    public void Miss()
    {
        lock (_lock)
        {
            if (_isSoon) return;
            var left = LeastInterval - time.GetElapsedTime(_triedAt);
            Next(left > TimeSpan.Zero ? left : TimeSpan.Zero);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_lock) _timer?.Dispose();
        pool.Dispose();
    }

    private async Task FetchAsync()
    {
        lock (_lock) (_isSoon, _triedAt) = (true, time.GetTimestamp());
        var problem = await TryFetchAsync().ConfigureAwait(false);
        if (problem is not null) onFailure(problem);
        lock (_lock)
        {
            _isSoon = false;
            Next(problem is null ? Interval : LeastInterval);
        }
    }

    private void Next(TimeSpan after)
    {
        _isSoon = after <= LeastInterval;
        _timer?.Change(after, System.Threading.Timeout.InfiniteTimeSpan);
    }

    private async Task<string?> TryFetchAsync()
    {
        try
        {
            using var deadline = new CancellationTokenSource(Timeout, time);
            using var exchange = new OwnExchange(pool, Request());
            var error = await exchange.RunAsync(deadline.Token).ConfigureAwait(false);
            if (error != UpstreamError.None) return deadline.IsCancellationRequested ? "no answer in time" : $"the issuer cannot be asked: {error}";
            if (exchange.Status != 200) return $"status {exchange.Status}";
            if (KeySetFile.Parse(exchange.Body, out var keys) is { } wrong) return wrong;
            _current = keys;
            return null;
        }
        catch (OperationCanceledException)
        {
            return "no answer in time";
        }
        catch (Exception error)
        {
            // Whatever it was, the next attempt must come.
            return $"the issuer cannot be asked: {error.GetType().Name}";
        }
    }

    private ReadOnlyMemory<byte> Request()
    {
        var request = new ArrayBufferWriter<byte>();
        var head = new HeadWriter(request);
        head.RequestLine("GET"u8, default, Encoding.ASCII.GetBytes(url.PathAndQuery));
        head.Field("host"u8, pool.Target.Host);
        head.Field("accept"u8, "application/json"u8);
        head.Field("accept-encoding"u8, "identity"u8);
        head.End();
        return request.WrittenMemory;
    }
}

using Sidecar.Proxy.Configuration;
using Sidecar.Proxy.Transport;

namespace Sidecar.Proxy.Upstream;

/// <summary>
/// The connections to one provider. The most recently used idle one goes first, so that a pool shrinks when the load does. At most
/// <c>max_connections</c> are open; past it an exchange waits for one as long as it would for a connect.
/// </summary>
public sealed class UpstreamPool : IHeartbeatTarget, IDisposable
{
    /// <summary>How long a connection is kept idle. Below the 60 s after which common load balancers forget one.</summary>
    public static readonly TimeSpan IdleTimeout = TimeSpan.FromSeconds(55);

    private readonly Func<CancellationToken, ValueTask<(Connection? Connection, UpstreamError Error)>> _connect;
    private readonly SemaphoreSlim _slots;
    private readonly Heartbeat _heartbeat;
    private readonly TimeProvider _time;
    private readonly Lock _lock = new();
    private readonly List<UpstreamConnection> _idle = [];
    private int _open;
    private bool _isDisposed;

    /// <param name="options">Where it connects to.</param>
    /// <param name="transport">Where its connections come from.</param>
    /// <param name="heartbeat">Closes what was idle too long.</param>
    /// <param name="time">The clock.</param>
    public UpstreamPool(UpstreamOptions options, NetworkTransport transport, Heartbeat heartbeat, TimeProvider time)
        : this(options, new UpstreamConnector(options, transport, time).ConnectAsync, heartbeat, time)
    {
    }

    internal UpstreamPool(
        UpstreamOptions options, Func<CancellationToken, ValueTask<(Connection? Connection, UpstreamError Error)>> connect, Heartbeat heartbeat, TimeProvider time)
    {
        Options = options;
        _connect = connect;
        _slots = new SemaphoreSlim(options.MaxConnections);
        _heartbeat = heartbeat;
        _time = time;
        Target = new UpstreamTarget(options);
        Health = new UpstreamHealth(time);
        heartbeat.Add(this);
    }

    /// <summary>What it was made from.</summary>
    public UpstreamOptions Options { get; }

    /// <summary>What requests to it carry.</summary>
    public UpstreamTarget Target { get; }

    /// <summary>Whether it is worth asking.</summary>
    public UpstreamHealth Health { get; }

    /// <summary>Connections open now, in use or idle.</summary>
    public int OpenConnections => Volatile.Read(ref _open);

    /// <summary>An idle connection, or a new one. Give it back with <see cref="Return"/> or <see cref="Discard"/>.</summary>
    /// <param name="fresh">Whether it must be a new one.</param>
    /// <param name="cancel">Bounds the wait, the connect and the handshake together.</param>
    public async ValueTask<(UpstreamConnection? Connection, UpstreamError Error)> AcquireAsync(bool fresh, CancellationToken cancel)
    {
        try
        {
            await _slots.WaitAsync(cancel).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            return (null, UpstreamError.PoolExhausted);
        }
        while (TakeIdle() is { } idle)
        {
            if (!fresh && idle.IsFresh())
            {
                idle.IsReused = true;
                return (idle, UpstreamError.None);
            }
            Close(idle);
            // One makes room for a fresh one: in use and idle together are never more than max_connections.
            if (fresh) break;
        }
        var (connection, error) = await _connect(cancel).ConfigureAwait(false);
        if (connection is null)
        {
            _slots.Release();
            return (null, error);
        }
        Interlocked.Increment(ref _open);
        return (new UpstreamConnection(connection), UpstreamError.None);
    }

    /// <summary>Its exchange ended cleanly: keeps it for the next.</summary>
    public void Return(UpstreamConnection connection)
    {
        connection.IdleSince = _time.GetTimestamp();
        bool isKept;
        lock (_lock)
        {
            isKept = !_isDisposed;
            if (isKept) _idle.Add(connection);
        }
        if (!isKept) Close(connection);
        _slots.Release();
    }

    /// <summary>Its exchange did not end cleanly: nothing more is said on it.</summary>
    public void Discard(UpstreamConnection connection)
    {
        Close(connection);
        _slots.Release();
    }

    /// <inheritdoc/>
    public void OnHeartbeat(long now)
    {
        while (TakeExpired(now) is { } expired) Close(expired);
    }

    /// <summary>Closes the idle ones; those in use are closed when they come back.</summary>
    public void Dispose()
    {
        _heartbeat.Remove(this);
        lock (_lock) _isDisposed = true;
        while (TakeIdle() is { } idle) Close(idle);
    }

    private UpstreamConnection? TakeIdle()
    {
        lock (_lock)
        {
            if (_idle.Count == 0) return null;
            var last = _idle[^1];
            _idle.RemoveAt(_idle.Count - 1);
            return last;
        }
    }

    private UpstreamConnection? TakeExpired(long now)
    {
        lock (_lock)
        {
            if (_idle.Count == 0 || _time.GetElapsedTime(_idle[0].IdleSince, now) < IdleTimeout) return null;
            var oldest = _idle[0];
            _idle.RemoveAt(0);
            return oldest;
        }
    }

    private void Close(UpstreamConnection connection)
    {
        connection.Connection.Abort();
        // Nobody reads it any more: a pipe gives its buffers back only when both of its ends are complete.
        connection.Connection.Input.Complete();
        Interlocked.Decrement(ref _open);
    }
}

using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Prometheus;
using Sidecar.Proxy.Configuration;
using Sidecar.Proxy.Telemetry;
using Sidecar.Proxy.Transport;

namespace Sidecar.Proxy.Server;

/// <summary>One port: accepts connections and runs each until it is gone.</summary>
public sealed class HttpServer : IDisposable
{
    private static readonly TimeSpan AcceptWarningInterval = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<Http1Connection, byte> _connections = new();
    private readonly Listener _listener;
    private readonly Func<SidecarOptions> _options;
    private readonly IExchangeHandler _handler;
    private readonly Heartbeat _heartbeat;
    private readonly IGauge? _gauge;
    private readonly Log _log;
    private readonly TimeProvider _time;
    private volatile bool _isLeaving;
    private volatile bool _isStopping;
    private long _acceptFailedAt;

    /// <summary>Binds the port; <see cref="Start"/> begins to accept.</summary>
    /// <param name="endPoint">Where it listens.</param>
    /// <param name="handler">Answers the exchanges.</param>
    /// <param name="options">The configuration of the moment; a connection keeps the one it began with.</param>
    /// <param name="heartbeat">Ticks the clocks of its connections.</param>
    /// <param name="gauge">Shows the number of connections; null for none.</param>
    /// <param name="log">Told of failed accepts and of defects.</param>
    /// <param name="time">The clock.</param>
    /// <exception cref="SocketException">The address cannot be bound.</exception>
    public HttpServer(IPEndPoint endPoint, IExchangeHandler handler, Func<SidecarOptions> options, Heartbeat heartbeat, IGauge? gauge, Log log, TimeProvider time)
    {
        _listener = Listener.Bind(endPoint, options().Http.SocketBuffers, time);
        _handler = handler;
        _options = options;
        _heartbeat = heartbeat;
        _gauge = gauge;
        _log = log;
        _time = time;
    }

    /// <summary>Where it listens, with the real port.</summary>
    public IPEndPoint LocalEndPoint => _listener.LocalEndPoint;

    /// <summary>Connections open now.</summary>
    public int ConnectionCount => _connections.Count;

    /// <summary>Begins to accept.</summary>
    public void Start() => _listener.Start(OnAccept, OnAcceptFailed);

    /// <summary>Goes on to serve, one exchange more on each connection: the answers say that it closes.</summary>
    public void Announce()
    {
        _isLeaving = true;
        foreach (var (connection, _) in _connections) connection.CloseAfterExchange(isBrief: false);
    }

    /// <summary>Accepts no more; connections without an exchange are closed, the others when theirs ends.</summary>
    public async Task StopAcceptingAsync()
    {
        Announce();
        _isStopping = true;
        // Those that came in at the last moment have asked for something, most likely.
        var before = _connections.Keys;
        await _listener.StopAsync().ConfigureAwait(false);
        foreach (var connection in before) connection.CloseWhenIdle();
    }

    /// <summary>Interrupts every exchange under way.</summary>
    public void Interrupt(Interruption reason)
    {
        foreach (var (connection, _) in _connections) connection.Current?.Interrupt(reason);
    }

    /// <summary>Interrupts one exchange; false when there is none of that id.</summary>
    public bool Interrupt(string stream, Interruption reason)
    {
        foreach (var (connection, _) in _connections)
        {
            if (connection.Current is not { } exchange || exchange.Record.Stream != stream) continue;
            exchange.Interrupt(reason);
            return true;
        }
        return false;
    }

    /// <inheritdoc/>
    public void Dispose() => _listener.Dispose();

    private void OnAccept(Socket socket)
    {
        var options = _options();
        if (_connections.Count >= options.Http.MaxConnections)
        {
            socket.Dispose();
            return;
        }
        Connection client;
        try
        {
            client = SocketTransport.Create(socket, ThresholdsOf(options.Streaming), _time);
        }
        catch (SocketException)
        {
            // The peer reset it before it was taken over: there is nobody to answer.
            socket.Dispose();
            return;
        }
        var connection = new Http1Connection(client, _handler, options, _time);
        _connections.TryAdd(connection, 0);
        _heartbeat.Add(connection);
        _gauge?.Inc();
        if (_isLeaving) connection.CloseAfterExchange(isBrief: _isStopping);
        // Each connection begins on a thread of the pool, so that a slow start never holds up the next accept.
        _ = Task.Run(() => RunAsync(connection, client));
    }

    // Accepting is tried again many times a second, and fails for as long as there are no file descriptors left.
    private void OnAcceptFailed(SocketError error)
    {
        var now = _time.GetTimestamp();
        if (_acceptFailedAt != 0 && _time.GetElapsedTime(_acceptFailedAt, now) < AcceptWarningInterval) return;
        _acceptFailedAt = now;
        _log.Write(LogLevel.Warning, "accept failed", ("error", error.ToString()));
    }

    private async Task RunAsync(Http1Connection connection, Connection client)
    {
        try
        {
            await connection.RunAsync().ConfigureAwait(false);
        }
        catch (Exception e)
        {
            _log.Write(LogLevel.Error, "a connection failed by a defect", ("error", e.ToString()));
            client.Abort();
        }
        finally
        {
            _heartbeat.Remove(connection);
            _connections.TryRemove(connection, out _);
            _gauge?.Dec();
        }
    }

    private static PipeThresholds ThresholdsOf(StreamingOptions options)
    {
        // What waits in the connection cannot be left out any more: where the provider is read on, most of the buffer is the backlog's.
        if (options.Backpressure == BackpressureStrategy.KeepReading) return new PipeThresholds(Math.Max(1, options.BufferSize / 4), Math.Max(1, options.BufferSize / 8));
        return new PipeThresholds(
            Math.Max(1, (long)options.BufferSize * options.HighWatermark / 100), Math.Max(1, (long)options.BufferSize * options.LowWatermark / 100));
    }
}

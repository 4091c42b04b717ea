using System.Buffers;
using Sidecar.Protocols.Http1;
using Sidecar.Providers;
using Sidecar.Proxy.Configuration;
using Sidecar.Proxy.Telemetry;
using Sidecar.Proxy.Transport;

namespace Sidecar.Proxy.Server;

/// <summary>Answers exchanges.</summary>
public interface IExchangeHandler
{
    /// <summary>Writes the response. Returns when all of it is written; never throws for what a peer does.</summary>
    Task HandleAsync(Exchange exchange);
}

/// <summary>
/// One client connection: reads a head, hands the exchange to its handler, and goes on to the next head while both sides keep the
/// connection alive. Pipelined requests wait in the input and are answered in order.
/// </summary>
public sealed class Http1Connection : IHeartbeatTarget
{
    /// <summary>How long a kept-alive connection may wait for its next request.</summary>
    public static readonly TimeSpan IdleTimeout = TimeSpan.FromSeconds(75);

    private static readonly TimeSpan LastIdleTimeout = TimeSpan.FromSeconds(1);

    private readonly Connection _client;
    private readonly IExchangeHandler _handler;
    private readonly SidecarOptions _options;
    private readonly TimeProvider _time;
    private readonly RequestHead _head;
    private Exchange? _exchange;
    private long _waitingSince;
    private long _headSince;
    private bool _isClosing;
    private bool _isLast;
    private bool _isBrief;
    private bool _lingers;

    /// <param name="client">The connection, owned from now on.</param>
    /// <param name="handler">Answers the exchanges.</param>
    /// <param name="options">Bounds and clocks of this connection.</param>
    /// <param name="time">The clock.</param>
    public Http1Connection(Connection client, IExchangeHandler handler, SidecarOptions options, TimeProvider time)
    {
        _client = client;
        _handler = handler;
        _options = options;
        _time = time;
        _head = new RequestHead(options.Http.MaxHeaderBytes, options.Http.MaxHeaders);
    }

    /// <summary>The exchange in progress, if any.</summary>
    public Exchange? Current => Volatile.Read(ref _exchange);

    /// <summary>Runs until the connection is gone.</summary>
    public async Task RunAsync()
    {
        while (!Volatile.Read(ref _isClosing) && await ReadHeadAsync().ConfigureAwait(false) is { } exchange)
        {
            Interlocked.Exchange(ref _exchange, exchange);
            // Looked at after the exchange can be seen: whoever closes the connection either sees it or is seen.
            if (Volatile.Read(ref _isClosing) || Volatile.Read(ref _isLast)) exchange.Response.KeepAlive = false;
            await _handler.HandleAsync(exchange).ConfigureAwait(false);
            await exchange.StopWatchingAsync().ConfigureAwait(false);
            exchange.Body.Release();
            Volatile.Write(ref _exchange, null);
            _lingers = !exchange.IsBodyRead;
            if (!exchange.IsBodyRead || !exchange.Response.KeepAlive || exchange.Interruption != Interruption.None) break;
        }
        await _client.CloseAsync(_options.Streaming.WriteTimeout, _lingers).ConfigureAwait(false);
    }

    /// <summary>The next answer is the last, and says so.</summary>
    /// <param name="isBrief">Whether a request that does not come soon is not waited for.</param>
    public void CloseAfterExchange(bool isBrief)
    {
        Volatile.Write(ref _isBrief, isBrief);
        Volatile.Write(ref _isLast, true);
        Interlocked.MemoryBarrier();
        // One whose head has said otherwise already is followed by another.
        if (Current is { Response.HasStarted: false } exchange) exchange.Response.KeepAlive = false;
    }

    /// <summary>Closes the connection as soon as no exchange is in progress.</summary>
    public void CloseWhenIdle()
    {
        Volatile.Write(ref _isClosing, true);
        Interlocked.MemoryBarrier();
        if (Current is { } exchange)
        {
            exchange.Response.KeepAlive = false;
            exchange.Record.Phase = Phase.Draining;
        }
        else
        {
            _client.Input.CancelPendingRead();
        }
    }

    /// <inheritdoc/>
    public void OnHeartbeat(long now)
    {
        if (Current is { } exchange) exchange.OnHeartbeat(now);
        else if (IsExpired(now)) _client.Input.CancelPendingRead();
    }

    /// <summary>The next exchange, or null when the connection is to be closed.</summary>
    private async ValueTask<Exchange?> ReadHeadAsync()
    {
        _head.Reset();
        Volatile.Write(ref _headSince, 0);
        Volatile.Write(ref _waitingSince, _time.GetTimestamp());
        // A pipelined request was seen by the watch of the exchange before it: a pipe shows examined bytes again only to a TryRead.
        if (!_client.Input.TryRead(out var read)) read = await _client.Input.ReadAsync().ConfigureAwait(false);
        while (true)
        {
            var buffer = read.Buffer;
            if (_headSince == 0 && !buffer.IsEmpty)
            {
                Volatile.Write(ref _headSince, _time.GetTimestamp());
                Volatile.Write(ref _waitingSince, 0);
            }
            var (status, headBytes) = ParseHead(buffer);
            var consumed = buffer.GetPosition(headBytes?.Length ?? 0);
            _client.Input.AdvanceTo(consumed, status == ParseStatus.NeedMore ? buffer.End : consumed);
            if (status == ParseStatus.Complete) return NewExchange(headBytes!, null);
            if (status == ParseStatus.Failed) return Refuse(RefusalOf(_head.Error));
            if (read.IsCompleted || (Volatile.Read(ref _isClosing) && buffer.IsEmpty)) return null;
            if (IsExpired(_time.GetTimestamp()))
            {
                return buffer.IsEmpty ? null : Refuse(new Refusal(ErrorCode.ClientTimeout, "the request did not arrive in time"));
            }
            read = await _client.Input.ReadAsync().ConfigureAwait(false);
        }
    }

    private (ParseStatus, byte[]? HeadBytes) ParseHead(in ReadOnlySequence<byte> buffer)
    {
        if (buffer.IsEmpty) return (ParseStatus.NeedMore, null);
        if (buffer.IsSingleSegment)
        {
            var status = _head.Parse(buffer.FirstSpan);
            return (status, status == ParseStatus.Complete ? buffer.FirstSpan[.._head.ByteCount].ToArray() : null);
        }
        var length = (int)Math.Min(buffer.Length, _options.Http.MaxHeaderBytes);
        var joined = ArrayPool<byte>.Shared.Rent(length);
        buffer.Slice(0, length).CopyTo(joined);
        var result = _head.Parse(joined.AsSpan(0, length));
        var head = result == ParseStatus.Complete ? joined[.._head.ByteCount] : null;
        ArrayPool<byte>.Shared.Return(joined);
        return (result, head);
    }

    private Exchange Refuse(Refusal refusal)
    {
        var exchange = NewExchange([], refusal);
        exchange.Response.KeepAlive = false;
        return exchange;
    }

    private Exchange NewExchange(byte[] headBytes, Refusal? refusal)
    {
        var record = new ExchangeRecord
        {
            Time = _time.GetUtcNow(),
            StartedAt = _headSince,
            ClientBytesIn = headBytes.Length,
        };
        var exchange = new Exchange(_client, _head, headBytes, _options.Streaming, _time, record) { Refusal = refusal };
        exchange.Clocks.StartTotal(_headSince);
        exchange.Clocks.StartRequest(_headSince);
        return exchange;
    }

    private static Refusal RefusalOf(HttpError error)
    {
        var status = HttpErrorStatus.ForRequest(error);
        return new Refusal(status == 431 ? ErrorCode.HeaderTooLarge : ErrorCode.BadRequest with { Status = status }, $"malformed request: {error}");
    }

    private bool IsExpired(long now) =>
        IsOver(ref _waitingSince, Volatile.Read(ref _isBrief) ? LastIdleTimeout : IdleTimeout, now) || IsOver(ref _headSince, _options.Streaming.ClientInitialTimeout, now);

    private bool IsOver(ref long since, TimeSpan limit, long now)
    {
        var start = Volatile.Read(ref since);
        return start != 0 && limit > TimeSpan.Zero && _time.GetElapsedTime(start, now) >= limit;
    }
}

using System.Buffers;
using System.Buffers.Text;
using System.Text;
using Sidecar.Protocols.Http1;
using Sidecar.Proxy.Server;
using Sidecar.Proxy.Telemetry;
using Sidecar.Proxy.Transport;

namespace Sidecar.Proxy.Upstream;

/// <summary>
/// One request to a provider and the head of its response. The body is then read from its connection by the relay.
/// <see cref="Release"/> gives the connection back, whatever happened.
/// </summary>
/// <param name="pool">The provider.</param>
/// <param name="model">The model to ask for; null for the client's.</param>
/// <param name="exchange">The client's side.</param>
/// <param name="metrics">Counts each attempt.</param>
public sealed class UpstreamExchange(UpstreamPool pool, string? model, Exchange exchange, SidecarMetrics metrics)
{
    private const int MaxInterimResponses = 16;
    private const int WriteBytes = 64 * 1024;

    private UpstreamConnection? _connection;
    private long _sentBefore;

    /// <summary>The response's head.</summary>
    public ResponseHead Head => _connection!.Head;

    /// <summary>Its bytes.</summary>
    public byte[] HeadBytes { get; private set; } = [];

    /// <summary>The connection, once there is one.</summary>
    public Connection Connection => _connection!.Connection;

    /// <summary>For how long the provider asks to be left alone, where it says so in seconds (RFC 9110 §10.2.3).</summary>
    public TimeSpan? RetryAfter =>
        Head.TryGet("retry-after"u8, HeadBytes, out var value) && Utf8Parser.TryParse(value, out int seconds, out var length) && length == value.Length && seconds >= 0
            ? TimeSpan.FromSeconds(seconds)
            : null;

    /// <summary>When the request was written.</summary>
    public long SentAt { get; private set; }

    /// <summary>Bytes written to the provider.</summary>
    public long BytesSent => _connection is null ? 0 : Connection.BytesWritten - _sentBefore;

    /// <summary>
    /// Connects, sends the request and reads the response's head. A pooled connection that its peer closed before it answered anything is
    /// replaced by a new one, once (RFC 9112 §9.3.1).
    /// </summary>
    /// <param name="readsEvents">Whether the response must come unencoded.</param>
    /// <param name="firstTokenTimeout">Longest wait for the first content, from the sending on.</param>
    public async ValueTask<UpstreamError> SendAsync(bool readsEvents, TimeSpan firstTokenTimeout)
    {
        var error = await SendOnceAsync(readsEvents, firstTokenTimeout, fresh: false).ConfigureAwait(false);
        if (error == UpstreamError.NoResponse && _connection!.IsReused)
        {
            metrics.UpstreamAttempt(pool.Options.Name, AttemptResult.Stale);
            Release(isClean: false);
            error = await SendOnceAsync(readsEvents, firstTokenTimeout, fresh: true).ConfigureAwait(false);
        }
        metrics.UpstreamAttempt(pool.Options.Name, exchange.Interruption == Interruption.FirstTokenTimeout ? AttemptResult.Timeout : error.Result());
        return error;
    }

    /// <summary>Gives the connection back.</summary>
    /// <param name="isClean">Whether the response ended just where its framing says, so that another request may follow.</param>
    public void Release(bool isClean)
    {
        exchange.Attach(null);
        if (_connection is not { } connection) return;
        _connection = null;
        if (isClean && connection.Head.KeepAlive && !exchange.IsStopped) pool.Return(connection);
        else pool.Discard(connection);
    }

    private async ValueTask<UpstreamError> SendOnceAsync(bool readsEvents, TimeSpan firstTokenTimeout, bool fresh)
    {
        var cancel = exchange.StartConnecting(pool.Options.ConnectTimeout);
        (_connection, var error) = await pool.AcquireAsync(fresh, cancel).ConfigureAwait(false);
        // Before anything can end the attempt: what the connection carried before is not this exchange's.
        _sentBefore = _connection?.Connection.BytesWritten ?? 0;
        exchange.Attach(_connection?.Connection);
        if (exchange.Interruption != Interruption.None) return UpstreamError.Interrupted;
        if (_connection is null) return error;
        exchange.Clocks.StartFirstToken(exchange.Time.GetTimestamp(), firstTokenTimeout);
        // A provider may answer and close before it read everything: the answer is still worth reading.
        await WriteRequestAsync(readsEvents).ConfigureAwait(false);
        SentAt = exchange.Time.GetTimestamp();
        return await ReadHeadAsync().ConfigureAwait(false);
    }

    private async ValueTask WriteRequestAsync(bool readsEvents)
    {
        var output = Connection.Output;
        var (target, body) = model is null ? (null, exchange.Body.Bytes) : ModelRewrite.Apply(model, exchange.Head.PathAndQuery.Of(exchange.HeadBytes), exchange.Body.Bytes);
        var hasBody = exchange.Head.Framing != BodyFraming.None;
        var requestId = Encoding.Latin1.GetBytes(exchange.Record.RequestId);
        pool.Target.WriteHead(output, exchange.Head, exchange.HeadBytes, target, hasBody ? body.Length : -1, requestId, readsEvents, exchange.HidesCredential);
        do
        {
            var piece = body[..Math.Min(body.Length, WriteBytes)];
            output.Write(piece.Span);
            body = body[piece.Length..];
            var flush = await output.FlushAsync().ConfigureAwait(false);
            if (flush.IsCompleted || exchange.IsStopped) return;
        }
        while (!body.IsEmpty);
    }

    private async ValueTask<UpstreamError> ReadHeadAsync()
    {
        var head = Head;
        var interim = 0;
        var isAnswered = false;
        StartHead(head);
        while (true)
        {
            var read = await Connection.Input.ReadAsync().ConfigureAwait(false);
            var buffer = read.Buffer;
            if (exchange.IsStopped)
            {
                Connection.Input.AdvanceTo(buffer.Start);
                return exchange.Interruption != Interruption.None ? UpstreamError.Interrupted : UpstreamError.TimedOut;
            }
            isAnswered |= !buffer.IsEmpty;
            var status = Parse(head, buffer);
            if (status == ParseStatus.Complete)
            {
                Connection.Input.AdvanceTo(buffer.GetPosition(head.ByteCount));
                if (!head.IsInterim) return UpstreamError.None;
                // 101 was not asked for, as Upgrade is not forwarded.
                if (head.Status == 101 || ++interim > MaxInterimResponses) return UpstreamError.BadHead;
                StartHead(head);
                continue;
            }
            Connection.Input.AdvanceTo(buffer.Start, buffer.End);
            if (status == ParseStatus.Failed) return UpstreamError.BadHead;
            if (read.IsCompleted) return isAnswered ? UpstreamError.HeadTruncated : UpstreamError.NoResponse;
        }
    }

    private void StartHead(ResponseHead head)
    {
        head.Reset();
        head.AnswersHead = exchange.Head.IsHead;
    }

    private ParseStatus Parse(ResponseHead head, in ReadOnlySequence<byte> buffer)
    {
        if (buffer.IsEmpty) return ParseStatus.NeedMore;
        if (buffer.IsSingleSegment)
        {
            var status = head.Parse(buffer.FirstSpan);
            if (status == ParseStatus.Complete) HeadBytes = buffer.FirstSpan[..head.ByteCount].ToArray();
            return status;
        }
        var joined = ArrayPool<byte>.Shared.Rent((int)buffer.Length);
        buffer.CopyTo(joined);
        var result = head.Parse(joined.AsSpan(0, (int)buffer.Length));
        if (result == ParseStatus.Complete) HeadBytes = joined[..head.ByteCount];
        ArrayPool<byte>.Shared.Return(joined);
        return result;
    }
}

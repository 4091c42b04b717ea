using System.Buffers;
using Sidecar.Protocols.Http1;

namespace Sidecar.Proxy.Upstream;

/// <summary>One request of our own over a pooled connection, and the whole of its response, which is short.</summary>
/// <param name="pool">The connections.</param>
/// <param name="request">Head and body.</param>
internal sealed class OwnExchange(UpstreamPool pool, ReadOnlyMemory<byte> request) : IDisposable
{
    /// <summary>Longest response, heads and framing included: a verdict with all its categories is about 2 KiB.</summary>
    public const int MaxResponseBytes = 64 * 1024;

    private const int FirstBytes = 4 * 1024;

    private byte[] _buffer = ArrayPool<byte>.Shared.Rent(FirstBytes);
    private int _length;
    private int _received;
    private ResponseBody _body;

    /// <summary>The response's status.</summary>
    public int Status { get; private set; }

    /// <summary>Its body.</summary>
    public ReadOnlySpan<byte> Body => _buffer.AsSpan(0, _length);

    /// <summary>
    /// Sends the request and reads the response. A pooled connection that its peer closed before it answered anything is replaced by a new one,
    /// once (RFC 9112 §9.3.1).
    /// </summary>
    /// <param name="deadline">Ends it.</param>
    public async ValueTask<UpstreamError> RunAsync(CancellationToken deadline)
    {
        var (error, isStale) = await RunOnceAsync(fresh: false, deadline).ConfigureAwait(false);
        if (isStale) (error, _) = await RunOnceAsync(fresh: true, deadline).ConfigureAwait(false);
        return error;
    }

    /// <summary>Gives the response's buffer back.</summary>
    public void Dispose() => ArrayPool<byte>.Shared.Return(_buffer);

    private async ValueTask<(UpstreamError Error, bool IsStale)> RunOnceAsync(bool fresh, CancellationToken deadline)
    {
        var (connection, error) = await pool.AcquireAsync(fresh, deadline).ConfigureAwait(false);
        if (connection is null) return (error, false);
        var isClean = false;
        try
        {
            // A peer may answer and close before it read everything: the answer is still worth reading.
            await connection.Connection.Output.WriteAsync(request, deadline).ConfigureAwait(false);
            error = await ReadAsync(connection, deadline).ConfigureAwait(false);
            isClean = error == UpstreamError.None && connection.Head.KeepAlive && !_body.HasExcess;
        }
        finally
        {
            if (isClean) pool.Return(connection);
            else pool.Discard(connection);
        }
        return (error, error == UpstreamError.NoResponse && connection.IsReused);
    }

    private async ValueTask<UpstreamError> ReadAsync(UpstreamConnection connection, CancellationToken deadline)
    {
        var (head, input) = (connection.Head, connection.Connection.Input);
        head.Reset();
        head.AnswersHead = false;
        _length = _received = Status = 0;
        while (true)
        {
            var read = await input.ReadAsync(deadline).ConfigureAwait(false);
            var known = Status == 0 ? 0 : _length;
            var isBounded = Append(read.Buffer);
            input.AdvanceTo(read.Buffer.End);
            if (!isBounded) return UpstreamError.BadBody;
            if (Status == 0 && !TryReadHeads(head)) return UpstreamError.BadHead;
            if (Status == 0)
            {
                if (read.IsCompleted) return _received == 0 ? UpstreamError.NoResponse : UpstreamError.HeadTruncated;
                continue;
            }
            Unframe(known);
            if (read.IsCompleted) _body.OnInputEnd(connection.Connection.End);
            if (_body.State != BodyState.Open) return ErrorOf(_body.State);
        }
    }

    private bool Append(in ReadOnlySequence<byte> bytes)
    {
        if (bytes.Length > MaxResponseBytes - _received) return false;
        var count = (int)bytes.Length;
        _received += count;
        if (_buffer.Length - _length < count)
        {
            var larger = ArrayPool<byte>.Shared.Rent(Math.Max(_length + count, _buffer.Length * 2));
            Body.CopyTo(larger);
            ArrayPool<byte>.Shared.Return(_buffer);
            _buffer = larger;
        }
        bytes.CopyTo(_buffer.AsSpan(_length));
        _length += count;
        return true;
    }

    /// <summary>Takes heads off the front, up to the final one, whose status is set then. False when they break a rule.</summary>
    private bool TryReadHeads(ResponseHead head)
    {
        while (Status == 0)
        {
            var status = head.Parse(Body);
            if (status != ParseStatus.Complete) return status == ParseStatus.NeedMore;
            Body[head.ByteCount..].CopyTo(_buffer);
            _length -= head.ByteCount;
            // 101 was not asked for.
            if (head.Status == 101) return false;
            if (head.IsInterim)
            {
                head.Reset();
                continue;
            }
            Status = head.Status;
            _body = new ResponseBody(head);
        }
        return true;
    }

    /// <summary>Takes the framing off what came behind the body bytes that are known.</summary>
    private void Unframe(int known)
    {
        ReadOnlySpan<byte> framed = _buffer.AsSpan(known, _length - known);
        _length = known;
        while (_body.TryTake(ref framed, out var data))
        {
            // Never further than where the data stood: nothing unread is overwritten.
            data.CopyTo(_buffer.AsSpan(_length));
            _length += data.Length;
        }
    }

    private static UpstreamError ErrorOf(BodyState state) => state switch
    {
        BodyState.Ended => UpstreamError.None,
        BodyState.Malformed => UpstreamError.BadBody,
        _ => UpstreamError.BodyTruncated,
    };
}

using System.Buffers;
using System.IO.Pipelines;
using Sidecar.Protocols.Http1;

namespace Sidecar.Proxy.Server;

/// <summary>How the reading of a request body ended.</summary>
public enum BodyResult : byte
{
    /// <summary>It is whole.</summary>
    Complete,
    /// <summary>It is longer than allowed.</summary>
    TooLarge,
    /// <summary>Its chunked coding is malformed.</summary>
    Malformed,
    /// <summary>The client left, or the exchange was interrupted.</summary>
    Interrupted,
}

/// <summary>
/// A request's body, read whole before the provider is asked: its model decides the route, its length is then certain, and a stale
/// connection can be tried again. Lives in one pooled buffer until <see cref="Release"/>.
/// </summary>
public sealed class RequestBody
{
    private const int MaxChunkLineBytes = 1024;
    private const int MaxTrailerBytes = 8 * 1024;
    private const int FirstBufferBytes = 4 * 1024;

    private byte[]? _buffer;
    private int _length;

    /// <summary>The bytes.</summary>
    public ReadOnlyMemory<byte> Bytes => _buffer.AsMemory(0, _length);

    /// <summary>Why it is <see cref="BodyResult.Malformed"/>.</summary>
    public HttpError Error { get; private set; }

    /// <summary>Reads it to its end.</summary>
    /// <param name="input">The connection, just past the head.</param>
    /// <param name="head">How the body is framed.</param>
    /// <param name="maxBytes">Longest body.</param>
    /// <param name="onRead">Told of each read, with its bytes.</param>
    /// <param name="isInterrupted">Asked when a read is cancelled.</param>
    public async ValueTask<BodyResult> ReadAsync(PipeReader input, RequestHead head, long maxBytes, Action<long> onRead, Func<bool> isInterrupted)
    {
        if (head.Framing == BodyFraming.Length && head.ContentLength > maxBytes) return BodyResult.TooLarge;
        var decoder = new ChunkedDecoder(MaxChunkLineBytes, MaxTrailerBytes);
        while (!IsWhole(head, decoder))
        {
            // A pipelined body was seen by the watch of the exchange before: a pipe shows examined bytes again only to a TryRead.
            if (!input.TryRead(out var read)) read = await input.ReadAsync().ConfigureAwait(false);
            if (read.IsCanceled && isInterrupted())
            {
                input.AdvanceTo(read.Buffer.Start);
                return BodyResult.Interrupted;
            }
            var before = _length;
            var (result, consumed) = head.Framing == BodyFraming.Chunked
                ? Decode(read.Buffer, ref decoder, maxBytes)
                : (BodyResult.Complete, Take(read.Buffer, head.ContentLength));
            input.AdvanceTo(consumed);
            if (result != BodyResult.Complete) return result;
            if (_length > before) onRead(_length - before);
            if (read.IsCompleted && !IsWhole(head, decoder)) return BodyResult.Interrupted;
        }
        return BodyResult.Complete;
    }

    /// <summary>Puts other bytes in the place of those that were read.</summary>
    public void Replace(ReadOnlySpan<byte> bytes)
    {
        _length = 0;
        Append(bytes);
    }

    /// <summary>Puts other bytes in the place of some; the others stay as they are.</summary>
    /// <param name="start">The first that goes.</param>
    /// <param name="length">How many go.</param>
    /// <param name="bytes">What comes.</param>
    public void Splice(int start, int length, ReadOnlySpan<byte> bytes)
    {
        var more = bytes.Length - length;
        if (_buffer is null || _buffer.Length - _length < more) Grow(more);
        var tail = _buffer.AsSpan(start + length, _length - start - length);
        tail.CopyTo(_buffer.AsSpan(start + bytes.Length));
        bytes.CopyTo(_buffer.AsSpan(start));
        _length += more;
    }

    /// <summary>Gives the buffer back; the bytes are gone.</summary>
    public void Release()
    {
        if (_buffer is null) return;
        ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = null;
        _length = 0;
    }

    private bool IsWhole(RequestHead head, in ChunkedDecoder decoder) => head.Framing switch
    {
        BodyFraming.Length => _length == head.ContentLength,
        BodyFraming.Chunked => decoder.IsDone,
        _ => true,
    };

    private SequencePosition Take(in ReadOnlySequence<byte> buffer, long contentLength)
    {
        var taken = buffer.Slice(0, Math.Min(buffer.Length, contentLength - _length));
        // The client's word for the length is not taken for memory before the bytes are here.
        foreach (var segment in taken) Append(segment.Span);
        return taken.End;
    }

    private (BodyResult, SequencePosition) Decode(in ReadOnlySequence<byte> buffer, ref ChunkedDecoder decoder, long maxBytes)
    {
        long total = 0;
        foreach (var segment in buffer)
        {
            var rest = segment.Span;
            while (!rest.IsEmpty && !decoder.IsDone)
            {
                var step = decoder.Decode(rest, out var consumed, out var data);
                if (step == ChunkedStep.Failed)
                {
                    Error = decoder.Error;
                    return (BodyResult.Malformed, buffer.Start);
                }
                if (_length + (long)data.Length > maxBytes) return (BodyResult.TooLarge, buffer.Start);
                Append(data.Of(rest));
                rest = rest[consumed..];
                total += consumed;
            }
        }
        return (BodyResult.Complete, buffer.GetPosition(total));
    }

    private void Append(ReadOnlySpan<byte> bytes)
    {
        if (bytes.IsEmpty) return;
        if (_buffer is null || _buffer.Length - _length < bytes.Length) Grow(bytes.Length);
        bytes.CopyTo(_buffer.AsSpan(_length));
        _length += bytes.Length;
    }

    private void Grow(int more)
    {
        var larger = ArrayPool<byte>.Shared.Rent(Math.Max(FirstBufferBytes, Math.Max(_length + more, _length * 2)));
        _buffer.AsSpan(0, _length).CopyTo(larger);
        if (_buffer is not null) ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = larger;
    }
}

using System.Buffers;
using Sidecar.Protocols.Http1;
using Sidecar.Proxy.Transport;

namespace Sidecar.Proxy.Server;

/// <summary>Takes the bytes of a body.</summary>
public interface IBodySink
{
    /// <summary>Takes some.</summary>
    void Write(ReadOnlySpan<byte> bytes);
}

/// <summary>Writes one response to a client: a head, a body in the framing the client can read, perhaps trailers.</summary>
/// <param name="client">The connection.</param>
/// <param name="request">What it answers.</param>
public sealed class ResponseWriter(Connection client, RequestHead request)
{
    private BodyFraming _framing;

    /// <summary>Whether a head was written: the status is fixed from then on.</summary>
    public bool HasStarted { get; private set; }

    /// <summary>Whether the connection may carry another exchange. Cleared by whoever learns that it must not.</summary>
    public bool KeepAlive { get; set; } = request.KeepAlive;

    /// <summary>Takes the body, without its framing, instead of the client; null for the client.</summary>
    public IBodySink? Diversion { get; set; }

    /// <summary>Whether the client reads the end of the body from its framing, so that a cut body is seen as one.</summary>
    public bool IsSelfDelimited => _framing is BodyFraming.Chunked or BodyFraming.Length;

    /// <summary>Whether the client knows the body's length, and with its last byte that it has all.</summary>
    public bool HasLength => _framing == BodyFraming.Length;

    /// <summary>Opens the head; the caller writes the fields that describe the content and then calls <see cref="EndHead"/>.</summary>
    public HeadWriter StartHead(int status, ReadOnlySpan<byte> reason)
    {
        HasStarted = true;
        var head = new HeadWriter(client.Output);
        head.StatusLine(status, reason);
        return head;
    }

    /// <summary>Writes the fields that frame the body, and the end of the head.</summary>
    /// <param name="framing">How the body comes. Chunked becomes "until close" for HTTP/1.0.</param>
    /// <param name="length">With <see cref="BodyFraming.Length"/>: its bytes; for HEAD the length that GET would have, or -1.</param>
    /// <param name="trailers">Names of the trailer fields to announce, or empty.</param>
    public void EndHead(BodyFraming framing, long length = -1, ReadOnlySpan<byte> trailers = default)
    {
        var head = new HeadWriter(client.Output);
        _framing = framing == BodyFraming.Chunked && request.MinorVersion == 0 ? BodyFraming.UntilClose : framing;
        if (_framing == BodyFraming.UntilClose) KeepAlive = false;
        if (_framing == BodyFraming.Chunked) head.Field("transfer-encoding"u8, "chunked"u8);
        if (length >= 0) head.Field("content-length"u8, length);
        if (_framing == BodyFraming.Chunked && !trailers.IsEmpty) head.Field("trailer"u8, trailers);
        if (!KeepAlive) head.Field("connection"u8, "close"u8);
        else if (request.MinorVersion == 0) head.Field("connection"u8, "keep-alive"u8);
        head.End();
        if (request.IsHead) _framing = BodyFraming.None;
    }

    /// <summary>Writes body bytes, as one chunk where the body is chunked.</summary>
    public void Write(ReadOnlySpan<byte> bytes)
    {
        if (bytes.IsEmpty || _framing == BodyFraming.None) return;
        if (Diversion is { } sink)
        {
            sink.Write(bytes);
            return;
        }
        var output = client.Output;
        if (_framing == BodyFraming.Chunked) ChunkedWriter.Open(output, bytes.Length);
        output.Write(bytes);
        if (_framing == BodyFraming.Chunked) ChunkedWriter.Close(output);
    }

    /// <summary>Opens the end of a chunked body; the caller writes trailer fields and then the head writer's end. False where there is nothing to end.</summary>
    public bool TryEnd(out HeadWriter trailers)
    {
        trailers = new HeadWriter(client.Output);
        if (_framing != BodyFraming.Chunked) return false;
        ChunkedWriter.Last(client.Output);
        return true;
    }

    /// <summary>Sends what is written. False when the client cannot be reached any more, or the wait was interrupted.</summary>
    public async ValueTask<bool> FlushAsync()
    {
        var flush = await client.Output.FlushAsync().ConfigureAwait(false);
        return !flush.IsCompleted && !flush.IsCanceled;
    }
}

using System.Buffers;
using Sidecar.Protocols;
using Sidecar.Protocols.Sse;
using Sidecar.Proxy.Server;
using Sidecar.Proxy.Telemetry;

namespace Sidecar.Proxy.Streaming;

/// <summary>
/// Passes the frames of one response on: each as soon as it is complete, byte for byte, all that one range of input completes in one write.
/// Frames that lie whole in the input are never copied but into the client's buffer; the bytes of an incomplete one wait in the carry.
/// </summary>
/// <param name="scanner">Finds the frames.</param>
/// <param name="reading">Understands them.</param>
/// <param name="meter">Counts them.</param>
/// <param name="exchange">Where they go.</param>
internal sealed class FrameRelay(FrameScanner scanner, StreamReading reading, StreamMeter meter, Exchange exchange)
{
    private readonly Carry _carry = new();
    private long _now;
    private int _contentEvents;

    /// <summary>Whether bytes are held that no frame's end followed.</summary>
    public bool HasRest => _carry.Length > 0;

    /// <summary>Events with content that were written since this was last asked.</summary>
    public int TakeContentEvents()
    {
        var count = _contentEvents;
        _contentEvents = 0;
        return count;
    }

    /// <summary>Takes a range of the body. False when a frame is longer than its bound; what was complete before it is written.</summary>
    public bool Accept(ReadOnlySpan<byte> data, long now)
    {
        _now = now;
        if (_carry.Length == 0)
        {
            var isBounded = TryWriteFrames(data, out var written);
            _carry.Append(data[written..]);
            return isBounded;
        }
        _carry.Append(data);
        var isFine = TryWriteFrames(_carry.Bytes, out var taken);
        if (taken > 0) _carry.Remove(taken);
        return isFine;
    }

    /// <summary>The body is over: understands what has no end of its own. Whether it is passed on is decided when its meaning is known.</summary>
    public void Finish()
    {
        if (_carry.Length == 0) return;
        var frame = scanner.Finish(_carry.Bytes);
        Understand(_carry.Bytes, frame);
    }

    /// <summary>Passes on what has no end of its own.</summary>
    public void WriteRest()
    {
        exchange.Response.Write(_carry.Bytes);
        Drop();
    }

    /// <summary>Forgets an incomplete frame.</summary>
    public void Drop() => _carry.Remove(_carry.Length);

    private bool TryWriteFrames(ReadOnlySpan<byte> bytes, out int written)
    {
        written = 0;
        ScanStatus status;
        while ((status = scanner.Next(bytes[written..], out var frame)) == ScanStatus.Frame)
        {
            Understand(bytes.Slice(written, frame.Length), frame);
            written += frame.Length;
        }
        exchange.Response.Write(bytes[..written]);
        return status != ScanStatus.TooLong;
    }

    private void Understand(ReadOnlySpan<byte> bytes, in Frame frame)
    {
        if (frame.Kind != FrameKind.Event)
        {
            if (frame.Kind == FrameKind.Empty) meter.OnEvent(hasContent: false);
            return;
        }
        var hasContent = Read(bytes, frame, out var isMeaningful);
        meter.OnEvent(hasContent);
        if (isMeaningful) exchange.Clocks.OnMeaning(_now);
        if (hasContent) _contentEvents++;
        // Where the path does not tell the dialect, any event may be content.
        if (hasContent || !reading.IsSure) exchange.Clocks.StopFirstToken();
    }

    private bool Read(ReadOnlySpan<byte> bytes, in Frame frame, out bool isMeaningful)
    {
        var name = frame.EventName.Of(bytes);
        if (frame.DataLines == 1) return reading.Event(frame.Data.Of(bytes), name, out isMeaningful);
        var joined = ArrayPool<byte>.Shared.Rent(bytes.Length);
        var length = SseScanner.JoinData(bytes, frame, joined);
        var hasContent = reading.Event(joined.AsSpan(0, length), name, out isMeaningful);
        ArrayPool<byte>.Shared.Return(joined);
        return hasContent;
    }
}

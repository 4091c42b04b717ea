using System.Buffers;
using Sidecar.Protocols;
using Sidecar.Protocols.Sse;
using Sidecar.Proxy.Server;
using Sidecar.Proxy.Streaming.Moderation;
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
/// <param name="held">Applies a policy to them; null where there is none.</param>
internal sealed class FrameRelay(FrameScanner scanner, StreamReading reading, StreamMeter meter, Exchange exchange, HeldEvents? held)
{
    private readonly Carry _carry = new();
    private long _now;
    private int _contentEvents;
    private int _scanned;
    private int _passed;
    private bool _isRestHeld;
    private bool _isRestHidden;

    /// <summary>Whether content has come.</summary>
    public bool HasContent { get; private set; }

    /// <summary>Whether the policy has ended the answer.</summary>
    public bool IsTerminated => held is { IsTerminated: true };

    /// <summary>Whether more has to be held than may be.</summary>
    public bool IsOverfull => held is { IsOverfull: true };

    /// <summary>When <see cref="OnTurn"/> is due, though no more bytes come; 0 for never.</summary>
    public long NextTurn => held?.DividesAt ?? 0;

    /// <summary>Events with content that were written since this was last asked.</summary>
    public int TakeContentEvents()
    {
        var count = held?.TakeContentEvents() ?? _contentEvents;
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

    /// <summary>Time has passed without bytes: passes on what has waited long enough.</summary>
    public void OnTurn(long now)
    {
        _now = now;
        if (Write(_carry.Bytes) is var taken and > 0) _carry.Remove(taken);
    }

    /// <summary>The body is over: understands what has no end of its own. Whether it is passed on is decided when its meaning is known.</summary>
    public void Finish()
    {
        if (_carry.Length == _scanned) return;
        var rest = _carry.Bytes[_scanned..];
        var frame = scanner.Finish(rest);
        var before = held?.Count ?? 0;
        _isRestHidden = Understand(rest, frame);
        _scanned += rest.Length;
        _isRestHeld = held?.Count > before;
    }

    /// <summary>Nothing more comes: passes on what was held.</summary>
    /// <param name="withRest">Whether what has no end of its own goes too.</param>
    public void End(bool withRest)
    {
        if (held is null)
        {
            if (withRest && !_isRestHidden) exchange.Response.Write(_carry.Bytes);
            Drop();
            return;
        }
        if (_isRestHeld && !withRest) held.RemoveLast();
        held.End(isCut: !withRest);
        OnTurn(_now);
    }

    /// <summary>Forgets what is held.</summary>
    public void Drop()
    {
        _carry.Remove(_carry.Length);
        _scanned = 0;
    }

    private bool TryWriteFrames(ReadOnlySpan<byte> bytes, out int written)
    {
        ScanStatus status;
        while ((status = scanner.Next(bytes[_scanned..], out var frame)) == ScanStatus.Frame)
        {
            var isHidden = Understand(bytes.Slice(_scanned, frame.Length), frame);
            if (isHidden && held is null)
            {
                exchange.Response.Write(bytes[_passed.._scanned]);
                _passed = _scanned + frame.Length;
            }
            _scanned += frame.Length;
        }
        written = Write(bytes);
        return status != ScanStatus.TooLong;
    }

    // Writes what may go of the frames that were scanned; how many bytes of them need not be kept.
    private int Write(ReadOnlySpan<byte> bytes)
    {
        var written = _scanned;
        if (held is null)
        {
            exchange.Response.Write(bytes[_passed..written]);
            _passed = 0;
        }
        else
        {
            written = held.Release(bytes[.._scanned], exchange.Response, _now);
            exchange.Record.HeldBytes = held.HeldBytes;
            if (exchange.Record.HeldBytes > 0) meter.OnHeld((int)exchange.Record.HeldBytes);
        }
        _scanned -= written;
        return written;
    }

    // Whether it is not the client's.
    private bool Understand(ReadOnlySpan<byte> bytes, in Frame frame)
    {
        if (frame.Kind != FrameKind.Event)
        {
            if (frame.Kind == FrameKind.Empty) meter.OnEvent(hasContent: false);
            held?.Add(_scanned, bytes, frame, default, reading.Meaning, hasContent: false);
            return false;
        }
        if (frame.DataLines == 1) return Understand(bytes, frame, frame.Data.Of(bytes));
        var joined = ArrayPool<byte>.Shared.Rent(bytes.Length);
        var isHidden = Understand(bytes, frame, joined.AsSpan(0, SseScanner.JoinData(bytes, frame, joined)));
        ArrayPool<byte>.Shared.Return(joined);
        return isHidden;
    }

    private bool Understand(ReadOnlySpan<byte> bytes, in Frame frame, ReadOnlySpan<byte> data)
    {
        var hasContent = reading.Event(data, frame.EventName.Of(bytes), out var isMeaningful);
        meter.OnEvent(hasContent);
        if (isMeaningful) exchange.Clocks.OnMeaning(_now);
        if (hasContent) _contentEvents++;
        HasContent |= hasContent;
        // Where the path does not tell the dialect, any event may be content.
        if (hasContent || !reading.IsSure) exchange.Clocks.StopFirstToken();
        var isHidden = reading.IsHidden;
        if (isHidden) held?.AddHidden(_scanned, frame);
        else held?.Add(_scanned, bytes, frame, data, reading.Meaning, hasContent);
        return isHidden;
    }
}

using System.Buffers;

namespace Sidecar.Protocols.Sse;

/// <summary>
/// Finds the events of an event stream (WHATWG HTML §9.2.6): lines end in LF, CR or CRLF in any mix, a blank line ends an event,
/// a BOM may come first, lines that start with a colon are comments. A comment line or blank line outside an event is a frame of
/// its own, so that keep-alives go out at once. When an event ends in CR and its buffer ends there too, the event is complete; an LF
/// that follows later is a frame of one byte.
/// </summary>
/// <param name="maxEventBytes">Longest event, terminator included.</param>
public sealed class SseScanner(int maxEventBytes) : FrameScanner
{
    private static ReadOnlySpan<byte> Bom => [0xEF, 0xBB, 0xBF];

    private int _lineStart;
    private int _searched;
    private bool _hasFields;
    private bool _atStreamStart = true;
    private bool _afterCr;
    private Frame _frame;

    /// <inheritdoc/>
    public override ScanStatus Next(ReadOnlySpan<byte> buffer, out Frame frame)
    {
        frame = default;
        if (buffer.IsEmpty) return ScanStatus.NeedMore;
        if (_afterCr)
        {
            _afterCr = false;
            if (buffer[0] == (byte)'\n') return Complete(1, FrameKind.Comment, out frame);
        }
        if (_atStreamStart && !SkipBom(buffer)) return Starved(buffer);
        while (true)
        {
            var end = _searched < buffer.Length ? buffer[_searched..].IndexOfAny((byte)'\n', (byte)'\r') : -1;
            if (end < 0)
            {
                _searched = buffer.Length;
                return Starved(buffer);
            }
            end += _searched;
            var next = end + 1;
            var isCr = buffer[end] == (byte)'\r';
            var isBlank = end == _lineStart;
            // A CR at the end of the buffer ends its line; whether an LF follows is only known later. It is waited for inside
            // an event, where waiting costs nothing, and not at the event's end.
            if (isCr && next == buffer.Length && !isBlank && !IsOwnFrame(buffer[_lineStart..end]))
            {
                _searched = end;
                return Starved(buffer);
            }
            // An LF that would exceed the bound is left out too, so that the bound does not depend on where reads end.
            if (isCr && next < buffer.Length && next < maxEventBytes && buffer[next] == (byte)'\n') next++;
            else if (isCr && (next == buffer.Length || next == maxEventBytes)) _afterCr = true;
            if (next > maxEventBytes) return ScanStatus.TooLong;
            var line = buffer[_lineStart..end];
            var start = _lineStart;
            _lineStart = _searched = next;
            if (isBlank) return Complete(next, Kind(), out frame);
            if (IsOwnFrame(line)) return Complete(next, FrameKind.Comment, out frame);
            ReadField(line, start, ref _frame);
            _hasFields = true;
        }
    }

    /// <inheritdoc/>
    public override Frame Finish(ReadOnlySpan<byte> rest)
    {
        // Not an event for WHATWG, but clients of some providers read it as one: it is understood and passed on like the rest.
        var line = rest[_lineStart..].TrimEnd((byte)'\r');
        if (!line.IsEmpty && !IsOwnFrame(line))
        {
            ReadField(line, _lineStart, ref _frame);
            _hasFields = true;
        }
        Complete(rest.Length, Kind(), out var frame);
        return frame;
    }

    /// <summary>Joins the values of all data lines with LF (WHATWG HTML §9.2.6).</summary>
    /// <param name="bytes">The frame's bytes.</param>
    /// <param name="frame">The frame.</param>
    /// <param name="destination">At least as long as the frame.</param>
    /// <returns>Bytes written.</returns>
    public static int JoinData(ReadOnlySpan<byte> bytes, in Frame frame, Span<byte> destination)
    {
        frame.Data.Of(bytes).CopyTo(destination);
        var written = frame.Data.Length;
        var rest = bytes[frame.Data.End..];
        while (rest.IndexOfAny((byte)'\n', (byte)'\r') is var end and >= 0)
        {
            rest = rest[(end + 1)..];
            var next = rest.IndexOfAny((byte)'\n', (byte)'\r');
            var line = next < 0 ? rest : rest[..next];
            if (!SplitField(line, out var name, out var value) || !name.SequenceEqual("data"u8)) continue;
            destination[written++] = (byte)'\n';
            line[value..].CopyTo(destination[written..]);
            written += line.Length - value;
        }
        return written;
    }

    /// <summary>Copies what an event holds behind its first data line's value, other data lines left out.</summary>
    /// <param name="bytes">The event's bytes from the end of that value on.</param>
    /// <param name="output">Receives them.</param>
    public static void CopyOtherLines(ReadOnlySpan<byte> bytes, IBufferWriter<byte> output)
    {
        for (var isFirst = true; !bytes.IsEmpty; isFirst = false)
        {
            var end = bytes.IndexOfAny((byte)'\n', (byte)'\r');
            var next = end < 0 ? bytes.Length : end + (bytes[end..].StartsWith("\r\n"u8) ? 2 : 1);
            var line = end < 0 ? bytes : bytes[..end];
            if (isFirst || !SplitField(line, out var name, out _) || !name.SequenceEqual("data"u8)) output.Write(bytes[..next]);
            bytes = bytes[next..];
        }
    }

    private ScanStatus Starved(ReadOnlySpan<byte> buffer) => buffer.Length > maxEventBytes ? ScanStatus.TooLong : ScanStatus.NeedMore;

    private bool IsOwnFrame(ReadOnlySpan<byte> line) => !_hasFields && line.Length > 0 && line[0] == (byte)':';

    private FrameKind Kind() => _frame.DataLines > 0 ? FrameKind.Event : _hasFields ? FrameKind.Empty : FrameKind.Comment;

    private bool SkipBom(ReadOnlySpan<byte> buffer)
    {
        var length = Math.Min(buffer.Length, Bom.Length);
        if (!buffer[..length].SequenceEqual(Bom[..length]))
        {
            _atStreamStart = false;
            return true;
        }
        if (length < Bom.Length) return false;
        _atStreamStart = false;
        _lineStart = _searched = Bom.Length;
        return true;
    }

    private ScanStatus Complete(int length, FrameKind kind, out Frame frame)
    {
        frame = _frame;
        frame.Kind = kind;
        frame.Length = length;
        _frame = default;
        _lineStart = _searched = 0;
        _hasFields = false;
        return ScanStatus.Frame;
    }

    private static void ReadField(ReadOnlySpan<byte> line, int offset, ref Frame frame)
    {
        if (!SplitField(line, out var name, out var value)) return;
        var range = new ByteRange(offset + value, line.Length - value);
        if (name.SequenceEqual("data"u8))
        {
            if (frame.DataLines++ == 0) frame.Data = range;
        }
        else if (name.SequenceEqual("event"u8))
        {
            frame.EventName = range;
        }
    }

    /// <summary>Name and value of a field line: no colon means an empty value, one space after the colon is dropped.</summary>
    private static bool SplitField(ReadOnlySpan<byte> line, out ReadOnlySpan<byte> name, out int value)
    {
        var colon = line.IndexOf((byte)':');
        name = colon < 0 ? line : line[..colon];
        value = colon < 0 ? line.Length : colon + 1;
        if (value < line.Length && line[value] == (byte)' ') value++;
        return colon != 0;
    }
}

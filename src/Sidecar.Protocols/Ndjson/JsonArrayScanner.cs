using System.Buffers;

namespace Sidecar.Protocols.Ndjson;

/// <summary>
/// Finds the elements of one JSON array that is sent piece by piece, as Gemini does without <c>alt=sse</c>. A frame is an element with the
/// bracket, comma and white space before it; the closing bracket is a frame of its own. A body that is one object is one element.
/// Bytes that are neither are opaque, and so is all that follows them.
/// </summary>
/// <param name="maxElementBytes">Longest frame.</param>
public sealed class JsonArrayScanner(int maxElementBytes) : FrameScanner
{
    private enum State : byte { Between, Structure, Text, Escape, Scalar, Opaque }

    private static readonly SearchValues<byte> Structural = SearchValues.Create("\"{}[]"u8);

    private static ReadOnlySpan<byte> WhiteSpace => " \t\r\n"u8;

    private State _state;
    private bool _inArray;
    private int _position;
    private int _start;
    private int _depth;

    /// <inheritdoc/>
    public override ScanStatus Next(ReadOnlySpan<byte> buffer, out Frame frame)
    {
        frame = default;
        if (buffer.IsEmpty) return ScanStatus.NeedMore;
        while (_state != State.Opaque && _position < buffer.Length)
        {
            var end = Step(buffer);
            if (end < 0) continue;
            if (end > maxElementBytes) return ScanStatus.TooLong;
            frame = FrameOf(end, buffer[end - 1] == (byte)']' && _depth < 0);
            return ScanStatus.Frame;
        }
        // What came before the byte that is no JSON has the bound of any frame, so that the bound does not depend on where reads end.
        var isOpaque = _state == State.Opaque && _position <= maxElementBytes;
        if (!isOpaque) return buffer.Length > maxElementBytes ? ScanStatus.TooLong : ScanStatus.NeedMore;
        frame = new Frame { Kind = FrameKind.Opaque, Length = buffer.Length };
        _position = 0;
        return ScanStatus.Frame;
    }

    /// <inheritdoc/>
    public override Frame Finish(ReadOnlySpan<byte> rest)
    {
        var isBlank = _state == State.Between && !rest.ContainsAnyExcept(WhiteSpace);
        return new Frame { Kind = isBlank ? FrameKind.Comment : FrameKind.Opaque, Length = rest.Length };
    }

    /// <summary>Goes on by at least one byte or turns opaque; the end of the frame, or -1.</summary>
    private int Step(ReadOnlySpan<byte> buffer)
    {
        switch (_state)
        {
            case State.Between:
                return StepBetween(buffer);
            case State.Structure:
                var offset = buffer[_position..].IndexOfAny(Structural);
                if (offset < 0)
                {
                    _position = buffer.Length;
                    return -1;
                }
                _position += offset;
                var c = buffer[_position++];
                if (c == (byte)'"') _state = State.Text;
                else _depth += c is (byte)'{' or (byte)'[' ? 1 : -1;
                return _depth == 0 && _state == State.Structure ? _position : -1;
            case State.Text:
                return StepText(buffer);
            case State.Escape:
                _state = State.Text;
                _position++;
                return -1;
            default:
                if (buffer[_position] is (byte)',' or (byte)']' or (byte)' ' or (byte)'\r' or (byte)'\n' or (byte)'\t') return _position;
                _position++;
                return -1;
        }
    }

    private int StepBetween(ReadOnlySpan<byte> buffer)
    {
        var c = buffer[_position];
        switch (c)
        {
            case (byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n':
                break;
            case (byte)',' when _inArray:
                break;
            case (byte)'[' when !_inArray:
                _inArray = true;
                break;
            case (byte)']' when _inArray:
                _inArray = false;
                _depth = -1;
                return ++_position;
            case (byte)'{' or (byte)'[' or (byte)'"':
                _start = _position;
                _state = c == (byte)'"' ? State.Text : State.Structure;
                _depth = c == (byte)'"' ? 0 : 1;
                break;
            case (byte)'-' or (byte)'t' or (byte)'f' or (byte)'n' or (>= (byte)'0' and <= (byte)'9') when _inArray:
                _start = _position;
                _state = State.Scalar;
                break;
            default:
                _state = State.Opaque;
                return -1;
        }
        _position++;
        return -1;
    }

    private int StepText(ReadOnlySpan<byte> buffer)
    {
        var offset = buffer[_position..].IndexOfAny((byte)'"', (byte)'\\');
        if (offset < 0)
        {
            _position = buffer.Length;
            return -1;
        }
        _position += offset + 1;
        if (buffer[_position - 1] == (byte)'\\')
        {
            _state = State.Escape;
            return -1;
        }
        _state = State.Structure;
        return _depth == 0 ? _position : -1;
    }

    private Frame FrameOf(int end, bool isBracket)
    {
        var frame = isBracket
            ? new Frame { Kind = FrameKind.Comment, Length = end }
            : new Frame { Kind = FrameKind.Event, Length = end, Data = new ByteRange(_start, end - _start), DataLines = 1 };
        _state = State.Between;
        _position = _depth = 0;
        return frame;
    }
}

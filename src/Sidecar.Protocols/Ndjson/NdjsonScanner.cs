namespace Sidecar.Protocols.Ndjson;

/// <summary>Finds the records of newline-delimited JSON: one a line, lines end in LF, a CR before it is no part of the record.</summary>
/// <param name="maxRecordBytes">Longest line, terminator included.</param>
public sealed class NdjsonScanner(int maxRecordBytes) : FrameScanner
{
    private int _searched;

    /// <inheritdoc/>
    public override ScanStatus Next(ReadOnlySpan<byte> buffer, out Frame frame)
    {
        frame = default;
        var end = buffer[_searched..].IndexOf((byte)'\n');
        if (end < 0)
        {
            _searched = buffer.Length;
            return buffer.Length > maxRecordBytes ? ScanStatus.TooLong : ScanStatus.NeedMore;
        }
        end += _searched;
        _searched = 0;
        if (end + 1 > maxRecordBytes) return ScanStatus.TooLong;
        frame = FrameOf(buffer[..end], end + 1);
        return ScanStatus.Frame;
    }

    /// <inheritdoc/>
    public override Frame Finish(ReadOnlySpan<byte> rest)
    {
        _searched = 0;
        return FrameOf(rest, rest.Length);
    }

    private static Frame FrameOf(ReadOnlySpan<byte> line, int length)
    {
        line = line.TrimEnd((byte)'\r');
        return line.IsEmpty
            ? new Frame { Kind = FrameKind.Comment, Length = length }
            : new Frame { Kind = FrameKind.Event, Length = length, Data = new ByteRange(0, line.Length), DataLines = 1 };
    }
}

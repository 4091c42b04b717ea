namespace Sidecar.Protocols;

/// <summary>What a run of a streamed body is.</summary>
public enum FrameKind : byte
{
    /// <summary>An event with data.</summary>
    Event,
    /// <summary>An event or record without data: only an id, a retry, an event name.</summary>
    Empty,
    /// <summary>A comment or a blank line: bytes that prove life and mean nothing.</summary>
    Comment,
    /// <summary>Bytes that the format does not explain; passed on as they are.</summary>
    Opaque,
}

/// <summary>One frame of a streamed body. Ranges start at the frame's first byte.</summary>
public struct Frame
{
    /// <summary>What it is.</summary>
    public FrameKind Kind;

    /// <summary>All its bytes, terminator included.</summary>
    public int Length;

    /// <summary>The data: of SSE the first data line's value, of NDJSON the line, of a JSON array the element.</summary>
    public ByteRange Data;

    /// <summary>How many data lines it has; when more than one, <see cref="Sse.SseScanner.JoinData"/> gives the whole.</summary>
    public int DataLines;

    /// <summary>The value of the last SSE event field; empty when there is none.</summary>
    public ByteRange EventName;
}

/// <summary>What a scanner made of the bytes it was given.</summary>
public enum ScanStatus : byte
{
    /// <summary>The frame is not complete.</summary>
    NeedMore,
    /// <summary>A frame ends in the buffer.</summary>
    Frame,
    /// <summary>The frame is longer than its bound.</summary>
    TooLong,
}

/// <summary>
/// Finds the ends of the frames of a streamed body. It keeps offsets, never bytes: as long as a frame is incomplete, each call
/// gets the same bytes again from the frame's first one, with more behind them, and goes on where the last one stopped.
/// </summary>
public abstract class FrameScanner
{
    /// <summary>Looks for the end of the frame that starts at the buffer's first byte.</summary>
    public abstract ScanStatus Next(ReadOnlySpan<byte> buffer, out Frame frame);

    /// <summary>What the bytes left over at the end of the body are; the body's end is theirs.</summary>
    /// <param name="rest">The incomplete frame's bytes; not empty.</param>
    public abstract Frame Finish(ReadOnlySpan<byte> rest);
}

using System.Buffers;

namespace Sidecar.Providers;

/// <summary>What stands around an error, or a moderated ending, in the middle of a stream.</summary>
public enum ErrorFraming
{
    /// <summary>Nothing: a message of its own (WebSocket). Of several events each but the first starts a line.</summary>
    None,
    /// <summary>An SSE event (WHATWG HTML §9.2). The stream stands between two events.</summary>
    Sse,
    /// <summary>A line.</summary>
    Ndjson,
    /// <summary>An element of a JSON array that has one already; the array is closed.</summary>
    JsonArrayNext,
    /// <summary>The first element of a JSON array of which nothing was sent; the array is closed.</summary>
    JsonArrayOnly,
}

/// <summary>Puts the frames of a stream around events that the sidecar itself writes.</summary>
/// <param name="writer">Receives the bytes.</param>
/// <param name="framing">How the stream's events are framed.</param>
internal struct EventFrames(IBufferWriter<byte> writer, ErrorFraming framing)
{
    private bool _hasEvents;

    /// <summary>How the stream's events are framed.</summary>
    public readonly ErrorFraming Framing => framing;

    /// <summary>Receives the data of the event that has begun.</summary>
    public readonly IBufferWriter<byte> Writer => writer;

    /// <summary>Begins an event.</summary>
    /// <param name="name">Its name, which only SSE shows; empty for none.</param>
    public void Begin(ReadOnlySpan<byte> name)
    {
        if (framing == ErrorFraming.Sse)
        {
            if (!name.IsEmpty)
            {
                writer.Write("event: "u8);
                writer.Write(name);
                writer.Write("\n"u8);
            }
            writer.Write("data: "u8);
        }
        else
        {
            writer.Write(framing switch
            {
                ErrorFraming.JsonArrayOnly when !_hasEvents => "["u8,
                ErrorFraming.JsonArrayOnly or ErrorFraming.JsonArrayNext => ","u8,
                ErrorFraming.None when _hasEvents => "\n"u8,
                _ => default,
            });
        }
        _hasEvents = true;
    }

    /// <summary>Ends the event.</summary>
    public readonly void End() => writer.Write(framing switch
    {
        ErrorFraming.Sse => "\n\n"u8,
        ErrorFraming.Ndjson => "\n"u8,
        _ => default,
    });

    /// <summary>Ends the stream, as far as its framing has an end.</summary>
    public readonly void Close() => writer.Write(framing switch
    {
        ErrorFraming.JsonArrayOnly when !_hasEvents => "[]"u8,
        ErrorFraming.JsonArrayOnly or ErrorFraming.JsonArrayNext => "]"u8,
        _ => default,
    });
}

namespace Sidecar.Providers;

/// <summary>Which text of a message a delta continues.</summary>
public enum ChannelKind : byte
{
    /// <summary>The answer.</summary>
    Content,
    /// <summary>Thoughts, by whichever name the provider gives them.</summary>
    Reasoning,
    /// <summary>A refusal spoken by the model.</summary>
    Refusal,
    /// <summary>Arguments of a tool call: JSON text inside a JSON string, or a JSON value.</summary>
    ToolArguments,
    /// <summary>What a spoken answer says.</summary>
    Transcript,
    /// <summary>Text quoted from a source.</summary>
    Citation,
}

/// <summary>A text of its own: one choice, candidate or output item; one block, part or tool call in it; one kind.</summary>
public readonly record struct Channel(ChannelKind Kind, int Choice, int Part);

/// <summary>Where a non-empty text stands in an event's data.</summary>
/// <param name="Channel">The text it continues.</param>
/// <param name="Start">First byte of the text, inside its quotes.</param>
/// <param name="Length">Bytes of the text as written.</param>
/// <param name="Escaped">Whether it holds JSON escapes.</param>
/// <param name="Whole">Whether it repeats a whole text that was streamed before, rather than continue it.</param>
public readonly record struct TextRange(Channel Channel, int Start, int Length, bool Escaped, bool Whole);

/// <summary>Token counts as a provider gives them; -1 is "not given". A later figure replaces an earlier one.</summary>
public struct Usage
{
    /// <summary>Nothing given.</summary>
    public static Usage None => new() { Input = -1, Output = -1, Cached = -1, Reasoning = -1 };
    /// <summary>Prompt tokens, cached ones included.</summary>
    public long Input { get; set; }
    /// <summary>Output tokens, reasoning included.</summary>
    public long Output { get; set; }
    /// <summary>The part of <see cref="Input"/> read from a cache.</summary>
    public long Cached { get; set; }
    /// <summary>The part of <see cref="Output"/> spent on reasoning.</summary>
    public long Reasoning { get; set; }
    /// <summary>Whether anything was given.</summary>
    public readonly bool IsGiven => Input >= 0 || Output >= 0 || Cached >= 0 || Reasoning >= 0;
}

/// <summary>What an event is, besides its texts.</summary>
[Flags]
public enum EventTraits : byte
{
    /// <summary>Nothing special.</summary>
    None = 0,
    /// <summary>Proves only that the provider lives: a ping, a comment.</summary>
    Ping = 1,
    /// <summary>The provider reports a failure.</summary>
    Error = 2,
    /// <summary>The dialect's last event.</summary>
    End = 4,
    /// <summary>The data is not what the dialect promises (not JSON, wrong types). Passed on, never trusted.</summary>
    Malformed = 8,
    /// <summary>A delta that carries no text: a role, an empty string.</summary>
    EmptyDelta = 16,
}

/// <summary>What one event means. One object a stream, reset and filled again for each event; ranges point into that event's data.</summary>
public sealed class EventMeaning
{
    private TextRange[] _texts = new TextRange[4];

    /// <summary>Number of texts.</summary>
    public int TextCount { get; private set; }

    /// <summary>The event's non-empty texts in order of appearance.</summary>
    public ReadOnlySpan<TextRange> Texts => _texts.AsSpan(0, TextCount);

    /// <summary>Token counts the event carries.</summary>
    public Usage Usage = Usage.None;

    /// <summary>What the event is.</summary>
    public EventTraits Traits { get; set; }

    /// <summary>Range of the finish reason's text in the data; length 0 when none.</summary>
    public (int Start, int Length) FinishReason { get; set; }

    /// <summary>Range of the provider's error type or code in the data; length 0 when none.</summary>
    public (int Start, int Length) ErrorType { get; set; }

    /// <summary>Whether the event continues a text the user waits for: any channel, not empty, not a repeat.</summary>
    public bool HasContent
    {
        get
        {
            foreach (ref readonly var text in Texts)
            {
                if (!text.Whole) return true;
            }
            return false;
        }
    }

    /// <summary>Makes it ready for the next event.</summary>
    public void Reset()
    {
        TextCount = 0;
        Usage = Usage.None;
        Traits = EventTraits.None;
        FinishReason = default;
        ErrorType = default;
    }

    /// <summary>Adds a text.</summary>
    public void Add(in TextRange text)
    {
        if (TextCount == _texts.Length) Array.Resize(ref _texts, _texts.Length * 2);
        _texts[TextCount++] = text;
    }
}

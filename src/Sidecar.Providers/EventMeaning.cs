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
    /// <summary>Text quoted from a source, or a tool's output. Each range is complete.</summary>
    Citation,
}

/// <summary>A text of its own: one choice, candidate or output item; one block, part or tool call in it; one kind.</summary>
/// <param name="Kind">Which text of the message.</param>
/// <param name="Choice">The choice, candidate or output item.</param>
/// <param name="Part">
/// The block, part or tool call. A field that gives the same kind under another name (<c>reasoning</c> beside
/// <c>reasoning_content</c>) has a part of its own, as servers repeat one in the other.
/// </param>
public readonly record struct Channel(ChannelKind Kind, int Choice, int Part);

/// <summary>Where a non-empty text stands in an event's data.</summary>
/// <param name="Channel">The text it continues.</param>
/// <param name="Start">First byte of the text, inside its quotes.</param>
/// <param name="Length">Bytes of the text as written.</param>
/// <param name="Escaped">Whether it holds JSON escapes.</param>
/// <param name="Whole">Whether it repeats a whole text that was streamed before, rather than continue it.</param>
public readonly record struct TextRange(Channel Channel, int Start, int Length, bool Escaped, bool Whole)
{
    /// <summary>
    /// Whether the text begins and ends in this event: a JSON value, a citation, a tool's output. Nothing continues it, and it
    /// continues nothing, not even another range of its channel.
    /// </summary>
    public bool Complete { get; init; }
}

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
    /// <summary>A delta that carries no text: a role, an empty string, a finish reason or signature alone.</summary>
    EmptyDelta = 16,
}

/// <summary>What one event means. One object a stream, filled again for each event; ranges point into that event's data.</summary>
public sealed class EventMeaning
{
    /// <summary>Texts past which an event is <see cref="EventTraits.Malformed"/>: a bound for memory, far above any provider's.</summary>
    public const int MaxTexts = 8192;

    private TextRange[] _texts = new TextRange[4];

    /// <summary>Number of texts.</summary>
    public int TextCount { get; private set; }

    /// <summary>The event's non-empty texts in order of appearance.</summary>
    public ReadOnlySpan<TextRange> Texts => _texts.AsSpan(0, TextCount);

    /// <summary>Token counts the event carries.</summary>
    public Usage Usage = Usage.None;

    /// <summary>What the event is.</summary>
    public EventTraits Traits { get; set; }

    /// <summary>The event's own number in its stream (OpenAI responses' <c>sequence_number</c>); -1 when it has none.</summary>
    public long SequenceNumber { get; set; } = -1;

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
        SequenceNumber = -1;
        FinishReason = default;
        ErrorType = default;
    }

    /// <summary>Adds a text; past <see cref="MaxTexts"/> the event is malformed instead.</summary>
    public void Add(in TextRange text)
    {
        if (TextCount == MaxTexts)
        {
            Traits |= EventTraits.Malformed;
            return;
        }
        if (TextCount == _texts.Length) Array.Resize(ref _texts, _texts.Length * 2);
        _texts[TextCount++] = text;
    }

    /// <summary>The texts added since there were <paramref name="mark"/>, to be corrected by what follows them in the data.</summary>
    internal Span<TextRange> Since(int mark) => _texts.AsSpan(mark, TextCount - mark);

    /// <summary>Keeps the first <paramref name="count"/> texts.</summary>
    internal void Truncate(int count) => TextCount = count;

    /// <summary>Gives the texts added since <paramref name="mark"/> their choice, which may be told after them.</summary>
    internal void SetChoice(int mark, int choice)
    {
        foreach (ref var text in Since(mark)) text = text with { Channel = text.Channel with { Choice = choice } };
    }

    /// <summary>Gives the texts added since <paramref name="mark"/> their part, which may be told after them.</summary>
    internal void SetPart(int mark, int part)
    {
        foreach (ref var text in Since(mark)) text = text with { Channel = text.Channel with { Part = part } };
    }

    /// <summary>Turns plain content added since <paramref name="mark"/> into <paramref name="kind"/>, which may be told after it.</summary>
    internal void SetKind(int mark, ChannelKind kind)
    {
        foreach (ref var text in Since(mark))
        {
            if (text.Channel.Kind == ChannelKind.Content) text = text with { Channel = text.Channel with { Kind = kind } };
        }
    }

    /// <summary>Tells whether the texts added since <paramref name="mark"/> repeat earlier ones.</summary>
    internal void SetWhole(int mark, bool whole)
    {
        foreach (ref var text in Since(mark)) text = text with { Whole = whole };
    }
}

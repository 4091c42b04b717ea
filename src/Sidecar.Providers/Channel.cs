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
    /// <summary>
    /// A string that the dialect knows neither as a text nor as metadata, an error's message, or a string where another kind of value
    /// is promised. None counts as content. A range that is not complete may be continued by the string that stands at the same place
    /// (<see cref="JsonPlaces"/>) in a later event.
    /// </summary>
    Other,
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

    /// <summary>
    /// Whether the range is a JSON value (object, array, number, boolean) as written, with the strings and escapes inside it, and not
    /// the inside of a JSON string.
    /// </summary>
    public bool Json { get; init; }
}

/// <summary>
/// A JSON value that spells a choice's text out token by token (log probabilities, token ids): it is replaced when that text is rewritten.
/// </summary>
/// <param name="Start">First byte of the value.</param>
/// <param name="Length">Bytes of the value.</param>
/// <param name="Choice">As in <see cref="Channel"/>.</param>
/// <param name="IsList">Whether it is an array.</param>
public readonly record struct Spelling(int Start, int Length, int Choice, bool IsList)
{
    /// <summary>What takes its place, in the kind that SDKs expect there: nothing.</summary>
    public ReadOnlySpan<byte> Replacement => IsList ? "[]"u8 : "null"u8;
}

/// <summary>Channels that end with an event: no text of theirs follows.</summary>
/// <param name="Kind">Which kind; null for every kind.</param>
/// <param name="Choice">Which choice; <see cref="All"/> for every choice.</param>
/// <param name="Part">Which part; <see cref="All"/> for every part.</param>
public readonly record struct Closing(ChannelKind? Kind, int Choice, int Part)
{
    /// <summary>Every choice, or every part.</summary>
    public const int All = -1;

    /// <summary>Closes every channel.</summary>
    public static Closing Everything => new(null, All, All);

    /// <summary>Whether it closes the channel.</summary>
    public bool Closes(Channel channel) =>
        (Kind is null || Kind == channel.Kind) && (Choice == All || Choice == channel.Choice) && (Part == All || Part == channel.Part);
}

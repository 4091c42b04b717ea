namespace Sidecar.Providers;

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
    /// <summary>The data is not what the dialect promises (not JSON, wrong types). Never trusted; what can be read of it is.</summary>
    Malformed = 8,
    /// <summary>A delta that carries no text: a role, an empty string, a finish reason or signature alone.</summary>
    EmptyDelta = 16,
    /// <summary>Beside <see cref="Malformed"/>: the data cannot be read as JSON, or is nested too deep, so that none of its texts is known.</summary>
    NotJson = 32,
    /// <summary>Beside <see cref="Malformed"/>: there are more texts than <see cref="EventMeaning.MaxTexts"/>, and those past it are not listed.</summary>
    Overfull = 64,
}

/// <summary>What one event means. One object a stream, filled again for each event; ranges point into that event's data.</summary>
public sealed class EventMeaning
{
    /// <summary>Texts past which an event is <see cref="EventTraits.Overfull"/>: a bound for memory, far above any provider's.</summary>
    public const int MaxTexts = 8192;

    // A delta has few strings that are unknown.
    private const int MaxContinuedOthers = 32;

    private TextRange[] _texts = new TextRange[4];
    private Spelling[] _spellings = [];
    private Closing[] _closings = [];
    private int _spellingCount;
    private int _closingCount;

    /// <summary>Number of texts.</summary>
    public int TextCount { get; private set; }

    /// <summary>The event's non-empty texts in order of appearance.</summary>
    public ReadOnlySpan<TextRange> Texts => _texts.AsSpan(0, TextCount);

    /// <summary>Values that spell the texts out, in order of appearance.</summary>
    public ReadOnlySpan<Spelling> Spellings => _spellings.AsSpan(0, _spellingCount);

    /// <summary>The channels that end with the event, after its texts.</summary>
    public ReadOnlySpan<Closing> Closings => _closings.AsSpan(0, _closingCount);

    /// <summary>The message, item or part that the event begins or ends.</summary>
    internal Landmark Landmark { get; set; }

    /// <summary>The choices or candidates that the event speaks of, one bit each. More are not told: no provider has them.</summary>
    public UInt128 Choices { get; private set; }

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

    /// <summary>Whether the event continues a text the user waits for: any channel but other strings, not empty, not a repeat.</summary>
    public bool HasContent
    {
        get
        {
            foreach (ref readonly var text in Texts)
            {
                if (!text.Whole && text.Channel.Kind != ChannelKind.Other) return true;
            }
            return false;
        }
    }

    /// <summary>Whether the event carries a text, be it a repeat; other strings are none.</summary>
    public bool HasText => HasTextSince(0);

    /// <summary>
    /// Whether the event says nothing but that one text goes on, so that with another text there, not empty, it would mean the same.
    /// </summary>
    internal bool IsOnlyText =>
        TextCount == 1 && _texts[0] is { Whole: false, Complete: false, Json: false, Channel.Kind: not ChannelKind.Other } && Traits == EventTraits.None &&
        _spellingCount == 0 && _closingCount == 0 && !Usage.IsGiven && Landmark.Kind == LandmarkKind.None && SequenceNumber < 0 &&
        FinishReason.Length == 0 && ErrorType.Length == 0;

    /// <summary>Makes it ready for the next event.</summary>
    public void Reset()
    {
        TextCount = 0;
        _spellingCount = 0;
        _closingCount = 0;
        Landmark = default;
        Choices = default;
        Usage = Usage.None;
        Traits = EventTraits.None;
        SequenceNumber = -1;
        FinishReason = default;
        ErrorType = default;
    }

    /// <summary>Adds a text; past <see cref="MaxTexts"/> the event is overfull instead.</summary>
    public void Add(in TextRange text)
    {
        if (TextCount == MaxTexts) Traits |= EventTraits.Malformed | EventTraits.Overfull;
        else Room(ref _texts, TextCount++) = text;
    }

    /// <summary>Puts another text in the place of the only one.</summary>
    internal void SetOnlyText(int length, bool isEscaped) => _texts[0] = _texts[0] with { Length = length, Escaped = isEscaped };

    /// <summary>Adds a value that spells texts out; past <see cref="MaxTexts"/> the event is overfull instead.</summary>
    public void Add(in Spelling spelling)
    {
        if (_spellingCount == MaxTexts) Traits |= EventTraits.Malformed | EventTraits.Overfull;
        else Room(ref _spellings, _spellingCount++) = spelling;
    }

    /// <summary>Adds channels that end. Past <see cref="MaxTexts"/> they stay open, which is safe.</summary>
    public void Add(in Closing closing)
    {
        if (_closingCount < MaxTexts) Room(ref _closings, _closingCount++) = closing;
    }

    /// <summary>Where there are many other strings, the event is a document and no delta: each is complete.</summary>
    internal void BoundOthers()
    {
        var count = 0;
        foreach (ref readonly var text in Texts)
        {
            if (text.Channel.Kind == ChannelKind.Other && !text.Complete) count++;
        }
        if (count <= MaxContinuedOthers) return;
        foreach (ref var text in Since(0))
        {
            if (text.Channel.Kind == ChannelKind.Other) text = text with { Complete = true };
        }
    }

    private static ref T Room<T>(ref T[] items, int index)
    {
        if (index == items.Length) Array.Resize(ref items, Math.Max(index * 2, 4));
        return ref items[index];
    }

    /// <summary>Forgets which channels end: of a body, all do.</summary>
    internal void ForgetClosings() => _closingCount = 0;

    /// <summary>Whether a text but other strings was added since there were <paramref name="mark"/>.</summary>
    internal bool HasTextSince(int mark)
    {
        foreach (ref readonly var text in Texts[mark..])
        {
            if (text.Channel.Kind != ChannelKind.Other) return true;
        }
        return false;
    }

    /// <summary>The texts added since there were <paramref name="mark"/>, to be corrected by what follows them in the data.</summary>
    internal Span<TextRange> Since(int mark) => _texts.AsSpan(mark, TextCount - mark);

    /// <summary>Keeps the first <paramref name="count"/> texts.</summary>
    internal void Truncate(int count) => TextCount = count;

    /// <summary>Tells that the event speaks of a choice or candidate.</summary>
    internal void AddChoice(int choice)
    {
        if (choice < 128) Choices |= UInt128.One << choice;
    }

    /// <summary>Gives the texts added since <paramref name="mark"/>, and what spells them out, their choice, which may be told after them.</summary>
    internal void SetChoice(int mark, int choice)
    {
        foreach (ref var text in Since(mark)) text = text with { Channel = text.Channel with { Choice = choice } };
        SetSpelledChoice(choice);
    }

    /// <summary>Gives every spelling that has no choice yet one.</summary>
    internal void SetSpelledChoice(int choice)
    {
        foreach (ref var spelling in _spellings.AsSpan(0, _spellingCount))
        {
            if (spelling.Choice < 0) spelling = spelling with { Choice = choice };
        }
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

    /// <summary>Tells whether the texts added since <paramref name="mark"/> repeat earlier ones. Other strings never do.</summary>
    internal void SetWhole(int mark, bool whole)
    {
        foreach (ref var text in Since(mark))
        {
            if (text.Channel.Kind != ChannelKind.Other) text = text with { Whole = whole };
        }
    }
}

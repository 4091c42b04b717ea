using System.Text;
using Sidecar.Protocols.Http1;
using Sidecar.Providers;
using Sidecar.Proxy.Telemetry;

namespace Sidecar.Proxy.Streaming;

/// <summary>What the events of one response have said so far; keeps the record up to date. Later figures replace earlier ones.</summary>
/// <param name="dialect">How to read them.</param>
/// <param name="isSure">Whether the path told the dialect; else it is the provider's, and the body may be something else.</param>
/// <param name="record">What is told of the exchange.</param>
/// <param name="hidesUsage">Whether we asked for a usage chunk that the client did not ask for.</param>
internal sealed class StreamReading(Dialect dialect, bool isSure, ExchangeRecord record, bool hidesUsage = false)
{
    private const int MaxWordBytes = 64;

    private readonly EventReader _reader = new(dialect);
    private bool _hasContent;

    /// <summary>What the last event meant.</summary>
    public EventMeaning Meaning => _reader.Meaning;

    /// <summary>Whether the path told the dialect, so that a missing end means something.</summary>
    public bool IsSure => isSure;

    /// <summary>
    /// Whether the last event is the chunk that only brings the usage we asked for. One that brings anything else is the client's. So is the
    /// <c>usage: null</c> that the other chunks have because we asked: without it they would not be the provider's bytes.
    /// </summary>
    public bool IsHidden => hidesUsage && Meaning is { Usage.IsGiven: true, Traits: EventTraits.None, HasText: false, FinishReason.Length: 0 } && Meaning.Choices == 0;

    /// <summary>Whether the dialect's end was seen.</summary>
    public bool HasEnd { get; private set; }

    /// <summary>The provider's error, once it reported one.</summary>
    public string? Error { get; private set; }

    /// <summary>The number that the next event would have, where the dialect counts.</summary>
    public long NextSequenceNumber { get; private set; }

    /// <summary>Reads an event; whether it carries content.</summary>
    /// <param name="data">The event's data.</param>
    /// <param name="eventName">Its SSE event name.</param>
    /// <param name="isMeaningful">Whether it is more than a sign of life.</param>
    public bool Event(ReadOnlySpan<byte> data, ReadOnlySpan<byte> eventName, out bool isMeaningful)
    {
        _reader.Read(data, eventName);
        isMeaningful = (Meaning.Traits & EventTraits.Ping) == 0;
        return Take(data);
    }

    /// <summary>Reads a whole body; whether it carries content.</summary>
    public bool Document(ReadOnlySpan<byte> body)
    {
        _reader.ReadBody(body);
        return Take(body);
    }

    private bool Take(ReadOnlySpan<byte> data)
    {
        TakeUsage(Meaning.Usage);
        if (Meaning.SequenceNumber >= 0) NextSequenceNumber = Meaning.SequenceNumber + 1;
        HasEnd |= (Meaning.Traits & EventTraits.End) != 0;
        if (Meaning.FinishReason.Length > 0) record.FinishReason = Word(data, Meaning.FinishReason, record.FinishReason);
        if ((Meaning.Traits & EventTraits.Error) != 0) Error ??= Meaning.ErrorType.Length > 0 ? Word(data, Meaning.ErrorType, null) : "provider_error";
        foreach (ref readonly var text in Meaning.Texts)
        {
            if (text.Channel.Kind == ChannelKind.Reasoning) record.ReasoningStreamed = true;
        }
        // A whole text is a repeat, but where nothing was streamed before it is the content itself: some servers send only that.
        var hasContent = Meaning.HasContent || (!_hasContent && Meaning.HasText);
        _hasContent |= hasContent;
        return hasContent;
    }

    private void TakeUsage(in Usage usage)
    {
        if (usage.Input >= 0) record.InputTokens = usage.Input;
        if (usage.Output >= 0) record.OutputTokens = usage.Output;
        if (usage.Cached >= 0) record.CachedTokens = usage.Cached;
        if (usage.Reasoning >= 0) record.ReasoningTokens = usage.Reasoning;
    }

    /// <summary>A short word as text; the same text again costs nothing.</summary>
    private static string Word(ReadOnlySpan<byte> data, (int Start, int Length) range, string? last)
    {
        var bytes = data.Slice(range.Start, Math.Min(range.Length, MaxWordBytes));
        return last is not null && Ascii.Equals(bytes, last) ? last : Encoding.UTF8.GetString(bytes);
    }
}

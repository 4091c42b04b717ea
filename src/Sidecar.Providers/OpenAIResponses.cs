namespace Sidecar.Providers;

/// <summary>
/// OpenAI responses (<c>/v1/responses</c>). Deltas are told apart by the event's type, which may stand after them; choices are
/// output items, parts are content parts. The <c>.done</c> events and the snapshots of the response repeat what was streamed, and some
/// servers stream nothing before them: whether a whole text is news is for the one who knows the stream.
/// </summary>
public sealed class OpenAIResponses : JsonDialect
{
    private const ChannelKind ByType = (ChannelKind)byte.MaxValue;
    private const ChannelKind CodeByType = ByType - 1;

    /// <summary>The one instance: it holds no state.</summary>
    public static readonly OpenAIResponses Instance = new();

    private OpenAIResponses()
    {
    }

    /// <inheritdoc/>
    public override string Name => "openai";

    /// <summary>Not OpenAI's own ending here, but compatible servers send it.</summary>
    private protected override bool IsEndMarker(ReadOnlySpan<byte> data) => data.StartsWith("[DONE]"u8);

    private protected override void ReadRoot(ref JsonCursor json, ReadOnlySpan<byte> eventName, bool isBody, EventMeaning meaning)
    {
        if (!json.EnterObject()) return;
        if (isBody) OpenAIResponseItems.ReadResponse(ref json, meaning);
        else ReadEventObject(ref json, eventName, meaning);
    }

    private static void ReadEventObject(ref JsonCursor json, ReadOnlySpan<byte> eventName, EventMeaning meaning)
    {
        var type = EventType.Of(eventName);
        int item = 0, content = 0, summary = -1;
        var hasDelta = false;
        (int Start, int Length) code = default;
        while (json.NextProperty(out var name))
        {
            if (name.SequenceEqual("type"u8)) type = EventType.Of(json.Keyword());
            else if (name.SequenceEqual("delta"u8))
            {
                hasDelta = true;
                json.Text(new Channel(ByType, OpenAIResponseItems.Beside, OpenAIResponseItems.Beside));
            }
            else if (name.SequenceEqual("output_index"u8)) item = json.Index();
            else if (name.SequenceEqual("content_index"u8)) content = json.Index();
            else if (name.SequenceEqual("summary_index"u8)) summary = json.Index();
            else if (name.SequenceEqual("sequence_number"u8)) meaning.SequenceNumber = json.Count();
            else if (name.SequenceEqual("code"u8)) code = ReadCode(ref json);
            else if (name.SequenceEqual("response"u8))
            {
                var start = json.Start;
                ReadSnapshot(ref json, meaning);
                meaning.Landmark = new Landmark(LandmarkKind.Message, 0, 0, start, json.End - start);
            }
            else ReadRepeat(ref json, meaning, name);
        }
        meaning.Traits |= type.Traits;
        if ((type.Traits & EventTraits.Error) != 0 && meaning.ErrorType.Length == 0) meaning.ErrorType = code;
        if ((type.Traits & EventTraits.End) == 0) meaning.FinishReason = default;
        var part = summary >= 0 ? OpenAIResponseItems.Summary + summary : content;
        Place(meaning, type, item, part);
        var kind = meaning.Landmark.Kind == LandmarkKind.Item && type.IsDone ? LandmarkKind.ItemDone : meaning.Landmark.Kind;
        meaning.Landmark = meaning.Landmark with { Kind = kind, Item = item, Part = part };
        if (type.IsDone) Close(meaning, type, item, part);
        if (hasDelta && !meaning.HasContent) meaning.Traits |= EventTraits.EmptyDelta;
    }

    // Members of the .done events, and of the .added ones, where they are empty but for servers that send all at once.
    private static void ReadRepeat(ref JsonCursor json, EventMeaning meaning, ReadOnlySpan<byte> name)
    {
        const int beside = OpenAIResponseItems.Beside;
        if (name.SequenceEqual("text"u8)) json.Text(new Channel(ByType, beside, beside));
        else if (name.SequenceEqual("refusal"u8)) json.Text(new Channel(ChannelKind.Refusal, beside, beside));
        else if (name.SequenceEqual("transcript"u8)) json.Text(new Channel(ChannelKind.Transcript, beside, beside));
        else if (name.SequenceEqual("arguments"u8) || name.SequenceEqual("input"u8))
        {
            json.Value(new Channel(ChannelKind.ToolArguments, beside, beside));
        }
        else if (name.SequenceEqual("part"u8) || name.SequenceEqual("item"u8))
        {
            var (start, isItem) = (json.Start, name.SequenceEqual("item"u8));
            json.IsWhole = true;
            if (isItem) OpenAIResponseItems.ReadItem(ref json, meaning);
            else OpenAIResponseItems.ReadPart(ref json, meaning);
            json.IsWhole = false;
            meaning.Landmark = new Landmark(isItem ? LandmarkKind.Item : LandmarkKind.Part, 0, 0, start, json.End - start);
        }
        else if (name.SequenceEqual("annotation"u8)) Quotation.Read(ref json, new Channel(ChannelKind.Citation, beside, beside));
        else if (name.SequenceEqual("error"u8)) ProviderError.Read(ref json, meaning);
        else json.Other(name);
    }

    // An error's code, or the program that an interpreter is to run.
    private static (int Start, int Length) ReadCode(ref JsonCursor json)
    {
        if (!json.IsString) return json.ScalarRange();
        json.Text(new Channel(CodeByType, OpenAIResponseItems.Beside, OpenAIResponseItems.Beside));
        return json.StringRange();
    }

    private static void ReadSnapshot(ref JsonCursor json, EventMeaning meaning)
    {
        if (!json.EnterObject()) return;
        var mark = meaning.TextCount;
        json.IsWhole = true;
        OpenAIResponseItems.ReadResponse(ref json, meaning);
        json.IsWhole = false;
        meaning.SetWhole(mark, true);
    }

    // What could not be told before the type and the indexes were read.
    private static void Place(EventMeaning meaning, EventType type, int item, int part)
    {
        var texts = meaning.Since(0);
        var kept = 0;
        foreach (var text in texts)
        {
            var channel = text.Channel;
            // The delta of an audio event is base64, and an error's code is no program.
            if (channel.Kind == ByType && type.IsSound) continue;
            if (channel.Kind == CodeByType && (type.Traits & EventTraits.Error) != 0) continue;
            if (channel.Kind == ByType) channel = channel with { Kind = type.Kind };
            if (channel.Kind == CodeByType) channel = channel with { Kind = ChannelKind.ToolArguments };
            if (channel.Choice == OpenAIResponseItems.Beside || (channel.Kind == ChannelKind.Other && !text.Complete)) channel = channel with { Choice = item };
            if (channel.Part == OpenAIResponseItems.Beside) channel = channel with { Part = part };
            var isRepeat = text.Whole || (type.IsDone && channel.Kind != ChannelKind.Other);
            texts[kept++] = text with { Channel = channel, Whole = isRepeat };
        }
        meaning.Truncate(kept);
        meaning.SetSpelledChoice(item);
    }

    // A type that is new closes only the text that it repeats.
    private static void Close(EventMeaning meaning, EventType type, int item, int part)
    {
        if (type.IsItem) meaning.Add(new Closing(null, item, Closing.All));
        else if (type.IsPart) meaning.Add(new Closing(null, item, part));
        else if (meaning.HasText) meaning.Add(new Closing(type.Kind, item, part));
    }

    /// <summary>What an event's type tells: by its words, so that a type unknown today is read as well.</summary>
    private readonly record struct EventType(ChannelKind Kind, EventTraits Traits, bool IsDone, bool IsSound)
    {
        public bool IsItem { get; private init; }

        public bool IsPart { get; private init; }

        public static EventType Of(ReadOnlySpan<byte> type) =>
            new(KindOf(type), TraitsOf(type), type.EndsWith(".done"u8), type.EndsWith("audio.delta"u8))
            {
                IsItem = type.EndsWith("_item.done"u8),
                IsPart = type.EndsWith("_part.done"u8),
            };

        private static ChannelKind KindOf(ReadOnlySpan<byte> type) =>
            type.IndexOf("reasoning"u8) >= 0 ? ChannelKind.Reasoning
            : type.IndexOf("refusal"u8) >= 0 ? ChannelKind.Refusal
            : type.IndexOf("transcript"u8) >= 0 ? ChannelKind.Transcript
            : type.IndexOf("_call"u8) >= 0 ? ChannelKind.ToolArguments
            : ChannelKind.Content;

        private static EventTraits TraitsOf(ReadOnlySpan<byte> type) =>
            type.SequenceEqual("response.completed"u8) || type.SequenceEqual("response.incomplete"u8) ? EventTraits.End
            : type.SequenceEqual("response.failed"u8) ? EventTraits.End | EventTraits.Error
            : type.SequenceEqual("error"u8) ? EventTraits.Error
            : type.SequenceEqual("keepalive"u8) || type.SequenceEqual("ping"u8) ? EventTraits.Ping
            : EventTraits.None;
    }
}

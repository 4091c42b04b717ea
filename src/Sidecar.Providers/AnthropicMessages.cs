namespace Sidecar.Providers;

/// <summary>
/// Anthropic messages (<c>/v1/messages</c>). Texts are found by their own names and not by the event's type, so a type
/// that comes after them, or is new, hides none. Parts are content blocks, which may interleave.
/// </summary>
public sealed class AnthropicMessages : JsonDialect
{
    /// <summary>The one instance: it holds no state.</summary>
    public static readonly AnthropicMessages Instance = new();

    private AnthropicMessages()
    {
    }

    /// <inheritdoc/>
    public override string Name => "anthropic";

    private protected override void ReadRoot(ref JsonCursor json, ReadOnlySpan<byte> eventName, bool isBody, EventMeaning meaning)
    {
        if (!json.EnterObject()) return;
        var index = 0;
        var hasDelta = false;
        var isBlockStop = eventName.SequenceEqual("content_block_stop"u8);
        if (eventName.SequenceEqual("message_stop"u8)) meaning.Traits |= EventTraits.End;
        while (json.NextProperty(out var name))
        {
            if (name.SequenceEqual("type"u8))
            {
                var type = json.Keyword();
                meaning.Traits |= TraitsOf(type);
                isBlockStop |= type.SequenceEqual("content_block_stop"u8);
            }
            else if (name.SequenceEqual("delta"u8)) hasDelta |= ReadDelta(ref json, meaning);
            else if (name.SequenceEqual("index"u8)) index = json.Index();
            else if (name.SequenceEqual("content_block"u8))
            {
                meaning.Landmark = new Landmark(LandmarkKind.Item, 0, 0, 0, 0);
                json.IsWhole = true;
                ReadBlock(ref json);
                json.IsWhole = false;
            }
            else if (name.SequenceEqual("message"u8))
            {
                meaning.Landmark = new Landmark(LandmarkKind.Message, 0, 0, 0, 0);
                json.IsWhole = true;
                ReadMessage(ref json, meaning);
                json.IsWhole = false;
            }
            else ReadMessageMember(ref json, meaning, name);
        }
        // Blocks inside a message have the part of their place; a delta's or a starting block's stands beside it.
        foreach (ref var text in meaning.Since(0))
        {
            if (text.Channel.Part == Beside) text = text with { Channel = text.Channel with { Part = index } };
        }
        meaning.Landmark = meaning.Landmark with { Item = index };
        if (isBlockStop) meaning.Add(new Closing(null, 0, index));
        if (meaning.FinishReason.Length > 0) meaning.Add(Closing.Everything);
        if (hasDelta && !meaning.HasContent) meaning.Traits |= EventTraits.EmptyDelta;
    }

    private const int Beside = -1;

    private static EventTraits TraitsOf(ReadOnlySpan<byte> type) =>
        type.SequenceEqual("message_stop"u8) ? EventTraits.End
        : type.SequenceEqual("ping"u8) ? EventTraits.Ping
        : type.SequenceEqual("error"u8) ? EventTraits.Error
        : EventTraits.None;

    private static bool ReadDelta(ref JsonCursor json, EventMeaning meaning)
    {
        if (!json.EnterObject()) return false;
        while (json.NextProperty(out var name))
        {
            if (name.SequenceEqual("text"u8)) json.Text(new Channel(ChannelKind.Content, 0, Beside));
            else if (name.SequenceEqual("thinking"u8)) json.Text(new Channel(ChannelKind.Reasoning, 0, Beside));
            else if (name.SequenceEqual("partial_json"u8)) json.Text(new Channel(ChannelKind.ToolArguments, 0, Beside));
            else if (name.SequenceEqual("citation"u8)) Quotation.Read(ref json, new Channel(ChannelKind.Citation, 0, Beside));
            // compaction_delta
            else if (name.SequenceEqual("content"u8)) json.Text(new Channel(ChannelKind.Content, 0, Beside));
            else if (name.SequenceEqual("stop_reason"u8)) ReadStopReason(ref json, meaning);
            else json.Other(name);
        }
        return true;
    }

    private static void ReadMessage(ref JsonCursor json, EventMeaning meaning)
    {
        if (!json.EnterObject()) return;
        while (json.NextProperty(out var name)) ReadMessageMember(ref json, meaning, name);
    }

    // The members of a message: in message_start below message, in a body and in message_delta (usage) at the root.
    private static void ReadMessageMember(ref JsonCursor json, EventMeaning meaning, ReadOnlySpan<byte> name)
    {
        if (name.SequenceEqual("content"u8)) ReadBlocks(ref json, meaning);
        else if (name.SequenceEqual("usage"u8)) ReadUsage(ref json, meaning);
        else if (name.SequenceEqual("stop_reason"u8)) ReadStopReason(ref json, meaning);
        else if (name.SequenceEqual("error"u8)) ProviderError.Read(ref json, meaning);
        else json.Other(name);
    }

    private static void ReadBlocks(ref JsonCursor json, EventMeaning meaning)
    {
        if (!json.EnterArray()) return;
        for (var position = 0; json.NextElement(); position++)
        {
            var mark = meaning.TextCount;
            ReadBlock(ref json);
            meaning.SetPart(mark, position);
        }
    }

    // text, thinking, tool_use, server_tool_use, compaction, and the tool results, whose content is an object or a list.
    private static void ReadBlock(ref JsonCursor json)
    {
        if (!json.EnterObject()) return;
        while (json.NextProperty(out var name))
        {
            if (name.SequenceEqual("text"u8)) json.Text(new Channel(ChannelKind.Content, 0, Beside));
            else if (name.SequenceEqual("thinking"u8)) json.Text(new Channel(ChannelKind.Reasoning, 0, Beside));
            else if (name.SequenceEqual("input"u8)) json.Value(new Channel(ChannelKind.ToolArguments, 0, Beside));
            else if (name.SequenceEqual("content"u8) && json.IsString) json.Text(new Channel(ChannelKind.Content, 0, Beside));
            else if (name.SequenceEqual("content"u8) || name.SequenceEqual("citations"u8))
            {
                Quotation.Read(ref json, new Channel(ChannelKind.Citation, 0, Beside));
            }
            else json.Other(name);
        }
    }

    private static void ReadStopReason(ref JsonCursor json, EventMeaning meaning)
    {
        var reason = json.StringRange();
        if (reason.Length > 0) meaning.FinishReason = reason;
    }

    // input_tokens counts what was neither read from the cache nor written to it. message_start's figures are provisional,
    // message_delta's cumulative: the later replace the earlier.
    private static void ReadUsage(ref JsonCursor json, EventMeaning meaning)
    {
        if (!json.EnterObject()) return;
        long input = -1, created = -1, cached = -1, output = -1, thinking = -1;
        while (json.NextProperty(out var name))
        {
            if (name.SequenceEqual("input_tokens"u8)) input = json.Count();
            else if (name.SequenceEqual("cache_creation_input_tokens"u8)) created = json.Count();
            else if (name.SequenceEqual("cache_read_input_tokens"u8)) cached = json.Count();
            else if (name.SequenceEqual("output_tokens"u8)) output = json.Count();
            else if (name.SequenceEqual("output_tokens_details"u8)) thinking = ReadThinkingTokens(ref json);
            else json.Other(name);
        }
        ref var usage = ref meaning.Usage;
        if (input >= 0) usage.Input = input + Math.Max(created, 0) + Math.Max(cached, 0);
        if (cached >= 0) usage.Cached = cached;
        if (output >= 0) usage.Output = output;
        if (thinking >= 0) usage.Reasoning = thinking;
    }

    private static long ReadThinkingTokens(ref JsonCursor json)
    {
        if (!json.EnterObject()) return -1;
        var count = -1L;
        while (json.NextProperty(out var name))
        {
            if (name.SequenceEqual("thinking_tokens"u8)) count = json.Count();
            else json.Other(name);
        }
        return count;
    }
}

namespace Sidecar.Providers;

/// <summary>A <c>delta</c> or <c>message</c> of OpenAI chat completions, with what compatible servers add to it.</summary>
internal static class OpenAIMessage
{
    private const int Reasoning = 1;
    private const int Thinking = 2;
    private const int ReasoningText = 3;
    private const int ThinkingBlocks = 4;
    private const int LegacyFunctionCall = 1 << 16;
    private const int ReasoningDetails = 1 << 16;

    /// <summary>Adds the texts of the entered object. Their choice is 0 until the caller knows better.</summary>
    public static void Read(ref JsonCursor json, EventMeaning meaning)
    {
        while (json.NextProperty(out var name))
        {
            if (name.SequenceEqual("content"u8)) ReadParts(ref json, new Channel(ChannelKind.Content, 0, 0));
            else if (name.SequenceEqual("refusal"u8)) json.Text(new Channel(ChannelKind.Refusal, 0, 0));
            else if (name.SequenceEqual("tool_calls"u8)) ReadToolCalls(ref json, meaning);
            else if (name.SequenceEqual("function_call"u8)) ReadFunction(ref json, LegacyFunctionCall);
            else if (name.SequenceEqual("audio"u8)) ReadAudio(ref json);
            else if (name.SequenceEqual("annotations"u8)) Quotation.Read(ref json, new Channel(ChannelKind.Citation, 0, 0));
            else if (TryReasoningPart(name, out var part)) ReadParts(ref json, new Channel(ChannelKind.Reasoning, 0, part));
            else if (name.SequenceEqual("reasoning_details"u8)) ReadReasoningDetails(ref json, meaning);
            else json.Other(name);
        }
    }

    private static bool TryReasoningPart(ReadOnlySpan<byte> name, out int part)
    {
        part = name.SequenceEqual("reasoning_content"u8) ? 0
            : name.SequenceEqual("reasoning"u8) ? Reasoning
            : name.SequenceEqual("thinking"u8) ? Thinking
            : name.SequenceEqual("reasoning_text"u8) ? ReasoningText
            : name.SequenceEqual("thinking_blocks"u8) ? ThinkingBlocks
            : -1;
        return part >= 0;
    }

    // A string, or a list of typed parts (Mistral; message bodies of several servers), which continue one text.
    private static void ReadParts(ref JsonCursor json, Channel channel)
    {
        if (!json.IsArray)
        {
            json.Text(channel);
            return;
        }
        while (json.NextElement())
        {
            if (json.IsString) json.Text(channel);
            else if (json.EnterObject()) ReadPart(ref json, channel);
        }
    }

    private static void ReadPart(ref JsonCursor json, Channel channel)
    {
        while (json.NextProperty(out var name))
        {
            if (name.SequenceEqual("text"u8)) json.Text(channel);
            else if (name.SequenceEqual("refusal"u8)) json.Text(channel with { Kind = ChannelKind.Refusal });
            else if (name.SequenceEqual("thinking"u8)) ReadParts(ref json, channel with { Kind = ChannelKind.Reasoning });
            else json.Other(name);
        }
    }

    // OpenRouter: {"type":"reasoning.text","text":…,"index":0} or a summary; beside it the same text stands in reasoning.
    private static void ReadReasoningDetails(ref JsonCursor json, EventMeaning meaning)
    {
        if (!json.EnterArray()) return;
        for (var position = 0; json.NextElement(); position++)
        {
            if (!json.EnterObject()) continue;
            var mark = meaning.TextCount;
            var index = position;
            while (json.NextProperty(out var name))
            {
                if (name.SequenceEqual("text"u8) || name.SequenceEqual("summary"u8))
                {
                    json.Text(new Channel(ChannelKind.Reasoning, 0, 0));
                }
                else if (name.SequenceEqual("index"u8)) index = json.Index();
                else json.Other(name);
            }
            meaning.SetPart(mark, ReasoningDetails + index);
        }
    }

    // Only a call's index is sure, and it may stand after the function. Some servers leave it out: then its place counts.
    private static void ReadToolCalls(ref JsonCursor json, EventMeaning meaning)
    {
        if (!json.EnterArray()) return;
        for (var position = 0; json.NextElement(); position++)
        {
            if (!json.EnterObject()) continue;
            var mark = meaning.TextCount;
            var index = position;
            while (json.NextProperty(out var name))
            {
                if (name.SequenceEqual("function"u8) || name.SequenceEqual("custom"u8)) ReadFunction(ref json, 0);
                else if (name.SequenceEqual("index"u8)) index = json.IsNull ? position : json.Index();
                else json.Other(name);
            }
            meaning.SetPart(mark, index);
        }
    }

    private static void ReadFunction(ref JsonCursor json, int part)
    {
        if (!json.EnterObject()) return;
        while (json.NextProperty(out var name))
        {
            if (name.SequenceEqual("arguments"u8) || name.SequenceEqual("input"u8))
            {
                json.Value(new Channel(ChannelKind.ToolArguments, 0, part));
            }
            else json.Other(name);
        }
    }

    private static void ReadAudio(ref JsonCursor json)
    {
        if (!json.EnterObject()) return;
        while (json.NextProperty(out var name))
        {
            if (name.SequenceEqual("transcript"u8)) json.Text(new Channel(ChannelKind.Transcript, 0, 0));
            else json.Other(name);
        }
    }
}

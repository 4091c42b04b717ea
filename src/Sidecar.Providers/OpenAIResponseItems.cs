namespace Sidecar.Providers;

/// <summary>The objects of OpenAI responses: the response itself, its output items, their content parts.</summary>
internal static class OpenAIResponseItems
{
    /// <summary>A choice or part that stands beside the object read here, and is filled in by the caller.</summary>
    public const int Beside = -1;

    /// <summary>The part of <c>output_text</c>, in which some servers join the texts of all items.</summary>
    public const int Joined = 1 << 17;

    /// <summary>Parts of a reasoning summary start here, as the reasoning itself counts its content parts from 0.</summary>
    public const int Summary = 1 << 16;

    /// <summary>
    /// Adds what the entered response object says: output, usage, error, and the finish reason, which is its status unless it tells more.
    /// </summary>
    public static void ReadResponse(ref JsonCursor json, EventMeaning meaning)
    {
        (int Start, int Length) status = default, reason = default;
        while (json.NextProperty(out var name))
        {
            if (name.SequenceEqual("status"u8)) status = json.StringRange();
            else if (name.SequenceEqual("incomplete_details"u8)) reason = ReadReason(ref json);
            else if (name.SequenceEqual("output"u8)) ReadOutput(ref json, meaning);
            else if (name.SequenceEqual("usage"u8)) OpenAIUsage.Read(ref json, meaning);
            else if (name.SequenceEqual("error"u8)) ProviderError.Read(ref json, meaning);
            else if (name.SequenceEqual("output_text"u8)) ReadJoined(ref json, meaning);
            else if (IsEcho(name)) json.Skip();
            else json.Other(name);
        }
        var told = reason.Length > 0 ? reason : status;
        if (told.Length > 0) meaning.FinishReason = told;
    }

    // What the client itself sent, in which no text of the answer stands.
    private static bool IsEcho(ReadOnlySpan<byte> name) =>
        name.SequenceEqual("instructions"u8) || name.SequenceEqual("input"u8) || name.SequenceEqual("metadata"u8)
        || name.SequenceEqual("tools"u8) || name.SequenceEqual("tool_choice"u8) || name.SequenceEqual("prompt"u8)
        || name.SequenceEqual("text"u8) || name.SequenceEqual("reasoning"u8) || name.SequenceEqual("user"u8)
        || name.SequenceEqual("safety_identifier"u8) || name.SequenceEqual("prompt_cache_key"u8)
        || name.SequenceEqual("previous_response_id"u8);

    private static void ReadJoined(ref JsonCursor json, EventMeaning meaning)
    {
        var mark = meaning.TextCount;
        json.Text(new Channel(ChannelKind.Content, 0, Joined), complete: true);
        meaning.SetWhole(mark, true);
    }

    private static (int Start, int Length) ReadReason(ref JsonCursor json)
    {
        (int Start, int Length) reason = default;
        if (!json.EnterObject()) return reason;
        while (json.NextProperty(out var name))
        {
            if (name.SequenceEqual("reason"u8)) reason = json.StringRange();
            else json.Other(name);
        }
        return reason;
    }

    private static void ReadOutput(ref JsonCursor json, EventMeaning meaning)
    {
        if (!json.EnterArray()) return;
        for (var position = 0; json.NextElement(); position++)
        {
            var mark = meaning.TextCount;
            ReadItem(ref json, meaning);
            meaning.SetChoice(mark, position);
        }
    }

    /// <summary>Adds the texts of an output item: a message, reasoning, or a tool's call and output.</summary>
    public static void ReadItem(ref JsonCursor json, EventMeaning meaning)
    {
        if (!json.EnterObject()) return;
        while (json.NextProperty(out var name))
        {
            if (name.SequenceEqual("content"u8)) ReadParts(ref json, meaning);
            else if (name.SequenceEqual("summary"u8)) ReadSummary(ref json, meaning);
            else if (name.SequenceEqual("arguments"u8) || name.SequenceEqual("input"u8) || name.SequenceEqual("code"u8)
                || name.SequenceEqual("action"u8) || name.SequenceEqual("operation"u8))
            {
                json.Value(new Channel(ChannelKind.ToolArguments, Beside, 0));
            }
            else if (name.SequenceEqual("output"u8) || name.SequenceEqual("outputs"u8) || name.SequenceEqual("results"u8))
            {
                Quotation.Read(ref json, new Channel(ChannelKind.Citation, Beside, 0));
            }
            else json.Other(name);
        }
    }

    private static void ReadParts(ref JsonCursor json, EventMeaning meaning)
    {
        if (json.IsString)
        {
            json.Text(new Channel(ChannelKind.Content, Beside, 0));
            return;
        }
        if (!json.EnterArray()) return;
        for (var position = 0; json.NextElement(); position++)
        {
            var mark = meaning.TextCount;
            ReadPart(ref json, meaning);
            meaning.SetPart(mark, position);
        }
    }

    private static void ReadSummary(ref JsonCursor json, EventMeaning meaning)
    {
        if (!json.EnterArray()) return;
        for (var position = 0; json.NextElement(); position++)
        {
            var mark = meaning.TextCount;
            ReadPart(ref json, meaning);
            meaning.SetKind(mark, ChannelKind.Reasoning);
            meaning.SetPart(mark, Summary + position);
        }
    }

    /// <summary>Adds the texts of a content part or summary part, whose type may stand after its text.</summary>
    public static void ReadPart(ref JsonCursor json, EventMeaning meaning)
    {
        if (!json.EnterObject()) return;
        var mark = meaning.TextCount;
        var isReasoning = false;
        while (json.NextProperty(out var name))
        {
            if (name.SequenceEqual("type"u8))
            {
                var type = json.Keyword();
                isReasoning = type.SequenceEqual("reasoning_text"u8) || type.SequenceEqual("summary_text"u8);
            }
            else if (name.SequenceEqual("text"u8)) json.Text(new Channel(ChannelKind.Content, Beside, Beside));
            else if (name.SequenceEqual("refusal"u8)) json.Text(new Channel(ChannelKind.Refusal, Beside, Beside));
            else if (name.SequenceEqual("transcript"u8)) json.Text(new Channel(ChannelKind.Transcript, Beside, Beside));
            else if (name.SequenceEqual("annotations"u8))
            {
                Quotation.Read(ref json, new Channel(ChannelKind.Citation, Beside, Beside));
            }
            else json.Other(name);
        }
        if (isReasoning) meaning.SetKind(mark, ChannelKind.Reasoning);
    }
}

namespace Sidecar.Providers;

/// <summary>
/// The chunk and the body that OpenAI chat completions and completions share: choices, usage, error. Servers mix the two
/// (a delta at <c>/completions</c>, a message beside the delta), so both are read whichever path was asked.
/// </summary>
internal static class OpenAIChunk
{
    /// <summary>A completion's <c>text</c>, apart from a chat's content, which takes part 0.</summary>
    public const int CompletionText = 1;

    /// <summary>Reads the root.</summary>
    public static void Read(ref JsonCursor json, EventMeaning meaning)
    {
        if (!json.EnterObject()) return;
        bool hasDelta = false, isEmpty = false, hasPromptFilter = false;
        while (json.NextProperty(out var name))
        {
            if (name.SequenceEqual("choices"u8)) isEmpty = !ReadChoices(ref json, meaning, ref hasDelta);
            else if (name.SequenceEqual("usage"u8)) OpenAIUsage.Read(ref json, meaning);
            else if (name.SequenceEqual("error"u8)) ProviderError.Read(ref json, meaning);
            else if (name.SequenceEqual("x_groq"u8)) ReadGroq(ref json, meaning);
            else if (name.SequenceEqual("object"u8)) ReadObjectType(ref json, meaning);
            else if (name.SequenceEqual("prompt_filter_results"u8))
            {
                // Azure's first chunk: it has no choices and yet says something.
                hasPromptFilter = true;
                json.Other(name);
            }
            else if (name.SequenceEqual("citations"u8) || name.SequenceEqual("search_results"u8)) ReadSources(ref json, name);
            else json.Other(name);
        }
        if (hasDelta && !meaning.HasContent) meaning.Traits |= EventTraits.EmptyDelta;
        if (isEmpty && !hasPromptFilter && !meaning.Usage.IsGiven && (meaning.Traits & EventTraits.Error) == 0)
        {
            meaning.Traits |= EventTraits.Ping;
        }
    }

    // Perplexity repeats them in every chunk.
    private static void ReadSources(ref JsonCursor json, ReadOnlySpan<byte> name)
    {
        json.IsWhole = true;
        json.Other(name);
        json.IsWhole = false;
    }

    private static bool ReadChoices(ref JsonCursor json, EventMeaning meaning, ref bool hasDelta)
    {
        if (!json.EnterArray()) return true;
        var position = 0;
        for (; json.NextElement(); position++)
        {
            if (json.EnterObject()) hasDelta |= ReadChoice(ref json, meaning, position);
        }
        return position > 0;
    }

    // The index may stand after the texts it routes, and after the finish reason.
    private static bool ReadChoice(ref JsonCursor json, EventMeaning meaning, int position)
    {
        var mark = meaning.TextCount;
        var index = position;
        bool hasDelta = false, isFinished = false;
        while (json.NextProperty(out var name))
        {
            if (name.SequenceEqual("delta"u8)) hasDelta |= ReadDelta(ref json, meaning);
            else if (name.SequenceEqual("message"u8)) ReadMessage(ref json, meaning);
            else if (name.SequenceEqual("text"u8)) json.Text(new Channel(ChannelKind.Content, 0, CompletionText));
            else if (name.SequenceEqual("index"u8)) index = json.IsNull ? position : json.Index();
            else if (name.SequenceEqual("finish_reason"u8)) isFinished |= ReadFinishReason(ref json, meaning);
            // Moonshot has put the usage here.
            else if (name.SequenceEqual("usage"u8)) OpenAIUsage.Read(ref json, meaning);
            else if (name.SequenceEqual("error"u8)) ProviderError.Read(ref json, meaning);
            else json.Other(name);
        }
        meaning.SetChoice(mark, index);
        meaning.AddChoice(index);
        if (isFinished) meaning.Add(new Closing(null, index, Closing.All));
        // Perplexity and Writer repeat the message so far beside the delta; without a delta the message is the text itself.
        if (!hasDelta) meaning.SetWhole(mark, false);
        return hasDelta;
    }

    private static bool ReadDelta(ref JsonCursor json, EventMeaning meaning)
    {
        if (!json.EnterObject()) return false;
        OpenAIMessage.Read(ref json, meaning);
        return true;
    }

    private static void ReadMessage(ref JsonCursor json, EventMeaning meaning)
    {
        if (!json.EnterObject()) return;
        var mark = meaning.TextCount;
        json.IsWhole = true;
        OpenAIMessage.Read(ref json, meaning);
        json.IsWhole = false;
        meaning.SetWhole(mark, true);
    }

    private static bool ReadFinishReason(ref JsonCursor json, EventMeaning meaning)
    {
        var reason = json.StringRange();
        if (reason.Length == 0) return false;
        meaning.FinishReason = reason;
        return true;
    }

    private static void ReadGroq(ref JsonCursor json, EventMeaning meaning)
    {
        if (!json.EnterObject()) return;
        while (json.NextProperty(out var name))
        {
            if (name.SequenceEqual("usage"u8)) OpenAIUsage.Read(ref json, meaning);
            else if (name.SequenceEqual("error"u8)) ProviderError.Read(ref json, meaning);
            else json.Other(name);
        }
    }

    // vLLM and its kin: {"object":"error","message":…}.
    private static void ReadObjectType(ref JsonCursor json, EventMeaning meaning)
    {
        if (json.Keyword().SequenceEqual("error"u8)) meaning.Traits |= EventTraits.Error;
    }
}

namespace Sidecar.Providers;

/// <summary>The <c>usage</c> object of the OpenAI shapes, chat's names and responses' names alike.</summary>
internal static class OpenAIUsage
{
    /// <summary>Takes over every figure that is given; null gives nothing.</summary>
    public static void Read(ref JsonCursor json, EventMeaning meaning)
    {
        var outer = json.IsWhole;
        json.IsWhole = true;
        ReadFigures(ref json, meaning);
        json.IsWhole = outer;
    }

    private static void ReadFigures(ref JsonCursor json, EventMeaning meaning)
    {
        if (!json.EnterObject()) return;
        long input = -1, output = -1, cached = -1, cachedElsewhere = -1, reasoning = -1, total = -1;
        while (json.NextProperty(out var name))
        {
            if (name.SequenceEqual("prompt_tokens"u8) || name.SequenceEqual("input_tokens"u8)) input = json.Count();
            else if (name.SequenceEqual("completion_tokens"u8) || name.SequenceEqual("output_tokens"u8)) output = json.Count();
            else if (name.SequenceEqual("total_tokens"u8)) total = json.Count();
            else if (name.SequenceEqual("prompt_tokens_details"u8) || name.SequenceEqual("input_tokens_details"u8))
            {
                cached = ReadDetail(ref json, "cached_tokens"u8);
            }
            else if (name.SequenceEqual("completion_tokens_details"u8) || name.SequenceEqual("output_tokens_details"u8))
            {
                reasoning = ReadDetail(ref json, "reasoning_tokens"u8);
            }
            // Moonshot, DeepSeek, Databricks
            else if (name.SequenceEqual("cached_tokens"u8) || name.SequenceEqual("prompt_cache_hit_tokens"u8)
                || name.SequenceEqual("cache_read_input_tokens"u8))
            {
                cachedElsewhere = json.Count();
            }
            else json.Other(name);
        }
        // xAI counts reasoning beside the completion tokens, not among them: only its total tells.
        if (reasoning > 0 && input >= 0 && output >= 0 && total == input + output + reasoning) output += reasoning;
        if (cached < 0) cached = cachedElsewhere;
        ref var usage = ref meaning.Usage;
        if (input >= 0) usage.Input = input;
        if (output >= 0) usage.Output = output;
        if (cached >= 0) usage.Cached = cached;
        if (reasoning >= 0) usage.Reasoning = reasoning;
    }

    private static long ReadDetail(ref JsonCursor json, ReadOnlySpan<byte> wanted)
    {
        if (!json.EnterObject()) return -1;
        var count = -1L;
        while (json.NextProperty(out var name))
        {
            if (name.SequenceEqual(wanted)) count = json.Count();
            else json.Other(name);
        }
        return count;
    }
}

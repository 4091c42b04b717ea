using System.Text.Json;

namespace Sidecar.Providers.Tests;

/// <summary>
/// The texts of an event read with a document model, for comparison: slow, plain, and written from what the providers document.
/// Citations and tool outputs are left out.
/// </summary>
internal static class PlainReading
{
    public static List<Seen> Of(Dialect dialect, byte[] data)
    {
        using var document = JsonDocument.Parse(data);
        var root = document.RootElement;
        var seen = dialect switch
        {
            OpenAIChat => Chat(root),
            OpenAIResponses => Responses(root),
            AnthropicMessages => Anthropic(root),
            Gemini => GeminiChunk(root),
            Ollama => OllamaLine(root),
            _ => throw new ArgumentOutOfRangeException(nameof(dialect)),
        };
        return [.. seen.Where(s => s.Text.Length > 0)];
    }

    private static IEnumerable<Seen> Chat(JsonElement root)
    {
        foreach (var choice in Items(root, "choices"))
        {
            var index = Int(choice, "index");
            var whole = choice.TryGetProperty("delta", out var delta);
            if (choice.TryGetProperty("message", out var message))
            {
                foreach (var text in ChatMessage(message, index)) yield return text with { Whole = whole };
            }
            if (!whole) continue;
            foreach (var text in ChatMessage(delta, index)) yield return text;
        }
    }

    private static IEnumerable<Seen> ChatMessage(JsonElement message, int choice)
    {
        yield return new Seen(ChannelKind.Content, choice, 0, String(message, "content"));
        yield return new Seen(ChannelKind.Refusal, choice, 0, String(message, "refusal"));
        yield return new Seen(ChannelKind.Reasoning, choice, 0, String(message, "reasoning_content"));
        yield return new Seen(ChannelKind.Reasoning, choice, 1, String(message, "reasoning"));
        foreach (var detail in Items(message, "reasoning_details"))
        {
            yield return new Seen(ChannelKind.Reasoning, choice, 65536 + Int(detail, "index"), String(detail, "text"));
        }
        foreach (var call in Items(message, "tool_calls"))
        {
            yield return new Seen(ChannelKind.ToolArguments, choice, Int(call, "index"), String(call.GetProperty("function"), "arguments"));
        }
    }

    private static IEnumerable<Seen> Responses(JsonElement root)
    {
        var (item, part, type) = (Int(root, "output_index"), Int(root, "content_index"), String(root, "type"));
        var whole = type.EndsWith(".done", StringComparison.Ordinal);
        var summary = 65536 + Int(root, "summary_index");
        switch (type)
        {
            case "response.output_text.delta": return [new(ChannelKind.Content, item, part, String(root, "delta"))];
            case "response.output_text.done": return [new(ChannelKind.Content, item, part, String(root, "text"), whole)];
            case "response.function_call_arguments.delta": return [new(ChannelKind.ToolArguments, item, 0, String(root, "delta"))];
            case "response.function_call_arguments.done": return [new(ChannelKind.ToolArguments, item, 0, String(root, "arguments"), whole)];
            case "response.reasoning_summary_text.delta": return [new(ChannelKind.Reasoning, item, summary, String(root, "delta"))];
            case "response.reasoning_summary_text.done": return [new(ChannelKind.Reasoning, item, summary, String(root, "text"), whole)];
            case "response.reasoning_summary_part.added" or "response.reasoning_summary_part.done":
                return [new(ChannelKind.Reasoning, item, summary, String(root.GetProperty("part"), "text"), whole)];
            case "response.content_part.added" or "response.content_part.done":
                return [new(ChannelKind.Content, item, part, String(root.GetProperty("part"), "text"), whole)];
            case "response.output_item.added" or "response.output_item.done":
                return Item(root.GetProperty("item"), item, whole);
            case "response.created" or "response.in_progress" or "response.completed" or "response.failed":
                return Items(root.GetProperty("response"), "output").SelectMany((output, i) => Item(output, i, true));
            default: return [];
        }
    }

    private static IEnumerable<Seen> Item(JsonElement item, int index, bool whole)
    {
        foreach (var property in item.EnumerateObject())
        {
            if (property.Name is "arguments") yield return new Seen(ChannelKind.ToolArguments, index, 0, property.Value.GetString()!, whole);
            if (property.Name is "action") yield return new Seen(ChannelKind.ToolArguments, index, 0, property.Value.GetRawText(), whole, true);
            if (property.Name is not ("content" or "summary")) continue;
            var position = 0;
            foreach (var part in property.Value.EnumerateArray())
            {
                var kind = property.Name == "summary" ? ChannelKind.Reasoning : ChannelKind.Content;
                var offset = property.Name == "summary" ? 65536 : 0;
                yield return new Seen(kind, index, offset + position++, String(part, "text"), whole);
            }
        }
    }

    private static IEnumerable<Seen> Anthropic(JsonElement root)
    {
        var index = Int(root, "index");
        if (root.TryGetProperty("content_block", out var block))
        {
            yield return new Seen(ChannelKind.Content, 0, index, String(block, "text"));
            yield return new Seen(ChannelKind.Reasoning, 0, index, String(block, "thinking"));
        }
        if (!root.TryGetProperty("delta", out var delta)) yield break;
        yield return String(delta, "type") switch
        {
            "text_delta" => new Seen(ChannelKind.Content, 0, index, delta.GetProperty("text").GetString()!),
            "thinking_delta" => new Seen(ChannelKind.Reasoning, 0, index, delta.GetProperty("thinking").GetString()!),
            "input_json_delta" => new Seen(ChannelKind.ToolArguments, 0, index, delta.GetProperty("partial_json").GetString()!),
            _ => default(Seen) with { Text = "" },
        };
    }

    private static IEnumerable<Seen> GeminiChunk(JsonElement root)
    {
        foreach (var candidate in Items(root, "candidates"))
        {
            if (!candidate.TryGetProperty("content", out var content)) continue;
            var position = 1;
            foreach (var part in Items(content, "parts"))
            {
                var kind = part.TryGetProperty("thought", out var thought) && thought.GetBoolean() ? ChannelKind.Reasoning : ChannelKind.Content;
                yield return new Seen(kind, Int(candidate, "index"), 0, String(part, "text"));
                if (part.TryGetProperty("toolCall", out var call) && call.TryGetProperty("args", out var args))
                {
                    yield return new Seen(ChannelKind.ToolArguments, Int(candidate, "index"), position, args.GetRawText(), Complete: true);
                }
                position++;
            }
        }
    }

    private static IEnumerable<Seen> OllamaLine(JsonElement root) => [new Seen(ChannelKind.Content, 0, 1, String(root, "response"))];

    private static List<JsonElement> Items(JsonElement parent, string name) =>
        parent.TryGetProperty(name, out var list) && list.ValueKind == JsonValueKind.Array ? [.. list.EnumerateArray()] : [];

    private static string String(JsonElement parent, string name) =>
        parent.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString()! : "";

    private static int Int(JsonElement parent, string name) =>
        parent.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number ? value.GetInt32() : 0;
}

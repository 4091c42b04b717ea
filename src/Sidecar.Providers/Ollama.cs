namespace Sidecar.Providers;

/// <summary>
/// Ollama's chat (<c>/api/chat</c>) and generate (<c>/api/generate</c>): NDJSON, the last line has <c>done: true</c> and the counts.
/// </summary>
public sealed class Ollama : JsonDialect
{
    private const int MessageThinking = 0;
    private const int GenerateThinking = 1;
    private const int GenerateResponse = 1;

    /// <summary>The one instance: it holds no state.</summary>
    public static readonly Ollama Instance = new();

    private Ollama()
    {
    }

    /// <inheritdoc/>
    public override string Name => "ollama";

    private protected override void ReadRoot(ref JsonCursor json, ReadOnlySpan<byte> eventName, bool isBody, EventMeaning meaning)
    {
        if (!json.EnterObject()) return;
        var hasDelta = false;
        while (json.NextProperty(out var name))
        {
            if (name.SequenceEqual("message"u8)) hasDelta |= ReadMessage(ref json, meaning);
            else if (name.SequenceEqual("response"u8))
            {
                hasDelta = true;
                json.Text(new Channel(ChannelKind.Content, 0, GenerateResponse));
            }
            else if (name.SequenceEqual("thinking"u8)) json.Text(new Channel(ChannelKind.Reasoning, 0, GenerateThinking));
            else if (name.SequenceEqual("done"u8))
            {
                if (json.Bool() == true) meaning.Traits |= EventTraits.End;
            }
            else if (name.SequenceEqual("done_reason"u8)) meaning.FinishReason = json.StringRange();
            else if (name.SequenceEqual("prompt_eval_count"u8)) meaning.Usage.Input = json.Count();
            else if (name.SequenceEqual("eval_count"u8)) meaning.Usage.Output = json.Count();
            // The conversation as tokens, which decode to the answer.
            else if (name.SequenceEqual("context"u8)) json.Spelling();
            else if (name.SequenceEqual("error"u8)) ProviderError.Read(ref json, meaning);
            else json.Other(name);
        }
        if (hasDelta && !meaning.HasContent) meaning.Traits |= EventTraits.EmptyDelta;
    }

    private static bool ReadMessage(ref JsonCursor json, EventMeaning meaning)
    {
        if (!json.EnterObject()) return false;
        while (json.NextProperty(out var name))
        {
            if (name.SequenceEqual("content"u8)) json.Text(new Channel(ChannelKind.Content, 0, 0));
            else if (name.SequenceEqual("thinking"u8)) json.Text(new Channel(ChannelKind.Reasoning, 0, MessageThinking));
            else if (name.SequenceEqual("tool_calls"u8)) ReadToolCalls(ref json, meaning);
            else json.Other(name);
        }
        return true;
    }

    private static void ReadToolCalls(ref JsonCursor json, EventMeaning meaning)
    {
        if (!json.EnterArray()) return;
        for (var position = 0; json.NextElement(); position++)
        {
            if (!json.EnterObject()) continue;
            while (json.NextProperty(out var name))
            {
                if (name.SequenceEqual("function"u8)) ReadFunction(ref json, meaning, position);
                else json.Other(name);
            }
        }
    }

    // Calls come whole, each in a line of its own or several in one; the index stands inside the function.
    private static void ReadFunction(ref JsonCursor json, EventMeaning meaning, int position)
    {
        if (!json.EnterObject()) return;
        var mark = meaning.TextCount;
        var index = position;
        while (json.NextProperty(out var name))
        {
            if (name.SequenceEqual("arguments"u8)) json.Value(new Channel(ChannelKind.ToolArguments, 0, 0));
            else if (name.SequenceEqual("index"u8)) index = json.IsNull ? position : json.Index();
            else json.Other(name);
        }
        meaning.SetPart(mark, index);
    }
}

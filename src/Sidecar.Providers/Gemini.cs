namespace Sidecar.Providers;

/// <summary>
/// Gemini's generateContent and streamGenerateContent, as SSE (<c>alt=sse</c>) or as one JSON array of chunks. The API has no
/// end marker: a finish reason, or a blocked prompt, is the closest. Servers may put one on every chunk, so
/// <see cref="EventTraits.End"/> says here "this may be the last", not "nothing follows".
/// </summary>
public sealed class Gemini : JsonDialect
{
    /// <summary>The one instance: it holds no state.</summary>
    public static readonly Gemini Instance = new();

    private Gemini()
    {
    }

    /// <inheritdoc/>
    public override string Name => "gemini";

    // A finish reason may repeat, and text may follow it.
    private protected override bool IsEndSure => false;

    private protected override void ReadRoot(ref JsonCursor json, ReadOnlySpan<byte> eventName, bool isBody, EventMeaning meaning)
    {
        if (!json.IsArray)
        {
            ReadChunk(ref json, meaning);
            return;
        }
        // A whole array of chunks, or an error that the API wraps in one.
        while (json.NextElement()) ReadChunk(ref json, meaning);
    }

    private static void ReadChunk(ref JsonCursor json, EventMeaning meaning)
    {
        if (!json.EnterObject()) return;
        while (json.NextProperty(out var name))
        {
            if (name.SequenceEqual("candidates"u8)) ReadCandidates(ref json, meaning);
            else if (name.SequenceEqual("usageMetadata"u8)) ReadUsage(ref json, meaning);
            else if (name.SequenceEqual("promptFeedback"u8)) ReadPromptFeedback(ref json, meaning);
            else if (name.SequenceEqual("error"u8)) ProviderError.Read(ref json, meaning);
            else json.Other(name);
        }
    }

    private static void ReadCandidates(ref JsonCursor json, EventMeaning meaning)
    {
        if (!json.EnterArray()) return;
        for (var position = 0; json.NextElement(); position++)
        {
            if (json.EnterObject()) ReadCandidate(ref json, meaning, position);
        }
    }

    private static void ReadCandidate(ref JsonCursor json, EventMeaning meaning, int position)
    {
        var mark = meaning.TextCount;
        var index = position;
        var hasContent = false;
        while (json.NextProperty(out var name))
        {
            if (name.SequenceEqual("content"u8))
            {
                hasContent = true;
                ReadContent(ref json, meaning);
            }
            else if (name.SequenceEqual("index"u8)) index = json.IsNull ? position : json.Index();
            else if (name.SequenceEqual("finishReason"u8)) ReadFinishReason(ref json, meaning);
            else if (name.SequenceEqual("citationMetadata"u8)) ReadSources(ref json, meaning, repeats: false);
            else if (name.SequenceEqual("groundingMetadata"u8)) ReadSources(ref json, meaning, repeats: true);
            else json.Other(name);
        }
        meaning.SetChoice(mark, index);
        meaning.AddChoice(index);
        if (hasContent && !meaning.HasTextSince(mark)) meaning.Traits |= EventTraits.EmptyDelta;
    }

    private static void ReadContent(ref JsonCursor json, EventMeaning meaning)
    {
        if (!json.EnterObject()) return;
        while (json.NextProperty(out var name))
        {
            if (name.SequenceEqual("parts"u8)) ReadParts(ref json, meaning);
            else json.Other(name);
        }
    }

    // Text parts of all chunks continue one text; every other part is whole, and has a part of its own.
    private static void ReadParts(ref JsonCursor json, EventMeaning meaning)
    {
        if (!json.EnterArray()) return;
        for (var position = 1; json.NextElement(); position++)
        {
            if (json.EnterObject()) ReadPart(ref json, meaning, position);
        }
    }

    private static void ReadPart(ref JsonCursor json, EventMeaning meaning, int position)
    {
        var mark = meaning.TextCount;
        var isThought = false;
        while (json.NextProperty(out var name))
        {
            if (name.SequenceEqual("text"u8)) json.Text(new Channel(ChannelKind.Content, 0, 0));
            else if (name.SequenceEqual("thought"u8)) isThought = json.Bool() == true;
            else if (name.SequenceEqual("functionCall"u8) || name.SequenceEqual("toolCall"u8)) ReadCall(ref json, position);
            else if (name.SequenceEqual("executableCode"u8) || name.SequenceEqual("codeExecutionResult"u8))
            {
                ReadCode(ref json, new Channel(ChannelKind.Content, 0, position));
            }
            else if (name.SequenceEqual("toolResponse"u8) || name.SequenceEqual("functionResponse"u8))
            {
                Quotation.Read(ref json, new Channel(ChannelKind.Citation, 0, position));
            }
            else json.Other(name);
        }
        // "thought" may stand after the text it is about.
        if (isThought) meaning.SetKind(mark, ChannelKind.Reasoning);
    }

    // args is a JSON value; Vertex may stream it in pieces instead: partialArgs[].stringValue.
    private static void ReadCall(ref JsonCursor json, int position)
    {
        if (!json.EnterObject()) return;
        while (json.NextProperty(out var name))
        {
            if (name.SequenceEqual("args"u8)) json.Value(new Channel(ChannelKind.ToolArguments, 0, position));
            else if (name.SequenceEqual("partialArgs"u8)) ReadPartialArguments(ref json, position);
            else json.Other(name);
        }
    }

    private static void ReadPartialArguments(ref JsonCursor json, int position)
    {
        if (!json.EnterArray()) return;
        while (json.NextElement())
        {
            if (!json.EnterObject()) continue;
            while (json.NextProperty(out var name))
            {
                if (name.SequenceEqual("stringValue"u8)) json.Text(new Channel(ChannelKind.ToolArguments, 0, position));
                else json.Other(name);
            }
        }
    }

    private static void ReadCode(ref JsonCursor json, Channel channel)
    {
        if (!json.EnterObject()) return;
        while (json.NextProperty(out var name))
        {
            if (name.SequenceEqual("code"u8) || name.SequenceEqual("output"u8)) json.Text(channel, complete: true);
            else json.Other(name);
        }
    }

    // Grounding names the sources, and repeats the segments of the answer that they support.
    private static void ReadSources(ref JsonCursor json, EventMeaning meaning, bool repeats)
    {
        var mark = meaning.TextCount;
        Quotation.Read(ref json, new Channel(ChannelKind.Citation, 0, 0));
        if (repeats) meaning.SetWhole(mark, true);
    }

    private static void ReadFinishReason(ref JsonCursor json, EventMeaning meaning)
    {
        var reason = json.StringRange();
        if (reason.Length == 0) return;
        meaning.FinishReason = reason;
        meaning.Traits |= EventTraits.End;
    }

    private static void ReadPromptFeedback(ref JsonCursor json, EventMeaning meaning)
    {
        if (!json.EnterObject()) return;
        while (json.NextProperty(out var name))
        {
            if (name.SequenceEqual("blockReason"u8)) ReadFinishReason(ref json, meaning);
            else json.Other(name);
        }
    }

    // Cumulative: repeated on every chunk. Thoughts are counted beside the candidates' tokens.
    private static void ReadUsage(ref JsonCursor json, EventMeaning meaning)
    {
        if (!json.EnterObject()) return;
        long input = -1, candidates = -1, thoughts = -1, cached = -1;
        while (json.NextProperty(out var name))
        {
            if (name.SequenceEqual("promptTokenCount"u8)) input = json.Count();
            else if (name.SequenceEqual("candidatesTokenCount"u8)) candidates = json.Count();
            else if (name.SequenceEqual("thoughtsTokenCount"u8)) thoughts = json.Count();
            else if (name.SequenceEqual("cachedContentTokenCount"u8)) cached = json.Count();
            else json.Other(name);
        }
        ref var usage = ref meaning.Usage;
        if (input >= 0) usage.Input = input;
        if (candidates >= 0 || thoughts >= 0) usage.Output = Math.Max(candidates, 0) + Math.Max(thoughts, 0);
        if (thoughts >= 0) usage.Reasoning = thoughts;
        if (cached >= 0) usage.Cached = cached;
    }
}

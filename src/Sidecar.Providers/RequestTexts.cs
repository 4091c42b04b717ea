using System.Text;
using System.Text.Json;

namespace Sidecar.Providers;

/// <summary>
/// The texts of a request: what its messages, prompts and instructions say, with the calls and results of tools in their history. All
/// dialects alike, by the names of the body's members. In these every string is a text unless its name is known as that of metadata:
/// identifiers, names, addresses, payloads, schemas. Members of other names (the model, tools, options) hold none.
/// </summary>
public static class RequestTexts
{
    // As for the request's shape.
    private const int MaxDepth = 256;

    /// <summary>Reads a body.</summary>
    /// <param name="body">The request's body.</param>
    /// <param name="meaning">
    /// Reset and filled. Each text is complete; its choice is its place in the list of messages. A body that is no JSON is
    /// <see cref="EventTraits.NotJson"/>, never an exception.
    /// </param>
    public static void Read(ReadOnlySpan<byte> body, EventMeaning meaning)
    {
        meaning.Reset();
        var json = new JsonCursor(body, stackalloc byte[JsonCursor.ScratchLength], meaning, MaxDepth);
        try
        {
            json.Open();
            if (json.EnterObject())
            {
                while (json.NextProperty(out var name))
                {
                    if (HoldsTexts(name)) ReadRoot(ref json);
                    else json.Skip();
                }
            }
            json.Close();
            if (json.Mismatch) meaning.Traits |= EventTraits.Malformed;
        }
        catch (JsonException)
        {
            meaning.Reset();
            meaning.Traits = EventTraits.Malformed | EventTraits.NotJson;
        }
    }

    // Servers written in Go (Ollama) read MESSAGES as messages.
    private static bool HoldsTexts(ReadOnlySpan<byte> name) =>
        Ascii.EqualsIgnoreCase(name, "messages"u8) || Ascii.EqualsIgnoreCase(name, "system"u8) || Ascii.EqualsIgnoreCase(name, "prompt"u8)
        || Ascii.EqualsIgnoreCase(name, "suffix"u8) || Ascii.EqualsIgnoreCase(name, "input"u8) || Ascii.EqualsIgnoreCase(name, "instructions"u8)
        || Ascii.EqualsIgnoreCase(name, "contents"u8) || Ascii.EqualsIgnoreCase(name, "systemInstruction"u8)
        || Ascii.EqualsIgnoreCase(name, "system_instruction"u8) || Ascii.EqualsIgnoreCase(name, "prediction"u8);

    private static void ReadRoot(ref JsonCursor json)
    {
        if (!json.IsArray)
        {
            ReadTexts(ref json, MemberKind.Unknown, new Channel(ChannelKind.Content, 0, 0));
            return;
        }
        for (var position = 0; json.NextElement(); position++)
        {
            ReadTexts(ref json, MemberKind.Unknown, new Channel(ChannelKind.Content, position, 0));
        }
    }

    private static void ReadTexts(ref JsonCursor json, MemberKind kind, Channel channel)
    {
        if (json.IsString) json.Text(kind, channel);
        else if (json.IsArray)
        {
            while (json.NextElement()) ReadTexts(ref json, kind, channel);
        }
        else if (json.IsObject)
        {
            while (json.NextProperty(out var name)) ReadMember(ref json, name, channel);
        }
    }

    private static void ReadMember(ref JsonCursor json, ReadOnlySpan<byte> name, Channel channel)
    {
        if (IsCall(name)) ReadValue(ref json, channel with { Kind = ChannelKind.ToolArguments });
        // Gemini's functionResponse: an object of the application's own.
        else if (name.SequenceEqual("response"u8)) ReadValue(ref json, channel with { Kind = ChannelKind.Citation });
        else if (IsNoText(name)) json.Skip();
        else ReadTexts(ref json, MemberNames.KindOf(name), channel with { Kind = KindOf(name, channel.Kind) });
    }

    // A value of the application's own: whatever its names are, they tell nothing.
    private static void ReadValue(ref JsonCursor json, Channel channel)
    {
        if (json.IsString) json.Text(channel, complete: true);
        else if (json.IsObject || json.IsArray) json.Value(channel);
    }

    private static bool IsCall(ReadOnlySpan<byte> name) =>
        name.SequenceEqual("arguments"u8) || name.SequenceEqual("input"u8) || name.SequenceEqual("args"u8) || name.SequenceEqual("code"u8)
        || name.SequenceEqual("action"u8) || name.SequenceEqual("operation"u8);

    // A tool's name is an identifier, and its list in a history is schemas. Log probabilities come from the provider.
    private static bool IsNoText(ReadOnlySpan<byte> name) =>
        name.SequenceEqual("name"u8) || name.SequenceEqual("tools"u8) || name.SequenceEqual("parameters"u8) || name.SequenceEqual("input_schema"u8)
        || name.SequenceEqual("cache_control"u8) || name.SequenceEqual("logprobs"u8);

    private static ChannelKind KindOf(ReadOnlySpan<byte> name, ChannelKind outer) =>
        name.SequenceEqual("thinking"u8) || name.SequenceEqual("reasoning"u8) || name.SequenceEqual("reasoning_content"u8)
            || name.SequenceEqual("reasoning_details"u8) || name.SequenceEqual("thinking_blocks"u8) || name.SequenceEqual("summary"u8)
            ? ChannelKind.Reasoning
        : name.SequenceEqual("refusal"u8) ? ChannelKind.Refusal
        : name.SequenceEqual("transcript"u8) ? ChannelKind.Transcript
        : outer;
}

using System.Buffers;

namespace Sidecar.Providers;

/// <summary>
/// The whole, non-streamed response in place of one that moderation withholds: the dialect's own form of an answer that was filtered, with
/// the identity and the figures of the one that is withheld and none of its texts.
/// </summary>
public static class ModeratedBody
{
    /// <summary>Writes the body.</summary>
    /// <param name="dialect">Whose form it has. Without a dialect it is an empty object.</param>
    /// <param name="withheld">The body that is withheld; it may be anything.</param>
    /// <param name="writer">Receives the bytes.</param>
    public static void Write(Dialect? dialect, ReadOnlySpan<byte> withheld, IBufferWriter<byte> writer)
    {
        var meaning = new EventMeaning();
        dialect?.ReadBody(withheld, meaning);
        if ((meaning.Traits & EventTraits.NotJson) != 0) withheld = default;
        switch (dialect)
        {
            case OpenAIChat: WriteChoices(writer, withheld, meaning.Choices, isChat: true); break;
            case OpenAICompletions: WriteChoices(writer, withheld, meaning.Choices, isChat: false); break;
            case OpenAIResponses: WriteResponse(writer, withheld); break;
            case AnthropicMessages: WriteMessage(writer, withheld); break;
            case Gemini: WriteCandidates(writer, withheld, meaning.Choices); break;
            case Ollama: WriteLine(writer, withheld); break;
            default: writer.Write("{}"u8); break;
        }
    }

    private static void WriteChoices(IBufferWriter<byte> writer, ReadOnlySpan<byte> withheld, UInt128 choices, bool isChat)
    {
        writer.Write("{"u8);
        RawMembers.Fill(writer, isChat
            ? """{"id":"chatcmpl-moderated","object":"chat.completion","created":0,"model":"","usage":{},"system_fingerprint":null}"""u8
            : """{"id":"cmpl-moderated","object":"text_completion","created":0,"model":"","usage":{},"system_fingerprint":null}"""u8, withheld);
        writer.Write("\"choices\":["u8);
        if (choices == 0) choices = 1;
        for (var rest = choices; rest != 0; rest &= rest - 1)
        {
            if (rest != choices) writer.Write(","u8);
            writer.Write("{\"index\":"u8);
            writer.WriteNumber((int)UInt128.TrailingZeroCount(rest));
            writer.Write(isChat ? ",\"message\":{\"role\":\"assistant\",\"content\":\"\",\"refusal\":null}"u8 : ",\"text\":\"\""u8);
            writer.Write(",\"logprobs\":null,\"finish_reason\":\"content_filter\"}"u8);
        }
        writer.Write("]}"u8);
    }

    private static void WriteResponse(IBufferWriter<byte> writer, ReadOnlySpan<byte> withheld)
    {
        writer.Write("{"u8);
        RawMembers.Fill(writer, """
            {"id":"resp_moderated","object":"response","created_at":0,"model":"","parallel_tool_calls":true,"tool_choice":"auto","tools":[],"usage":{}}
            """u8, withheld);
        OpenAIResponsesEnding.WriteOutcome(writer, "incomplete"u8, isFiltered: true);
        writer.Write("\"metadata\":{},\"output\":[]}"u8);
    }

    private static void WriteMessage(IBufferWriter<byte> writer, ReadOnlySpan<byte> withheld)
    {
        writer.Write("{"u8);
        RawMembers.Fill(writer, """
            {"id":"msg_moderated","type":"message","role":"assistant","model":"","usage":{"input_tokens":0,"output_tokens":0}}
            """u8, withheld);
        writer.Write("\"content\":[],\"stop_reason\":\"refusal\",\"stop_sequence\":null}"u8);
    }

    // The API gives an array of chunks where a stream is asked for without SSE.
    private static void WriteCandidates(IBufferWriter<byte> writer, ReadOnlySpan<byte> withheld, UInt128 candidates)
    {
        var isArray = withheld.TrimStart(" \t\r\n"u8) is [(byte)'[', ..];
        writer.Write(isArray ? "[{"u8 : "{"u8);
        RawMembers.Fill(writer, """{"usageMetadata":{},"modelVersion":null,"responseId":null}"""u8, withheld);
        GeminiEnding.WriteCandidates(writer, candidates);
        writer.Write(isArray ? "}]"u8 : "}"u8);
    }

    private static void WriteLine(IBufferWriter<byte> writer, ReadOnlySpan<byte> withheld)
    {
        writer.Write("{"u8);
        RawMembers.Fill(writer, OllamaEnding.Template, withheld);
        OllamaEnding.WriteAnswer(writer, withheld);
        RawMembers.Fill(writer, """
            {"total_duration":0,"load_duration":0,"prompt_eval_count":0,"prompt_eval_duration":0,"eval_count":0,"eval_duration":0}
            """u8, withheld);
        writer.Write("\"done\":true,\"done_reason\":\"content_filter\"}"u8);
    }
}

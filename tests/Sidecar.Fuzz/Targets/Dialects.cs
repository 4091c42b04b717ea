using System.Buffers;
using System.Text;
using System.Text.Json;
using Sidecar.Protocols.Tests;
using Sidecar.Providers;

namespace Sidecar.Fuzz.Targets;

/// <summary>
/// The dialects, request bodies, paths and error shapes. Input: which dialect, the length of the event's name; then the name and the data.
/// </summary>
internal static class Dialects
{
    private static readonly Dialect[] All =
    [
        OpenAIChat.Instance, OpenAICompletions.Instance, OpenAIResponses.Instance, AnthropicMessages.Instance, Gemini.Instance, Ollama.Instance,
    ];

    // One object a stream: it must forget the event before.
    private static readonly EventMeaning Used = new();

    public static Target Target { get; } = new("dialect", Run,
    [
        Seed(0, "", """{"id":"c","object":"chat.completion.chunk","choices":[{"index":0,"delta":{"role":"assistant","content":"h\u00e9\"","refusal":null,"reasoning_content":"t"},"finish_reason":"stop"}],"usage":{"prompt_tokens":1,"completion_tokens":2,"prompt_tokens_details":{"cached_tokens":0}}}"""),
        Seed(0, "", """{"choices":[{"index":1,"delta":{"tool_calls":[{"index":0,"id":"x","type":"function","function":{"name":"f","arguments":"{\"a\":"}}]}}],"usage":null}"""),
        Seed(0, "", """{"choices":[{"message":{"content":"hi","tool_calls":[{"function":{"arguments":"{}"}}]}}]}"""),
        Seed(0, "", "[DONE]"),
        Seed(0, "", """{"error":{"message":"m","type":"server_error","code":500}}"""),
        Seed(1, "", """{"choices":[{"text":"hi","index":0,"finish_reason":null}]}"""),
        Seed(2, "", """{"type":"response.output_text.delta","sequence_number":3,"output_index":0,"content_index":0,"delta":"hi"}"""),
        Seed(2, "", """{"type":"response.completed","response":{"status":"completed","output":[{"type":"message","content":[{"type":"output_text","text":"hi"}]}],"usage":{"input_tokens":1,"output_tokens":2}}}"""),
        Seed(2, "error", """{"type":"error","code":"x","message":"m"}"""),
        Seed(3, "message_start", """{"type":"message_start","message":{"usage":{"input_tokens":1,"cache_read_input_tokens":2,"output_tokens":1}}}"""),
        Seed(3, "content_block_start", """{"type":"content_block_start","index":0,"content_block":{"type":"text","text":"hi"}}"""),
        Seed(3, "content_block_delta", """{"type":"content_block_delta","index":1,"delta":{"type":"input_json_delta","partial_json":"{\"a\""}}"""),
        Seed(3, "content_block_delta", """{"type":"content_block_delta","index":0,"delta":{"type":"citations_delta","citation":{"cited_text":"c"}}}"""),
        Seed(3, "message_delta", """{"type":"message_delta","delta":{"stop_reason":"end_turn"},"usage":{"output_tokens":9}}"""),
        Seed(3, "ping", """{"type":"ping"}"""),
        Seed(3, "ping", ""),
        Seed(3, "error", """{"type":"error","error":{"type":"overloaded_error","message":"m"}}"""),
        Seed(4, "", """{"candidates":[{"index":0,"content":{"parts":[{"text":"hi","thought":true},{"functionCall":{"name":"f","args":{"a":[1]}}}],"role":"model"},"finishReason":"STOP"}],"usageMetadata":{"promptTokenCount":1,"candidatesTokenCount":2,"thoughtsTokenCount":3}}"""),
        Seed(4, "", """{"promptFeedback":{"blockReason":"SAFETY"}}"""),
        Seed(4, "", """{"error":{"code":429,"status":"RESOURCE_EXHAUSTED"}}"""),
        Seed(5, "", """{"model":"m","message":{"role":"assistant","content":"hi","thinking":"t","tool_calls":[{"function":{"name":"f","arguments":{"a":1}}}]},"done":false}"""),
        Seed(5, "", """{"response":"hi","done":true,"done_reason":"stop","prompt_eval_count":1,"eval_count":2}"""),
        Seed(5, "", """{"error":"m"}"""),
        Seed(0, "", """{"model":"gpt-\u0034","stream":true,"stream_options":{"include_usage":true},"messages":[]}"""),
        Seed(0, "", "/openai/deployments/d%2fx/chat/completions?api-version=1"),
        Seed(0, "", "/v1beta/models/gemini%2Dx:streamGenerateContent?alt=sse"),
        Seed(0, "", "/v1/messages/"),
    ]);

    private static byte[] Seed(byte dialect, string name, string data) =>
        Target.Seed([dialect, (byte)name.Length, .. Encoding.Latin1.GetBytes(name)], data);

    private static void Run(byte[] input)
    {
        if (input.Length < 2) return;
        var dialect = All[input[0] % All.Length];
        var nameLength = Math.Min(input[1], input.Length - 2);
        var name = input.AsSpan(2, nameLength);
        var data = input.AsSpan(2 + nameLength);
        var kind = KindOf(data);

        Read(dialect, data, name, isBody: false, kind);
        Read(dialect, data, default, isBody: true, kind);
        CheckRequest(data, kind);
        CheckPath(data);
        CheckErrors(dialect, data);
    }

    private static void Read(Dialect dialect, ReadOnlySpan<byte> data, ReadOnlySpan<byte> name, bool isBody, JsonValueKind kind)
    {
        var fresh = new EventMeaning();
        foreach (var meaning in new[] { fresh, Used })
        {
            if (isBody) dialect.ReadBody(data, meaning);
            else dialect.ReadEvent(data, name, meaning);
        }
        Invariant.Same(Summary(fresh), Summary(Used), "the event before is forgotten");
        foreach (ref readonly var text in fresh.Texts)
        {
            Invariant.Holds(text.Length > 0 && IsInside((text.Start, text.Length), data), "a text lies in the data and is not empty");
            var isQuoted = data[text.Start - 1] == (byte)'"' && text.Channel.Kind != ChannelKind.ToolArguments;
            var bytes = data.Slice(text.Start, text.Length);
            Invariant.Holds(!isQuoted || text.Escaped == bytes.Contains((byte)'\\'), "escapes are told");
        }
        Invariant.Holds(IsInside(fresh.FinishReason, data) && IsInside(fresh.ErrorType, data), "ranges lie in the data");
        var isToldWithoutJson = !isBody && (fresh.Traits & (EventTraits.End | EventTraits.Ping)) != 0;
        if (kind != JsonValueKind.Undefined) return;
        Invariant.Holds(isToldWithoutJson || (fresh.Traits & EventTraits.Malformed) != 0, "what is no JSON is malformed");
        Invariant.Holds(fresh.TextCount == 0, "what is no JSON has no text");
    }

    private static void CheckRequest(ReadOnlySpan<byte> body, JsonValueKind kind)
    {
        var shape = RequestShape.Read(body);
        Invariant.Holds(!shape.IsJson || kind == JsonValueKind.Object, "only a JSON object is a request");
        Invariant.Holds(IsInside(shape.Model, body), "the model lies in the body");
        Invariant.Holds(shape.Model.Length > 0 || shape.ModelName(body) is null, "no model, no name");
    }

    private static void CheckPath(ReadOnlySpan<byte> path)
    {
        var found = DialectPaths.Find(path);
        Invariant.Holds(found is null || All.Contains(found), "a known dialect");
        var model = DialectPaths.Model(path);
        Invariant.Holds(model.IsEmpty || path.Overlaps(model), "the model is part of the path");
    }

    private static void CheckErrors(Dialect dialect, ReadOnlySpan<byte> message)
    {
        var output = new ArrayBufferWriter<byte>();
        ErrorShape.WriteBody(dialect, output, ErrorCode.UpstreamTruncated, Encoding.UTF8.GetString(message));
        Invariant.Same(JsonValueKind.Object, KindOf(output.WrittenSpan), "an error is a JSON object");
        Invariant.Holds(!output.WrittenSpan.ContainsAny("\r\n"u8), "an error is one line");
    }

    private static bool IsInside((int Start, int Length) range, ReadOnlySpan<byte> data) =>
        range.Length == 0 || (range.Start > 0 && range.Length > 0 && range.Start + range.Length < data.Length);

    /// <summary>What the platform's reader makes of it; undefined when it is no JSON.</summary>
    private static JsonValueKind KindOf(ReadOnlySpan<byte> data)
    {
        var reader = new Utf8JsonReader(data, new JsonReaderOptions { MaxDepth = 5000 });
        try
        {
            if (!JsonDocument.TryParseValue(ref reader, out var document)) return JsonValueKind.Undefined;
            using (document)
            {
                return reader.Read() ? JsonValueKind.Undefined : document.RootElement.ValueKind;
            }
        }
        catch (JsonException)
        {
            return JsonValueKind.Undefined;
        }
    }

    private static string Summary(EventMeaning meaning)
    {
        var usage = meaning.Usage;
        return $"{meaning.Traits} {meaning.FinishReason} {meaning.ErrorType} {meaning.SequenceNumber} " +
            $"{usage.Input} {usage.Output} {usage.Cached} {usage.Reasoning} {string.Join(' ', meaning.Texts.ToArray())}";
    }
}

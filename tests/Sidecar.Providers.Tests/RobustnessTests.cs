using System.Buffers;
using System.Text;
using System.Text.Json;
using CsCheck;

namespace Sidecar.Providers.Tests;

public class RobustnessTests
{
    private static readonly (Dialect Dialect, string Name, string Data)[] Events =
    [
        (OpenAIChat.Instance, "", """{"id":"c","object":"chat.completion.chunk","choices":[{"delta":{"content":"Hé\n\ud83d\ude00","tool_calls":[{"index":1,"function":{"arguments":"{\"a\":"}}],"reasoning_details":[{"text":"t","index":0}]},"index":1,"finish_reason":"stop"}],"usage":{"prompt_tokens":9,"completion_tokens":12,"prompt_tokens_details":{"cached_tokens":4}},"x_groq":{"usage":{}}}"""),
        (OpenAIChat.Instance, "", """{"\u0065rror":{"message":"m","type":"t","code":5},"choices":[{"message":{"content":[{"type":"text","text":"x"}]},"delta":{"audio":{"transcript":"y"},"annotations":[{"url_citation":{"title":"z"}}]}}]}"""),
        (OpenAICompletions.Instance, "", """{"choices":[{"text":"a","index":1,"finish_reason":null}],"usage":null}"""),
        (OpenAIResponses.Instance, "response.output_text.delta", """{"type":"response.output_text.delta","delta":"x\"y","output_index":1,"content_index":2,"sequence_number":3,"obfuscation":"aaa"}"""),
        (OpenAIResponses.Instance, "", """{"type":"response.incomplete","response":{"status":"incomplete","incomplete_details":{"reason":"r"},"output":[{"type":"message","content":[{"text":"a","type":"output_text","annotations":[{"title":"t"}]}]},{"summary":[{"text":"s"}],"arguments":"{}","code":"c","action":{"q":["\n"]},"outputs":[{"logs":"l"}]}],"usage":{"input_tokens":1,"output_tokens":2}}}"""),
        (OpenAIResponses.Instance, "", """{"type":"response.output_item.added","item":{"id":"i","type":"message","status":"s","content":[{"type":"output_text","text":"t"}],"note":"n"},"output_index":1,"sequence_number":3}"""),
        (OpenAIResponses.Instance, "", """{"response":{"id":"r","model":"m","output":[],"status":"in_progress","tools":[{"a":"b"}]},"type":"response.created","sequence_number":3}"""),
        (OpenAIResponses.Instance, "error", """{"type":"error","code":"c","message":"m","param":null,"sequence_number":1}"""),
        (AnthropicMessages.Instance, "content_block_delta", """{"type":"content_block_delta","index":1,"delta":{"type":"input_json_delta","partial_json":"{\"a\": \"b"}}"""),
        (AnthropicMessages.Instance, "", """{"type":"content_block_start","content_block":{"type":"x","input":{"a":{}},"content":[{"text":"t"}],"citations":[{"cited_text":"q"}]},"index":2}"""),
        (AnthropicMessages.Instance, "message_start", """{"type":"message_start","message":{"content":[{"type":"text","text":"p"}],"usage":{"input_tokens":1,"cache_read_input_tokens":2,"output_tokens":3,"output_tokens_details":{"thinking_tokens":1}}}}"""),
        (Gemini.Instance, "", """{"candidates":[{"content":{"parts":[{"text":"a","thought":true},{"functionCall":{"args":{"q":"\t"}}},{"executableCode":{"code":"c"}}]},"index":1,"finishReason":"STOP","groundingMetadata":{"groundingSupports":[{"segment":{"text":"s"}}]}}],"usageMetadata":{"promptTokenCount":1,"thoughtsTokenCount":2}}"""),
        (Gemini.Instance, "", """[{"error":{"code":400,"status":"INVALID_ARGUMENT"}},{"promptFeedback":{"blockReason":"SAFETY"}}]"""),
        (Ollama.Instance, "", """{"message":{"content":"a","thinking":"b","tool_calls":[{"function":{"index":0,"arguments":{"a":[]}}}]},"done":true,"done_reason":"stop","eval_count":1,"prompt_eval_count":2}"""),
        (Ollama.Instance, "", """{"error":"e","response":"r","done":false}"""),
    ];

    private static readonly byte[] Syntax = [.. "{}[]\":,\\u0d8ntf1e-. \0"u8];

    public static TheoryData<int> Indexes => [.. Enumerable.Range(0, Events.Length)];

    [Theory]
    [MemberData(nameof(Indexes))]
    public void An_event_cut_at_any_byte_is_malformed_and_tells_nothing(int index)
    {
        var (dialect, name, data) = Events[index];
        var bytes = Encoding.UTF8.GetBytes(data);
        var meaning = new EventMeaning();
        for (var length = 0; length < bytes.Length; length++)
        {
            dialect.ReadEvent(bytes.AsSpan(0, length), Encoding.UTF8.GetBytes(name), meaning);
            Assert.True(meaning.Traits.HasFlag(EventTraits.Malformed), $"cut at {length}");
            Assert.Equal(0, meaning.TextCount);
            dialect.ReadBody(bytes.AsSpan(0, length), meaning);
            Assert.True(meaning.Traits.HasFlag(EventTraits.Malformed), $"cut at {length}");
        }
        dialect.ReadEvent(bytes, Encoding.UTF8.GetBytes(name), meaning);
        Assert.False(meaning.Traits.HasFlag(EventTraits.Malformed));
    }

    [Fact]
    public void No_mutation_of_an_event_throws_or_points_outside_it()
    {
        var edit = Gen.Select(Gen.Int[0, 2], Gen.Double[0, 1], Gen.OneOf(Gen.Int[0, Syntax.Length - 1].Select(i => Syntax[i]), Gen.Byte));
        Gen.Select(Gen.Int[0, Events.Length - 1], edit.Array[1, 6]).Sample(
            (index, edits) =>
            {
                var (dialect, name, data) = Events[index];
                var bytes = Mutate(Encoding.UTF8.GetBytes(data), edits);
                var meaning = new EventMeaning();
                dialect.ReadEvent(bytes, Encoding.UTF8.GetBytes(name), meaning);
                var inside = IsInside(meaning, bytes.Length);
                dialect.ReadBody(bytes, meaning);
                inside &= IsInside(meaning, bytes.Length);
                _ = RequestShape.Read(bytes).ModelName(bytes);
                RequestTexts.Read(bytes, meaning);
                inside &= IsInside(meaning, bytes.Length);
                JsonStrings.Read(bytes, meaning);
                return inside && IsInside(meaning, bytes.Length);
            },
            iter: 20_000);
    }

    [Fact]
    public void After_any_mutation_of_an_event_the_moderated_ending_is_JSON()
    {
        var edit = Gen.Select(Gen.Int[0, 2], Gen.Double[0, 1], Gen.OneOf(Gen.Int[0, Syntax.Length - 1].Select(i => Syntax[i]), Gen.Byte));
        Gen.Select(Gen.Int[0, Events.Length - 1], edit.Array[1, 4]).Sample(
            (index, edits) =>
            {
                var (dialect, name, data) = Events[index];
                var bytes = Mutate(Encoding.UTF8.GetBytes(data), edits);
                var (meaning, ending, output) = (new EventMeaning(), ModeratedEnding.Of(dialect), new ArrayBufferWriter<byte>());
                dialect.ReadEvent(bytes, Encoding.UTF8.GetBytes(name), meaning);
                ending.Observe(bytes, meaning);
                ending.Write(output, ErrorFraming.Ndjson);
                foreach (var line in Encoding.UTF8.GetString(output.WrittenSpan).Split('\n', StringSplitOptions.RemoveEmptyEntries)) Parse(line);
                output.Clear();
                ModeratedBody.Write(dialect, bytes, output);
                Parse(Encoding.UTF8.GetString(output.WrittenSpan));
            },
            iter: 5_000);

        static void Parse(string json) => JsonDocument.Parse(json).Dispose();
    }

    [Theory]
    [MemberData(nameof(Indexes))]
    public void Reading_an_event_allocates_nothing(int index)
    {
        var (dialect, name, data) = Events[index];
        var (bytes, nameBytes) = (Encoding.UTF8.GetBytes(data), Encoding.UTF8.GetBytes(name));
        var meaning = new EventMeaning();
        Read(100);
        var before = GC.GetAllocatedBytesForCurrentThread();
        Read(1000);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.False(meaning.Traits.HasFlag(EventTraits.Malformed));

        void Read(int times)
        {
            for (var i = 0; i < times; i++) dialect.ReadEvent(bytes, nameBytes, meaning);
        }
    }

    private static byte[] Mutate(byte[] bytes, (int Kind, double Place, byte Value)[] edits)
    {
        var mutated = bytes.ToList();
        foreach (var (kind, place, value) in edits)
        {
            var at = (int)(place * (mutated.Count - 1));
            if (kind == 0) mutated[at] = value;
            else if (kind == 1) mutated.Insert(at, value);
            else if (mutated.Count > 1) mutated.RemoveAt(at);
        }
        return [.. mutated];
    }

    private static bool IsInside(EventMeaning meaning, int length)
    {
        foreach (var spelling in meaning.Spellings)
        {
            if (!Fits((spelling.Start, spelling.Length)) || spelling.Choice < 0) return false;
        }
        foreach (var text in meaning.Texts)
        {
            if (text.Start < 0 || text.Length <= 0 || text.Start + text.Length > length) return false;
        }
        return Fits(meaning.FinishReason) && Fits(meaning.ErrorType);

        bool Fits((int Start, int Length) range) => range.Start >= 0 && range.Length >= 0 && range.Start + range.Length <= length;
    }
}

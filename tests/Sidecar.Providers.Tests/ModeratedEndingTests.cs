using System.Buffers;
using System.Text;

namespace Sidecar.Providers.Tests;

public class ModeratedEndingTests
{
    private const string ChatHead = """{"id":"c1","object":"chat.completion.chunk","created":7,"model":"m","system_fingerprint":"f","choices":[""";

    private static string Chat(params string[] choices) => ChatHead + string.Join(',', choices) + "]}";

    private static string ChatEnd(int choice) =>
        $$"""data: {"id":"c1","object":"chat.completion.chunk","created":7,"model":"m","system_fingerprint":"f","choices":[{"index":{{choice}},"delta":{},"logprobs":null,"finish_reason":"content_filter"}]}""" + "\n\n";

    private static readonly string Role = Chat("""{"index":0,"delta":{"role":"assistant","content":""},"finish_reason":null}""");
    private static readonly string Text = Chat("""{"index":0,"delta":{"content":"Hi"},"finish_reason":null}""");
    private static readonly string Second = Chat("""{"index":1,"delta":{"role":"assistant"},"finish_reason":null}""");
    private static readonly string Call = Chat("""{"index":0,"delta":{"tool_calls":[{"index":0,"id":"t","type":"function","function":{"name":"f","arguments":"{\"a"}}]},"finish_reason":null}""");
    private static readonly string Reasoning = Chat("""{"index":0,"delta":{"reasoning_content":"hm"},"finish_reason":null}""");
    private static readonly string Finish = Chat("""{"index":0,"delta":{},"finish_reason":"stop"}""");

    public static TheoryData<string, string[], string> OfChat => new()
    {
        { "nothing sent", [], """data: {"id":"chatcmpl-moderated","object":"chat.completion.chunk","created":0,"model":"","choices":[{"index":0,"delta":{"role":"assistant","content":""},"logprobs":null,"finish_reason":"content_filter"}]}""" + "\n\n" },
        { "Azure's filter only", ["""{"id":"","model":"","choices":[],"prompt_filter_results":[]}"""], """data: {"id":"chatcmpl-moderated","object":"chat.completion.chunk","created":0,"model":"","choices":[{"index":0,"delta":{"role":"assistant","content":""},"logprobs":null,"finish_reason":"content_filter"}]}""" + "\n\n" },
        { "role only", [Role], ChatEnd(0) },
        { "mid text", [Role, Text], ChatEnd(0) },
        { "mid tool call", [Role, Call], ChatEnd(0) },
        { "reasoning open", [Role, Reasoning], ChatEnd(0) },
        { "one of two finished", [Role, Second, Text, Finish], ChatEnd(1) },
        { "none of two finished", [Role, Second], ChatEnd(0) + ChatEnd(1) },
        { "all finished", [Role, Text, Finish], "" },
    };

    [Theory]
    [MemberData(nameof(OfChat))]
    public void Chat_ends_each_open_choice_as_filtered(string state, string[] sent, string expected)
    {
        Assert.NotEmpty(state);
        Assert.Equal(expected + "data: [DONE]\n\n", new EndingScript(OpenAIChat.Instance, sent).Ending());
    }

    [Fact]
    public void Completions_end_with_an_empty_text()
    {
        const string sent = """{"id":"c1","object":"text_completion","created":7,"model":"m","choices":[{"text":"Hi","index":0,"finish_reason":null}]}""";
        const string choice = "\"choices\":[{\"index\":0,\"text\":\"\",\"logprobs\":null,\"finish_reason\":\"content_filter\"}]}\n\ndata: [DONE]\n\n";
        Assert.Equal("data: {\"id\":\"c1\",\"object\":\"text_completion\",\"created\":7,\"model\":\"m\"," + choice, new EndingScript(OpenAICompletions.Instance, sent).Ending());
        Assert.Equal("data: {\"id\":\"cmpl-moderated\",\"object\":\"text_completion\",\"created\":0,\"model\":\"\"," + choice, new EndingScript(OpenAICompletions.Instance).Ending());
    }

    private const string Start = """message_start|{"type":"message_start","message":{"id":"msg_1","type":"message","role":"assistant","model":"m","content":[],"stop_reason":null,"usage":{"input_tokens":3,"output_tokens":1}}}""";
    private const string TextBlock = """content_block_start|{"type":"content_block_start","index":0,"content_block":{"type":"text","text":""}}""";
    private const string TextDelta = """content_block_delta|{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"Hi"}}""";
    private const string ThinkingBlock = """content_block_start|{"type":"content_block_start","index":0,"content_block":{"type":"thinking","thinking":""}}""";
    private const string BlockStop = """content_block_stop|{"type":"content_block_stop","index":0}""";
    private const string ToolBlock = """content_block_start|{"type":"content_block_start","index":1,"content_block":{"type":"tool_use","id":"t","name":"f","input":{}}}""";
    private const string ToolDelta = """content_block_delta|{"type":"content_block_delta","index":1,"delta":{"type":"input_json_delta","partial_json":"{\"a"}}""";
    private const string MessageDelta = """message_delta|{"type":"message_delta","delta":{"stop_reason":"end_turn","stop_sequence":null},"usage":{"output_tokens":9}}""";
    private const string Ping = """ping|{"type":"ping"}""";

    private static string Stop(int index) => $$"""event: content_block_stop{{"\n"}}data: {"type":"content_block_stop","index":{{index}}}""" + "\n\n";

    private static string Refusal(int output) =>
        $"event: message_delta\ndata: {{\"type\":\"message_delta\",\"delta\":{{\"stop_reason\":\"refusal\",\"stop_sequence\":null}},\"usage\":{{\"output_tokens\":{output}}}}}\n\n";

    public static TheoryData<string, string[], string> OfAnthropic => new()
    {
        { "nothing sent", [], "event: message_start\ndata: {\"type\":\"message_start\",\"message\":{\"id\":\"msg_moderated\",\"type\":\"message\",\"role\":\"assistant\",\"model\":\"\",\"content\":[],\"stop_reason\":null,\"stop_sequence\":null,\"usage\":{\"input_tokens\":0,\"output_tokens\":0}}}\n\n" + Refusal(0) },
        { "start only", [Start, Ping], Refusal(1) },
        { "block without text", [Start, TextBlock], Stop(0) + Refusal(1) },
        { "mid text", [Start, TextBlock, TextDelta], Stop(0) + Refusal(1) },
        { "reasoning open", [Start, ThinkingBlock], Stop(0) + Refusal(1) },
        { "between blocks", [Start, TextBlock, TextDelta, BlockStop], Refusal(1) },
        { "mid tool call", [Start, TextBlock, BlockStop, ToolBlock, ToolDelta], Stop(1) + Refusal(1) },
        { "two blocks open", [Start, TextBlock, ToolBlock, ToolDelta], Stop(0) + Stop(1) + Refusal(1) },
        { "stop reason sent", [Start, TextBlock, BlockStop, MessageDelta], "" },
    };

    [Theory]
    [MemberData(nameof(OfAnthropic))]
    public void Anthropic_stops_each_open_block_and_refuses(string state, string[] sent, string expected)
    {
        Assert.NotEmpty(state);
        Assert.Equal(
            expected + "event: message_stop\ndata: {\"type\":\"message_stop\"}\n\n", new EndingScript(AnthropicMessages.Instance, sent).Ending());
    }

    [Fact]
    public void Gemini_blocks_every_candidate()
    {
        const string sent = """{"candidates":[{"content":{"parts":[{"text":"Hi"}],"role":"model"},"index":0},{"content":{"parts":[{"text":"Ho"}]},"index":2,"finishReason":"STOP"}],"modelVersion":"m","responseId":"r"}""";
        Assert.Equal(
            """{"modelVersion":"m","responseId":"r","candidates":[{"finishReason":"SAFETY","index":0},{"finishReason":"SAFETY","index":2}]}""",
            new EndingScript(Gemini.Instance, sent).Ending(ErrorFraming.None));
        Assert.Equal("data: {\"candidates\":[{\"finishReason\":\"SAFETY\",\"index\":0}]}\n\n", new EndingScript(Gemini.Instance).Ending());
        Assert.Equal("""[{"candidates":[{"finishReason":"SAFETY","index":0}]}]""", new EndingScript(Gemini.Instance).Ending(ErrorFraming.JsonArrayOnly));
        Assert.Equal(""",{"candidates":[{"finishReason":"SAFETY","index":0}]}]""", new EndingScript(Gemini.Instance).Ending(ErrorFraming.JsonArrayNext));
    }

    [Theory]
    [InlineData("""{"model":"m","created_at":"t","message":{"role":"assistant","content":"Hi"},"done":false}""", """{"model":"m","created_at":"t","message":{"role":"assistant","content":""},"done":true,"done_reason":"content_filter"}""")]
    [InlineData("""{"model":"m","created_at":"t","response":"","done":false}""", """{"model":"m","created_at":"t","response":"","done":true,"done_reason":"content_filter"}""")]
    [InlineData(null, """{"model":"","created_at":"1970-01-01T00:00:00Z","message":{"role":"assistant","content":""},"response":"","done":true,"done_reason":"content_filter"}""")]
    public void Ollama_has_a_last_line(string? sent, string expected) =>
        Assert.Equal(expected + "\n", new EndingScript(Ollama.Instance, sent is null ? [] : [sent]).Ending(ErrorFraming.Ndjson));

    [Fact]
    public void After_the_last_event_nothing_is_written()
    {
        Assert.Empty(new EndingScript(OpenAIChat.Instance, Role, Finish, "[DONE]").Ending());
        Assert.Empty(new EndingScript(OpenAICompletions.Instance, "[DONE]").Ending());
        Assert.Empty(new EndingScript(AnthropicMessages.Instance, Start, MessageDelta, """message_stop|{"type":"message_stop"}""").Ending());
        Assert.Empty(new EndingScript(OpenAIResponses.Instance, """{"type":"response.completed","response":{"id":"r"}}""").Ending());
        Assert.Empty(new EndingScript(Ollama.Instance, """{"response":"","done":true}""").Ending(ErrorFraming.Ndjson));
        Assert.Equal("]", new EndingScript(Ollama.Instance, """{"response":"","done":true}""").Ending(ErrorFraming.JsonArrayNext));
    }

    [Fact]
    public void It_is_written_once()
    {
        var ending = new EndingScript(OpenAIChat.Instance, Role).Observed();
        ending.Write(new ArrayBufferWriter<byte>(), ErrorFraming.Sse);
        var again = new ArrayBufferWriter<byte>();
        ending.Write(again, ErrorFraming.Sse);
        Assert.Equal(0, again.WrittenCount);
        Assert.True(ending.IsEnded);
    }

    [Fact]
    public void It_learns_from_all_that_it_needs_and_not_from_a_plain_delta()
    {
        Assert.True(Learns(new(OpenAIChat.Instance), Role));
        Assert.False(Learns(new(OpenAIChat.Instance, Role), Text));
        Assert.True(Learns(new(OpenAIChat.Instance, Role), Second));
        Assert.True(Learns(new(OpenAIChat.Instance, Role), Finish));
        Assert.False(Learns(new(AnthropicMessages.Instance, Start, TextBlock), TextDelta));
        Assert.All([Start, TextBlock, BlockStop, ToolBlock, MessageDelta], sent => Assert.True(Learns(new(AnthropicMessages.Instance), sent)));
        Assert.True(Learns(new(Ollama.Instance), """{"response":"a","done":false}"""));
        Assert.False(Learns(new(Ollama.Instance, """{"response":"a","done":false}"""), """{"response":"a","done":false}"""));
        Assert.False(Learns(new(OpenAIChat.Instance, "[DONE]"), Role));

        static bool Learns(EndingScript before, string sent)
        {
            var meaning = new EventMeaning();
            before.Dialect.ReadEvent(Encoding.UTF8.GetBytes(sent[(sent.IndexOf('|', StringComparison.Ordinal) + 1)..]), default, meaning);
            return before.Observed().Learns(meaning);
        }
    }

    [Theory]
    [MemberData(nameof(OfChat))]
    public void An_event_of_which_it_learns_nothing_may_go_unobserved_in_chat(string state, string[] sent, string expected) =>
        Assert.Equal(expected + "data: [DONE]\n\n", Frugal(OpenAIChat.Instance, state, sent));

    [Theory]
    [MemberData(nameof(OfAnthropic))]
    public void An_event_of_which_it_learns_nothing_may_go_unobserved_in_messages(string state, string[] sent, string expected) =>
        Assert.Equal(expected + "event: message_stop\ndata: {\"type\":\"message_stop\"}\n\n", Frugal(AnthropicMessages.Instance, state, sent));

    private static string Frugal(Dialect dialect, string state, string[] sent)
    {
        Assert.NotEmpty(state);
        return new EndingScript(dialect, sent).Ending(isFrugal: true);
    }

    [Fact]
    public void Without_a_dialect_there_is_no_ending()
    {
        var writer = new ArrayBufferWriter<byte>();
        ModeratedEnding.Of(null).Write(writer, ErrorFraming.Sse);
        Assert.Equal(0, writer.WrittenCount);
    }

    [Fact]
    public void Where_the_framing_is_not_SSE_there_is_no_DONE() =>
        Assert.Equal(
            Chat("""{"index":0,"delta":{},"logprobs":null,"finish_reason":"content_filter"}""") + "\n",
            new EndingScript(OpenAIChat.Instance, Role).Ending(ErrorFraming.Ndjson));

    [Theory]
    [InlineData("""{"id":5,"object":["x"],"created":"now","model":{"a":1},"choices":[{"index":0,"delta":{}}]}""")]
    [InlineData("""{"choices":[{"index":0,"delta":{}}]}""")]
    public void An_identity_that_is_of_another_kind_is_not_repeated(string sent) =>
        Assert.StartsWith(
            "data: {\"id\":\"chatcmpl-moderated\",\"object\":\"chat.completion.chunk\",\"created\":0,\"model\":\"\",\"choices\"",
            new EndingScript(OpenAIChat.Instance, sent).Ending(), StringComparison.Ordinal);

    [Fact]
    public void Every_ending_reads_as_an_end_in_its_dialect()
    {
        foreach (var script in new EndingScript[]
        {
            new(OpenAIChat.Instance), new(OpenAIChat.Instance, Role, Call), new(OpenAICompletions.Instance), new(AnthropicMessages.Instance),
            new(AnthropicMessages.Instance, Start, ToolBlock, ToolDelta), new(OpenAIResponses.Instance), new(Gemini.Instance), new(Ollama.Instance),
        })
        {
            var events = script.Ending().Split("\n\n", StringSplitOptions.RemoveEmptyEntries);
            var reads = events.Select(e => Reading.Event(script.Dialect, e[(e.IndexOf("data: ", StringComparison.Ordinal) + 6)..])).ToList();
            Assert.All(reads, read => Assert.False(read.Traits.HasFlag(EventTraits.Malformed)));
            Assert.All(reads, read => Assert.False(read.Traits.HasFlag(EventTraits.Error)));
            Assert.All(reads, read => Assert.False(read.Meaning.HasContent));
            Assert.True(reads[^1].Traits.HasFlag(EventTraits.End));
            Assert.Contains(reads, read => read.FinishReason is "content_filter" or "refusal" or "SAFETY");
        }
    }

    [Fact]
    public void Watching_a_stream_allocates_nothing_once_it_runs()
    {
        foreach (var (dialect, data) in new (Dialect, string)[] { (OpenAIChat.Instance, Text), (AnthropicMessages.Instance, TextDelta[20..]), (Gemini.Instance, "{\"candidates\":[{\"content\":{\"parts\":[{\"text\":\"a\"}]}}]}") })
        {
            var (bytes, meaning, ending) = (Encoding.UTF8.GetBytes(data), new EventMeaning(), ModeratedEnding.Of(dialect));
            dialect.ReadEvent(bytes, default, meaning);
            Observe(10);
            var before = GC.GetAllocatedBytesForCurrentThread();
            Observe(1000);
            Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);

            void Observe(int times)
            {
                for (var i = 0; i < times; i++) ending.Observe(bytes, meaning);
            }
        }
    }
}

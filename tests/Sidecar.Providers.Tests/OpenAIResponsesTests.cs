namespace Sidecar.Providers.Tests;

public class OpenAIResponsesTests
{
    private const int Summary = 1 << 16;

    private static Reading Read(string data, string eventName = "") => Reading.Event(OpenAIResponses.Instance, data, eventName);

    [Theory]
    [InlineData("response.output_text.delta", ChannelKind.Content)]
    [InlineData("response.refusal.delta", ChannelKind.Refusal)]
    [InlineData("response.reasoning_text.delta", ChannelKind.Reasoning)]
    [InlineData("response.reasoning_summary_text.delta", ChannelKind.Reasoning)]
    [InlineData("response.function_call_arguments.delta", ChannelKind.ToolArguments)]
    [InlineData("response.mcp_call_arguments.delta", ChannelKind.ToolArguments)]
    [InlineData("response.mcp_call.arguments.delta", ChannelKind.ToolArguments)]
    [InlineData("response.custom_tool_call_input.delta", ChannelKind.ToolArguments)]
    [InlineData("response.code_interpreter_call_code.delta", ChannelKind.ToolArguments)]
    [InlineData("response.audio.transcript.delta", ChannelKind.Transcript)]
    [InlineData("response.something_new.delta", ChannelKind.Content)]
    public void Each_delta_has_the_channel_of_its_type_wherever_the_type_stands(string type, ChannelKind kind)
    {
        var first = Read($$"""{"type":"{{type}}","output_index":2,"content_index":1,"delta":"x","sequence_number":7,"obfuscation":"aaaa"}""");
        var last = Read($$"""{"delta":"x","content_index":1,"sequence_number":7,"output_index":2,"type":"{{type}}"}""");
        var named = Read("""{"delta":"x","content_index":1,"output_index":2,"sequence_number":7}""", type);
        Assert.All([first, last, named], read =>
        {
            Assert.Equal([new Seen(kind, 2, 1, "x")], read.Texts);
            Assert.Equal(7, read.Meaning.SequenceNumber);
            Assert.Equal(EventTraits.None, read.Traits);
        });
    }

    [Fact]
    public void A_summary_and_the_reasoning_itself_are_two_texts()
    {
        var summary = Read("""{"type":"response.reasoning_summary_text.delta","output_index":0,"summary_index":0,"delta":"x"}""");
        var reasoning = Read("""{"type":"response.reasoning_text.delta","output_index":0,"content_index":0,"delta":"x"}""");
        Assert.NotEqual(summary.Texts[0].Channel, reasoning.Texts[0].Channel);
    }

    [Fact]
    public void An_empty_delta_is_no_content() =>
        Assert.Equal(EventTraits.EmptyDelta, Read("""{"type":"response.output_text.delta","delta":"","obfuscation":"abc"}""").Traits);

    [Fact]
    public void The_base64_of_an_audio_delta_is_no_text_but_what_stands_beside_it_is()
    {
        Assert.Empty(Read("""{"type":"response.audio.delta","delta":"AAAA"}""").Texts);
        Assert.Empty(Read("""{"delta":"AAAA","type":"response.audio.delta"}""").Texts);
        Assert.Equal("said", Assert.Single(Read("""{"delta":"AAAA","transcript":"said","type":"response.audio.delta"}""").Texts).Text);
    }

    [Theory]
    [InlineData("""{"type":"response.output_text.done","output_index":1,"content_index":2,"text":"all"}""", ChannelKind.Content, 1, 2)]
    [InlineData("""{"type":"response.refusal.done","output_index":1,"content_index":2,"refusal":"all"}""", ChannelKind.Refusal, 1, 2)]
    [InlineData("""{"type":"response.reasoning_summary_text.done","output_index":1,"summary_index":2,"text":"all"}""", ChannelKind.Reasoning, 1, Summary + 2)]
    [InlineData("""{"type":"response.function_call_arguments.done","output_index":1,"arguments":"all"}""", ChannelKind.ToolArguments, 1, 0)]
    [InlineData("""{"type":"response.custom_tool_call_input.done","output_index":1,"input":"all"}""", ChannelKind.ToolArguments, 1, 0)]
    [InlineData("""{"type":"response.code_interpreter_call_code.done","output_index":1,"code":"all"}""", ChannelKind.ToolArguments, 1, 0)]
    [InlineData("""{"type":"response.audio.transcript.done","output_index":1,"transcript":"all"}""", ChannelKind.Transcript, 1, 0)]
    [InlineData("""{"type":"response.content_part.done","output_index":1,"content_index":2,"part":{"type":"output_text","text":"all"}}""", ChannelKind.Content, 1, 2)]
    [InlineData("""{"type":"response.content_part.done","output_index":1,"content_index":2,"part":{"text":"all","type":"reasoning_text"}}""", ChannelKind.Reasoning, 1, 2)]
    [InlineData("""{"type":"response.content_part.done","output_index":1,"content_index":2,"part":{"type":"refusal","refusal":"all"}}""", ChannelKind.Refusal, 1, 2)]
    [InlineData("""{"type":"response.reasoning_summary_part.done","output_index":1,"summary_index":2,"part":{"type":"summary_text","text":"all"}}""", ChannelKind.Reasoning, 1, Summary + 2)]
    [InlineData("""{"type":"response.output_item.done","output_index":1,"item":{"type":"message","content":[{"type":"output_text","text":""},{"type":"output_text","text":"all"}]}}""", ChannelKind.Content, 1, 1)]
    [InlineData("""{"item":{"summary":[{"text":"all"}],"type":"reasoning"},"type":"response.output_item.done","output_index":1}""", ChannelKind.Reasoning, 1, Summary)]
    [InlineData("""{"type":"response.output_item.done","output_index":1,"item":{"type":"function_call","arguments":"all"}}""", ChannelKind.ToolArguments, 1, 0)]
    [InlineData("""{"type":"response.completed","response":{"status":"completed","output":[{},{"type":"message","content":[{"type":"output_text","text":"all"}]}]}}""", ChannelKind.Content, 1, 0)]
    [InlineData("""{"type":"response.incomplete","response":{"output":[{},{"type":"reasoning","content":[{"type":"reasoning_text","text":"all"}]}]}}""", ChannelKind.Reasoning, 1, 0)]
    public void Repeats_of_a_whole_text_are_known_as_such(string data, ChannelKind kind, int choice, int part)
    {
        var read = Read(data);
        Assert.Equal([new Seen(kind, choice, part, "all", Whole: true)], read.Texts);
        Assert.False(read.Meaning.HasContent);
    }

    [Fact]
    public void Arguments_that_come_whole_with_the_added_item_are_content()
    {
        var read = Read("""{"type":"response.output_item.added","output_index":3,"item":{"type":"function_call","arguments":"{\"q\":1}","name":"f"}}""");
        Assert.Equal([new Seen(ChannelKind.ToolArguments, 3, 0, "{\"q\":1}")], read.Texts);
        Assert.True(read.Meaning.HasContent);
    }

    [Fact]
    public void Annotations_and_tool_outputs_are_citations()
    {
        var added = Read("""{"type":"response.output_text.annotation.added","output_index":1,"content_index":0,"annotation":{"type":"url_citation","title":"T","url":"https://x.example"}}""");
        Assert.Equal([new Seen(ChannelKind.Citation, 1, 0, "T", Complete: true)], added.Texts);
        var item = Read("""{"type":"response.output_item.done","output_index":1,"item":{"type":"code_interpreter_call","code":"print(1)","outputs":[{"type":"logs","logs":"1"}]}}""");
        Assert.Equal(
            [new Seen(ChannelKind.ToolArguments, 1, 0, "print(1)", Whole: true), new Seen(ChannelKind.Citation, 1, 0, "1", Whole: true, Complete: true)],
            item.Texts);
    }

    [Fact]
    public void Completed_is_the_end_with_status_and_usage()
    {
        var read = Read("""{"type":"response.completed","sequence_number":9,"response":{"status":"completed","error":null,"incomplete_details":null,"output":[],"usage":{"input_tokens":60,"input_tokens_details":{"cached_tokens":8},"output_tokens":225,"output_tokens_details":{"reasoning_tokens":192},"total_tokens":285}}}""");
        Assert.Equal(EventTraits.End, read.Traits);
        Assert.Equal("completed", read.FinishReason);
        Assert.Equal((60, 225, 8, 192), read.Usage);
    }

    [Fact]
    public void Incomplete_is_the_end_with_its_reason()
    {
        var read = Read("""{"type":"response.incomplete","response":{"incomplete_details":{"reason":"max_output_tokens"},"status":"incomplete"}}""");
        Assert.Equal((EventTraits.End, "max_output_tokens"), (read.Traits, read.FinishReason));
    }

    [Fact]
    public void Failed_is_an_error_and_the_end()
    {
        var read = Read("""{"type":"response.failed","response":{"status":"failed","error":{"code":"insufficient_quota","message":"m"},"usage":null}}""");
        Assert.Equal(EventTraits.Error | EventTraits.End, read.Traits);
        Assert.Equal(("insufficient_quota", "failed"), (read.ErrorType, read.FinishReason));
    }

    [Theory]
    [InlineData("""{"type":"error","code":"server_error","message":"m","param":null,"sequence_number":4}""", "server_error")]
    [InlineData("""{"code":"server_error","message":"m","type":"error"}""", "server_error")]
    [InlineData("""{"type":"error","code":null,"message":"m"}""", "")]
    [InlineData("""{"type":"error","code":500,"message":"m"}""", "500")]
    [InlineData("""{"type":"error","error":{"type":"insufficient_quota","code":"c","message":"m"}}""", "insufficient_quota")]
    [InlineData("""{"error":{"type":"t"}}""", "t")]
    public void A_flat_or_nested_error_is_known_with_its_code(string data, string type)
    {
        var read = Read(data);
        Assert.Equal((EventTraits.Error, type), (read.Traits, read.ErrorType));
        Assert.Empty(read.Texts);
    }

    [Fact]
    public void The_response_in_progress_is_neither_the_end_nor_finished()
    {
        var read = Read("""{"type":"response.created","sequence_number":0,"response":{"status":"in_progress","instructions":"be kind","output":[],"usage":null}}""");
        Assert.Equal((EventTraits.None, ""), (read.Traits, read.FinishReason));
        Assert.Empty(read.Texts);
    }

    [Fact]
    public void A_created_event_over_64_KiB_is_read() // WIRE: response.created can exceed 64 KiB
    {
        var read = Read($$"""{"type":"response.created","response":{"status":"in_progress","instructions":"{{new string('i', 100_000)}}"},"sequence_number":0}""");
        Assert.Equal(EventTraits.None, read.Traits);
        Assert.Equal(0, read.Meaning.SequenceNumber);
    }

    [Fact]
    public void A_keepalive_is_a_ping_and_an_appended_DONE_the_end()
    {
        Assert.Equal(EventTraits.Ping, Read("""{"type":"keepalive","sequence_number":3}""").Traits);
        Assert.Equal(EventTraits.End, Read("[DONE]").Traits);
    }

    [Theory]
    [InlineData("""{"type":"response.output_text.delta","delta":{"text":"x"}}""")]
    [InlineData("""{"type":5}""")]
    [InlineData("""{"type":"response.completed","response":[]}""")]
    [InlineData("""{"type":"response.output_item.done","item":"x"}""")]
    public void Data_of_another_kind_than_promised_is_malformed(string data) =>
        Assert.True(Read(data).Traits.HasFlag(EventTraits.Malformed));

    [Fact]
    public void A_body_gives_its_output_items()
    {
        var read = Reading.Body(OpenAIResponses.Instance, """
            {"id":"r","object":"response","status":"completed","error":null,"incomplete_details":null,"output":[
              {"type":"reasoning","summary":[{"type":"summary_text","text":"why"}]},
              {"type":"message","role":"assistant","content":[{"type":"output_text","text":"a","annotations":[]},{"type":"refusal","refusal":"no"}]},
              {"type":"function_call","arguments":"{}","name":"f"}],
             "usage":{"input_tokens":1,"output_tokens":2,"total_tokens":3}}
            """);
        Assert.Equal(
            [
                new Seen(ChannelKind.Reasoning, 0, Summary, "why"), new Seen(ChannelKind.Content, 1, 0, "a"),
                new Seen(ChannelKind.Refusal, 1, 1, "no"), new Seen(ChannelKind.ToolArguments, 2, 0, "{}"),
            ],
            read.Texts);
        Assert.Equal((EventTraits.None, "completed"), (read.Traits, read.FinishReason));
        Assert.Equal((1, 2, -1, -1), read.Usage);
    }
}

namespace Sidecar.Providers.Tests;

public class AnthropicMessagesTests
{
    private static Reading Read(string data, string eventName = "") => Reading.Event(AnthropicMessages.Instance, data, eventName);

    [Theory]
    [InlineData("""{"type":"text_delta","text":"x"}""", ChannelKind.Content, false)]
    [InlineData("""{"type":"thinking_delta","thinking":"x"}""", ChannelKind.Reasoning, false)]
    [InlineData("""{"type":"input_json_delta","partial_json":"x"}""", ChannelKind.ToolArguments, false)]
    [InlineData("""{"type":"compaction_delta","content":"x"}""", ChannelKind.Content, false)]
    [InlineData("""{"type":"citations_delta","citation":{"type":"char_location","cited_text":"x","document_index":0}}""", ChannelKind.Citation, true)]
    public void Each_delta_has_its_channel_and_block_wherever_the_index_stands(string delta, ChannelKind kind, bool complete) // ai#266
    {
        var before = Read($$"""{"type":"content_block_delta","index":2,"delta":{{delta}}}""", "content_block_delta");
        var after = Read($$"""{"delta":{{delta}},"index":2,"type":"content_block_delta"}""");
        Assert.All([before, after], read =>
        {
            Assert.Equal([new Seen(kind, 0, 2, "x", Complete: complete)], read.Texts);
            Assert.Equal(EventTraits.None, read.Traits);
        });
    }

    [Theory]
    [InlineData("""{"type":"text_delta","text":""}""")]
    [InlineData("""{"type":"input_json_delta","partial_json":""}""")]
    [InlineData("""{"type":"signature_delta","signature":"c2ln"}""")]
    public void A_delta_without_text_is_no_content(string delta)
    {
        var read = Read($$"""{"type":"content_block_delta","index":0,"delta":{{delta}}}""");
        Assert.Equal(EventTraits.EmptyDelta, read.Traits);
        Assert.Empty(read.Texts);
    }

    [Fact]
    public void A_block_start_gives_what_it_already_holds()
    {
        Assert.Empty(Read("""{"type":"content_block_start","index":0,"content_block":{"type":"text","text":""}}""").Texts);
        Assert.Empty(Read("""{"type":"content_block_start","index":0,"content_block":{"type":"tool_use","id":"t","name":"f","input":{}}}""").Texts);
        Assert.Empty(Read("""{"type":"content_block_start","index":0,"content_block":{"type":"redacted_thinking","data":"b3BhcXVl"}}""").Texts);
        var read = Read("""{"content_block":{"type":"tool_use","input":{"a":1}},"index":1,"type":"content_block_start"}""");
        Assert.Equal([new Seen(ChannelKind.ToolArguments, 0, 1, """{"a":1}""", Complete: true)], read.Texts);
    }

    [Theory]
    [InlineData("""{"type":"bash_code_execution_tool_result","content":{"type":"bash_code_execution_result","stdout":"x","stderr":"","content":[]}}""")]
    [InlineData("""{"type":"web_search_tool_result","content":[{"type":"web_search_result","title":"x","url":"https://x.example","encrypted_content":"zz"}]}""")]
    [InlineData("""{"type":"mcp_tool_result","is_error":false,"content":[{"type":"text","text":"x"}]}""")]
    public void A_tools_result_is_quoted(string block) =>
        Assert.Equal(
            [new Seen(ChannelKind.Citation, 0, 4, "x", Complete: true)],
            Read($$"""{"type":"content_block_start","index":4,"content_block":{{block}}}""").Texts);

    [Fact]
    public void Input_includes_what_was_read_from_and_written_to_the_cache()
    {
        var read = Read("""{"type":"message_start","message":{"content":[],"stop_reason":null,"usage":{"input_tokens":1,"cache_creation_input_tokens":120,"cache_read_input_tokens":3068,"cache_creation":{"ephemeral_5m_input_tokens":120},"output_tokens":2}}}""");
        Assert.Equal((3189, 2, 3068, -1), read.Usage);
    }

    [Fact]
    public void Message_delta_replaces_only_what_it_gives() // ai-gateway#2290, tensorzero#5481
    {
        Assert.Equal((-1, 76, -1, -1), Read("""{"type":"message_delta","delta":{"stop_reason":"tool_use","stop_sequence":null},"usage":{"output_tokens":76}}""").Usage);
        var read = Read("""{"type":"message_delta","delta":{"stop_reason":"end_turn"},"usage":{"input_tokens":598,"cache_creation_input_tokens":null,"cache_read_input_tokens":0,"output_tokens":92,"output_tokens_details":{"thinking_tokens":53},"iterations":[{"input_tokens":1,"output_tokens":1}]}}""");
        Assert.Equal((598, 92, 0, 53), read.Usage);
        Assert.Equal("end_turn", read.FinishReason);
    }

    [Fact]
    public void Message_stop_is_the_end_by_type_or_by_name()
    {
        Assert.Equal(EventTraits.End, Read("""{"type":"message_stop"}""").Traits);
        Assert.Equal(EventTraits.End, Read("{}", "message_stop").Traits);
        Assert.NotEqual(EventTraits.End, Read("[DONE]").Traits);
    }

    [Fact]
    public void A_ping_is_a_ping_unless_it_carries_text()
    {
        Assert.Equal(EventTraits.Ping, Read("""{"type":"ping"}""", "ping").Traits);
        Assert.Equal(EventTraits.Ping, Read("""{"type": "ping"}""").Traits);
        Assert.False(Read("""{"type":"ping","delta":{"text":"x"}}""", "ping").Traits.HasFlag(EventTraits.Ping));
    }

    [Theory]
    [InlineData("""{"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}""", "error")]
    [InlineData("""{"error":{"message":"Overloaded","type":"overloaded_error"},"type":"error"}""", "")]
    [InlineData("""{"error":{"message":"Overloaded","type":"overloaded_error"}}""", "error")]
    public void An_overloaded_error_in_the_stream_is_the_providers(string data, string name) // ai-gateway#2697
    {
        var read = Read(data, name);
        Assert.Equal((EventTraits.Error, "overloaded_error"), (read.Traits, read.ErrorType));
    }

    [Fact]
    public void A_type_that_is_new_hides_no_text()
    {
        var read = Read("""{"type":"content_block_delta_v2","index":0,"delta":{"type":"prose_delta","text":"x"}}""");
        Assert.Equal("x", Assert.Single(read.Texts).Text);
    }

    [Theory]
    [InlineData("""{"type":"content_block_delta","index":0,"delta":{"text":1}}""")]
    [InlineData("""{"type":"content_block_delta","index":"0","delta":{"text":"x"}}""")]
    [InlineData("""{"type":"message_start","message":[]}""")]
    [InlineData("[]")]
    public void Data_of_another_kind_than_promised_is_malformed(string data) =>
        Assert.True(Read(data).Traits.HasFlag(EventTraits.Malformed));

    [Fact]
    public void A_body_gives_its_blocks()
    {
        var read = Reading.Body(AnthropicMessages.Instance, """
            {"type":"message","role":"assistant","content":[
              {"type":"thinking","thinking":"hm","signature":"s"},{"type":"text","text":"a","citations":[{"cited_text":"q"}]},
              {"type":"tool_use","id":"t","name":"f","input":{"x":[1,"\n"]}}],
             "stop_reason":"tool_use","usage":{"input_tokens":3,"output_tokens":4}}
            """);
        Assert.Equal(
            [
                new Seen(ChannelKind.Reasoning, 0, 0, "hm"), new Seen(ChannelKind.Content, 0, 1, "a"),
                new Seen(ChannelKind.Citation, 0, 1, "q", Complete: true),
                new Seen(ChannelKind.ToolArguments, 0, 2, """{"x":[1,"\n"]}""", Complete: true),
            ],
            read.Texts);
        Assert.Equal("tool_use", read.FinishReason);
        Assert.Equal((3, 4, -1, -1), read.Usage);
    }

    [Fact]
    public void An_error_body_is_an_error()
    {
        var read = Reading.Body(AnthropicMessages.Instance, """{"type":"error","error":{"type":"not_found_error","message":"m"},"request_id":"r"}""");
        Assert.Equal((EventTraits.Error, "not_found_error"), (read.Traits, read.ErrorType));
    }
}

namespace Sidecar.Providers.Tests;

public class OpenAIChatTests
{
    private static Reading Read(string data, string eventName = "") => Reading.Event(OpenAIChat.Instance, data, eventName);

    [Fact]
    public void A_content_delta_is_found_inside_its_quotes()
    {
        const string data = """{"id":"1","choices":[{"index":0,"delta":{"content":"Hello"},"finish_reason":null}]}""";
        var read = Read(data);
        var text = read.Meaning.Texts[0];
        Assert.Equal(data.IndexOf("Hello", StringComparison.Ordinal), text.Start);
        Assert.Equal(5, text.Length);
        Assert.False(text.Escaped);
        Assert.Equal([new Seen(ChannelKind.Content, 0, 0, "Hello")], read.Texts);
        Assert.True(read.Meaning.HasContent);
        Assert.Equal(EventTraits.None, read.Traits);
    }

    [Fact]
    public void A_choice_index_after_the_delta_routes_it_all_the_same()
    {
        var read = Read("""{"choices":[{"delta":{"content":"b","refusal":"r"},"index":1},{"index":0,"delta":{"content":"a"}}]}""");
        Assert.Equal(
            [new Seen(ChannelKind.Content, 1, 0, "b"), new Seen(ChannelKind.Refusal, 1, 0, "r"), new Seen(ChannelKind.Content, 0, 0, "a")],
            read.Texts);
    }

    [Theory]
    [InlineData("[DONE]")]
    [InlineData("[DONE] ")]
    [InlineData("[DONE]\n{}")]
    public void Data_that_starts_with_DONE_is_the_end(string data) => Assert.Equal(EventTraits.End, Read(data).Traits);

    [Theory]
    [InlineData("""{"error":{"message":"m","type":"server_error","param":null,"code":"c"}}""", "server_error")]
    [InlineData("""{"error":{"message":"m","code":"rate_limit"}}""", "rate_limit")]
    [InlineData("""{"error":{"code":400,"message":"Token limit reached"},"choices":[{"index":0,"delta":{"content":""}}]}""", "400")]
    [InlineData("""{"error":"boom"}""", "")]
    [InlineData("""{"error":{}}""", "")]
    [InlineData("""{"error":true}""", "")]
    [InlineData("""{"object":"error","message":"m","code":400}""", "")]
    [InlineData("""{"choices":[{"index":0,"delta":{},"error":{"code":502}}]}""", "502")]
    [InlineData("""{"choices":[],"x_groq":{"error":"over capacity"}}""", "")]
    public void An_error_in_the_stream_is_known_with_its_type(string data, string type) // ai-gateway#2697, portkey#1047
    {
        var read = Read(data);
        Assert.True(read.Traits.HasFlag(EventTraits.Error));
        Assert.False(read.Traits.HasFlag(EventTraits.Malformed));
        Assert.Equal(type, read.ErrorType);
    }

    [Theory]
    [InlineData("null")]
    [InlineData("false")]
    [InlineData("\"\"")]
    public void An_error_member_that_is_not_truthy_is_none(string value) =>
        Assert.Equal(EventTraits.None, Read($$"""{"error":{{value}},"choices":[{"index":0,"delta":{"content":"x"} }]}""").Traits);

    [Fact]
    public void An_event_named_error_is_one_even_if_its_data_is_not_JSON()
    {
        Assert.Equal(EventTraits.Error | EventTraits.Malformed | EventTraits.NotJson, Read("upstream died", "error").Traits);
        Assert.True(Read("{}", "error").Traits.HasFlag(EventTraits.Error));
    }

    [Fact]
    public void A_keepalive_without_choices_is_a_ping_but_not_Azures_prompt_filter()
    {
        Assert.Equal(EventTraits.Ping, Read("""{"id":"","object":"chat.completion.chunk","choices":[]}""").Traits);
        Assert.Equal(EventTraits.Ping, Read("""{"choices":[],"usage":null}""").Traits);
        Assert.Equal(EventTraits.Ping, Read("", "ping").Traits);
        Assert.Equal(EventTraits.None, Read("""{"choices":[],"prompt_filter_results":[{"prompt_index":0}]}""").Traits);
        Assert.Equal(EventTraits.None, Read("""{"type":"unknown"}""").Traits);
    }

    [Fact]
    public void Azures_asynchronous_filter_has_no_delta_and_says_nothing()
    {
        var read = Read("""{"id":"","choices":[{"index":0,"finish_reason":null,"content_filter_results":{"hate":{"filtered":false}},"content_filter_offsets":{"check_offset":44,"start_offset":44,"end_offset":198}}]}""");
        Assert.Empty(read.Texts);
        Assert.Equal(EventTraits.None, read.Traits);
    }

    [Theory]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData("OK")]
    [InlineData("{")]
    [InlineData("""{"choices":[{"index":0,"delta":{"content":"secret"}}]""")]
    [InlineData("""{"choices":[{"index":0,"delta":{"content":"secret"}}]} {}""")]
    [InlineData("""{"choices":[{"index":0,"delta":{"content":"\x"}}]}""")]
    public void Data_that_is_not_JSON_is_malformed_and_tells_nothing(string data) // litellm#40404, aisix#1091: an event, not the end of the stream
    {
        var read = Read(data);
        Assert.Equal(EventTraits.Malformed | EventTraits.NotJson, read.Traits);
        Assert.Equal(0, read.Meaning.TextCount);
    }

    [Theory]
    [InlineData("null")]
    [InlineData("5")]
    [InlineData("[]")]
    [InlineData("\"text\"")]
    [InlineData("""{"choices":{}}""")]
    [InlineData("""{"choices":["x"]}""")]
    [InlineData("""{"choices":[{"delta":"x"}]}""")]
    [InlineData("""{"choices":[{"delta":{"content":5}}]}""")]
    [InlineData("""{"choices":[{"delta":{"content":{"text":"x"}}}]}""")]
    [InlineData("""{"choices":[{"delta":{"tool_calls":{}}}]}""")]
    [InlineData("""{"choices":[{"index":"0","delta":{}}]}""")]
    [InlineData("""{"choices":[{"index":-1,"delta":{}}]}""")]
    [InlineData("""{"choices":[{"index":99999999999,"delta":{}}]}""")]
    [InlineData("""{"choices":[{"finish_reason":5}]}""")]
    [InlineData("""{"usage":[]}""")]
    [InlineData("""{"usage":{"prompt_tokens":"5"}}""")]
    public void Data_of_another_kind_than_promised_is_malformed_and_yet_JSON(string data) =>
        Assert.Equal(EventTraits.Malformed, Read(data).Traits & (EventTraits.Malformed | EventTraits.NotJson));

    [Fact]
    public void What_can_be_read_beside_a_wrong_kind_is_read()
    {
        var read = Read("""{"choices":[{"index":0,"delta":{"refusal":7,"content":"x"},"finish_reason":"stop"}]}""");
        Assert.Equal([new Seen(ChannelKind.Content, 0, 0, "x")], read.Texts);
        Assert.Equal("stop", read.FinishReason);
        Assert.True(read.Traits.HasFlag(EventTraits.Malformed));
    }

    [Fact]
    public void Duplicate_keys_hide_nothing()
    {
        var read = Read("""{"choices":[{"delta":{"content":"a","content":"b"},"delta":{"content":"c"},"index":1}],"choices":[{"delta":{"content":"d"}}]}""");
        Assert.Equal(["a", "b", "c", "d"], read.Texts.Select(t => t.Text));
        Assert.Equal([1, 1, 1, 0], read.Texts.Select(t => t.Choice));
    }

    [Fact]
    public void Escaped_keys_hide_nothing()
    {
        var read = Read("""{"cho\u0069ces":[{"d\u0065lta":{"\u0063\u006F\u006e\u0074\u0065\u006e\u0074":"x"}}]}""");
        Assert.Equal([new Seen(ChannelKind.Content, 0, 0, "x")], read.Texts);
    }

    [Theory]
    [InlineData("""{"\ud800":1,"choices":[{"delta":{"content":"x"}}]}""")]
    [InlineData("""{"\udc00content":1,"conten\ud800":2,"choices":[{"delta":{"content":"x"}}]}""")]
    [InlineData("""{"object":"\ud800\ud800","choices":[{"delta":{"content":"x"}}]}""")]
    public void Half_a_surrogate_pair_in_a_key_or_keyword_is_passed_by(string data)
    {
        var read = Read(data);
        Assert.Equal("x", Assert.Single(read.Texts).Text);
        Assert.Equal(EventTraits.None, read.Traits);
    }

    [Fact]
    public void Nesting_past_the_bound_is_malformed()
    {
        var deep = string.Concat(Enumerable.Repeat("[", 70)) + string.Concat(Enumerable.Repeat("]", 70));
        Assert.Equal(EventTraits.Malformed | EventTraits.NotJson, Read($$"""{"x":{{deep}}}""").Traits);
    }

    [Fact]
    public void An_event_far_over_64_KiB_keeps_its_text_and_usage() // ai#1032
    {
        var text = new string('x', 200_000);
        var read = Read($$"""{"choices":[{"index":0,"delta":{"content":"{{text}}"} }],"usage":{"prompt_tokens":1,"completion_tokens":2} }""");
        Assert.Equal(text, Assert.Single(read.Texts).Text);
        Assert.Equal((1, 2, -1, -1), read.Usage);
    }

    [Fact]
    public void A_message_beside_the_delta_repeats_and_is_no_content()
    {
        var read = Read("""{"choices":[{"index":0,"message":{"role":"assistant","content":"so far"},"delta":{"content":""}}]}""");
        Assert.Equal([new Seen(ChannelKind.Content, 0, 0, "so far", Whole: true)], read.Texts);
        Assert.False(read.Meaning.HasContent);
        Assert.True(read.Traits.HasFlag(EventTraits.EmptyDelta));
    }

    [Fact]
    public void A_body_gives_every_choices_message_and_the_usage()
    {
        var read = Reading.Body(OpenAIChat.Instance, """
            {"id":"c","object":"chat.completion","choices":[
              {"index":0,"message":{"role":"assistant","content":"a","refusal":null,"annotations":[]},"logprobs":null,"finish_reason":"stop"},
              {"index":1,"message":{"content":null,"tool_calls":[{"id":"t","type":"function","function":{"name":"f","arguments":"{}"}}]},"finish_reason":"tool_calls"}],
             "usage":{"prompt_tokens":3,"completion_tokens":4,"total_tokens":7}}
            """);
        Assert.Equal([new Seen(ChannelKind.Content, 0, 0, "a"), new Seen(ChannelKind.ToolArguments, 1, 0, "{}")], read.Texts);
        Assert.Equal("tool_calls", read.FinishReason);
        Assert.Equal((3, 4, -1, -1), read.Usage);
        Assert.Equal(EventTraits.None, read.Traits);
    }

    [Fact]
    public void An_error_body_is_an_error()
    {
        var read = Reading.Body(OpenAIChat.Instance, """{"error":{"message":"m","type":"invalid_request_error","code":null}}""");
        Assert.Equal((EventTraits.Error, "invalid_request_error"), (read.Traits, read.ErrorType));
    }

    [Fact]
    public void A_meaning_is_reset_before_each_event()
    {
        var meaning = new EventMeaning();
        OpenAIChat.Instance.ReadEvent("""{"error":{"type":"t"},"choices":[{"delta":{"content":"x"},"finish_reason":"stop"}],"usage":{"prompt_tokens":1}}"""u8, default, meaning);
        OpenAIChat.Instance.ReadEvent("""{"choices":[{"delta":{"role":"assistant"}}]}"""u8, default, meaning);
        Assert.Equal(0, meaning.TextCount);
        Assert.False(meaning.Usage.IsGiven);
        Assert.Equal(EventTraits.EmptyDelta, meaning.Traits);
        Assert.Equal((0, 0), (meaning.FinishReason.Length, meaning.ErrorType.Length));
    }

    [Fact]
    public void Data_of_several_lines_is_read_as_one_document() // aisix#1091
    {
        var read = Read("{\"choices\":\n[{\"index\":0,\n\"delta\":{\"content\":\"x\"}}]\n}");
        Assert.Equal("x", Assert.Single(read.Texts).Text);
        Assert.Equal(EventTraits.None, read.Traits);
    }
}

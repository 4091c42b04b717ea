namespace Sidecar.Providers.Tests;

public class OpenAIChatTests
{
    private static Reading Read(string data, string eventName = "") => Reading.Event(OpenAIChat.Instance, data, eventName);

    private static Reading Delta(string delta) => Read($$"""{"choices":[{"index":0,"delta":{{delta}}}]}""");

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
    public void An_escaped_text_is_known_as_such()
    {
        var read = Delta("""{"content":"a\n\u00e9\ud83d\ude00"}""");
        Assert.True(read.Meaning.Texts[0].Escaped);
        Assert.Equal("a\né😀", read.Texts[0].Text);
    }

    [Theory]
    [InlineData("""{"role":"assistant"}""")]
    [InlineData("""{"role":"assistant","content":""}""")]
    [InlineData("""{"role":"assistant","content":null,"refusal":null,"tool_calls":null}""")]
    [InlineData("{}")]
    [InlineData("""{"tool_calls":[{"index":0,"id":"c","type":"function","function":{"name":"f","arguments":""}}]}""")]
    public void A_role_only_or_empty_delta_is_no_content(string delta) // litellm PR 31404: it must not stop the clock of the first token
    {
        var read = Delta(delta);
        Assert.Equal(EventTraits.EmptyDelta, read.Traits);
        Assert.False(read.Meaning.HasContent);
        Assert.Empty(read.Texts);
    }

    [Theory]
    [InlineData("""{"content":"x"}""", ChannelKind.Content)]
    [InlineData("""{"refusal":"x"}""", ChannelKind.Refusal)]
    [InlineData("""{"content":null,"reasoning_content":"x"}""", ChannelKind.Reasoning)]
    [InlineData("""{"reasoning":"x"}""", ChannelKind.Reasoning)]
    [InlineData("""{"thinking":"x"}""", ChannelKind.Reasoning)]
    [InlineData("""{"reasoning_text":"x"}""", ChannelKind.Reasoning)]
    [InlineData("""{"reasoning_details":[{"type":"reasoning.text","text":"x"}]}""", ChannelKind.Reasoning)]
    [InlineData("""{"reasoning_details":[{"type":"reasoning.summary","summary":"x"}]}""", ChannelKind.Reasoning)]
    [InlineData("""{"thinking_blocks":[{"type":"thinking","thinking":"x","signature":"s"}]}""", ChannelKind.Reasoning)]
    [InlineData("""{"tool_calls":[{"index":0,"function":{"arguments":"x"}}]}""", ChannelKind.ToolArguments)]
    [InlineData("""{"tool_calls":[{"index":0,"custom":{"name":"n","input":"x"}}]}""", ChannelKind.ToolArguments)]
    [InlineData("""{"function_call":{"name":"f","arguments":"x"}}""", ChannelKind.ToolArguments)]
    [InlineData("""{"audio":{"id":"a","data":"AAAA","transcript":"x"}}""", ChannelKind.Transcript)]
    [InlineData("""{"content":[{"type":"text","text":"x"}]}""", ChannelKind.Content)]
    [InlineData("""{"content":[{"type":"thinking","thinking":[{"type":"text","text":"x"}]}]}""", ChannelKind.Reasoning)]
    [InlineData("""{"content":["x"]}""", ChannelKind.Content)]
    public void Each_kind_of_text_has_its_channel(string delta, ChannelKind kind)
    {
        var read = Delta(delta);
        var text = Assert.Single(read.Texts);
        Assert.Equal((kind, "x"), (text.Kind, text.Text));
        Assert.Equal(EventTraits.None, read.Traits);
    }

    [Fact]
    public void The_same_thought_under_two_names_makes_two_texts()
    {
        var read = Delta("""{"reasoning":"t","reasoning_content":"t","reasoning_details":[{"text":"t","index":3}]}""");
        Assert.Equal(3, read.Texts.Select(t => t.Channel).Distinct().Count());
        Assert.All(read.Texts, t => Assert.Equal((ChannelKind.Reasoning, "t"), (t.Kind, t.Text)));
    }

    [Fact]
    public void A_choice_index_after_the_delta_routes_it_all_the_same()
    {
        var read = Read("""{"choices":[{"delta":{"content":"b","refusal":"r"},"index":1},{"index":0,"delta":{"content":"a"}}]}""");
        Assert.Equal(
            [new Seen(ChannelKind.Content, 1, 0, "b"), new Seen(ChannelKind.Refusal, 1, 0, "r"), new Seen(ChannelKind.Content, 0, 0, "a")],
            read.Texts);
    }

    [Fact]
    public void Tool_argument_deltas_go_to_their_call_wherever_the_index_stands() // ai#266
    {
        var read = Delta("""{"tool_calls":[{"function":{"arguments":"{\"b"},"index":1},{"index":0,"function":{"arguments":"{\"a"}}]}""");
        Assert.Equal(
            [new Seen(ChannelKind.ToolArguments, 0, 1, "{\"b"), new Seen(ChannelKind.ToolArguments, 0, 0, "{\"a")], read.Texts);
    }

    [Fact]
    public void A_tool_call_without_index_id_type_or_name_counts_by_its_place()
    {
        var read = Delta("""{"tool_calls":[{"function":{"arguments":"a"}},{"function":{"arguments":"b"}}]}""");
        Assert.Equal([0, 1], read.Texts.Select(t => t.Part));
    }

    [Fact]
    public void Tool_arguments_that_are_a_JSON_value_are_given_whole()
    {
        var read = Delta("""{"tool_calls":[{"index":0,"function":{"arguments": {"a":"\n"} }}]}""");
        Assert.Equal([new Seen(ChannelKind.ToolArguments, 0, 0, """{"a":"\n"}""", Complete: true)], read.Texts);
    }

    [Fact]
    public void A_usage_chunk_with_empty_choices_gives_its_usage() // portkey#1627
    {
        var read = Read("""{"choices":[],"usage":{"prompt_tokens":9,"completion_tokens":12,"total_tokens":21,"prompt_tokens_details":{"cached_tokens":4},"completion_tokens_details":{"reasoning_tokens":7}}}""");
        Assert.Equal((9, 12, 4, 7), read.Usage);
        Assert.Equal(EventTraits.None, read.Traits);
    }

    [Fact]
    public void A_usage_chunk_with_an_empty_choice_gives_its_usage() // litellm#36168
    {
        var read = Read("""{"choices":[{"index":0,"delta":{"role":"assistant","content":""},"finish_reason":null}],"usage":{"prompt_tokens":9,"completion_tokens":12}}""");
        Assert.Equal((9, 12, -1, -1), read.Usage);
        Assert.Equal(EventTraits.EmptyDelta, read.Traits);
    }

    [Fact]
    public void Usage_after_the_finish_reason_is_read() // litellm#20760
    {
        Assert.Equal("stop", Read("""{"choices":[{"index":0,"delta":{},"finish_reason":"stop"}],"usage":null}""").FinishReason);
        Assert.Equal((5, 6, -1, -1), Read("""{"choices":[{"index":0}],"usage":{"prompt_tokens":5,"completion_tokens":6}}""").Usage);
    }

    [Fact]
    public void Content_finish_and_usage_in_one_chunk_are_all_read_and_nothing_is_invented() // bifrost PR 5832
    {
        var read = Read("""{"choices":[{"index":0,"delta":{"content":"end"},"finish_reason":"length"}],"usage":{"prompt_tokens":3,"completion_tokens":4}}""");
        Assert.Equal([new Seen(ChannelKind.Content, 0, 0, "end")], read.Texts);
        Assert.Equal("length", read.FinishReason);
        Assert.Equal((3, 4, -1, -1), read.Usage);
    }

    [Fact]
    public void Usage_null_gives_nothing()
    {
        var read = Read("""{"choices":[{"index":0,"delta":{"content":"x"}}],"usage":null}""");
        Assert.False(read.Meaning.Usage.IsGiven);
        Assert.Equal(EventTraits.None, read.Traits);
    }

    [Theory]
    [InlineData("""{"choices":[],"x_groq":{"id":"r","usage":{"prompt_tokens":1,"completion_tokens":2}}}""", 1, 2, -1, -1)]
    [InlineData("""{"choices":[{"index":0,"delta":{},"usage":{"prompt_tokens":1,"completion_tokens":2,"cached_tokens":1}}]}""", 1, 2, 1, -1)]
    [InlineData("""{"choices":[],"usage":{"prompt_tokens":8,"completion_tokens":2,"prompt_cache_hit_tokens":6}}""", 8, 2, 6, -1)]
    [InlineData("""{"choices":[],"usage":{"prompt_tokens":8,"completion_tokens":null,"prompt_tokens_details":null}}""", 8, -1, -1, -1)]
    [InlineData("""{"choices":[],"usage":{"prompt_tokens":1.5,"completion_tokens":-3}}""", -1, -1, -1, -1)]
    [InlineData("""{"choices":[],"usage":{"prompt_tokens":99999999999999999999,"completion_tokens":9223372036854775807}}""", -1, -1, -1, -1)]
    [InlineData("""{"usage":{"prompt_tokens":1},"choices":[],"usage":{"prompt_tokens":2}}""", 2, -1, -1, -1)]
    public void Usage_is_taken_where_servers_put_it(string data, long input, long output, long cached, long reasoning) =>
        Assert.Equal((input, output, cached, reasoning), Read(data).Usage);

    [Theory]
    [InlineData(296, 131)] // xAI: 165 + 2 + 129
    [InlineData(167, 2)]   // OpenAI: reasoning is among the completion tokens
    public void Reasoning_is_among_the_output_whichever_way_the_provider_counts(long total, long output)
    {
        var read = Read($$"""{"choices":[],"usage":{"prompt_tokens":165,"completion_tokens":2,"total_tokens":{{total}},"completion_tokens_details":{"reasoning_tokens":129} } }""");
        Assert.Equal((165, output, -1, 129), read.Usage);
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
        Assert.Equal(EventTraits.Error | EventTraits.Malformed, Read("upstream died", "error").Traits);
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
        Assert.Equal(EventTraits.Malformed, read.Traits);
        Assert.Empty(read.Texts);
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
    public void Data_of_another_kind_than_promised_is_malformed(string data) =>
        Assert.True(Read(data).Traits.HasFlag(EventTraits.Malformed));

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
    public void Text_that_looks_like_a_key_is_only_text()
    {
        var read = Delta("""{"content":"\"content\":\"secret\""}""");
        Assert.Equal("\"content\":\"secret\"", Assert.Single(read.Texts).Text);
    }

    [Fact]
    public void Nesting_past_the_bound_is_malformed()
    {
        var deep = string.Concat(Enumerable.Repeat("[", 70)) + string.Concat(Enumerable.Repeat("]", 70));
        Assert.Equal(EventTraits.Malformed, Read($$"""{"x":{{deep}}}""").Traits);
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
    public void More_texts_than_any_provider_sends_are_malformed()
    {
        var many = string.Join(',', Enumerable.Repeat("\"a\"", EventMeaning.MaxTexts + 1));
        var read = Delta($$"""{"content":[{{many}}]}""");
        Assert.Equal(EventMeaning.MaxTexts, read.Texts.Count);
        Assert.True(read.Traits.HasFlag(EventTraits.Malformed));
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
    public void Annotations_are_citations_each_complete()
    {
        var read = Delta("""{"content":"","annotations":[{"type":"url_citation","url_citation":{"url":"https://x.example","title":"T","content":"quoted"}}]}""");
        Assert.Equal(
            [new Seen(ChannelKind.Citation, 0, 0, "T", Complete: true), new Seen(ChannelKind.Citation, 0, 0, "quoted", Complete: true)],
            read.Texts);
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
}

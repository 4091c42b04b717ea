namespace Sidecar.Providers.Tests;

public class OpenAIMessageTests
{
    private static Reading Delta(string delta) =>
        Reading.Event(OpenAIChat.Instance, $$"""{"choices":[{"index":0,"delta":{{delta}}}]}""");

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
        Assert.True(read.Meaning.Texts[0].Json);
    }

    [Theory]
    [InlineData("""{"tool_calls":[{"index":0,"function":{"arguments":"{\"a\":1}"}}]}""", false)]
    [InlineData("""{"tool_calls":[{"index":0,"function":{"arguments":{"a":1}}}]}""", true)]
    [InlineData("""{"tool_calls":[{"index":0,"function":{"arguments":["{}"]}}]}""", true)]
    [InlineData("""{"tool_calls":[{"index":0,"function":{"arguments":5}}]}""", true)]
    public void Arguments_that_are_a_JSON_value_are_told_apart_from_JSON_in_a_string(string delta, bool isJson)
    {
        var text = Assert.Single(Delta(delta).Meaning.Texts.ToArray());
        Assert.Equal((isJson, isJson), (text.Json, text.Complete));
    }

    [Fact]
    public void Text_that_looks_like_a_key_is_only_text()
    {
        var read = Delta("""{"content":"\"content\":\"secret\""}""");
        Assert.Equal("\"content\":\"secret\"", Assert.Single(read.Texts).Text);
    }

    [Fact]
    public void More_texts_than_any_provider_sends_are_malformed()
    {
        var many = string.Join(',', Enumerable.Repeat("\"a\"", EventMeaning.MaxTexts + 1));
        var read = Delta($$"""{"content":[{{many}}]}""");
        Assert.Equal(EventMeaning.MaxTexts, read.Texts.Count);
        Assert.Equal(EventTraits.Malformed | EventTraits.Overfull, read.Traits);
    }

    [Fact]
    public void Annotations_are_citations_each_complete()
    {
        var read = Delta("""{"content":"","annotations":[{"type":"url_citation","url_citation":{"url":"https://x.example","title":"T","content":"quoted"}}]}""");
        Assert.Equal(
            [new Seen(ChannelKind.Citation, 0, 0, "T", Complete: true), new Seen(ChannelKind.Citation, 0, 0, "quoted", Complete: true)],
            read.Texts);
    }
}

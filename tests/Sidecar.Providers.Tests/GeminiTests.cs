namespace Sidecar.Providers.Tests;

public class GeminiTests
{
    private static Reading Read(string data) => Reading.Event(Gemini.Instance, data);

    private static Reading Part(string part) => Read($$"""{"candidates":[{"content":{"parts":[{{part}}],"role":"model"} }]}""");

    [Fact]
    public void A_text_part_is_content_of_its_candidate_wherever_the_index_stands()
    {
        var read = Read("""{"candidates":[{"content":{"parts":[{"text":"a"},{"text":"b"}]},"index":1},{"index":0,"content":{"parts":[{"text":"c"}]}}]}""");
        Assert.Equal(
            [new Seen(ChannelKind.Content, 1, 0, "a"), new Seen(ChannelKind.Content, 1, 0, "b"), new Seen(ChannelKind.Content, 0, 0, "c")],
            read.Texts);
    }

    [Theory]
    [InlineData("""{"thought":true,"text":"x"}""", ChannelKind.Reasoning)]
    [InlineData("""{"text":"x","thoughtSignature":"s","thought":true}""", ChannelKind.Reasoning)]
    [InlineData("""{"text":"x","thought":false}""", ChannelKind.Content)]
    public void A_thought_is_reasoning_wherever_it_says_so(string part, ChannelKind kind) =>
        Assert.Equal([new Seen(kind, 0, 0, "x")], Part(part).Texts);

    [Theory]
    [InlineData("""{"functionCall":{"name":"f","args":{"q":"a\nb"}}}""", ChannelKind.ToolArguments, """{"q":"a\nb"}""")]
    [InlineData("""{"executableCode":{"language":"PYTHON","code":"print(1)"}}""", ChannelKind.Content, "print(1)")]
    [InlineData("""{"codeExecutionResult":{"outcome":"OUTCOME_OK","output":"1"}}""", ChannelKind.Content, "1")]
    [InlineData("""{"toolResponse":{"id":"t","response":{"text":"x"}}}""", ChannelKind.Citation, "x")]
    public void Parts_that_come_whole_are_complete_and_apart_from_the_answer(string part, ChannelKind kind, string text) =>
        Assert.Equal([new Seen(kind, 0, 1, text, Complete: true)], Part(part).Texts);

    [Fact]
    public void Arguments_streamed_in_pieces_are_read()
    {
        var read = Part("""{"functionCall":{"name":"f","partialArgs":[{"jsonPath":"$.a","stringValue":"x","willContinue":true}],"willContinue":true}}""");
        Assert.Equal([new Seen(ChannelKind.ToolArguments, 0, 1, "x")], read.Texts);
    }

    [Theory]
    [InlineData("""{"candidates":[{"content":{"role":"model"}}]}""")]
    [InlineData("""{"candidates":[{"content":{"parts":[]}}]}""")]
    [InlineData("""{"candidates":[{"content":{"parts":[{"text":""}]}}]}""")]
    [InlineData("""{"candidates":[{"content":{"parts":[{"functionCall":{"name":"f","args":{ }}}]}}]}""")]
    public void Absent_or_empty_parts_are_no_content(string data)
    {
        var read = Read(data);
        Assert.Equal(EventTraits.EmptyDelta, read.Traits);
        Assert.Empty(read.Texts);
    }

    [Fact]
    public void Thoughts_count_as_output()
    {
        Assert.Equal((27, 229, 5, 173), Read("""{"usageMetadata":{"promptTokenCount":27,"candidatesTokenCount":56,"thoughtsTokenCount":173,"cachedContentTokenCount":5,"totalTokenCount":374}}""").Usage);
        Assert.Equal((9, -1, -1, -1), Read("""{"usageMetadata":{"promptTokenCount":9,"totalTokenCount":9}}""").Usage);
        Assert.Equal((9, 7, -1, 7), Read("""{"usageMetadata":{"promptTokenCount":9,"thoughtsTokenCount":7}}""").Usage);
    }

    [Fact]
    public void A_finish_reason_may_be_the_end_even_beside_content()
    {
        var read = Read("""{"candidates":[{"content":{"parts":[{"text":"a"}]},"finishReason":"STOP"}]}""");
        Assert.Equal((EventTraits.End, "STOP"), (read.Traits, read.FinishReason));
        Assert.True(read.Meaning.HasContent);
    }

    [Fact]
    public void A_blocked_prompt_is_the_end_without_candidates()
    {
        var read = Read("""{"promptFeedback":{"blockReason":"SAFETY","safetyRatings":[{"category":"C","probability":"LOW"}]}}""");
        Assert.Equal((EventTraits.End, "SAFETY"), (read.Traits, read.FinishReason));
        Assert.Equal(EventTraits.None, Read("""{"promptFeedback":{"safetyRatings":[]}}""").Traits);
    }

    [Theory]
    [InlineData("{\n  \"error\": {\n    \"code\": 503,\n    \"message\": \"m\",\n    \"status\": \"UNAVAILABLE\"\n  }\n}", "UNAVAILABLE")]
    [InlineData("""[{"error":{"code":400,"message":"m","status":"INVALID_ARGUMENT","details":[{"@type":"t"}]}}]""", "INVALID_ARGUMENT")]
    [InlineData("""{"error":{"code":500,"message":"m"}}""", "500")]
    public void An_error_is_known_by_its_status_also_over_many_lines(string data, string type) // WIRE: bare multi-line JSON
    {
        var read = Read(data);
        Assert.Equal((EventTraits.Error, type), (read.Traits, read.ErrorType));
    }

    [Fact]
    public void Grounding_repeats_the_answer_and_names_its_sources()
    {
        var read = Read("""{"candidates":[{"groundingMetadata":{"groundingChunks":[{"web":{"uri":"https://x.example","title":"T"}}],"groundingSupports":[{"segment":{"endIndex":3,"text":"abc"}}]}}]}""");
        Assert.Equal(["T", "abc"], read.Texts.Select(t => t.Text));
        Assert.All(read.Texts, t => Assert.True(t is { Kind: ChannelKind.Citation, Whole: true, Complete: true }));
    }

    [Theory]
    [InlineData("""{"candidates":{}}""")]
    [InlineData("""{"candidates":[{"content":{"parts":[{"text":1}]}}]}""")]
    [InlineData("""{"candidates":[{"content":{"parts":[{"text":"x","thought":"yes"}]}}]}""")]
    [InlineData("""{"usageMetadata":5}""")]
    [InlineData("5")]
    public void Data_of_another_kind_than_promised_is_malformed(string data) =>
        Assert.True(Read(data).Traits.HasFlag(EventTraits.Malformed));

    [Fact]
    public void A_body_may_be_one_response_or_an_array_of_chunks()
    {
        const string first = """{"candidates":[{"content":{"parts":[{"text":"a"}]}}],"usageMetadata":{"promptTokenCount":1,"candidatesTokenCount":1}}""";
        const string last = """{"candidates":[{"content":{"parts":[{"text":"b"}]},"finishReason":"STOP"}],"usageMetadata":{"promptTokenCount":1,"candidatesTokenCount":2}}""";
        Assert.Equal("a", Assert.Single(Reading.Body(Gemini.Instance, first).Texts).Text);
        var array = Reading.Body(Gemini.Instance, $"[{first}\n,\r\n{last}]");
        Assert.Equal([new Seen(ChannelKind.Content, 0, 0, "a"), new Seen(ChannelKind.Content, 0, 0, "b")], array.Texts);
        Assert.Equal((1, 2, -1, -1), array.Usage);
        Assert.Equal((EventTraits.None, "STOP"), (array.Traits, array.FinishReason));
    }
}

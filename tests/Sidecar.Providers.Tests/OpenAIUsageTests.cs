namespace Sidecar.Providers.Tests;

public class OpenAIUsageTests
{
    private static Reading Read(string data) => Reading.Event(OpenAIChat.Instance, data);

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
}

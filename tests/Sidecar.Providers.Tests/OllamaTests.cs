namespace Sidecar.Providers.Tests;

public class OllamaTests
{
    private static Reading Read(string data) => Reading.Event(Ollama.Instance, data);

    [Theory]
    [InlineData("""{"model":"m","message":{"role":"assistant","content":"x"},"done":false}""", ChannelKind.Content)]
    [InlineData("""{"model":"m","message":{"role":"assistant","content":"","thinking":"x"},"done":false}""", ChannelKind.Reasoning)]
    [InlineData("""{"model":"m","response":"x","done":false}""", ChannelKind.Content)]
    [InlineData("""{"model":"m","response":"","thinking":"x","done":false}""", ChannelKind.Reasoning)]
    public void Chat_and_generate_lines_give_their_texts(string line, ChannelKind kind)
    {
        var read = Read(line);
        var text = Assert.Single(read.Texts);
        Assert.Equal((kind, 0, "x"), (text.Kind, text.Choice, text.Text));
        Assert.Equal(EventTraits.None, read.Traits);
    }

    [Fact]
    public void Tool_calls_come_whole_as_JSON_values()
    {
        var read = Read("""{"message":{"role":"assistant","content":"","tool_calls":[{"function":{"index":0,"name":"f","arguments":{"city":"Rome"}}},{"function":{"name":"g","arguments":{"n":2}}},{"function":{"name":"h","arguments":{}}}]},"done":false}""");
        Assert.Equal(
            [
                new Seen(ChannelKind.ToolArguments, 0, 0, """{"city":"Rome"}""", Complete: true),
                new Seen(ChannelKind.ToolArguments, 0, 1, """{"n":2}""", Complete: true),
            ],
            read.Texts);
    }

    [Fact]
    public void The_last_line_is_the_end_with_counts_and_reason()
    {
        var read = Read("""{"model":"m","message":{"role":"assistant","content":""},"done_reason":"stop","done":true,"total_duration":482007750,"prompt_eval_count":16,"eval_count":51}""");
        Assert.Equal(EventTraits.End | EventTraits.EmptyDelta, read.Traits);
        Assert.Equal("stop", read.FinishReason);
        Assert.Equal((16, 51, -1, -1), read.Usage);
    }

    [Fact]
    public void An_error_line_is_an_error_though_the_status_was_200()
    {
        Assert.Equal(EventTraits.Error, Read("""{"error":"model runner has unexpectedly stopped"}""").Traits);
        Assert.Equal("api_error", Read("""{"error":{"message":"m","type":"api_error"}}""").ErrorType);
    }

    [Theory]
    [InlineData("""{"message":"x"}""")]
    [InlineData("""{"response":5}""")]
    [InlineData("""{"done":"true"}""")]
    [InlineData("""{"message":{"tool_calls":[5]}}""")]
    public void Data_of_another_kind_than_promised_is_malformed(string data) =>
        Assert.True(Read(data).Traits.HasFlag(EventTraits.Malformed));

    [Fact]
    public void A_body_is_read_as_a_line_without_its_end()
    {
        var read = Reading.Body(Ollama.Instance, """{"model":"m","response":"a","thinking":"t","done":true,"done_reason":"stop","prompt_eval_count":1,"eval_count":2}""");
        Assert.Equal(["a", "t"], read.Texts.Select(t => t.Text));
        Assert.Equal((EventTraits.None, "stop"), (read.Traits, read.FinishReason));
        Assert.Equal((1, 2, -1, -1), read.Usage);
    }
}

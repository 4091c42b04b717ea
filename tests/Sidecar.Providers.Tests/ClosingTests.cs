namespace Sidecar.Providers.Tests;

public class ClosingTests
{
    private const int Summary = 1 << 16;

    private static List<Closing> Of(Dialect dialect, string data, string name = "") => Reading.Event(dialect, data, name).Closings;

    [Theory]
    [InlineData("""{"choices":[{"finish_reason":"stop","delta":{"content":"x"},"index":1},{"index":0,"delta":{"content":"y"},"finish_reason":null}]}""", 1)]
    [InlineData("""{"choices":[{"index":0,"text":"x","finish_reason":"length"}]}""", 0)]
    public void A_finish_reason_closes_its_choice_wherever_the_index_stands(string data, int choice)
    {
        Closing[] expected = [new(null, choice, Closing.All)];
        Assert.Equal(expected, Of(OpenAIChat.Instance, data));
        Assert.Equal(expected, Of(OpenAICompletions.Instance, data));
    }

    [Theory]
    [InlineData("""{"choices":[{"index":0,"delta":{"content":"x"},"finish_reason":null}]}""")]
    [InlineData("""{"choices":[{"index":0,"delta":{"content":"x"},"finish_reason":""}]}""")]
    [InlineData("""{"error":{"message":"m"}}""")]
    [InlineData("words")]
    public void Nothing_else_closes_a_choice(string data) => Assert.Empty(Of(OpenAIChat.Instance, data));

    [Fact]
    public void A_sure_end_closes_everything()
    {
        Closing[] everything = [Closing.Everything];
        Assert.Equal(everything, Of(OpenAIChat.Instance, "[DONE]"));
        Assert.Equal(everything, Of(OpenAICompletions.Instance, "[DONE]"));
        Assert.Equal(everything, Of(AnthropicMessages.Instance, """{"type":"message_stop"}"""));
        Assert.Equal(everything, Of(AnthropicMessages.Instance, "{}", "message_stop"));
        Assert.Equal(everything, Of(Ollama.Instance, """{"response":"","done":true}"""));
        Assert.Equal(everything, Of(OpenAIResponses.Instance, """{"type":"response.completed","response":{}}"""));
        Assert.Equal(everything, Of(OpenAIResponses.Instance, """{"type":"response.incomplete","response":{}}"""));
        Assert.Equal(everything, Of(OpenAIResponses.Instance, """{"type":"response.failed","response":{}}"""));
        Assert.Empty(Of(Ollama.Instance, """{"response":"x","done":false}"""));
    }

    [Theory]
    [InlineData("""{"type":"content_block_stop","index":2}""", "content_block_stop")]
    [InlineData("""{"index":2,"type":"content_block_stop"}""", "")]
    [InlineData("""{"index":2}""", "content_block_stop")]
    public void A_block_stop_closes_its_block(string data, string name) =>
        Assert.Equal([new Closing(null, 0, 2)], Of(AnthropicMessages.Instance, data, name));

    [Fact]
    public void A_stop_reason_closes_the_message()
    {
        Assert.Equal([Closing.Everything], Of(AnthropicMessages.Instance, """{"type":"message_delta","delta":{"stop_reason":"end_turn"},"usage":{}}"""));
        Assert.Empty(Of(AnthropicMessages.Instance, """{"type":"message_delta","delta":{"stop_reason":null}}"""));
        Assert.Empty(Of(AnthropicMessages.Instance, """{"type":"error","error":{"type":"overloaded_error"}}""", "error"));
    }

    // Servers put a finish reason on every chunk, and text after it.
    [Fact]
    public void Geminis_finish_reason_closes_nothing()
    {
        Assert.Empty(Of(Gemini.Instance, """{"candidates":[{"index":0,"content":{"parts":[{"text":"x"}]},"finishReason":"STOP"}]}"""));
        Assert.Empty(Of(Gemini.Instance, """{"promptFeedback":{"blockReason":"SAFETY"}}"""));
    }

    [Theory]
    [InlineData("""{"type":"response.output_text.done","output_index":1,"content_index":2,"text":"all"}""", ChannelKind.Content, 2)]
    [InlineData("""{"text":"all","output_index":1,"content_index":2,"type":"response.refusal.done"}""", ChannelKind.Refusal, 2)]
    [InlineData("""{"type":"response.reasoning_summary_text.done","output_index":1,"summary_index":2,"text":"all"}""", ChannelKind.Reasoning, Summary + 2)]
    [InlineData("""{"type":"response.function_call_arguments.done","output_index":1,"arguments":"all"}""", ChannelKind.ToolArguments, 0)]
    public void The_repeat_of_a_text_closes_it(string data, ChannelKind kind, int part)
    {
        var read = Reading.Event(OpenAIResponses.Instance, data);
        Assert.Equal([new Closing(kind, 1, part)], read.Closings);
        Assert.All(read.Meaning.Texts.ToArray(), t => Assert.True(read.Closings[0].Closes(t.Channel) || kind == ChannelKind.Refusal));
    }

    [Theory]
    [InlineData("""{"type":"response.content_part.done","output_index":1,"content_index":2,"part":{"text":"all"}}""", 1, 2)]
    [InlineData("""{"type":"response.content_part.done","output_index":1,"content_index":2}""", 1, 2)]
    [InlineData("""{"type":"response.reasoning_summary_part.done","output_index":1,"summary_index":2,"part":{"text":"all"}}""", 1, Summary + 2)]
    [InlineData("""{"type":"response.output_item.done","output_index":1,"item":{"type":"message","content":[{"text":"all"}]}}""", 1, Closing.All)]
    public void A_part_or_item_that_is_done_closes_all_that_is_in_it(string data, int item, int part) =>
        Assert.Equal([new Closing(null, item, part)], Of(OpenAIResponses.Instance, data));

    [Theory]
    [InlineData("""{"type":"response.output_text.delta","output_index":1,"delta":"x"}""")]
    [InlineData("""{"type":"response.new_thing.done","note":"x"}""")]
    [InlineData("""{"type":"response.created","response":{"status":"in_progress","output":[]}}""")]
    [InlineData("""{"type":"error","message":"m"}""")]
    public void Other_events_of_responses_close_nothing(string data) => Assert.Empty(Of(OpenAIResponses.Instance, data));

    [Fact]
    public void A_body_closes_nothing_as_it_is_whole() =>
        Assert.Empty(Reading.Body(OpenAIChat.Instance, """{"choices":[{"index":0,"message":{"content":"x"},"finish_reason":"stop"}]}""").Closings);

    [Fact]
    public void A_closing_tells_which_channels_it_closes()
    {
        Assert.True(Closing.Everything.Closes(new Channel(ChannelKind.Reasoning, 3, 4)));
        Assert.True(new Closing(null, 3, Closing.All).Closes(new Channel(ChannelKind.Reasoning, 3, 4)));
        Assert.False(new Closing(null, 2, Closing.All).Closes(new Channel(ChannelKind.Reasoning, 3, 4)));
        Assert.False(new Closing(null, 3, 5).Closes(new Channel(ChannelKind.Reasoning, 3, 4)));
        Assert.False(new Closing(ChannelKind.Content, 3, 4).Closes(new Channel(ChannelKind.Reasoning, 3, 4)));
    }
}

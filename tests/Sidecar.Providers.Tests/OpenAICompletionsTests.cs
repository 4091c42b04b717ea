namespace Sidecar.Providers.Tests;

public class OpenAICompletionsTests
{
    [Fact]
    public void A_choices_text_is_content_by_index()
    {
        var read = Reading.Event(OpenAICompletions.Instance, """{"object":"text_completion","choices":[{"text":"b","index":1,"logprobs":null,"finish_reason":null}]}""");
        var text = Assert.Single(read.Texts);
        Assert.Equal((ChannelKind.Content, 1, "b"), (text.Kind, text.Choice, text.Text));
        Assert.True(read.Meaning.HasContent);
    }

    [Fact]
    public void The_end_usage_and_finish_reason_are_as_in_chat()
    {
        Assert.Equal(EventTraits.End, Reading.Event(OpenAICompletions.Instance, "[DONE]").Traits);
        var read = Reading.Event(OpenAICompletions.Instance, """{"choices":[{"text":"","index":0,"finish_reason":"stop"}],"usage":{"prompt_tokens":2,"completion_tokens":3}}""");
        Assert.Equal("stop", read.FinishReason);
        Assert.Equal((2, 3, -1, -1), read.Usage);
        Assert.False(read.Meaning.HasContent);
    }

    [Fact]
    public void A_chat_delta_at_the_completions_path_is_read_too()
    {
        var read = Reading.Event(OpenAICompletions.Instance, """{"choices":[{"index":0,"delta":{"content":"x"}}]}""");
        Assert.Equal("x", Assert.Single(read.Texts).Text);
    }

    [Fact]
    public void A_body_gives_its_texts()
    {
        var read = Reading.Body(OpenAICompletions.Instance, """{"choices":[{"text":"a","index":0,"finish_reason":"length"},{"text":"b","index":1}]}""");
        Assert.Equal(["a", "b"], read.Texts.Select(t => t.Text));
        Assert.Equal("length", read.FinishReason);
    }
}

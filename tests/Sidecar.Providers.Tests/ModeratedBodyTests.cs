using System.Buffers;
using System.Text;
using System.Text.Json;

namespace Sidecar.Providers.Tests;

public class ModeratedBodyTests
{
    private static string Body(Dialect? dialect, string withheld)
    {
        var writer = new ArrayBufferWriter<byte>();
        ModeratedBody.Write(dialect, Encoding.UTF8.GetBytes(withheld), writer);
        return Encoding.UTF8.GetString(writer.WrittenSpan);
    }

    [Fact]
    public void Chat_keeps_identity_choices_and_figures()
    {
        Assert.Equal(
            """{"id":"c","object":"chat.completion","created":7,"model":"m","usage":{"prompt_tokens":1,"prompt_tokens_details":{"cached_tokens":2}},"system_fingerprint":"f","choices":[{"index":0,"message":{"role":"assistant","content":"","refusal":null},"logprobs":null,"finish_reason":"content_filter"},{"index":1,"message":{"role":"assistant","content":"","refusal":null},"logprobs":null,"finish_reason":"content_filter"}]}""",
            Body(OpenAIChat.Instance, """{"id":"c","model":"m","created":7,"object":"chat.completion","system_fingerprint":"f","choices":[{"index":0,"message":{"content":"secret"}},{"index":1,"message":{"content":"secret"}}],"usage":{"prompt_tokens":1,"note":"secret","list":["secret"],"prompt_tokens_details":{"x":"secret","cached_tokens":2}},"note":"secret"}"""));
        Assert.Equal(
            """{"id":"cmpl-moderated","object":"text_completion","created":0,"model":"","choices":[{"index":0,"text":"","logprobs":null,"finish_reason":"content_filter"}]}""",
            Body(OpenAICompletions.Instance, "secret"));
    }

    [Fact]
    public void Every_dialect_has_its_own()
    {
        Assert.Equal(
            """{"id":"r","object":"response","created_at":7,"model":"m","parallel_tool_calls":true,"tool_choice":"auto","tools":[],"usage":{"input_tokens":1},"status":"incomplete","error":null,"incomplete_details":{"reason":"content_filter"},"metadata":{},"output":[]}""",
            Body(OpenAIResponses.Instance, """{"id":"r","created_at":7,"model":"m","status":"completed","output":[{"content":[{"text":"secret"}]}],"usage":{"input_tokens":1}}"""));
        Assert.Equal(
            """{"id":"a","type":"message","role":"assistant","model":"m","usage":{"input_tokens":1,"output_tokens":2},"content":[],"stop_reason":"refusal","stop_sequence":null}""",
            Body(AnthropicMessages.Instance, """{"id":"a","model":"m","content":[{"type":"text","text":"secret"}],"stop_reason":"end_turn","usage":{"input_tokens":1,"output_tokens":2,"service_tier":"standard"}}"""));
        Assert.Equal(
            """{"usageMetadata":{"promptTokenCount":1},"modelVersion":"m","candidates":[{"finishReason":"SAFETY","index":0}]}""",
            Body(Gemini.Instance, """{"candidates":[{"content":{"parts":[{"text":"secret"}]}}],"modelVersion":"m","usageMetadata":{"promptTokenCount":1,"d":[{"modality":"TEXT"}]}}"""));
        Assert.Equal(
            """[{"candidates":[{"finishReason":"SAFETY","index":0}]}]""",
            Body(Gemini.Instance, """ [{"candidates":[{"content":{"parts":[{"text":"secret"}]}}]}]"""));
        Assert.Equal(
            """{"model":"m","created_at":"t","response":"","total_duration":5,"load_duration":0,"prompt_eval_count":3,"prompt_eval_duration":0,"eval_count":0,"eval_duration":0,"done":true,"done_reason":"content_filter"}""",
            Body(Ollama.Instance, """{"model":"m","created_at":"t","response":"secret","done":true,"total_duration":5,"prompt_eval_count":3,"context":[1]}"""));
        Assert.Equal("{}", Body(null, "secret"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("secret")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("[[")]
    [InlineData("""{"id":"secret """)]
    [InlineData("""{"id":["secret"],"model":{"secret":"secret"},"usage":"secret","created":null}""")]
    public void Whatever_is_withheld_the_body_is_valid_and_filtered(string withheld)
    {
        foreach (var dialect in new Dialect[] { OpenAIChat.Instance, OpenAICompletions.Instance, OpenAIResponses.Instance, AnthropicMessages.Instance, Gemini.Instance, Ollama.Instance })
        {
            var body = Body(dialect, withheld);
            Assert.DoesNotContain("secret", body, StringComparison.Ordinal);
            using var document = JsonDocument.Parse(body);
            var read = Reading.Body(dialect, body);
            Assert.Equal(EventTraits.None, read.Traits);
            Assert.Empty(read.Texts);
            Assert.Contains(read.FinishReason, (string[])["content_filter", "refusal", "SAFETY"]);
        }
    }
}

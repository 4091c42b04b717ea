namespace Sidecar.FunctionalTests.Dialects;

/// <summary><c>/v1/chat/completions</c>, as OpenAI and its followers spell it; thoughts as DeepSeek does.</summary>
public sealed class OpenAIChat : ApiDialect
{
    public override string Name => "openai-chat";
    public override string Provider => "openai";
    public override string Path(bool stream, string model) => "/v1/chat/completions";

    public override string Request(bool stream, string model) => Json(new
    {
        model, stream, stream_options = stream ? new { include_usage = true } : null, messages = new[] { new { role = "user", content = "Say it" } },
    });

    public override IEnumerable<Frame> Stream(Completion completion)
    {
        Frame Chunk(object delta, bool content = true, string? finish = null) => Data(new
        {
            id = "chatcmpl-1", @object = "chat.completion.chunk", created = 1700000000, model = completion.Model, system_fingerprint = "fp_1",
            choices = new[] { new { index = 0, delta, finish_reason = finish } },
        }, content);

        yield return Chunk(new { role = "assistant", content = "" }, content: false);
        foreach (var text in completion.Reasoning) yield return Chunk(new { reasoning_content = text });
        foreach (var text in completion.Text) yield return Chunk(new { content = text });
        foreach (var text in completion.Refusal) yield return Chunk(new { refusal = text });
        foreach (var (index, tool) in completion.Tools.Index())
        {
            object Call(object call) => new { tool_calls = new[] { call } };
            yield return Chunk(Call(new { index, id = tool.Id, type = "function", function = new { name = tool.Name, arguments = "" } }), content: false);
            foreach (var text in tool.Arguments) yield return Chunk(Call(new { index, function = new { arguments = text } }));
        }
        yield return Chunk(new { }, content: false, FinishReason(completion.Finish));
        yield return Data(new
        {
            id = "chatcmpl-1", @object = "chat.completion.chunk", created = 1700000000, model = completion.Model, choices = Array.Empty<object>(),
            usage = Usage(completion),
        });
        yield return new Frame("data: [DONE]\n\n", false);
    }

    public override string Body(Completion completion) => Json(new
    {
        id = "chatcmpl-1", @object = "chat.completion", created = 1700000000, model = completion.Model,
        choices = new[]
        {
            new
            {
                index = 0, finish_reason = FinishReason(completion.Finish),
                message = new
                {
                    role = "assistant", content = completion.WholeText,
                    refusal = completion.Refusal.Count > 0 ? string.Concat(completion.Refusal) : null,
                    reasoning_content = completion.Reasoning.Count > 0 ? string.Concat(completion.Reasoning) : null,
                    tool_calls = completion.Tools.Count > 0
                        ? completion.Tools.Select(tool => new { id = tool.Id, type = "function", function = new { name = tool.Name, arguments = tool.WholeArguments } })
                        : null,
                },
            },
        },
        usage = Usage(completion),
    });

    public override string Error(int status, string message) =>
        Json(new { error = new { message, type = "scripted_error", param = "model", code = $"scripted_{status}" } });

    internal static object Usage(Completion completion) => new
    {
        prompt_tokens = completion.InputTokens, completion_tokens = completion.OutputTokens, total_tokens = completion.InputTokens + completion.OutputTokens,
    };

    internal static string FinishReason(Finish finish) => finish switch
    {
        Finish.Length => "length",
        Finish.ToolCalls => "tool_calls",
        Finish.ContentFilter => "content_filter",
        _ => "stop",
    };
}

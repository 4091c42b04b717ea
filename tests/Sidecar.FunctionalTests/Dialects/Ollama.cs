using System.Text.Json;

namespace Sidecar.FunctionalTests.Dialects;

/// <summary><c>/api/chat</c> and <c>/api/generate</c>: a JSON object a line, the last with <c>done: true</c>, counts and nanoseconds.</summary>
public sealed class Ollama(bool chat) : ApiDialect
{
    private const string Created = "2024-01-01T00:00:00Z";

    public override string Name => chat ? "ollama-chat" : "ollama-generate";
    public override string Provider => "ollama";
    public override string StreamType => "application/x-ndjson";
    public override string Path(bool stream, string model) => chat ? "/api/chat" : "/api/generate";

    public override string Request(bool stream, string model) => chat
        ? Json(new { model, stream, messages = new[] { new { role = "user", content = "Say it" } } })
        : Json(new { model, stream, prompt = "Say it" });

    public override bool CanSay(Completion completion) => completion.Refusal.Count == 0 && (chat || completion.Tools.Count == 0);

    public override IEnumerable<Frame> Stream(Completion completion)
    {
        foreach (var text in completion.Reasoning) yield return Line(Part(completion, "", text, null));
        foreach (var text in completion.Text) yield return Line(Part(completion, text, null, null));
        foreach (var tool in completion.Tools) yield return Line(Part(completion, "", null, tool));
        yield return Line(Last(completion, "", null, null), content: false);
    }

    public override string Body(Completion completion) => Json(Last(completion, completion.WholeText,
        completion.Reasoning.Count > 0 ? string.Concat(completion.Reasoning) : null, completion.Tools.Count > 0 ? completion.Tools : null));

    public override string Error(int status, string message) => Json(new { error = message });

    public override string ErrorEvent(string message) => Error(500, message) + "\n";

    // A line of nothing: NDJSON has no comments.
    public override string Ping => "\n";

    private static Frame Line(object value, bool content = true) => new(Json(value) + "\n", content);

    private object Part(Completion completion, string text, string? thinking, ToolCall? tool) => chat
        ? new { model = completion.Model, created_at = Created, message = Message(text, thinking, tool is null ? null : [tool]), done = false }
        : new { model = completion.Model, created_at = Created, response = text, thinking, done = false };

    private object Last(Completion completion, string text, string? thinking, IReadOnlyList<ToolCall>? tools)
    {
        var reason = completion.Finish == Finish.Length ? "length" : "stop";
        return chat
            ? new
            {
                model = completion.Model, created_at = Created, message = Message(text, thinking, tools), done = true, done_reason = reason,
                total_duration = 5_000_000_000, load_duration = 1_000_000, prompt_eval_count = completion.InputTokens, prompt_eval_duration = 2_000_000,
                eval_count = completion.OutputTokens, eval_duration = 3_000_000,
            }
            : new
            {
                model = completion.Model, created_at = Created, response = text, thinking, done = true, done_reason = reason, context = new[] { 1, 2, 3 },
                total_duration = 5_000_000_000, load_duration = 1_000_000, prompt_eval_count = completion.InputTokens, prompt_eval_duration = 2_000_000,
                eval_count = completion.OutputTokens, eval_duration = 3_000_000,
            };
    }

    private static object Message(string text, string? thinking, IReadOnlyList<ToolCall>? tools) => new
    {
        role = "assistant", content = text, thinking,
        tool_calls = tools?.Select(tool => new { function = new { name = tool.Name, arguments = JsonElement.Parse(tool.WholeArguments) } }),
    };
}

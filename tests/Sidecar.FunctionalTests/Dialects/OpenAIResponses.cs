namespace Sidecar.FunctionalTests.Dialects;

/// <summary><c>/v1/responses</c>: named events with a rising sequence number, and the whole response repeated at both ends.</summary>
public sealed class OpenAIResponses : ApiDialect
{
    public override string Name => "openai-responses";
    public override string Provider => "openai";
    public override string Path(bool stream, string model) => "/v1/responses";
    public override string Request(bool stream, string model) => Json(new { model, stream, input = "Say it" });

    public override IEnumerable<Frame> Stream(Completion completion)
    {
        var sequence = 0;
        var output = 0;
        Frame Next(string type, Func<int, object> body, bool content = false) => Event(type, body(sequence++), content);

        foreach (var type in new[] { "response.created", "response.in_progress" })
        {
            yield return Next(type, n => new { type, sequence_number = n, response = Response(completion, "in_progress", whole: false) });
        }
        if (completion.Reasoning.Count > 0)
        {
            var item = Thoughts(completion);
            yield return Next("response.output_item.added", n => Item("response.output_item.added", n, output, new { id = "rs_1", type = "reasoning", summary = Array.Empty<object>() }));
            foreach (var delta in completion.Reasoning)
            {
                yield return Next("response.reasoning_summary_text.delta", n => new
                {
                    type = "response.reasoning_summary_text.delta", sequence_number = n, item_id = "rs_1", output_index = output, summary_index = 0, delta,
                }, content: true);
            }
            yield return Next("response.output_item.done", n => Item("response.output_item.done", n, output++, item));
        }
        foreach (var (kind, deltas) in new[] { ("output_text", completion.Text), ("refusal", completion.Refusal) })
        {
            if (deltas.Count == 0) continue;
            yield return Next("response.output_item.added", n => Item("response.output_item.added", n, output, Message("in_progress", [])));
            yield return Next("response.content_part.added", n => new
            {
                type = "response.content_part.added", sequence_number = n, item_id = "msg_1", output_index = output, content_index = 0, part = Part(kind, ""),
            });
            foreach (var delta in deltas)
            {
                yield return Next($"response.{kind}.delta", n => new
                {
                    type = $"response.{kind}.delta", sequence_number = n, item_id = "msg_1", output_index = output, content_index = 0, delta,
                    logprobs = kind == "output_text" ? Array.Empty<object>() : null, obfuscation = "x9",
                }, content: true);
            }
            var whole = string.Concat(deltas);
            yield return Next($"response.{kind}.done", n => kind == "refusal"
                ? new { type = "response.refusal.done", sequence_number = n, item_id = "msg_1", output_index = output, content_index = 0, refusal = whole }
                : new { type = "response.output_text.done", sequence_number = n, item_id = "msg_1", output_index = output, content_index = 0, text = whole, logprobs = Array.Empty<object>() });
            yield return Next("response.output_item.done", n => Item("response.output_item.done", n, output++, Message("completed", [Part(kind, whole)])));
        }
        foreach (var tool in completion.Tools)
        {
            yield return Next("response.output_item.added", n => Item("response.output_item.added", n, output, Call(tool, "in_progress", "")));
            foreach (var delta in tool.Arguments)
            {
                yield return Next("response.function_call_arguments.delta", n => new
                {
                    type = "response.function_call_arguments.delta", sequence_number = n, item_id = $"fc_{tool.Id}", output_index = output, delta,
                }, content: true);
            }
            yield return Next("response.function_call_arguments.done", n => new
            {
                type = "response.function_call_arguments.done", sequence_number = n, item_id = $"fc_{tool.Id}", output_index = output, name = tool.Name, arguments = tool.WholeArguments,
            });
            yield return Next("response.output_item.done", n => Item("response.output_item.done", n, output++, Call(tool, "completed", tool.WholeArguments)));
        }
        var end = completion.Finish == Finish.Length ? "incomplete" : "completed";
        yield return Next($"response.{end}", n => new { type = $"response.{end}", sequence_number = n, response = Response(completion, end, whole: true) });
    }

    public override string Body(Completion completion) =>
        Json(Response(completion, completion.Finish == Finish.Length ? "incomplete" : "completed", whole: true));

    public override string Error(int status, string message) => new OpenAIChat().Error(status, message);

    public override string ErrorEvent(string message) =>
        Event("error", new { type = "error", code = "server_error", message, sequence_number = 9 }).Wire;

    private static object Item(string type, int sequence, int output, object item) => new { type, sequence_number = sequence, output_index = output, item };

    private static object Message(string status, object[] content) => new { id = "msg_1", type = "message", status, role = "assistant", content };

    private static object Part(string kind, string text) => kind == "refusal"
        ? new { type = kind, refusal = text }
        : new { type = kind, text, annotations = Array.Empty<object>(), logprobs = Array.Empty<object>() };

    private static object Call(ToolCall tool, string status, string arguments) =>
        new { id = $"fc_{tool.Id}", type = "function_call", status, call_id = tool.Id, name = tool.Name, arguments };

    private static object Thoughts(Completion completion) =>
        new { id = "rs_1", type = "reasoning", summary = new[] { new { type = "summary_text", text = string.Concat(completion.Reasoning) } } };

    private static object Response(Completion completion, string status, bool whole)
    {
        var output = new List<object>();
        if (whole && completion.Reasoning.Count > 0) output.Add(Thoughts(completion));
        if (whole && completion.Text.Count > 0) output.Add(Message("completed", [Part("output_text", completion.WholeText)]));
        if (whole && completion.Refusal.Count > 0) output.Add(Message("completed", [Part("refusal", string.Concat(completion.Refusal))]));
        if (whole) output.AddRange(completion.Tools.Select(tool => Call(tool, "completed", tool.WholeArguments)));
        return new
        {
            id = "resp_1", @object = "response", created_at = 1700000000, status, model = completion.Model, output, parallel_tool_calls = true,
            tool_choice = "auto", tools = Array.Empty<object>(), instructions = new string('.', 200), metadata = new { },
            incomplete_details = status == "incomplete" ? new { reason = "max_output_tokens" } : null,
            usage = !whole ? null : new
            {
                input_tokens = completion.InputTokens, input_tokens_details = new { cached_tokens = 0 },
                output_tokens = completion.OutputTokens, output_tokens_details = new { reasoning_tokens = 0 },
                total_tokens = completion.InputTokens + completion.OutputTokens,
            },
        };
    }
}

namespace Sidecar.FunctionalTests.Dialects;

/// <summary><c>/v1/messages</c>: named events, blocks by index, usage given provisionally and then in whole.</summary>
public sealed class AnthropicMessages : ApiDialect
{
    public override string Name => "anthropic";
    public override string Provider => "anthropic";
    public override string Path(bool stream, string model) => "/v1/messages";
    public override string Ping => Event("ping", new { type = "ping" }).Wire;

    public override string Request(bool stream, string model) =>
        Json(new { model, stream, max_tokens = 100, messages = new[] { new { role = "user", content = "Say it" } } });

    public override bool CanSay(Completion completion) => completion.Refusal.Count == 0;

    public override IEnumerable<Frame> Stream(Completion completion)
    {
        yield return Event("message_start", new
        {
            type = "message_start",
            message = new
            {
                id = "msg_1", type = "message", role = "assistant", model = completion.Model, content = Array.Empty<object>(),
                usage = new { input_tokens = completion.InputTokens, output_tokens = 1 },
            },
        });
        yield return Event("ping", new { type = "ping" });
        var index = 0;
        foreach (var (start, deltas) in Blocks(completion))
        {
            yield return Event("content_block_start", new { type = "content_block_start", index, content_block = start });
            foreach (var (delta, content) in deltas) yield return Event("content_block_delta", new { type = "content_block_delta", index, delta }, content);
            yield return Event("content_block_stop", new { type = "content_block_stop", index });
            index++;
        }
        yield return Event("message_delta", new
        {
            type = "message_delta", delta = new { stop_reason = StopReason(completion.Finish) },
            usage = new { input_tokens = completion.InputTokens, output_tokens = completion.OutputTokens },
        });
        yield return Event("message_stop", new { type = "message_stop" });
    }

    public override string Body(Completion completion)
    {
        var content = new List<object>();
        if (completion.Reasoning.Count > 0) content.Add(new { type = "thinking", thinking = string.Concat(completion.Reasoning), signature = "c2ln" });
        if (completion.Text.Count > 0) content.Add(new { type = "text", text = completion.WholeText });
        content.AddRange(completion.Tools.Select(tool => new { type = "tool_use", id = tool.Id, name = tool.Name, input = System.Text.Json.JsonElement.Parse(tool.WholeArguments) }));
        return Json(new
        {
            id = "msg_1", type = "message", role = "assistant", model = completion.Model, content, stop_reason = StopReason(completion.Finish),
            usage = new { input_tokens = completion.InputTokens, output_tokens = completion.OutputTokens },
        });
    }

    public override string Error(int status, string message) =>
        Json(new { type = "error", error = new { type = $"scripted_{status}_error", message }, request_id = "req_1" });

    public override string ErrorEvent(string message) => Event("error", new { type = "error", error = new { type = "overloaded_error", message } }).Wire;

    private static IEnumerable<(object Start, IEnumerable<(object Delta, bool Content)> Deltas)> Blocks(Completion completion)
    {
        if (completion.Reasoning.Count > 0)
        {
            yield return (new { type = "thinking", thinking = "", signature = "" },
                completion.Reasoning.Select(thinking => ((object)new { type = "thinking_delta", thinking }, true))
                    .Append((new { type = "signature_delta", signature = "c2ln" }, false)));
        }
        if (completion.Text.Count > 0)
        {
            yield return (new { type = "text", text = "" }, completion.Text.Select(text => ((object)new { type = "text_delta", text }, true)));
        }
        foreach (var tool in completion.Tools)
        {
            yield return (new { type = "tool_use", id = tool.Id, name = tool.Name, input = new { } },
                tool.Arguments.Select(part => ((object)new { type = "input_json_delta", partial_json = part }, true)).Prepend((new { type = "input_json_delta", partial_json = "" }, false)));
        }
    }

    private static string StopReason(Finish finish) => finish switch
    {
        Finish.Length => "max_tokens",
        Finish.ToolCalls => "tool_use",
        Finish.ContentFilter => "refusal",
        _ => "end_turn",
    };
}

using System.Text.Json;

namespace Sidecar.FunctionalTests.Dialects;

/// <summary><c>:generateContent</c> and <c>:streamGenerateContent</c>, as SSE with CRLF or as one JSON array.</summary>
public sealed class Gemini(bool sse) : ApiDialect
{
    public override string Name => sse ? "gemini-sse" : "gemini-array";
    public override string Provider => "gemini";
    public override string StreamType => sse ? "text/event-stream" : "application/json; charset=UTF-8";

    public override string Path(bool stream, string model) =>
        $"/v1beta/models/{model}:{(stream ? "streamGenerateContent" : "generateContent")}{(stream && sse ? "?alt=sse" : "")}";

    public override string Request(bool stream, string model) =>
        Json(new { contents = new[] { new { role = "user", parts = new[] { new { text = "Say it" } } } } });

    public override bool CanSay(Completion completion) => completion.Refusal.Count == 0;

    public override IEnumerable<Frame> Stream(Completion completion)
    {
        var parts = Parts(completion, whole: false).ToList();
        var first = true;
        foreach (var part in parts)
        {
            yield return Wrap(Chunk(completion, [part], null), ref first, content: true);
        }
        yield return Wrap(Chunk(completion, [new { text = "" }], FinishReason(completion.Finish)), ref first, content: false);
        if (!sse) yield return new Frame("\r\n]", false);
    }

    public override string Body(Completion completion) => Json(Chunk(completion, [.. Parts(completion, whole: true)], FinishReason(completion.Finish)));

    public override string Error(int status, string message) => Json(new { error = new { code = status, message, status = $"SCRIPTED_{status}" } });

    public override string ErrorEvent(string message) => sse ? base.ErrorEvent(message) : $"[{Error(500, message)}]";

    private Frame Wrap(object chunk, ref bool first, bool content)
    {
        var before = sse ? "data: " : first ? "[" : ",\r\n";
        first = false;
        return new Frame(before + Json(chunk) + (sse ? "\r\n\r\n" : ""), content);
    }

    private static IEnumerable<object> Parts(Completion completion, bool whole)
    {
        IEnumerable<string> Deltas(IReadOnlyList<string> deltas) => deltas.Count == 0 || !whole ? deltas : [string.Concat(deltas)];
        foreach (var text in Deltas(completion.Reasoning)) yield return new { text, thought = true };
        foreach (var text in Deltas(completion.Text)) yield return new { text };
        foreach (var tool in completion.Tools) yield return new { functionCall = new { name = tool.Name, args = JsonElement.Parse(tool.WholeArguments) } };
    }

    private static object Chunk(Completion completion, object[] parts, string? finish) => new
    {
        candidates = new[] { new { content = new { parts, role = "model" }, finishReason = finish, index = 0 } },
        usageMetadata = new
        {
            promptTokenCount = completion.InputTokens, candidatesTokenCount = completion.OutputTokens, totalTokenCount = completion.InputTokens + completion.OutputTokens,
        },
        modelVersion = completion.Model, responseId = "r1",
    };

    private static string FinishReason(Finish finish) => finish switch
    {
        Finish.Length => "MAX_TOKENS",
        Finish.ContentFilter => "SAFETY",
        _ => "STOP",
    };
}

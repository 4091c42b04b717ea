namespace Sidecar.FunctionalTests.Dialects;

/// <summary><c>/v1/completions</c>: text without roles.</summary>
public sealed class OpenAICompletions : ApiDialect
{
    public override string Name => "openai-completions";
    public override string Provider => "openai";
    public override string Path(bool stream, string model) => "/v1/completions";
    public override string Request(bool stream, string model) => Json(new { model, stream, prompt = "Say it" });
    public override bool CanSay(Completion completion) => completion is { Reasoning.Count: 0, Tools.Count: 0, Refusal.Count: 0 };

    public override IEnumerable<Frame> Stream(Completion completion)
    {
        Frame Chunk(string text, string? finish, object? usage = null) => Data(new
        {
            id = "cmpl-1", @object = "text_completion", created = 1700000000, model = completion.Model,
            choices = new[] { new { index = 0, text, finish_reason = finish } }, usage,
        }, text.Length > 0);

        yield return Chunk("", null);
        foreach (var text in completion.Text) yield return Chunk(text, null);
        yield return Chunk("", OpenAIChat.FinishReason(completion.Finish), OpenAIChat.Usage(completion));
        yield return new Frame("data: [DONE]\n\n", false);
    }

    public override string Body(Completion completion) => Json(new
    {
        id = "cmpl-1", @object = "text_completion", created = 1700000000, model = completion.Model,
        choices = new[] { new { index = 0, text = completion.WholeText, finish_reason = OpenAIChat.FinishReason(completion.Finish) } },
        usage = OpenAIChat.Usage(completion),
    });

    public override string Error(int status, string message) => new OpenAIChat().Error(status, message);
}

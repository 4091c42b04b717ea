using Anthropic;
using Anthropic.Core;
using Anthropic.Exceptions;
using Anthropic.Models.Messages;
using Sidecar.FunctionalTests.Dialects;

namespace Sidecar.FunctionalTests.Sdk;

/// <summary>Anthropic's own.</summary>
public sealed class AnthropicSdk : OfficialSdk
{
    public override string Name => "Anthropic";
    public override ApiDialect Dialect { get; } = new AnthropicMessages();

    public override async Task<Told> StreamAsync(Uri endpoint, CancellationToken cancel = default)
    {
        var listener = new Listener();
        using var client = Client(endpoint);
        await foreach (var update in client.Messages.CreateStreaming(Request, cancel))
        {
            var text = update.TryPickContentBlockDelta(out var block) && block.Delta.TryPickText(out var delta) ? delta.Text : null;
            listener.Hear($"{update.Value?.GetType().Name} {update.Json.GetRawText()}", text);
            if (!update.TryPickDelta(out var message)) continue;
            listener.Finish = message.Delta.StopReason?.Raw();
            listener.Input = message.Usage.InputTokens;
            listener.Output = message.Usage.OutputTokens;
        }
        return listener.Told;
    }

    public override async Task<Told> AskAsync(Uri endpoint)
    {
        using var client = Client(endpoint);
        var answer = await client.Messages.Create(Request);
        var texts = answer.Content.Select(block => block.TryPickText(out var text) ? text.Text : "");
        return new Told([answer.ToString()], string.Concat(texts), answer.StopReason?.Raw(), answer.Usage.InputTokens, answer.Usage.OutputTokens);
    }

    public override int? Status(Exception failure) => (int?)(failure as AnthropicApiException)?.StatusCode;

    private static MessageCreateParams Request => new() { Model = Model, MaxTokens = 100, Messages = [new UserMessageParam(Prompt)] };

    private static AnthropicClient Client(Uri endpoint) =>
        new() { BaseUrl = endpoint.GetLeftPart(UriPartial.Authority), ApiKey = "test", MaxRetries = 0, Timeout = Bound.Wait };
}

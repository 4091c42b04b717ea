using System.ClientModel;
using System.Text.Json;
using Microsoft.Extensions.AI;
using Sidecar.FunctionalTests.Dialects;

namespace Sidecar.FunctionalTests.Sdk;

/// <summary>Microsoft.Extensions.AI over OpenAI's chat client.</summary>
public sealed class ExtensionsAISdk : OfficialSdk
{
    public override string Name => "Microsoft.Extensions.AI.OpenAI";
    public override ApiDialect Dialect { get; } = new OpenAIChat();

    public override async Task<Told> StreamAsync(Uri endpoint, CancellationToken cancel = default)
    {
        var listener = new Listener();
        using var client = OpenAIChatSdk.Client(endpoint).AsIChatClient();
        await foreach (var update in client.GetStreamingResponseAsync(Prompt, cancellationToken: cancel))
        {
            listener.Hear(Spell(update), update.Text);
            listener.Finish = update.FinishReason?.Value ?? listener.Finish;
            foreach (var usage in update.Contents.OfType<UsageContent>())
            {
                listener.Input = usage.Details.InputTokenCount;
                listener.Output = usage.Details.OutputTokenCount;
            }
        }
        return listener.Told;
    }

    public override async Task<Told> AskAsync(Uri endpoint)
    {
        using var client = OpenAIChatSdk.Client(endpoint).AsIChatClient();
        var answer = await client.GetResponseAsync(Prompt);
        return new Told([Spell(answer)], answer.Text, answer.FinishReason?.Value, answer.Usage?.InputTokenCount, answer.Usage?.OutputTokenCount);
    }

    public override int? Status(Exception failure) => (failure as ClientResultException)?.Status;

    private static string Spell<T>(T value) => JsonSerializer.Serialize(value, AIJsonUtilities.DefaultOptions);
}

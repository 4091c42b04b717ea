using System.ClientModel;
using System.ClientModel.Primitives;
using OpenAI;
using OpenAI.Chat;
using Sidecar.FunctionalTests.Dialects;

namespace Sidecar.FunctionalTests.Sdk;

/// <summary>OpenAI's own, chat completions.</summary>
public sealed class OpenAIChatSdk : OfficialSdk
{
    public override string Name => "OpenAI chat";
    public override ApiDialect Dialect { get; } = new OpenAIChat();

    public override async Task<Told> StreamAsync(Uri endpoint, CancellationToken cancel = default)
    {
        var listener = new Listener();
        await foreach (var update in Client(endpoint).CompleteChatStreamingAsync([new UserChatMessage(Prompt)], cancellationToken: cancel))
        {
            listener.Hear(ModelReaderWriter.Write(update).ToString(), string.Concat(update.ContentUpdate.Select(part => part.Text)));
            listener.Finish = update.FinishReason?.ToString() ?? listener.Finish;
            listener.Input = update.Usage?.InputTokenCount ?? listener.Input;
            listener.Output = update.Usage?.OutputTokenCount ?? listener.Output;
        }
        return listener.Told;
    }

    public override async Task<Told> AskAsync(Uri endpoint)
    {
        var answer = (await Client(endpoint).CompleteChatAsync([new UserChatMessage(Prompt)])).Value;
        return new Told([ModelReaderWriter.Write(answer).ToString()], string.Concat(answer.Content.Select(part => part.Text)),
            answer.FinishReason.ToString(), answer.Usage.InputTokenCount, answer.Usage.OutputTokenCount);
    }

    public override int? Status(Exception failure) => (failure as ClientResultException)?.Status;

    internal static ChatClient Client(Uri endpoint) => new(Model, new ApiKeyCredential("test"), new OpenAIClientOptions
    {
        Endpoint = new Uri(endpoint, "/v1"), RetryPolicy = new ClientRetryPolicy(0), NetworkTimeout = Bound.Wait,
    });
}

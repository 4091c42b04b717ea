using System.ClientModel;
using System.ClientModel.Primitives;
using OpenAI.Responses;
using Sidecar.FunctionalTests.Dialects;

namespace Sidecar.FunctionalTests.Sdk;

/// <summary>OpenAI's own, responses.</summary>
public sealed class OpenAIResponsesSdk : OfficialSdk
{
    public override string Name => "OpenAI responses";
    public override ApiDialect Dialect { get; } = new OpenAIResponses();

    public override async Task<Told> StreamAsync(Uri endpoint, CancellationToken cancel = default)
    {
        var listener = new Listener(cancel);
        await foreach (var update in await Client(endpoint).CreateResponseStreamingAsync(Model, Prompt, cancellationToken: cancel))
        {
            listener.Hear($"{update.GetType().Name} {ModelReaderWriter.Write(update)}", (update as StreamingResponseOutputTextDeltaUpdate)?.Delta);
            var response = update switch
            {
                StreamingResponseCompletedUpdate completed => completed.Response,
                StreamingResponseIncompleteUpdate incomplete => incomplete.Response,
                _ => null,
            };
            listener.Finish = Ended(response) ?? listener.Finish;
            listener.Input = response?.Usage?.InputTokenCount ?? listener.Input;
            listener.Output = response?.Usage?.OutputTokenCount ?? listener.Output;
        }
        return listener.Told;
    }

    public override async Task<Told> AskAsync(Uri endpoint)
    {
        var answer = (await Client(endpoint).CreateResponseAsync(Model, Prompt)).Value;
        return new Told([ModelReaderWriter.Write(answer).ToString()], answer.GetOutputText() ?? "", Ended(answer),
            answer.Usage?.InputTokenCount, answer.Usage?.OutputTokenCount);
    }

    // Why it is incomplete tells more than that it is.
    private static string? Ended(ResponseResult? response) =>
        response?.IncompleteStatusDetails?.Reason?.ToString() ?? response?.Status?.ToString();

    public override int? Status(Exception failure) => (failure as ClientResultException)?.Status;

    private static ResponsesClient Client(Uri endpoint) => new(new ApiKeyCredential("test"), new ResponsesClientOptions
    {
        Endpoint = new Uri(endpoint, "/v1"), RetryPolicy = new ClientRetryPolicy(0), NetworkTimeout = Bound.Wait,
    });
}

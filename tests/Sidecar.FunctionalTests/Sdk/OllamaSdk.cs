using System.Text.Json;
using OllamaSharp;
using OllamaSharp.Models;
using OllamaSharp.Models.Chat;
using Sidecar.FunctionalTests.Dialects;

namespace Sidecar.FunctionalTests.Sdk;

/// <summary>OllamaSharp: the client that Ollama's own pages name for .NET.</summary>
public sealed class OllamaSdk(bool chat) : OfficialSdk
{
    public override string Name => chat ? "OllamaSharp chat" : "OllamaSharp generate";
    public override ApiDialect Dialect { get; } = new Ollama(chat);

    public override Task<Told> StreamAsync(Uri endpoint, CancellationToken cancel = default) => ReadAsync(endpoint, stream: true, cancel);

    public override Task<Told> AskAsync(Uri endpoint) => ReadAsync(endpoint, stream: false, default);

    public override int? Status(Exception failure) => (int?)(failure as HttpRequestException)?.StatusCode;

    private async Task<Told> ReadAsync(Uri endpoint, bool stream, CancellationToken cancel)
    {
        var listener = new Listener();
        using var client = new OllamaApiClient(endpoint, Model);
        if (chat)
        {
            var request = new ChatRequest { Model = Model, Stream = stream, Messages = [new Message(ChatRole.User, Prompt)] };
            await foreach (var line in client.ChatAsync(request, cancel)) Hear(listener, line);
        }
        else
        {
            var request = new GenerateRequest { Model = Model, Stream = stream, Prompt = Prompt };
            await foreach (var line in client.GenerateAsync(request, cancel)) Hear(listener, line);
        }
        return listener.Told;
    }

    private static void Hear(Listener listener, ChatResponseStream? line)
    {
        Assert.NotNull(line);
        listener.Hear($"{line.GetType().Name} {JsonSerializer.Serialize<object>(line)}", line.Message.Content);
        if (line is not ChatDoneResponseStream done) return;
        (listener.Finish, listener.Input, listener.Output) = (done.DoneReason, done.PromptEvalCount, done.EvalCount);
    }

    private static void Hear(Listener listener, GenerateResponseStream? line)
    {
        Assert.NotNull(line);
        listener.Hear($"{line.GetType().Name} {JsonSerializer.Serialize<object>(line)}", line.Response);
        if (line is not GenerateDoneResponseStream done) return;
        (listener.Finish, listener.Input, listener.Output) = (done.DoneReason, done.PromptEvalCount, done.EvalCount);
    }
}

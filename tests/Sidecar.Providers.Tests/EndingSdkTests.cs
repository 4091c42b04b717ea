using System.ClientModel;
using System.ClientModel.Primitives;
using System.Net;
using System.Text;
using Anthropic;
using Anthropic.Models.Messages;
using OllamaSharp;
using OllamaSharp.Models;
using OllamaSharp.Models.Chat;
using OpenAI;
using OpenAI.Chat;
using OpenAI.Responses;

namespace Sidecar.Providers.Tests;

/// <summary>That official SDKs finish normally at a moderated ending, whatever was sent before it.</summary>
public class EndingSdkTests
{
    [Theory]
    [MemberData(nameof(ModeratedEndingTests.OfChat), MemberType = typeof(ModeratedEndingTests))]
    public async Task OpenAI_chat_finishes_as_filtered(string state, string[] sent, string expected)
    {
        var finish = new List<ChatFinishReason>();
        await foreach (var update in Chat(new EndingScript(OpenAIChat.Instance, sent).Stream, "text/event-stream").CompleteChatStreamingAsync([new UserChatMessage("x")]))
        {
            if (update.FinishReason is { } reason) finish.Add(reason);
        }
        Assert.Equal(expected.Length == 0 ? ChatFinishReason.Stop : ChatFinishReason.ContentFilter, finish[^1]);
        Assert.NotEmpty(state);
    }

    [Theory]
    [MemberData(nameof(ResponsesEndingTests.States), MemberType = typeof(ResponsesEndingTests))]
    public async Task OpenAI_responses_finish_as_incomplete(string state, string[] sent, string expected)
    {
        ResponseResult? last = null;
        await foreach (var update in await Responses(new EndingScript(OpenAIResponses.Instance, sent).Stream, "text/event-stream").CreateResponseStreamingAsync("m", "x"))
        {
            last = (update as StreamingResponseIncompleteUpdate)?.Response;
            _ = ModelReaderWriter.Write(update);
        }
        Assert.Equal(ResponseStatus.Incomplete, last?.Status);
        Assert.Equal(ResponseIncompleteStatusReason.ContentFilter, last!.IncompleteStatusDetails?.Reason);
        Assert.NotEmpty(state + expected);
    }

    [Fact]
    public async Task OpenAI_responses_finish_though_nothing_was_sent() => await OpenAI_responses_finish_as_incomplete("nothing sent", [], "");

    [Theory]
    [MemberData(nameof(ModeratedEndingTests.OfAnthropic), MemberType = typeof(ModeratedEndingTests))]
    public async Task Anthropic_finishes_with_a_refusal(string state, string[] sent, string expected)
    {
        using var client = new AnthropicClient { ApiKey = "k", MaxRetries = 0, HttpClient = Http(new EndingScript(AnthropicMessages.Instance, sent).Stream, "text/event-stream") };
        var (reason, isStopped) = ("", false);
        await foreach (var update in client.Messages.CreateStreaming(Request))
        {
            if (update.TryPickDelta(out var delta)) reason = delta.Delta.StopReason?.Raw();
            isStopped = update.TryPickStop(out _);
        }
        Assert.Equal(expected.Length == 0 ? "end_turn" : "refusal", reason);
        Assert.True(isStopped, state);
    }

    [Theory]
    [InlineData("""{"model":"m","created_at":"2025-01-01T00:00:00Z","message":{"role":"assistant","content":"Hi"},"done":false}""")]
    [InlineData(null)]
    public async Task Ollama_chat_is_done(string? sent)
    {
        using var client = new OllamaApiClient(Http(new EndingScript(Ollama.Instance, sent is null ? [] : [sent]).Stream, "application/x-ndjson"), "m");
        ChatResponseStream? last = null;
        await foreach (var line in client.ChatAsync(new ChatRequest { Messages = [new OllamaSharp.Models.Chat.Message(ChatRole.User, "x")] })) last = line;
        Assert.Equal("content_filter", Assert.IsType<ChatDoneResponseStream>(last).DoneReason);
    }

    [Theory]
    [InlineData("""{"model":"m","created_at":"2025-01-01T00:00:00Z","response":"Hi","done":false}""")]
    [InlineData(null)]
    public async Task Ollama_generate_is_done(string? sent)
    {
        using var client = new OllamaApiClient(Http(new EndingScript(Ollama.Instance, sent is null ? [] : [sent]).Stream, "application/x-ndjson"), "m");
        GenerateResponseStream? last = null;
        await foreach (var line in client.GenerateAsync(new GenerateRequest { Prompt = "x" })) last = line;
        Assert.Equal("content_filter", Assert.IsType<GenerateDoneResponseStream>(last).DoneReason);
    }

    [Theory]
    [InlineData("")]
    [InlineData("""{"id":"i","model":"m","created":1,"created_at":1,"usage":{"prompt_tokens":1,"completion_tokens":2,"total_tokens":3,"input_tokens":1,"output_tokens":2,"total_tokens":3}}""")]
    public async Task Whole_bodies_are_answers_that_were_filtered(string withheld)
    {
        var chat = (await Chat(Body(OpenAIChat.Instance, withheld), "application/json").CompleteChatAsync([new UserChatMessage("x")])).Value;
        Assert.Equal(ChatFinishReason.ContentFilter, chat.FinishReason);
        var response = (await Responses(Body(OpenAIResponses.Instance, withheld), "application/json").CreateResponseAsync("m", "x")).Value;
        Assert.Equal((ResponseStatus.Incomplete, ""), (response.Status, response.GetOutputText() ?? ""));
        using var anthropic = new AnthropicClient { ApiKey = "k", MaxRetries = 0, HttpClient = Http(Body(AnthropicMessages.Instance, withheld), "application/json") };
        Assert.Equal("refusal", (await anthropic.Messages.Create(Request)).StopReason?.Raw());
    }

    private static MessageCreateParams Request => new() { Model = "m", MaxTokens = 10, Messages = [new UserMessageParam("x")] };

    private static string Body(Dialect dialect, string withheld)
    {
        var writer = new System.Buffers.ArrayBufferWriter<byte>();
        ModeratedBody.Write(dialect, Encoding.UTF8.GetBytes(withheld), writer);
        return Encoding.UTF8.GetString(writer.WrittenSpan);
    }

    private static ChatClient Chat(string body, string type) => new("m", new ApiKeyCredential("k"), new OpenAIClientOptions
    {
        RetryPolicy = new ClientRetryPolicy(0), Transport = new HttpClientPipelineTransport(Http(body, type)),
    });

    private static ResponsesClient Responses(string body, string type) => new(new ApiKeyCredential("k"), new ResponsesClientOptions
    {
        RetryPolicy = new ClientRetryPolicy(0), Transport = new HttpClientPipelineTransport(Http(body, type)),
    });

    private static HttpClient Http(string body, string type) => new(new Answer(body, type)) { BaseAddress = new Uri("http://provider.invalid") };

    /// <summary>Answers every request with the same body; no socket is opened.</summary>
    private sealed class Answer(string body, string type) : HttpMessageHandler
    {
        protected override HttpResponseMessage Send(HttpRequestMessage request, CancellationToken cancellationToken) =>
            new(HttpStatusCode.OK) { Content = new StringContent(body, Encoding.UTF8, type), RequestMessage = request };

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
            Task.FromResult(Send(request, cancellationToken));
    }
}

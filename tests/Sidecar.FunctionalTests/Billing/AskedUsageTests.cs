using System.ClientModel;
using System.ClientModel.Primitives;
using System.Text.Json;
using System.Text.Json.Nodes;
using OpenAI;
using OpenAI.Chat;
using Sidecar.FunctionalTests.Client;
using Sidecar.FunctionalTests.Dialects;
using Sidecar.FunctionalTests.Product;
using Sidecar.FunctionalTests.Provider;

namespace Sidecar.FunctionalTests.Billing;

/// <summary>Usage is asked for where the client does not ask, and the client does not notice.</summary>
public sealed class AskedUsageTests(SidecarFixture fixture) : IClassFixture<SidecarFixture>
{
    private static readonly OpenAIChat Chat = new();

    [Theory]
    [InlineData("/v1/chat/completions", """{ "model" : "gpt-4o", "stream":true, "messages":[{"role":"user","content":"é 😀"}] }""")]
    [InlineData("/v1/chat/completions", """{"stream_options":{"include_usage":false},"model":"gpt-4o","stream":true}""")]
    [InlineData("/v1/completions", """{"model":"gpt-4o","stream":true,"stream_options":null}""")]
    public async Task A_client_that_does_not_ask_gets_the_bytes_it_would_get_and_the_figures_are_known(string path, string body)
    {
        fixture.Provider.Respond = Answer;
        var id = $"asked-{Guid.NewGuid():n}";
        var response = await AskAsync(fixture.Sidecar, path, body, id);
        var asked = fixture.Provider.TakeAll().Single().Request;
        Assert.True(Asks(asked));
        Assert.Equal(asked.Body.Length.ToString(System.Globalization.CultureInfo.InvariantCulture), asked.Header("content-length"));
        Assert.True(JsonNode.DeepEquals(Without(body), Without(asked.Text)));
        Assert.Equal(Wire(withUsage: false), response.Text);
        var line = await fixture.Sidecar.AccessLineAsync(id);
        Assert.Equal((11, 7, "usage", 0.0000975m), (line.GetProperty("input_tokens").GetInt64(), line.GetProperty("output_tokens").GetInt64(),
            line.GetProperty("usage_source").GetString(), line.GetProperty("cost_usd").GetDecimal()));
    }

    [Theory]
    [InlineData("/v1/chat/completions", """{"model":"gpt-4o","stream":true,"stream_options":{"include_usage":true}}""", true)]
    [InlineData("/v1/chat/completions", """{"model":"gpt-4o","stream":false}""", false)]
    [InlineData("/v1/chat/completions", """{"model":"gpt-4o"}""", false)]
    [InlineData("/v1/responses", """{"model":"gpt-4o","stream":true}""", false)]
    [InlineData("/v1/messages", """{"model":"claude-sonnet-4","stream":true}""", false)]
    [InlineData("/api/chat", """{"model":"llama3","stream":true}""", false)]
    public async Task Any_other_request_goes_as_it_came_and_its_answer_too(string path, string body, bool hasUsage)
    {
        fixture.Provider.Respond = Answer;
        var response = await AskAsync(fixture.Sidecar, path, body, $"other-{Guid.NewGuid():n}");
        Assert.Equal(body, fixture.Provider.TakeAll().Single().Request.Text);
        Assert.Equal(Wire(hasUsage), response.Text);
    }

    [Fact]
    public async Task It_can_be_turned_off_for_servers_that_refuse_what_they_do_not_know()
    {
        await using var provider = new ScriptedProvider();
        provider.Respond = Answer;
        await using var sidecar = await SidecarProcess.ServeAsync(SidecarFixture.Yaml(provider.Uri) + "usage: { inject_include_usage: false }\n");
        const string body = """{"model":"gpt-4o","stream":true}""";
        Assert.Equal(Wire(withUsage: false), (await AskAsync(sidecar, "/v1/chat/completions", body, "off")).Text);
        Assert.Equal(body, provider.TakeAll().Single().Request.Text);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task The_official_SDK_yields_the_same_updates_whether_it_asks_or_not(bool asks)
    {
        fixture.Provider.Respond = Answer;
        var straight = await StreamAsync(fixture.Provider.Uri, asks);
        var through = await StreamAsync(fixture.Sidecar.DataUri, asks);
        Assert.Equal(straight, through);
        Assert.Equal(asks ? "11+7" : "", through[^1]);
        Assert.Equal([asks, true], fixture.Provider.TakeAll().Select(exchange => Asks(exchange.Request)));
    }

    private static async Task<List<string>> StreamAsync(Uri endpoint, bool asks)
    {
        var options = new OpenAIClientOptions { Endpoint = new Uri(endpoint, "/v1"), RetryPolicy = new ClientRetryPolicy(0), NetworkTimeout = Bound.Wait };
        if (!asks) options.AddPolicy(new NotAsking(), PipelinePosition.PerCall);
        var told = new List<string>();
        var usage = "";
        await foreach (var update in new ChatClient("gpt-4o", new ApiKeyCredential("test"), options).CompleteChatStreamingAsync([new UserChatMessage("Say it")]))
        {
            told.Add(ModelReaderWriter.Write(update).ToString());
            if (update.Usage is { } given) usage = $"{given.InputTokenCount}+{given.OutputTokenCount}";
        }
        return [.. told, usage];
    }

    private static async Task<RawResponse> AskAsync(SidecarProcess sidecar, string path, string body, string id)
    {
        using var client = await RawClient.ConnectAsync(sidecar.DataUri);
        await client.SendAsync(System.Text.Encoding.UTF8.GetBytes(
            $"POST {path} HTTP/1.1\r\nhost: h\r\nx-request-id: {id}\r\ncontent-type: application/json\r\ncontent-length: {System.Text.Encoding.UTF8.GetByteCount(body)}\r\n\r\n{body}"), Cut.Whole);
        return await client.ResponseAsync("POST");
    }

    /// <summary>As OpenAI does: the usage chunk for those who asked.</summary>
    private static Script Answer(ReceivedRequest request) => Script.Response("text/event-stream", Framing.Chunked, Frames(Asks(request)).Select(wire => (Step)wire));

    private static IEnumerable<string> Frames(bool withUsage) =>
        Chat.Stream(Completion.Hello).Select(frame => frame.Wire).Where(wire => withUsage || !wire.Contains("\"usage\":{", StringComparison.Ordinal));

    private static string Wire(bool withUsage) => string.Concat(Frames(withUsage));

    private static bool Asks(ReceivedRequest request) =>
        JsonNode.Parse(request.Body)!["stream_options"] is JsonObject options && options["include_usage"]?.GetValueKind() == JsonValueKind.True;

    private static JsonNode Without(string body)
    {
        var node = JsonNode.Parse(body)!;
        node.AsObject().Remove("stream_options");
        return node;
    }

    /// <summary>Takes <c>stream_options</c>, which this SDK always sends, out of its requests.</summary>
    private sealed class NotAsking : PipelinePolicy
    {
        public override void Process(PipelineMessage message, IReadOnlyList<PipelinePolicy> pipeline, int currentIndex) => throw new NotSupportedException();

        public override ValueTask ProcessAsync(PipelineMessage message, IReadOnlyList<PipelinePolicy> pipeline, int currentIndex)
        {
            using var body = new MemoryStream();
            message.Request.Content!.WriteTo(body);
            message.Request.Content = BinaryContent.Create(BinaryData.FromString(Without(System.Text.Encoding.UTF8.GetString(body.ToArray())).ToJsonString()));
            return ProcessNextAsync(message, pipeline, currentIndex);
        }
    }
}

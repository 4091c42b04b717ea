using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Sidecar.FunctionalTests.Client;
using Sidecar.FunctionalTests.Dialects;
using Sidecar.FunctionalTests.Product;
using Sidecar.FunctionalTests.Provider;

namespace Sidecar.FunctionalTests.Http;

/// <summary>A sidecar with tight bounds and short clocks.</summary>
public sealed class TightFixture : SidecarFixture
{
    protected override string Settings => """
        http: { max_header_bytes: 4KB, max_headers: 20, max_request_body: 1KB }
        streaming:
          max_concurrent_streams: 2
          max_event_bytes: 2KB
          client_timeout: { initial: 500ms, between_chunks: 500ms, total: 60s }
        """;
}

/// <summary>Bounds and clocks, each with its own error in the dialect's shape.</summary>
public sealed class LimitTests(TightFixture fixture) : IClassFixture<TightFixture>
{
    private static readonly OpenAIChat Chat = new();

    [Theory]
    [InlineData("content-length: 1025\r\n\r\n", 0, "")]
    [InlineData("content-length: 1025\r\nexpect: 100-continue\r\n\r\n", 0, "")]
    [InlineData("transfer-encoding: chunked\r\n\r\n401\r\n", 1025, "")]
    [InlineData("transfer-encoding: chunked\r\n\r\n7fffffff\r\n", 1025, "")]
    [InlineData("transfer-encoding: chunked\r\n\r\n400\r\n", 1024, "\r\n1\r\nx\r\n0\r\n\r\n")]
    public async Task A_body_past_max_request_body_is_answered_413(string framing, int length, string rest)
    {
        var response = await RawClient.AskAsync(fixture.Sidecar.DataUri, $"POST /v1/messages HTTP/1.1\r\nhost: a\r\n{framing}{new string('x', length)}{rest}");
        Assert.Equal(413, response.Status);
        Assert.Equal("error", response.Json.GetProperty("type").GetString());
        Assert.Empty(response.Interim);
    }

    [Fact]
    public async Task A_body_of_exactly_max_request_body_is_sent_on()
    {
        fixture.Provider.Respond = request => Script.Json(200, request.Body.Length.ToString(System.Globalization.CultureInfo.InvariantCulture));
        Assert.Equal("1024", (await RawClient.AskAsync(fixture.Sidecar.DataUri, RawClient.Post("/v1/x", $"\"{new string('x', 1022)}\""))).Text);
    }

    [Theory]
    [InlineData(5000, 1)]
    [InlineData(1, 21)]
    public async Task A_head_past_its_bounds_is_answered_431(int length, int count)
    {
        var fields = string.Concat(Enumerable.Range(0, count).Select(i => $"x-{i}: {new string('a', length)}\r\n"));
        var response = await RawClient.AskAsync(fixture.Sidecar.DataUri, $"GET /v1/x HTTP/1.1\r\nhost: a\r\n{fields}\r\n");
        Assert.Equal((431, "header_too_large"), (response.Status, response.Json.GetProperty("error").GetProperty("code").GetString()));
    }

    [Theory]
    [InlineData("POST /v1/messages HTTP/1.1\r\nhost: a\r\ncontent-length: 10\r\n\r\n12345")]
    [InlineData("POST /v1/messages HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\n5\r\n12345\r\n")]
    [InlineData("POST /v1/messages HTTP/1.1\r\nhost: a\r\nx-a")]
    public async Task A_request_that_does_not_come_to_its_end_is_answered_408(string begun)
    {
        using var client = await RawClient.ConnectAsync(fixture.Sidecar.DataUri);
        await client.SendAsync(begun);
        var response = await client.ResponseAsync("POST");
        Assert.Equal(408, response.Status);
        Assert.Contains("in time", response.Text, StringComparison.Ordinal);
        await client.EndAsync();
    }

    [Fact]
    public async Task Past_max_concurrent_streams_the_answer_is_503_with_retry_after_in_the_dialect()
    {
        var rest = new Signal();
        var anthropic = new AnthropicMessages();
        fixture.Provider.Respond = _ => Script.Response("text/event-stream", Framing.Chunked, "data: 1\n\n", new Step.WaitFor(rest), "data: [DONE]\n\n");
        fixture.Provider.TakeAll();
        using var first = await BeginAsync();
        using var second = await BeginAsync();
        var response = await RawClient.AskAsync(fixture.Sidecar.DataUri, RawClient.Post(anthropic.Path(true, "m"), anthropic.Request(true, "m")));
        Assert.Equal((503, "error"), (response.Status, response.Json.GetProperty("type").GetString()));
        Assert.True(int.Parse(response.Header("retry-after")!, System.Globalization.CultureInfo.InvariantCulture) > 0);
        rest.Raise();
        await (await first.HeadAsync("POST")).CompleteAsync();
        await (await second.HeadAsync("POST")).CompleteAsync();
        fixture.Provider.Respond = _ => Chat.Streamed(Completion.Hello);
        Assert.Equal(200, (await RawClient.AskAsync(fixture.Sidecar.DataUri, RawClient.Post(Chat.Path(true, "m"), Chat.Request(true, "m")))).Status);
    }

    [Theory]
    [MemberData(nameof(ApiDialect.Names), MemberType = typeof(ApiDialect))]
    public async Task An_event_longer_than_max_event_bytes_ends_the_stream_with_an_error(string dialectName)
    {
        var dialect = ApiDialect.Of(dialectName);
        var frames = dialect.Stream(new Completion { Text = ["short", new string('x', 4000)] }).Select(frame => frame.Wire).ToList();
        var whole = frames.TakeWhile(frame => frame.Length < 2048).ToList();
        fixture.Provider.Respond = _ => Script.Response(dialect.StreamType, Framing.Chunked, frames.Select(frame => (Step)frame));
        var id = $"too-long-{dialectName}";
        var response = await RawClient.AskAsync(fixture.Sidecar.DataUri, RawClient.Post(dialect.Path(true, "m"), dialect.Request(true, "m"), $"x-request-id: {id}"));
        Assert.StartsWith(string.Concat(whole), response.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("xxxx", response.Text, StringComparison.Ordinal);
        Assert.Equal("overflow", (await fixture.Sidecar.AccessLineAsync(id)).GetProperty("outcome").GetString());
    }

    [Fact]
    public async Task A_provider_that_refuses_connections_is_answered_502_in_the_dialect()
    {
        using var closed = new Socket(SocketType.Stream, ProtocolType.Tcp);
        closed.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        await using var sidecar = await SidecarProcess.ServeAsync(SidecarFixture.Yaml(new Uri($"http://{closed.LocalEndPoint}")));
        foreach (var dialect in ApiDialect.All)
        {
            var response = await RawClient.AskAsync(sidecar.DataUri, RawClient.Post(dialect.Path(true, "m"), dialect.Request(true, "m")));
            Assert.Equal(502, response.Status);
            if (dialect.Provider == "openai") Assert.Equal("upstream_unreachable", response.Json.GetProperty("error").GetProperty("code").GetString());
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task No_content_within_first_token_timeout_is_answered_504_or_ends_the_stream_with_an_error(bool roleOnly)
    {
        await using var provider = new ScriptedProvider();
        await using var sidecar = await SidecarProcess.ServeAsync($$"""
            upstreams: { model: { url: "{{provider.Uri}}", provider: openai } }
            routes: [ { name: all, match: { path: "/*" }, upstreams: [ { name: model } ], first_token_timeout: 300ms } ]
            """);
        var role = Chat.Stream(Completion.Hello).First().Wire;
        provider.Respond = _ => roleOnly
            ? Script.Response("text/event-stream", Framing.Chunked, role, new Step.WaitFor(new Signal()))
            : Script.Raw(new Step.WaitFor(new Signal()));
        using var client = await RawClient.ConnectAsync(sidecar.DataUri);
        var started = Stopwatch.GetTimestamp();
        await client.PostAsync(Chat.Path(true, "m"), Chat.Request(true, "m"), "x-request-id: late");
        var response = await client.HeadAsync("POST");
        await response.ReadOutAsync();
        Assert.Equal(roleOnly ? 200 : 504, response.Status);
        Assert.Contains("first_token_timeout", response.Text, StringComparison.Ordinal);
        Assert.InRange(Stopwatch.GetElapsedTime(started).TotalSeconds, 0.29, 5);
        await Bound.ForAsync((await provider.NextAsync()).PeerLeft.Raised, "the close of the provider's connection");
        Assert.Equal("upstream_timeout", (await sidecar.AccessLineAsync("late")).GetProperty("outcome").GetString());
    }

    private async Task<RawClient> BeginAsync()
    {
        var client = await RawClient.ConnectAsync(fixture.Sidecar.DataUri);
        await client.PostAsync(Chat.Path(true, "m"), Chat.Request(true, "m"));
        await fixture.Provider.NextAsync();
        return client;
    }
}

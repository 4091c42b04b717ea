using System.Text;
using Sidecar.FunctionalTests.Client;
using Sidecar.FunctionalTests.Dialects;
using Sidecar.FunctionalTests.Product;
using Sidecar.FunctionalTests.Provider;

namespace Sidecar.FunctionalTests.Http;

/// <summary>What RFC 9112 lets a client do with a connection, and what arrives at the provider.</summary>
public sealed class ConnectionTests(SidecarFixture fixture) : IClassFixture<SidecarFixture>
{
    private static readonly OpenAIChat Chat = new();
    private static string Ask => RawClient.Post("/v1/chat/completions", Chat.Request(true, "m"));

    [Fact]
    public async Task A_connection_is_kept_for_many_requests_and_so_is_the_providers()
    {
        fixture.Provider.Respond = _ => Chat.Streamed(Completion.Hello);
        using var client = await RawClient.ConnectAsync(fixture.Sidecar.DataUri);
        var accepted = fixture.Provider.Accepted;
        for (var i = 0; i < 20; i++)
        {
            await client.SendAsync(Ask);
            Assert.Equal(Chat.StreamBytes(Completion.Hello), (await client.ResponseAsync("POST")).Body.ToArray());
        }
        Assert.InRange(fixture.Provider.Accepted - accepted, 0, 1);
        Assert.Equal(ConnectionEnd.Open, client.End);
    }

    [Fact]
    public async Task Three_pipelined_requests_are_answered_in_order()
    {
        fixture.Provider.Respond = request => Script.Json(200, $"\"{request.Target}\"");
        using var client = await RawClient.ConnectAsync(fixture.Sidecar.DataUri);
        var requests = string.Concat(new[] { "/v1/1", "/v1/2", "/v1/3" }.Select(target => RawClient.Post(target, "{}")));
        foreach (var cut in new[] { Cut.Whole, Cut.ByteByByte, Cut.Random(1, 30) })
        {
            await client.SendAsync(Encoding.ASCII.GetBytes(requests), cut);
            foreach (var target in new[] { "/v1/1", "/v1/2", "/v1/3" }) Assert.Equal($"\"{target}\"", (await client.ResponseAsync("POST")).Text);
        }
    }

    [Fact]
    public async Task A_request_pipelined_behind_a_stream_is_answered_after_it()
    {
        var rest = new Signal();
        fixture.Provider.Respond = request => request.Target == "/v1/models"
            ? Script.Json(200, "[]")
            : Script.Response("text/event-stream", Framing.Chunked, "data: 1\n\n", new Step.WaitFor(rest), "data: [DONE]\n\n");
        using var client = await RawClient.ConnectAsync(fixture.Sidecar.DataUri);
        await client.SendAsync(Ask + "GET /v1/models HTTP/1.1\r\nhost: sidecar.test\r\n\r\n");
        var stream = await client.HeadAsync("POST");
        await stream.ArrivedAsync("data: 1\n\n".Length);
        rest.Raise();
        await stream.CompleteAsync();
        Assert.Equal("[]", (await client.ResponseAsync()).Text);
    }

    [Fact]
    public async Task A_client_that_expects_100_is_told_to_continue_and_then_answered()
    {
        fixture.Provider.Respond = request => Script.Json(200, request.Text);
        using var client = await RawClient.ConnectAsync(fixture.Sidecar.DataUri);
        fixture.Provider.TakeAll();
        await client.SendAsync("POST /v1/x HTTP/1.1\r\nhost: sidecar.test\r\nexpect: 100-continue\r\ncontent-length: 7\r\n\r\n");
        await client.UnreadAsync("HTTP/1.1 100 Continue\r\n\r\n");
        await client.SendAsync("\"hello\"");
        var response = await client.ResponseAsync("POST");
        Assert.Equal((200, "\"hello\""), (response.Status, response.Text));
        Assert.Equal([100], response.Interim);
        Assert.Empty((await fixture.Provider.NextAsync()).Request.All("expect"));
    }

    [Theory]
    [InlineData("5\r\nhello\r\n0\r\n\r\n", "hello")]
    [InlineData("5;name=value\r\nhello\r\n0;last\r\n\r\n", "hello")]
    [InlineData("5 ; name = \"a;b\\\"c\"\r\nhello\r\n0\r\n\r\n", "hello")]
    [InlineData("1\r\nh\r\n4\r\nello\r\n0\r\nx-trailer: 1\r\nx-sum: 2\r\n\r\n", "hello")]
    [InlineData("00005\r\nhello\r\n000\r\n\r\n", "hello")]
    [InlineData("A\r\n0123456789\r\na\r\nabcdefghij\r\n0\r\n\r\n", "0123456789abcdefghij")]
    [InlineData("0\r\n\r\n", "")]
    public async Task A_chunked_upload_arrives_whole_without_its_extensions_and_trailers(string chunks, string body)
    {
        fixture.Provider.Respond = request => Script.Json(200, $"\"{request.Text}\"");
        foreach (var cut in new[] { Cut.Whole, Cut.ByteByByte })
        {
            using var client = await RawClient.ConnectAsync(fixture.Sidecar.DataUri);
            fixture.Provider.TakeAll();
            await client.SendAsync(Encoding.ASCII.GetBytes("POST /v1/x HTTP/1.1\r\nhost: sidecar.test\r\ntransfer-encoding: chunked\r\n\r\n" + chunks), cut);
            Assert.Equal($"\"{body}\"", (await client.ResponseAsync("POST")).Text);
            Assert.Empty((await fixture.Provider.NextAsync()).Request.Trailers);
        }
    }

    [Fact]
    public async Task HEAD_is_answered_with_the_providers_length_and_no_body()
    {
        fixture.Provider.Respond = request => Script.Raw("HTTP/1.1 200 OK\r\ncontent-type: text/plain\r\ncontent-length: 5\r\n\r\n");
        using var client = await RawClient.ConnectAsync(fixture.Sidecar.DataUri);
        for (var i = 0; i < 2; i++)
        {
            await client.SendAsync("HEAD /v1/models HTTP/1.1\r\nhost: sidecar.test\r\n\r\n");
            var response = await client.ResponseAsync("HEAD");
            Assert.Equal((200, "5", 0), (response.Status, response.Header("content-length"), response.Body.Length));
        }
        Assert.Equal(0, client.Unread.Length);
    }

    [Fact]
    public async Task OPTIONS_of_the_server_is_answered_by_the_sidecar_itself()
    {
        fixture.Provider.TakeAll();
        var response = await RawClient.AskAsync(fixture.Sidecar.DataUri, "OPTIONS * HTTP/1.1\r\nhost: sidecar.test\r\n\r\n");
        Assert.InRange(response.Status, 200, 204);
        Assert.Empty(fixture.Provider.TakeAll());
    }

    [Theory]
    [InlineData("http://sidecar.test/v1/models?a=b", "/v1/models?a=b")]
    [InlineData("http://SIDECAR.test:80/v1/models", "/v1/models")]
    public async Task An_absolute_target_is_sent_on_in_origin_form(string target, string forwarded)
    {
        fixture.Provider.TakeAll();
        var response = await RawClient.AskAsync(fixture.Sidecar.DataUri, $"GET {target} HTTP/1.1\r\nhost: sidecar.test\r\n\r\n");
        Assert.Equal(200, response.Status);
        Assert.Equal(forwarded, (await fixture.Provider.NextAsync()).Request.Target);
    }

    [Fact]
    public async Task A_http_1_0_client_gets_a_body_that_ends_with_the_connection()
    {
        fixture.Provider.Respond = _ => Chat.Streamed(Completion.Hello);
        using var client = await RawClient.ConnectAsync(fixture.Sidecar.DataUri);
        await client.SendAsync(Ask.Replace("HTTP/1.1", "HTTP/1.0", StringComparison.Ordinal));
        var response = await client.ResponseAsync("POST");
        Assert.Equal(Chat.StreamBytes(Completion.Hello), response.Body.ToArray());
        Assert.False(response.IsChunked);
        Assert.Equal(ConnectionEnd.Closed, client.End);
    }

    [Fact]
    public async Task A_http_1_0_client_that_asks_for_it_keeps_its_connection_when_the_length_is_known()
    {
        fixture.Provider.Respond = _ => Script.Json(200, "{}");
        using var client = await RawClient.ConnectAsync(fixture.Sidecar.DataUri);
        for (var i = 0; i < 2; i++)
        {
            await client.SendAsync("GET /v1/models HTTP/1.0\r\nhost: sidecar.test\r\nconnection: keep-alive\r\n\r\n");
            var response = await client.ResponseAsync();
            Assert.Equal(("{}", "keep-alive"), (response.Text, response.Header("connection")?.ToLowerInvariant()));
        }
    }

    [Fact]
    public async Task A_http_1_0_client_needs_no_host()
    {
        fixture.Provider.Respond = _ => Script.Json(200, "{}");
        Assert.Equal(200, (await RawClient.AskAsync(fixture.Sidecar.DataUri, "GET /v1/models HTTP/1.0\r\n\r\n")).Status);
    }

    [Fact]
    public async Task Connection_close_is_obeyed_and_announced()
    {
        fixture.Provider.Respond = _ => Script.Json(200, "{}");
        using var client = await RawClient.ConnectAsync(fixture.Sidecar.DataUri);
        await client.SendAsync("GET /v1/models HTTP/1.1\r\nhost: sidecar.test\r\nconnection: close\r\n\r\n");
        Assert.Equal("close", (await client.ResponseAsync()).Header("connection"));
        Assert.Equal(ConnectionEnd.Closed, await client.EndAsync());
    }

    [Fact]
    public async Task A_request_is_read_however_the_network_cut_it()
    {
        fixture.Provider.Respond = _ => Chat.Streamed(Completion.Hello);
        var bytes = Encoding.ASCII.GetBytes(Ask);
        using var client = await RawClient.ConnectAsync(fixture.Sidecar.DataUri);
        foreach (var seed in Enumerable.Range(1, 30))
        {
            await client.SendAsync(bytes, Cut.Random(seed, 20));
            Assert.Equal(200, (await client.ResponseAsync("POST")).Status);
        }
    }

    [Fact]
    public async Task An_empty_line_before_a_request_is_ignored()
    {
        fixture.Provider.Respond = _ => Script.Json(200, "{}");
        Assert.Equal(200, (await RawClient.AskAsync(fixture.Sidecar.DataUri, "\r\n" + Ask)).Status);
    }
}

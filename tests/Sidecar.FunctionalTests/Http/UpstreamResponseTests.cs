using System.Text.Json;
using Sidecar.FunctionalTests.Client;
using Sidecar.FunctionalTests.Dialects;
using Sidecar.FunctionalTests.Product;
using Sidecar.FunctionalTests.Provider;

namespace Sidecar.FunctionalTests.Http;

/// <summary>What a provider may answer, and when it is asked again.</summary>
public sealed class UpstreamResponseTests(SidecarFixture fixture) : IClassFixture<SidecarFixture>
{
    private const string Ok = "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}";

    [Fact]
    public async Task Bytes_behind_a_response_are_never_taken_for_the_next_one()
    {
        fixture.Provider.Respond = _ => Script.Raw(Ok + "HTTP/1.1 200 OK\r\ncontent-length: 8\r\n\r\npoisoned");
        for (var i = 0; i < 5; i++)
        {
            Assert.Equal("{}", (await RawClient.AskAsync(fixture.Sidecar.DataUri, RawClient.Post("/v1/x", "{}"))).Text);
        }
    }

    [Theory]
    [InlineData("HTTP/1.1 100 Continue\r\n\r\n")]
    [InlineData("HTTP/1.1 103 Early Hints\r\nlink: </a>; rel=preload\r\n\r\n")]
    [InlineData("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 102 Processing\r\n\r\nHTTP/1.1 103 Early Hints\r\nlink: x\r\n\r\n")]
    public async Task Interim_responses_of_the_provider_are_skipped(string interim)
    {
        foreach (var cut in new[] { Cut.Whole, Cut.ByteByByte })
        {
            fixture.Provider.Respond = _ => Script.Raw(interim + Ok).Written(cut);
            var response = await RawClient.AskAsync(fixture.Sidecar.DataUri, RawClient.Post("/v1/x", "{}"));
            Assert.Equal((200, "{}"), (response.Status, response.Text));
            Assert.Empty(response.All("link"));
        }
    }

    [Theory]
    [InlineData(204, "")]
    [InlineData(304, "etag: \"a\"\r\n")]
    [InlineData(304, "content-length: 5\r\n")]
    public async Task A_response_without_a_body_has_none_and_its_connection_is_used_again(int status, string headers)
    {
        using var client = await RawClient.ConnectAsync(fixture.Sidecar.DataUri);
        foreach (var expected in new[] { status, 200, status, 200 })
        {
            fixture.Provider.Respond = _ => Script.Raw(expected == 200 ? Ok : $"HTTP/1.1 {status} None\r\n{headers}\r\n");
            await client.SendAsync("GET /v1/x HTTP/1.1\r\nhost: a\r\n\r\n");
            var response = await client.ResponseAsync();
            Assert.Equal((expected, expected == 200 ? "{}" : ""), (response.Status, response.Text));
        }
        Assert.Equal(0, client.Unread.Length);
    }

    [Theory]
    [InlineData("HTTP/1.0 200 OK\r\n\r\n{\"old\":1}")]
    [InlineData("HTTP/1.0 200 OK\r\ncontent-length: 9\r\n\r\n{\"old\":1}")]
    [InlineData("HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n{\"old\":1}")]
    [InlineData("HTTP/1.1 200 \r\ntransfer-encoding: Chunked\r\n\r\n9;x=y\r\n{\"old\":1}\r\n0\r\nx-sum: 1\r\n\r\n")]
    [InlineData("HTTP/1.1 299 Odd\r\nx-a \t: space before the colon goes, RFC 9112 5.1\r\ncontent-length: 9\r\n\r\n{\"old\":1}")]
    public async Task Unusual_but_lawful_responses_are_relayed(string answer)
    {
        fixture.Provider.Respond = _ => Script.Raw(answer, new Step.Close());
        var response = await RawClient.AskAsync(fixture.Sidecar.DataUri, RawClient.Post("/v1/x", "{}"));
        Assert.InRange(response.Status, 200, 299);
        Assert.Equal("{\"old\":1}", response.Text);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_stale_pooled_connection_is_retried_once_and_the_client_sees_nothing_of_it(bool reset)
    {
        fixture.Provider.Respond = _ => Script.Raw(Ok);
        Assert.Equal(200, (await RawClient.AskAsync(fixture.Sidecar.DataUri, RawClient.Post("/v1/x", "{}"))).Status);
        fixture.Provider.TakeAll();
        var failed = 0;
        fixture.Provider.Respond = _ => Interlocked.Exchange(ref failed, 1) == 0 ? Script.Raw(reset ? new Step.Reset() : new Step.Close()) : Script.Raw(Ok);
        var response = await RawClient.AskAsync(fixture.Sidecar.DataUri, RawClient.Post("/v1/again", "{}"));
        Assert.Equal((200, "{}"), (response.Status, response.Text));
        var seen = fixture.Provider.TakeAll();
        Assert.Equal(["/v1/again", "/v1/again"], seen.Select(exchange => exchange.Request.Target));
        Assert.NotEqual(seen[0].Request.Connection, seen[1].Request.Connection);
    }

    [Fact]
    public async Task A_fresh_connection_that_closes_without_an_answer_is_an_error_and_not_retried_for_ever()
    {
        await using var provider = new ScriptedProvider();
        await using var sidecar = await SidecarProcess.ServeAsync(SidecarFixture.Yaml(provider.Uri));
        provider.Respond = _ => Script.Raw(new Step.Close());
        var response = await RawClient.AskAsync(sidecar.DataUri, RawClient.Post("/v1/x", "{}"));
        Assert.Equal(502, response.Status);
        Assert.InRange(provider.TakeAll().Count, 1, 2);
    }

    [Fact]
    public async Task A_response_that_was_begun_is_never_retried()
    {
        fixture.Provider.Respond = _ => Script.Raw("HTTP/1.1 200 OK\r\n", new Step.Reset());
        fixture.Provider.TakeAll();
        Assert.Equal(502, (await RawClient.AskAsync(fixture.Sidecar.DataUri, RawClient.Post("/v1/x", "{}"))).Status);
        Assert.Single(fixture.Provider.TakeAll());
    }

    [Fact]
    public async Task An_early_answer_to_a_large_upload_is_relayed()
    {
        fixture.Provider.Respond = _ => Script.Json(413, "{\"error\":\"too much\"}");
        var response = await RawClient.AskAsync(fixture.Sidecar.DataUri, RawClient.Post("/v1/x", JsonSerializer.Serialize(new string('x', 2_000_000))));
        Assert.Equal((413, "{\"error\":\"too much\"}"), (response.Status, response.Text));
    }

    [Theory]
    [MemberData(nameof(ApiDialect.Names), MemberType = typeof(ApiDialect))]
    public async Task An_answer_that_is_not_streamed_comes_through_byte_identical(string dialectName)
    {
        var dialect = ApiDialect.Of(dialectName);
        foreach (var framing in new[] { Framing.Length, Framing.Chunked, Framing.Close })
        {
            fixture.Provider.Respond = _ => Script.Response("application/json", framing, dialect.Body(Completion.Letters));
            var response = await RawClient.AskAsync(fixture.Sidecar.DataUri, RawClient.Post(dialect.Path(false, "m"), dialect.Request(false, "m")));
            Assert.Equal(dialect.Body(Completion.Letters), response.Text);
        }
    }
}

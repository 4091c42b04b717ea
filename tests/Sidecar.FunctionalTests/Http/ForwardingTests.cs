using System.IO.Compression;
using System.Text;
using Sidecar.FunctionalTests.Client;
using Sidecar.FunctionalTests.Dialects;
using Sidecar.FunctionalTests.Product;
using Sidecar.FunctionalTests.Provider;

namespace Sidecar.FunctionalTests.Http;

/// <summary>Which headers and targets pass, and which stay.</summary>
public sealed class ForwardingTests(SidecarFixture fixture) : IClassFixture<SidecarFixture>
{
    private const string Json = "application/json";

    [Fact]
    public async Task Headers_of_the_connection_do_not_reach_the_provider()
    {
        var request = await ForwardAsync(
            "connection: keep-alive, x-private, close", "keep-alive: timeout=5", "x-private: 1", "proxy-connection: keep-alive", "te: trailers", "upgrade: foo",
            "trailer: x-sum", "proxy-authorization: Basic eA==", "x-public: 2");
        foreach (var name in new[] { "keep-alive", "x-private", "proxy-connection", "te", "upgrade", "trailer" }) Assert.Empty(request.All(name));
        Assert.Equal("2", request.Header("x-public"));
        Assert.DoesNotContain(request.All("connection"), value => value.Contains("x-private", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Connection_cannot_name_away_what_framing_and_routing_need()
    {
        var request = await ForwardAsync("connection: host, content-length, authorization", "authorization: Bearer mine");
        Assert.Equal(fixture.Provider.Uri.Authority, request.Header("host"));
        Assert.Equal("{}", request.Text);
    }

    [Fact]
    public async Task Headers_of_the_providers_connection_do_not_reach_the_client()
    {
        fixture.Provider.Respond = _ => Script.Response(200,
            [("connection", "x-private"), ("x-private", "1"), ("keep-alive", "timeout=9"), ("proxy-authenticate", "Basic"), ("upgrade", "h2"), ("x-public", "2"), ("set-cookie", "a=1"), ("set-cookie", "b=2")],
            Framing.Length, "ok");
        var response = await RawClient.AskAsync(fixture.Sidecar.DataUri, RawClient.Post("/v1/x", "{}"));
        foreach (var name in new[] { "x-private", "keep-alive", "upgrade" }) Assert.Empty(response.All(name));
        Assert.Equal("2", response.Header("x-public"));
        Assert.Equal(["a=1", "b=2"], response.All("set-cookie"));
        Assert.Equal("ok", response.Text);
    }

    [Fact]
    public async Task The_host_is_the_providers_and_the_clients_other_headers_pass_in_order()
    {
        var request = await ForwardAsync("x-b: 1", "x-a: 2", "x-b: 3", "authorization: Bearer mine", "x-api-key: k", "cookie: c", "user-agent: u");
        Assert.Equal(fixture.Provider.Uri.Authority, request.Header("host"));
        Assert.Equal(["x-b:1", "x-a:2", "x-b:3"], request.Headers.Where(h => h.Name.StartsWith("x-", StringComparison.OrdinalIgnoreCase) && h.Name.Length == 3).Select(h => $"{h.Name}:{h.Value}"));
        Assert.Equal(("Bearer mine", "k", "c", "u"), (request.Header("authorization"), request.Header("x-api-key"), request.Header("cookie"), request.Header("user-agent")));
    }

    [Theory]
    [InlineData("/v1/models")]
    [InlineData("/v1/models?")]
    [InlineData("/v1/models?a=b&c=%20d+e&a=%C3%BC&=&x[]=1;2,3!$'()*~@:/?")]
    [InlineData("/v1/files/a%20b/%E6%BC%A2//c/")]
    public async Task Path_and_query_are_kept_byte_for_byte(string target)
    {
        fixture.Provider.TakeAll();
        await RawClient.AskAsync(fixture.Sidecar.DataUri, $"GET {target} HTTP/1.1\r\nhost: sidecar.test\r\n\r\n");
        Assert.Equal(target, (await fixture.Provider.NextAsync()).Request.Target);
    }

    [Fact]
    public async Task A_path_prefix_is_put_before_and_a_credential_replaces_the_clients()
    {
        await using var provider = new ScriptedProvider();
        await using var sidecar = await SidecarProcess.ServeAsync(WithCredential(provider.Uri), new Dictionary<string, string> { ["TEST_SECRET"] = "s3cr3t" });
        foreach (var (target, body, headers, keyed) in new[]
        {
            ("/keyed/a?b=c", "{}", new[] { "authorization: Bearer mine" }, true),
            ("/v1/x", "{}", ["x-tier: gold", "authorization: Bearer mine", "x-api-key: also-mine"], true),
            ("/v1/x", """{"model":"gpt-9"}""", ["authorization: Bearer mine"], true),
            ("/v1/x", """{"model":"llama"}""", ["authorization: Bearer mine"], false),
            ("/v1/x", "{}", ["x-tier: silver", "authorization: Bearer mine"], false),
        })
        {
            Assert.Equal(200, (await RawClient.AskAsync(sidecar.DataUri, RawClient.Post(target, body, headers))).Status);
            var request = (await provider.NextAsync()).Request;
            Assert.Equal(keyed ? "/base/path" + target : target, request.Target);
            Assert.Equal(keyed ? "Bearer s3cr3t" : "Bearer mine", request.Header("authorization"));
        }
        Assert.DoesNotContain("s3cr3t", string.Join('\n', sidecar.Errors), StringComparison.Ordinal);
        Assert.Empty(provider.Violations);
    }

    [Theory]
    [InlineData("gzip, deflate, br")]
    [InlineData("*")]
    [InlineData("zstd;q=1.0, identity;q=0")]
    public async Task Events_are_asked_for_unencoded(string accepted)
    {
        var chat = new OpenAIChat();
        fixture.Provider.Respond = _ => chat.Streamed(Completion.Hello);
        fixture.Provider.TakeAll();
        await RawClient.AskAsync(fixture.Sidecar.DataUri, RawClient.Post(chat.Path(true, "m"), chat.Request(true, "m"), $"accept-encoding: {accepted}"));
        Assert.Equal("identity", (await fixture.Provider.NextAsync()).Request.Header("accept-encoding"));
    }

    [Fact]
    public async Task A_response_that_is_encoded_all_the_same_passes_untouched_and_is_counted()
    {
        var chat = new OpenAIChat();
        var packed = new MemoryStream();
        await using (var gzip = new GZipStream(packed, CompressionLevel.Optimal, leaveOpen: true)) gzip.Write(chat.StreamBytes(Completion.AtLimit));
        fixture.Provider.Respond = _ => Script.Response(200, [("content-type", "text/event-stream"), ("content-encoding", "gzip")], Framing.Chunked, packed.ToArray());
        var before = (await fixture.Sidecar.MetricsAsync()).Sum("llm_sidecar_encoded_responses_total");
        var response = await RawClient.AskAsync(fixture.Sidecar.DataUri, RawClient.Post(chat.Path(true, "m"), chat.Request(true, "m")));
        Assert.Equal("gzip", response.Header("content-encoding"));
        Assert.Equal(packed.ToArray(), response.Body.ToArray());
        await Bound.UntilAsync(async () => (await fixture.Sidecar.MetricsAsync()).Sum("llm_sidecar_encoded_responses_total") == before + 1, "the encoded response's count");
    }

    [Theory]
    [InlineData("/v1/chat/completions")]
    [InlineData("/v1/models")]
    public async Task A_request_id_and_a_trace_pass_and_the_response_names_its_stream(string path)
    {
        const string trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
        fixture.Provider.Respond = _ => Script.Json(200, "{}");
        fixture.Provider.TakeAll();
        var response = await RawClient.AskAsync(fixture.Sidecar.DataUri, RawClient.Post(path, "{}", $"x-request-id: mine-{path.Length}", $"traceparent: {trace}", "tracestate: a=b"));
        var request = (await fixture.Provider.NextAsync()).Request;
        Assert.Equal(($"mine-{path.Length}", trace, "a=b"), (request.Header("x-request-id"), request.Header("traceparent"), request.Header("tracestate")));
        Assert.Equal($"mine-{path.Length}", response.Header("x-request-id"));
        Assert.NotEmpty(response.Header("x-sidecar-stream")!);
        var line = await fixture.Sidecar.AccessLineAsync($"mine-{path.Length}");
        Assert.Equal(("0af7651916cd43dd8448eb211c80319c", response.Header("x-sidecar-stream")), (line.GetProperty("trace_id").GetString(), line.GetProperty("stream").GetString()));
    }

    [Fact]
    public async Task A_request_without_an_id_gets_one_that_both_sides_see()
    {
        fixture.Provider.TakeAll();
        var ids = new HashSet<string>();
        for (var i = 0; i < 3; i++)
        {
            var response = await RawClient.AskAsync(fixture.Sidecar.DataUri, RawClient.Post("/v1/x", "{}"));
            var id = response.Header("x-request-id");
            Assert.Equal(id, (await fixture.Provider.NextAsync()).Request.Header("x-request-id"));
            Assert.True(ids.Add(Assert.IsType<string>(id)));
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Trailers_tell_the_end_to_a_client_that_takes_them(bool takes)
    {
        var chat = new OpenAIChat();
        fixture.Provider.Respond = _ => chat.Streamed(Completion.Hello);
        var response = await RawClient.AskAsync(fixture.Sidecar.DataUri,
            RawClient.Post(chat.Path(true, "m"), chat.Request(true, "m"), takes ? ["te: trailers", "connection: te"] : []));
        (string, string)[] expected = takes ? [("sidecar-status", "completed"), ("sidecar-output-tokens", "7")] : [];
        Assert.Equal(expected, response.Trailers);
        Assert.Equal(chat.StreamBytes(Completion.Hello), response.Body.ToArray());
    }

    private async Task<ReceivedRequest> ForwardAsync(params string[] headers)
    {
        fixture.Provider.Respond = _ => Script.Json(200, "{}");
        fixture.Provider.TakeAll();
        Assert.Equal(200, (await RawClient.AskAsync(fixture.Sidecar.DataUri, RawClient.Post("/v1/x", "{}", headers))).Status);
        var request = (await fixture.Provider.NextAsync()).Request;
        Assert.Equal(Json, request.Header("content-type"));
        Assert.Equal("{}", Encoding.UTF8.GetString(request.Body));
        return request;
    }

    /// <summary>Two upstreams of one provider: one as it is, one with a path prefix and a credential of its own.</summary>
    private static string WithCredential(Uri provider) => $$"""
        upstreams:
          plain: { url: "{{provider}}", provider: openai }
          keyed: { url: "{{provider}}base/path", provider: openai, credential: { header: authorization, value: "Bearer ${env:TEST_SECRET}" } }
        routes:
          - { name: keyed, match: { path: /keyed/* }, upstreams: [ { name: keyed } ] }
          - { name: by-header, match: { path: "/*", headers: { x-tier: gold } }, upstreams: [ { name: keyed } ] }
          - { name: by-model, match: { path: "/*", models: [ "gpt-*", "o?" ] }, upstreams: [ { name: keyed } ] }
          - { name: plain, match: { path: "/*" }, upstreams: [ { name: plain } ] }
        """;
}

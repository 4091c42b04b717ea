using System.Net;
using System.Text.Json;
using Sidecar.FunctionalTests.Client;
using Sidecar.FunctionalTests.Dialects;
using Sidecar.FunctionalTests.Product;
using Sidecar.FunctionalTests.Provider;

namespace Sidecar.FunctionalTests.Hosting;

/// <summary>A sidecar with a secret in its configuration.</summary>
public sealed class SecretFixture : IAsyncLifetime
{
    public const string Secret = "sk-very-secret-value";

    public ScriptedProvider Provider { get; } = new();

    public SidecarProcess Sidecar { get; private set; } = null!;

    public async ValueTask InitializeAsync() => Sidecar = await SidecarProcess.ServeAsync($$"""
        upstreams: { a: { url: "{{Provider.Uri}}", provider: openai, credential: { header: authorization, value: "Bearer {{Secret}}" } } }
        routes: [ { name: all, match: { path: "/*" }, upstreams: [ { name: a } ] } ]
        """);

    public async ValueTask DisposeAsync()
    {
        await Sidecar.DisposeAsync();
        await Provider.DisposeAsync();
        Assert.Empty(Provider.Violations);
    }
}

/// <summary>The admin port, as probes, scrapers and operators use it.</summary>
public sealed class AdminTests(SecretFixture fixture) : IClassFixture<SecretFixture>
{
    private static readonly OpenAIChat Chat = new();

    [Theory]
    [InlineData(null, "text/plain", "0.0.4")]
    [InlineData("*/*", "text/plain", "0.0.4")]
    [InlineData("text/plain;version=0.0.4", "text/plain", "0.0.4")]
    [InlineData("application/openmetrics-text;version=1.0.0,text/plain;version=0.0.4;q=0.5", "application/openmetrics-text", "1.0.0")]
    public async Task Metrics_come_in_the_format_that_is_asked_for(string? accept, string type, string version)
    {
        fixture.Provider.Respond = _ => Script.Json(200, "{}");
        await RawClient.AskAsync(fixture.Sidecar.DataUri, RawClient.Post("/v1/x", "{}"));
        using var response = await fixture.Sidecar.AdminAsync(HttpMethod.Get, "/metrics", accept);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(type, response.Content.Headers.ContentType?.MediaType);
        Assert.Equal(version, response.Content.Headers.ContentType?.Parameters.Single(parameter => parameter.Name == "version").Value);
        var text = await response.Content.ReadAsStringAsync();
        Assert.Equal(type == "application/openmetrics-text", text.EndsWith("# EOF\n", StringComparison.Ordinal));
        var metrics = Metrics.Parse(text);
        Assert.True(metrics.Sum("llm_sidecar_streams_total") > 0);
        Assert.True(metrics.Sum("llm_sidecar_build_info") > 0);
    }

    [Fact]
    public async Task No_metric_has_a_label_or_value_of_the_clients_choosing_beyond_the_model()
    {
        fixture.Provider.Respond = _ => Script.Json(200, "{}");
        await RawClient.AskAsync(fixture.Sidecar.DataUri,
            RawClient.Post("/v1/chat/completions", """{"model":"m\"\n{}","user":"alice-4711"}""", "x-sidecar-user: alice-4711", "authorization: Bearer sesame-4711"));
        using var response = await fixture.Sidecar.AdminAsync(HttpMethod.Get, "/metrics");
        var text = await response.Content.ReadAsStringAsync();
        Metrics.Parse(text);
        Assert.DoesNotContain("alice-4711", text, StringComparison.Ordinal);
        Assert.DoesNotContain("sesame-4711", text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/livez")]
    [InlineData("/readyz")]
    [InlineData("/healthz")]
    [InlineData("/streams")]
    [InlineData("/config")]
    [InlineData("/")]
    public async Task Probes_and_views_answer_200(string path)
    {
        using var response = await fixture.Sidecar.AdminAsync(HttpMethod.Get, path);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    [Theory]
    [InlineData("GET", "/drain", 405)]
    [InlineData("GET", "/quitquitquit", 405)]
    [InlineData("GET", "/reload", 405)]
    [InlineData("GET", "/streams/some-id/cancel", 405)]
    [InlineData("DELETE", "/metrics", 405)]
    [InlineData("GET", "/nowhere", 404)]
    [InlineData("POST", "/nowhere", 404)]
    [InlineData("POST", "/streams/some-id/cancel", 404)]
    [InlineData("POST", "/reload", 200)]
    public async Task Mutations_need_POST_and_unknown_paths_are_told(string method, string path, int status)
    {
        using var response = await fixture.Sidecar.AdminAsync(new HttpMethod(method), path);
        Assert.Equal(status, (int)response.StatusCode);
    }

    [Fact]
    public async Task A_stream_under_way_is_shown_and_can_be_cancelled()
    {
        fixture.Provider.Respond = _ => Script.Response("text/event-stream", Framing.Chunked,
            [.. Chat.Stream(Completion.Hello).Take(2).Select(frame => (Step)frame.Wire), new Step.WaitFor(new Signal())]);
        fixture.Provider.TakeAll();
        using var client = await RawClient.ConnectAsync(fixture.Sidecar.DataUri);
        await client.PostAsync(Chat.Path(true, "m"), Chat.Request(true, "shown"), "x-request-id: cancelled-one");
        var response = await client.HeadAsync("POST");
        await response.ArrivedAsync(100);
        var id = response.Header("x-sidecar-stream")!;
        var shown = default(JsonElement);
        await Bound.UntilAsync(async () => (shown = await StreamAsync(id)).ValueKind == JsonValueKind.Object && shown.GetProperty("phase").GetString() == "streaming", "the stream in /streams");
        Assert.Equal(("all", "shown", 1), (shown.GetProperty("route").GetString(), shown.GetProperty("model").GetString(), shown.GetProperty("tokens").GetInt32()));
        foreach (var figure in new[] { "age_ms", "last_chunk_age_ms", "buffered_bytes", "held_bytes" }) Assert.True(shown.GetProperty(figure).GetDouble() >= 0);

        using var cancelled = await fixture.Sidecar.AdminAsync(HttpMethod.Post, $"/streams/{id}/cancel");
        Assert.Equal(HttpStatusCode.OK, cancelled.StatusCode);
        await response.ReadOutAsync();
        await Bound.ForAsync((await fixture.Provider.NextAsync()).PeerLeft.Raised, "the close of the provider's connection");
        await fixture.Sidecar.AccessLineAsync("cancelled-one");
        await Bound.UntilAsync(async () => (await StreamAsync(id)).ValueKind == JsonValueKind.Undefined, "the stream's absence");
    }

    [Fact]
    public async Task The_configuration_is_shown_without_its_secrets()
    {
        using var response = await fixture.Sidecar.AdminAsync(HttpMethod.Get, "/config");
        var text = await response.Content.ReadAsStringAsync();
        Assert.DoesNotContain(SecretFixture.Secret, text, StringComparison.Ordinal);
        Assert.Contains(fixture.Provider.Uri.Authority, text, StringComparison.Ordinal);
        JsonElement.Parse(text);
    }

    [Fact]
    public async Task Every_line_on_standard_error_is_JSON_and_none_has_content_or_secrets()
    {
        fixture.Provider.Respond = _ => Chat.Streamed(new Completion { Text = ["xyzzy-answer"] });
        await RawClient.AskAsync(fixture.Sidecar.DataUri, RawClient.Post(Chat.Path(true, "m") + "?key=xyzzy-query", Chat.Request(true, "m").Replace("Say it", "xyzzy-prompt", StringComparison.Ordinal),
            "authorization: Bearer xyzzy-key", "x-request-id: silent"));
        await fixture.Sidecar.AccessLineAsync("silent");
        foreach (var line in fixture.Sidecar.Errors)
        {
            Assert.Equal(JsonValueKind.Object, JsonElement.Parse(line).ValueKind);
            Assert.DoesNotContain("xyzzy", line, StringComparison.Ordinal);
            Assert.DoesNotContain(SecretFixture.Secret, line, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task An_access_line_has_every_field_of_the_contract()
    {
        fixture.Provider.Respond = _ => Chat.Streamed(Completion.Hello);
        await RawClient.AskAsync(fixture.Sidecar.DataUri, RawClient.Post(Chat.Path(true, "m"), Chat.Request(true, "m"), "x-request-id: whole", "x-sidecar-user: u", "x-sidecar-team: t", "x-sidecar-project: p"));
        var line = await fixture.Sidecar.AccessLineAsync("whole");
        string[] fields =
        [
            "time", "request_id", "stream", "trace_id", "method", "path", "status", "outcome", "error_type", "route", "upstream", "provider", "model", "user", "team", "project",
            "bytes_in", "bytes_out", "duration_ms", "ttft_ms", "upstream_ttft_ms", "chunks", "max_gap_ms", "input_tokens", "output_tokens", "usage_source", "cost_usd", "moderation", "finish_reason",
        ];
        Assert.Empty(fields.Except(line.EnumerateObject().Select(field => field.Name)));
        Assert.Equal(("POST", Chat.Path(true, "m"), 200, "all", "a", "openai", "m"), (Text(line, "method"), Text(line, "path"), line.GetProperty("status").GetInt32(), Text(line, "route"), Text(line, "upstream"), Text(line, "provider"), Text(line, "model")));
        Assert.Equal(("u", "t", "p", "stop"), (Text(line, "user"), Text(line, "team"), Text(line, "project"), Text(line, "finish_reason")));
        Assert.Equal((11, 7), (line.GetProperty("input_tokens").GetInt32(), line.GetProperty("output_tokens").GetInt32()));
    }

    private static string? Text(JsonElement line, string field) => line.GetProperty(field).GetString();

    private async Task<JsonElement> StreamAsync(string id)
    {
        using var response = await fixture.Sidecar.AdminAsync(HttpMethod.Get, "/streams");
        return JsonElement.Parse(await response.Content.ReadAsStringAsync()).GetProperty("streams").EnumerateArray().FirstOrDefault(stream => stream.GetProperty("id").GetString() == id);
    }
}

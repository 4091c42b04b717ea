using System.Security.Cryptography;
using Sidecar.FunctionalTests.Client;
using Sidecar.FunctionalTests.Dialects;
using Sidecar.FunctionalTests.Provider;

namespace Sidecar.FunctionalTests.Admission;

/// <summary>Who may not ask is told so before any provider is; who may is known to the log, and their credential to nobody else.</summary>
public sealed class AuthenticationTests
{
    public static TheoryData<string, string> ModesAndDialects =>
        [.. ApiDialect.All.SelectMany(dialect => new[] { ("keys", dialect.Name), ("jwt", dialect.Name) })];

    [Theory]
    [MemberData(nameof(ModesAndDialects))]
    public async Task Without_a_valid_credential_no_connection_to_a_provider_is_opened(string mode, string name)
    {
        await using var guarded = await GuardedSidecar.StartAsync(mode);
        var dialect = ApiDialect.Of(name);
        string[] forms = ["a: b", .. guarded.Invalid.SelectMany(Forms)];
        foreach (var field in forms)
        {
            var response = await RawClient.AskAsync(guarded.Sidecar.DataUri, RawClient.Post(dialect.Path(true, "gpt-4o"), dialect.Request(true, "gpt-4o"), field));
            Assert.Equal((401, "Bearer", "application/json"), (response.Status, response.Header("www-authenticate"), response.Header("content-type")));
            AssertError(dialect, response.Json, "unauthorized", "authentication_error", "UNAUTHENTICATED");
        }
        Assert.Equal(0, guarded.Provider.Accepted);
        await Bound.UntilAsync(
            async () => (await guarded.Sidecar.MetricsAsync()).Sum("llm_sidecar_streams_total", ("outcome", "rejected"), ("error_type", "unauthorized")) == forms.Length,
            "each counted as rejected");
        Assert.DoesNotContain(guarded.Sidecar.Errors, line => guarded.Invalid.Any(credential => line.Contains(credential, StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("keys")]
    [InlineData("jwt")]
    public async Task The_head_alone_is_enough_to_be_refused(string mode)
    {
        await using var guarded = await GuardedSidecar.StartAsync(mode);
        var response = await RawClient.AskAsync(guarded.Sidecar.DataUri, "POST /v1/chat/completions HTTP/1.1\r\nhost: h\r\nexpect: 100-continue\r\ncontent-length: 1000000\r\n\r\n");
        Assert.Equal((401, 0, "close"), (response.Status, response.Interim.Count, response.Header("connection")));
    }

    [Theory]
    [InlineData("keys")]
    [InlineData("jwt")]
    public async Task A_valid_credential_is_let_in_in_each_form_and_goes_no_further(string mode)
    {
        await using var guarded = await GuardedSidecar.StartAsync(mode);
        foreach (var field in Forms(guarded.Credential))
        {
            Assert.Equal(200, (await RawClient.AskAsync(guarded.Sidecar.DataUri, RawClient.Post("/v1/x?a=b", "{}", field, "x-sidecar-user: eve"))).Status);
            AssertHidden(await guarded.Provider.NextAsync(), "/v1/x?a=b", guarded.Credential);
        }
        var target = $"/v1beta/models/m:streamGenerateContent?key={Uri.EscapeDataString(guarded.Credential)}&alt=sse";
        Assert.Equal(200, (await RawClient.AskAsync(guarded.Sidecar.DataUri, RawClient.Post(target, "{}"))).Status);
        AssertHidden(await guarded.Provider.NextAsync(), "/v1beta/models/m:streamGenerateContent?alt=sse", guarded.Credential);
        await Bound.UntilAsync(() => guarded.Sidecar.AccessLines().Count == 5, "five access lines");
        foreach (var line in guarded.Sidecar.AccessLines())
        {
            Assert.Equal(("ann", "search", "web"), (line.GetProperty("user").GetString(), line.GetProperty("team").GetString(), line.GetProperty("project").GetString()));
        }
        Assert.DoesNotContain(guarded.Sidecar.Errors, line => line.Contains(guarded.Credential, StringComparison.Ordinal));
        using var view = await guarded.Sidecar.AdminAsync(HttpMethod.Get, "/config");
        var config = await view.Content.ReadAsStringAsync();
        Assert.DoesNotContain(guarded.Credential, config, StringComparison.Ordinal);
        Assert.DoesNotContain(KeySidecar.Digest(guarded.Credential), config, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_providers_credential_stands_in_the_place_of_the_clients()
    {
        await using var provider = new ScriptedProvider();
        await using var sidecar = await Product.SidecarProcess.ServeAsync($$"""
            upstreams: { a: { url: "{{provider.Uri}}", credential: { header: authorization, value: Bearer ours } } }
            auth: { mode: keys, keys: [ { id: k, sha256: {{KeySidecar.Digest("k")}} } ] }

            """);
        await RawClient.AskAsync(sidecar.DataUri, RawClient.Post("/v1/x?key=k", "{}", "x-api-key: k"));
        var request = (await provider.NextAsync()).Request;
        Assert.Equal(("Bearer ours", null, "/v1/x"), (request.Header("authorization"), request.Header("x-api-key"), request.Target));
    }

    [Theory]
    [MemberData(nameof(ApiDialect.Names), MemberType = typeof(ApiDialect))]
    public async Task A_key_that_may_not_ask_this_is_forbidden_in_the_dialects_shape(string name)
    {
        await using var guarded = await GuardedSidecar.StartAsync("keys");
        var dialect = ApiDialect.Of(name);
        var response = await RawClient.AskAsync(
            guarded.Sidecar.DataUri, RawClient.Post(dialect.Path(true, "other-model"), dialect.Request(true, "other-model"), $"authorization: Bearer {KeySidecar.Narrow}"));
        Assert.Equal(403, response.Status);
        AssertError(dialect, response.Json, "forbidden", "permission_error", "PERMISSION_DENIED");
        Assert.Equal(0, guarded.Provider.Accepted);
    }

    [Theory]
    [InlineData("gpt-4o", "/v1/chat/completions", 200)]
    [InlineData("other", "/v1/chat/completions", 403)]
    [InlineData("gpt-4o", "/api/chat", 403)]
    public async Task A_key_asks_its_models_on_its_routes(string model, string path, int status)
    {
        await using var guarded = await GuardedSidecar.StartAsync("keys");
        var request = RawClient.Post(path, $$"""{"model":"{{model}}"}""", $"authorization: Bearer {KeySidecar.Narrow}");
        Assert.Equal(status, (await RawClient.AskAsync(guarded.Sidecar.DataUri, request)).Status);
    }

    [Fact]
    public async Task A_rotated_key_set_takes_effect_without_a_restart()
    {
        await using var guarded = (JwtSidecar)await GuardedSidecar.StartAsync("jwt");
        using var next = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        async Task<int> AskAsync(string token) => (await RawClient.AskAsync(guarded.Sidecar.DataUri, RawClient.Post("/v1/x", "{}", $"authorization: Bearer {token}"))).Status;
        Assert.Equal(200, await AskAsync(guarded.RsaToken()));
        Assert.Equal(401, await AskAsync(JwtSidecar.Token(next, "e2")));
        guarded.WriteKeys((next, "e2"));
        await Bound.UntilAsync(async () => await AskAsync(JwtSidecar.Token(next, "e2")) == 200, "the new key");
        Assert.Equal((401, 200), (await AskAsync(guarded.Credential), await AskAsync(guarded.RsaToken())));
    }

    [Fact]
    public async Task A_key_set_at_a_url_is_fetched_and_till_then_nobody_is_let_in()
    {
        await using var guarded = (JwtSidecar)await GuardedSidecar.StartAsync("jwt");
        await using var issuer = new ScriptedProvider();
        var answer = new Signal();
        issuer.Respond = _ => Script.Response("application/json", Framing.Chunked, new Step.WaitFor(answer), guarded.KeySet);
        await using var sidecar = await Product.SidecarProcess.ServeAsync($$"""
            upstreams: { a: { url: "{{guarded.Provider.Uri}}" } }
            auth: { mode: jwt, jwt: { issuer: iss, audience: aud, jwks_file: "{{new Uri(issuer.Uri, "/.well-known/jwks.json?v=1")}}" } }

            """);
        async Task<int> AskAsync(string token) => (await RawClient.AskAsync(sidecar.DataUri, RawClient.Post("/v1/x", "{}", $"authorization: Bearer {token}"))).Status;
        Assert.Equal("/.well-known/jwks.json?v=1", (await issuer.NextAsync()).Request.Target);
        Assert.Equal((503, 503), (await AskAsync(guarded.Credential), await AskAsync("a.b.c")));
        answer.Raise();
        await Bound.UntilAsync(async () => await AskAsync(guarded.Credential) == 200, "the keys");
        foreach (var invalid in guarded.Invalid) Assert.Equal(401, await AskAsync(invalid));
        Assert.Empty(issuer.Violations);
        Assert.Equal(1, guarded.Provider.Accepted);
    }

    private static string[] Forms(string credential) =>
        [$"authorization: Bearer {credential}", $"x-api-key: {credential}", $"x-goog-api-key: {credential}", $"api-key: {credential}"];

    private static void AssertHidden(ProviderExchange exchange, string target, string credential)
    {
        Assert.Equal(target, exchange.Request.Target);
        Assert.DoesNotContain(exchange.Request.Headers, header => header.Value.Contains(credential, StringComparison.Ordinal));
        Assert.DoesNotContain(exchange.Request.Headers, header => header.Name.ToLowerInvariant() is "authorization" or "x-api-key" or "x-goog-api-key" or "api-key");
    }

    internal static void AssertError(ApiDialect dialect, System.Text.Json.JsonElement body, string code, string type, string status)
    {
        var error = body.GetProperty("error");
        switch (dialect.Provider)
        {
            case "ollama":
                Assert.Equal(code, body.GetProperty("code").GetString());
                break;
            case "gemini":
                Assert.Equal((status, code), (error.GetProperty("status").GetString(), error.GetProperty("details")[0].GetProperty("reason").GetString()));
                break;
            default:
                Assert.Equal((type, code), (error.GetProperty("type").GetString(), error.GetProperty("code").GetString()));
                break;
        }
    }
}

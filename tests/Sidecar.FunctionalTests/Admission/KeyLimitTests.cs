using Sidecar.FunctionalTests.Client;
using Sidecar.FunctionalTests.Dialects;
using Sidecar.FunctionalTests.Product;
using Sidecar.FunctionalTests.Provider;

namespace Sidecar.FunctionalTests.Admission;

/// <summary>What a key may use in a minute.</summary>
public sealed class KeyLimitTests
{
    private static string Yaml(Uri provider, string key, string limits) => SidecarFixture.Yaml(provider) + $$"""
        auth: { mode: keys, keys: [ { id: k, sha256: {{KeySidecar.Digest(key)}}, {{limits}} } ] }

        """;

    private static Task<RawResponse> AskAsync(SidecarProcess sidecar, string key, string path = "/v1/x", string body = "{}") =>
        RawClient.AskAsync(sidecar.DataUri, RawClient.Post(path, body, $"authorization: Bearer {key}"));

    [Theory]
    [MemberData(nameof(ApiDialect.Names), MemberType = typeof(ApiDialect))]
    public async Task Past_its_requests_a_key_is_refused_in_the_dialects_shape_and_told_when_to_come_again(string name)
    {
        await using var provider = new ScriptedProvider();
        await using var sidecar = await SidecarProcess.ServeAsync(Yaml(provider.Uri, "k", "requests_per_minute: 2"));
        var dialect = ApiDialect.Of(name);
        for (var i = 0; i < 2; i++) Assert.Equal(200, (await AskAsync(sidecar, "k")).Status);
        using var client = await RawClient.ConnectAsync(sidecar.DataUri);
        await client.PostAsync(dialect.Path(true, "m"), dialect.Request(true, "m"), "authorization: Bearer k");
        var response = await client.ResponseAsync("POST");
        Assert.Equal(429, response.Status);
        AuthenticationTests.AssertError(dialect, response.Json, "rate_limited", "rate_limit_error", "RESOURCE_EXHAUSTED");
        Assert.InRange(int.Parse(response.Header("retry-after")!, null), 1, 61);
        Assert.Equal(("2", "0"), (response.Header("x-ratelimit-limit-requests"), response.Header("x-ratelimit-remaining-requests")));
        Assert.Matches("^([0-9]+m)?[0-9]+s$", response.Header("x-ratelimit-reset-requests"));
        Assert.Null(response.Header("x-ratelimit-limit-tokens"));
        Assert.Equal(2, provider.TakeAll().Count);
        // The connection is as good as before.
        await client.PostAsync("/v1/x", "{}", "authorization: Bearer wrong");
        Assert.Equal(401, (await client.ResponseAsync("POST")).Status);
    }

    [Fact]
    public async Task A_request_that_may_need_too_many_tokens_is_refused_and_unused_ones_are_there_again()
    {
        await using var provider = new ScriptedProvider();
        provider.Respond = _ => new OpenAIChat().Answer(new Completion { Text = ["a"], InputTokens = 11, OutputTokens = 7 }, stream: false);
        await using var sidecar = await SidecarProcess.ServeAsync(Yaml(provider.Uri, "k", "tokens_per_minute: 1000"));
        async Task<RawResponse> Ask(int most) => await AskAsync(sidecar, "k", "/v1/chat/completions", $$"""{"model":"m","max_tokens":{{most}}}""");
        // Each reserves over 900 and uses 18.
        for (var i = 0; i < 4; i++) await Bound.UntilAsync(async () => (await Ask(900)).Status == 200, "room for a request");
        RawResponse refused = null!;
        await Bound.UntilAsync(async () => (refused = await Ask(940)).Header("x-ratelimit-remaining-tokens") == "928", "the fourth to be settled");
        Assert.Equal((429, "1000"), (refused.Status, refused.Header("x-ratelimit-limit-tokens")));
        Assert.Equal("rate_limited", refused.Json.GetProperty("error").GetProperty("code").GetString());
        Assert.Equal(4, provider.TakeAll().Count);
    }

    [Fact]
    public async Task Of_many_clients_at_once_no_more_than_the_limit_reach_the_provider()
    {
        await using var provider = new ScriptedProvider();
        await using var sidecar = await SidecarProcess.ServeAsync(Yaml(provider.Uri, "k", "requests_per_minute: 100"));
        var statuses = await Task.WhenAll(Enumerable.Range(0, 40).Select(async _ =>
        {
            using var client = await RawClient.ConnectAsync(sidecar.DataUri);
            var seen = new List<int>();
            for (var i = 0; i < 25; i++)
            {
                await client.PostAsync("/v1/x", "{}", "authorization: Bearer k");
                seen.Add((await client.ResponseAsync("POST")).Status);
            }
            return seen;
        }));
        Assert.Equal((100, 900), (statuses.SelectMany(seen => seen).Count(status => status == 200), statuses.SelectMany(seen => seen).Count(status => status == 429)));
        Assert.Equal(100, provider.TakeAll().Count);
    }

    [Fact]
    public async Task A_rewritten_file_changes_who_may_ask_and_keeps_what_was_counted()
    {
        await using var provider = new ScriptedProvider();
        await using var sidecar = await SidecarProcess.ServeAsync(Yaml(provider.Uri, "old", "requests_per_minute: 3"));
        Assert.Equal(200, (await AskAsync(sidecar, "old")).Status);
        Assert.Equal(401, (await AskAsync(sidecar, "new")).Status);
        await sidecar.RewriteAsync(Yaml(provider.Uri, "new", "requests_per_minute: 3"));
        await Bound.UntilAsync(async () => (await AskAsync(sidecar, "new")).Status != 401, "the new key");
        // The one before the reload, and the one that saw it.
        Assert.Equal((200, 429), ((await AskAsync(sidecar, "new")).Status, (await AskAsync(sidecar, "new")).Status));
        Assert.Equal(401, (await AskAsync(sidecar, "old")).Status);
        await sidecar.RewriteAsync(SidecarFixture.Yaml(provider.Uri));
        await Bound.UntilAsync(async () => (await AskAsync(sidecar, "anything")).Status == 200, "mode none");
    }
}

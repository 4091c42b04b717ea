using System.Text;
using Sidecar.FunctionalTests.Client;
using Sidecar.FunctionalTests.Dialects;
using Sidecar.FunctionalTests.Product;
using Sidecar.FunctionalTests.Provider;

namespace Sidecar.FunctionalTests.Routing;

/// <summary>
/// A provider that fails before its first content is left for the next, and the client sees one clean stream, or one clean error; after the first content
/// nothing is tried again.
/// </summary>
public sealed class FallbackTests
{
    /// <summary>How the first provider fails, and whether the second is asked.</summary>
    public static TheoryData<string, bool> Failures => new()
    {
        { "refuses the connection", true },
        { "closes before its head", true },
        { "answers garbage", true },
        { "answers 429", true },
        { "answers 500", true },
        { "answers 400", false },
        { "says an error and nothing else", true },
        { "says nothing", true },
        { "says its role and then nothing", true },
        { "says its role and is cut", true },
        { "is cut after its first content", false },
        { "says an error after its first content", false },
        { "is empty and whole", false },
    };

    [Theory]
    [MemberData(nameof(Failures))]
    public async Task When_the_first(string what, bool isLeft)
    {
        await using var first = new ScriptedProvider();
        await using var second = new ScriptedProvider();
        await using var sidecar = await SidecarProcess.ServeAsync(Yaml(what == "refuses the connection" ? new Uri("http://127.0.0.1:9") : first.Uri, second.Uri));
        foreach (var dialect in ApiDialect.All)
        {
            // Ollama and Gemini have no event that comes before content.
            if (what.Contains("role", StringComparison.Ordinal) && Before(dialect).Count == 0) continue;
            first.Respond = _ => Fails(what, dialect);
            second.Respond = _ => dialect.Streamed(Completion.Hello);
            second.TakeAll();
            var id = $"{what}-{dialect.Name}".Replace(' ', '-');
            using var client = await RawClient.ConnectAsync(sidecar.DataUri);
            await client.PostAsync(dialect.Path(true, "m"), dialect.Request(true, "m"), $"x-request-id: {id}");
            var response = await client.HeadAsync("POST");
            var isWhole = await response.ReadOutAsync();
            Assert.Equal(isLeft ? 1 : 0, second.TakeAll().Count);
            var line = await sidecar.AccessLineAsync(id);
            Assert.Equal(isLeft ? "second" : "first", line.GetProperty("upstream").GetString());
            if (!isLeft) continue;
            Assert.True(isWhole);
            Assert.Equal((200, Encoding.UTF8.GetString(dialect.StreamBytes(Completion.Hello))), (response.Status, response.Text));
            Assert.Equal("completed", line.GetProperty("outcome").GetString());
            Assert.Equal(Completion.Hello.OutputTokens, line.GetProperty("output_tokens").GetInt32());
        }
    }

    [Fact]
    public async Task When_all_fail_the_last_ones_answer_is_the_clients()
    {
        await using var first = new ScriptedProvider { Respond = _ => Script.Json(500, "{\"who\":1}") };
        await using var second = new ScriptedProvider { Respond = _ => Script.Json(503, "{\"who\":2}") };
        await using var sidecar = await SidecarProcess.ServeAsync(Yaml(first.Uri, second.Uri));
        var response = await RawClient.AskAsync(sidecar.DataUri, RawClient.Post("/v1/chat/completions", """{"model":"m","stream":true}"""));
        Assert.Equal((503, "{\"who\":2}"), (response.Status, response.Text));
    }

    [Fact]
    public async Task A_provider_that_fails_again_and_again_is_left_alone_and_asked_again_later()
    {
        await using var first = new ScriptedProvider { Respond = _ => Script.Json(500, "{}") };
        await using var second = new ScriptedProvider { Respond = _ => Script.Json(200, "{}") };
        await using var sidecar = await SidecarProcess.ServeAsync(Yaml(first.Uri, second.Uri));
        for (var i = 0; i < 12; i++) Assert.Equal(200, (await RawClient.AskAsync(sidecar.DataUri, RawClient.Post("/v1/x", "{}"))).Status);
        Assert.Equal(5, first.TakeAll().Count);
        Assert.Equal(12, second.TakeAll().Count);
        await Bound.UntilAsync(() => sidecar.Errors.Any(line => line.Contains("left alone", StringComparison.Ordinal)), "a warning");
        Assert.Equal(5, (await sidecar.MetricsAsync()).Sum("llm_sidecar_upstream_attempts_total", ("upstream", "first")));
    }

    [Fact]
    public async Task A_provider_that_asks_to_be_left_alone_is()
    {
        await using var first = new ScriptedProvider { Respond = _ => Script.Response(429, [("retry-after", "30"), ("content-type", "application/json")], Framing.Length, "{}") };
        await using var second = new ScriptedProvider { Respond = _ => Script.Json(200, "{}") };
        await using var sidecar = await SidecarProcess.ServeAsync(Yaml(first.Uri, second.Uri));
        for (var i = 0; i < 5; i++) Assert.Equal(200, (await RawClient.AskAsync(sidecar.DataUri, RawClient.Post("/v1/x", "{}"))).Status);
        Assert.Single(first.TakeAll());
    }

    [Fact]
    public async Task Requests_are_shared_by_weight_and_ask_for_the_model_of_their_upstream()
    {
        await using var first = new ScriptedProvider();
        await using var second = new ScriptedProvider();
        await using var sidecar = await SidecarProcess.ServeAsync($$"""
            upstreams: { first: { url: "{{first.Uri}}" }, second: { url: "{{second.Uri}}" } }
            routes: [ { name: all, upstreams: [ { name: first, weight: 3 }, { name: second, weight: 1, model: "other \"one\"" } ] } ]

            """);
        for (var i = 0; i < 200; i++) await RawClient.AskAsync(sidecar.DataUri, RawClient.Post("/v1/chat/completions", """{"a":1, "model" : "m","b":2}"""));
        var (atFirst, atSecond) = (first.TakeAll(), second.TakeAll());
        Assert.Equal(200, atFirst.Count + atSecond.Count);
        Assert.InRange(atSecond.Count, 20, 85);
        Assert.All(atFirst, exchange => Assert.Equal("""{"a":1, "model" : "m","b":2}""", Encoding.UTF8.GetString(exchange.Request.Body)));
        Assert.All(atSecond, exchange => Assert.Equal("""{"a":1, "model" : "other \u0022one\u0022","b":2}""", Encoding.UTF8.GetString(exchange.Request.Body)));
        await RawClient.AskAsync(sidecar.DataUri, RawClient.Post("/v1beta/models/m:generateContent?key=k", "{}"));
        var target = first.TakeAll().Concat(second.TakeAll()).Single().Request.Target;
        Assert.Contains(target, new[] { "/v1beta/models/m:generateContent?key=k", "/v1beta/models/other%20%22one%22:generateContent?key=k" });
    }

    private static string Yaml(Uri first, Uri second) => $$"""
        upstreams: { first: { url: "{{first}}", connect_timeout: 2s }, second: { url: "{{second}}" } }
        routes: [ { name: all, upstreams: [ { name: first } ], fallback: [ second ], first_token_timeout: 400ms } ]

        """;

    private static Script Fails(string what, ApiDialect dialect)
    {
        var frames = dialect.Stream(Completion.Hello).ToList();
        var content = frames.FindIndex(frame => frame.Content);
        List<Step> toContent = [.. frames.Take(content + 1).Select(frame => (Step)frame.Wire)];
        Script Stream(params IEnumerable<Step> body) => Script.Response(dialect.StreamType, Framing.Chunked, body);
        return what switch
        {
            "closes before its head" => Script.Raw(new Step.Close()),
            "answers garbage" => Script.Raw("garbage\r\n\r\n"),
            "answers 429" => Script.Json(429, dialect.Error(429, "no")),
            "answers 500" => Script.Json(500, dialect.Error(500, "no")),
            "answers 400" => Script.Json(400, dialect.Error(400, "no")),
            "says an error and nothing else" => Stream([dialect.ErrorEvent("no")]),
            "says nothing" => Stream(new Step.WaitFor(new Signal())),
            "says its role and then nothing" => Stream([.. Before(dialect), new Step.WaitFor(new Signal())]),
            "says its role and is cut" => Stream([.. Before(dialect), new Step.Close()]),
            "is cut after its first content" => Stream([.. toContent, new Step.Close()]),
            "says an error after its first content" => Stream([.. toContent, dialect is Gemini ? "" : dialect.ErrorEvent("no")]),
            _ => Stream([.. Before(dialect)]),
        };
    }

    private static List<Step> Before(ApiDialect dialect) => [.. dialect.Stream(Completion.Hello).TakeWhile(frame => !frame.Content).Select(frame => (Step)frame.Wire)];
}

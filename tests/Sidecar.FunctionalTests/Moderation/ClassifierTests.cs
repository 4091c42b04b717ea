using Sidecar.FunctionalTests.Client;
using Sidecar.FunctionalTests.Dialects;
using Sidecar.FunctionalTests.Product;
using Sidecar.FunctionalTests.Provider;

namespace Sidecar.FunctionalTests.Moderation;

/// <summary>A classifier beside the rules: asked about redacted text, in windows, over connections of its own.</summary>
public sealed class ClassifierTests : IAsyncLifetime
{
    private const string Good = "This is a good sentence, and long enough to be asked about. ";
    private const string Bad = "This one is evil, and long enough as well to be asked about. ";

    private readonly ScriptedProvider _provider = new();
    private readonly ScriptedProvider _classifier = new();

    public ValueTask InitializeAsync()
    {
        _classifier.Respond = request => Script.Json(200, request.Text.Contains("evil", StringComparison.Ordinal) ? """{"results":[{"flagged":true}]}""" : """{"results":[{"flagged":false}]}""");
        return ValueTask.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        await _provider.DisposeAsync();
        await _classifier.DisposeAsync();
        Assert.Empty(_classifier.Violations);
    }

    [Theory]
    [MemberData(nameof(ApiDialect.Names), MemberType = typeof(ApiDialect))]
    public async Task A_sync_gate_lets_text_go_when_its_verdict_is_in_and_ends_the_answer_at_a_flagged_window(string dialectName)
    {
        var dialect = ApiDialect.Of(dialectName);
        await using var sidecar = await ServeAsync("sync");
        var response = await AskAsync(sidecar, dialect, dialect.Streamed(Said.InPieces(Good + Good + Bad + Good, 7)));
        Assert.Equal(200, response.Status);
        Assert.DoesNotContain("evil", response.Text, StringComparison.Ordinal);
        Assert.Contains("This", response.Text, StringComparison.Ordinal);
        await Bound.UntilAsync(async () => (await sidecar.MetricsAsync()).Sum("llm_sidecar_streams_total", ("outcome", "moderated")) == 1, "the outcome");
        // A second window may have been under way, and holds the first as its context.
        Assert.InRange((await sidecar.MetricsAsync()).Sum("llm_sidecar_classifier_total", ("verdict", "flagged")), 1, 2);
    }

    [Theory]
    [InlineData("sync")]
    [InlineData("async")]
    public async Task An_answer_of_which_nothing_is_flagged_comes_as_it_was_sent(string gate)
    {
        await using var sidecar = await ServeAsync(gate);
        foreach (var dialect in ApiDialect.All)
        {
            var completion = Said.InPieces(Good + Good + Good, 11);
            var response = await AskAsync(sidecar, dialect, dialect.Streamed(completion));
            Assert.Equal(dialect.StreamBytes(completion), response.Body.ToArray());
            Assert.True((await sidecar.MetricsAsync()).Sum("llm_sidecar_classifier_total", ("verdict", "allowed")) > 0);
        }
    }

    [Fact]
    public async Task The_classifier_sees_redacted_text_only()
    {
        var dialect = new OpenAIChat();
        await using var sidecar = await ServeAsync("sync");
        await AskAsync(sidecar, dialect, dialect.Streamed(Said.InPieces("Write to john@x.com and say hello to everybody who is there. ", 3)));
        var asked = string.Concat(_classifier.TakeAll().Select(exchange => exchange.Request.Text));
        Assert.Contains("[email]", asked, StringComparison.Ordinal);
        Assert.DoesNotContain("john", asked, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("closed", false)]
    [InlineData("open", true)]
    public async Task A_classifier_that_fails_lets_text_pass_or_not_as_configured(string onFailure, bool passes)
    {
        _classifier.Respond = _ => Script.Json(500, "{}");
        var dialect = new OpenAIChat();
        await using var sidecar = await ServeAsync("sync", onFailure);
        var response = await AskAsync(sidecar, dialect, dialect.Streamed(Said.InPieces(Good, 9)));
        Assert.Equal(passes, response.Text.Contains("good", StringComparison.Ordinal));
        Assert.Equal(!passes, response.Text.Contains("content_filter", StringComparison.Ordinal));
        Assert.True((await sidecar.MetricsAsync()).Sum("llm_sidecar_classifier_total", ("verdict", "error")) > 0);
    }

    [Fact]
    public async Task A_whole_answer_waits_for_its_verdict_too()
    {
        var dialect = new OpenAIChat();
        await using var sidecar = await ServeAsync("async");
        var bad = await AskAsync(sidecar, dialect, Script.Json(200, dialect.Body(new Completion { Text = [Good + Bad] })));
        Assert.DoesNotContain("evil", bad.Text, StringComparison.Ordinal);
        Assert.Contains("content_filter", bad.Text, StringComparison.Ordinal);
        var good = await AskAsync(sidecar, dialect, Script.Json(200, dialect.Body(new Completion { Text = [Good] })));
        Assert.Contains(Good, good.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_async_gate_sends_text_at_once_and_cuts_at_a_verdict()
    {
        var rest = new Signal();
        var dialect = new OpenAIChat();
        _classifier.Respond = _ => Script.Raw(new Step.WaitFor(rest), "HTTP/1.1 200 OK\r\ncontent-length: 30\r\n\r\n{\"results\":[{\"flagged\":true}]}");
        await using var sidecar = await ServeAsync("async", timeout: "20s");
        var frames = dialect.Stream(Said.InPieces(Good, 100)).ToList();
        _provider.Respond = _ => Script.Response(dialect.StreamType, Framing.Chunked, [frames[0].Wire, frames[1].Wire, new Step.WaitFor(new Signal())]);
        using var client = await RawClient.ConnectAsync(sidecar.DataUri);
        await client.PostAsync(dialect.Path(true, "m"), dialect.Request(true, "m"));
        var response = await client.HeadAsync("POST");
        await response.UntilAsync(() => response.Text.Contains("good sentence", StringComparison.Ordinal), "text before its verdict");
        rest.Raise();
        await response.CompleteAsync();
        Assert.EndsWith("data: [DONE]\n\n", response.Text, StringComparison.Ordinal);
        Assert.Contains("content_filter", response.Text, StringComparison.Ordinal);
    }

    private async Task<RawResponse> AskAsync(SidecarProcess sidecar, ApiDialect dialect, Script script)
    {
        _provider.Respond = _ => script;
        return await RawClient.AskAsync(sidecar.DataUri, RawClient.Post(dialect.Path(true, "m"), dialect.Request(true, "m")));
    }

    private Task<SidecarProcess> ServeAsync(string gate, string onFailure = "closed", string timeout = "5s") => SidecarProcess.ServeAsync(SidecarFixture.Yaml(_provider.Uri, "asks") + $$"""
        moderation:
          policies:
            asks:
              classifier: { url: "{{_classifier.Uri}}v1/moderations", gate: {{gate}}, on_failure: {{onFailure}}, timeout: {{timeout}}, model: guard }
              rules:
                - { id: pii, detect: [email], action: redact }

        """);
}

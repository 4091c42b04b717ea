using Sidecar.FunctionalTests.Client;
using Sidecar.FunctionalTests.Dialects;
using Sidecar.FunctionalTests.Product;
using Sidecar.FunctionalTests.Provider;
using Sidecar.FunctionalTests.Sdk;

namespace Sidecar.FunctionalTests.Moderation;

/// <summary>An answer that a policy ends ends in its dialect's own way: the SDK finishes normally, and the provider is left at once.</summary>
public sealed class EndingTests(ModeratedSidecar fixture) : IClassFixture<ModeratedSidecar>
{
    private const string Ended = "This is a forbidden phrase, and more.";

    [Theory]
    [MemberData(nameof(OfficialSdk.Names), MemberType = typeof(OfficialSdk))]
    public async Task The_sdk_finishes_normally_with_the_text_before_the_match(string sdkName)
    {
        var sdk = OfficialSdk.Of(sdkName);
        foreach (var length in new[] { 1, 2, 5, 11, 20, 100 })
        {
            fixture.Provider.Respond = _ => sdk.Dialect.Streamed(Said.InPieces(Ended, length));
            var told = await sdk.StreamAsync(fixture.Sidecar.DataUri);
            Assert.Equal("This is a ", told.Text);
            Assert.Equal(Finish(sdk), told.Finish);
        }
    }

    [Theory]
    [MemberData(nameof(OfficialSdk.Names), MemberType = typeof(OfficialSdk))]
    public async Task A_whole_answer_ends_as_a_moderated_one(string sdkName)
    {
        var sdk = OfficialSdk.Of(sdkName);
        fixture.Provider.Respond = _ => Script.Json(200, sdk.Dialect.Body(new Completion { Text = [Ended] }));
        var told = await sdk.AskAsync(fixture.Sidecar.DataUri);
        Assert.DoesNotContain("forbidden", told.Text, StringComparison.Ordinal);
        Assert.Equal(Finish(sdk), told.Finish);
    }

    [Theory]
    [MemberData(nameof(ApiDialect.Names), MemberType = typeof(ApiDialect))]
    public async Task The_provider_is_left_at_once_and_the_outcome_is_moderated(string dialectName)
    {
        var dialect = ApiDialect.Of(dialectName);
        var frames = dialect.Stream(Said.InPieces(Ended, 9)).TakeWhile(frame => !frame.Wire.Contains(" more", StringComparison.Ordinal)).Select(frame => (Step)frame.Wire).ToList();
        fixture.Provider.TakeAll();
        fixture.Provider.Respond = _ => Script.Response(dialect.StreamType, Framing.Chunked, [.. frames, new Step.WaitFor(new Signal())]);
        var before = await fixture.Sidecar.MetricsAsync();
        var response = await RawClient.AskAsync(fixture.Sidecar.DataUri, RawClient.Post(dialect.Path(true, "m"), dialect.Request(true, "m")));
        Assert.DoesNotContain("forbidden", response.Text, StringComparison.Ordinal);
        var exchange = await fixture.Provider.NextAsync();
        await Bound.ForAsync(exchange.PeerLeft.Raised, "the close of the provider's connection");
        await Bound.UntilAsync(async () => (await fixture.Sidecar.MetricsAsync()).Sum("llm_sidecar_streams_total", ("outcome", "moderated")) ==
            before.Sum("llm_sidecar_streams_total", ("outcome", "moderated")) + 1, "the outcome");
    }

    private static string? Finish(OfficialSdk sdk) => sdk.Dialect switch
    {
        Dialects.AnthropicMessages => sdk.Name == "Anthropic" ? "refusal" : null,
        Dialects.OpenAIResponses => "content_filter",
        Dialects.Ollama => "content_filter",
        _ => sdk.Name == "OpenAI chat" ? "ContentFilter" : "content_filter",
    };
}

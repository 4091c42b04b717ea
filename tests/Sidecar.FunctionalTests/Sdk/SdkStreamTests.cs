using Sidecar.FunctionalTests.Dialects;
using Sidecar.FunctionalTests.Product;
using Sidecar.FunctionalTests.Provider;
using Sidecar.FunctionalTests.Relay;

namespace Sidecar.FunctionalTests.Sdk;

/// <summary>An unmodified official SDK yields through the sidecar what it yields straight from the provider.</summary>
public sealed class SdkStreamTests(SidecarFixture fixture, ITestOutputHelper output) : IClassFixture<SidecarFixture>
{
    [Theory]
    [MemberData(nameof(OfficialSdk.Cases), MemberType = typeof(OfficialSdk))]
    public async Task A_stream_yields_the_same_typed_events(string sdkName, string completionName)
    {
        var (sdk, completion) = (OfficialSdk.Of(sdkName), Completion.ByName[completionName]);
        foreach (var framing in new[] { Framing.Chunked, Framing.Length, Framing.Close })
        {
            fixture.Provider.Respond = _ => sdk.Dialect.Streamed(completion, framing);
            var told = await SameAsync(sdk.StreamAsync);
            Assert.Equal(completion.WholeText, told.Text);
            Assert.Equal((completion.InputTokens, completion.OutputTokens), (told.InputTokens, told.OutputTokens));
        }
    }

    [Theory]
    [MemberData(nameof(OfficialSdk.Cases), MemberType = typeof(OfficialSdk))]
    public async Task A_whole_answer_is_the_same(string sdkName, string completionName)
    {
        var (sdk, completion) = (OfficialSdk.Of(sdkName), Completion.ByName[completionName]);
        fixture.Provider.Respond = _ => Script.Json(200, sdk.Dialect.Body(completion));
        var told = await SameAsync((endpoint, _) => sdk.AskAsync(endpoint));
        Assert.Equal(completion.WholeText, told.Text);
    }

    [Theory]
    [MemberData(nameof(OfficialSdk.Names), MemberType = typeof(OfficialSdk))]
    public async Task A_stream_cut_anywhere_on_the_wire_yields_the_same_typed_events(string sdkName)
    {
        var sdk = OfficialSdk.Of(sdkName);
        foreach (var seed in Enumerable.Range(1, 5))
        {
            fixture.Provider.Respond = _ => sdk.Dialect.Streamed(Completion.Letters).Written(Cut.Random(seed, longest: 20));
            Assert.Equal(Completion.Letters.WholeText, (await SameAsync(sdk.StreamAsync)).Text);
        }
    }

    [Theory]
    [MemberData(nameof(OfficialSdk.Names), MemberType = typeof(OfficialSdk))]
    public async Task A_recorded_stream_yields_the_same_typed_events_or_the_same_failure(string sdkName)
    {
        StreamBody.TellAbsence(output);
        var sdk = OfficialSdk.Of(sdkName);
        var bodies = StreamBody.For(sdk.Dialect.Path(true, "m")).ToList();
        Assert.NotEmpty(bodies);
        foreach (var body in bodies)
        {
            fixture.Provider.Respond = _ => Script.Response(body.ContentType, Framing.Chunked, Cut.PerEvent(body.Bytes).Select(part => (Step)new Step.Send(part)));
            var straight = await HearAsync(sdk, fixture.Provider.Uri);
            var through = await HearAsync(sdk, fixture.Sidecar.DataUri);
            Assert.True(straight == through, $"{body.Name}\nstraight: {straight}\nthrough:  {through}");
        }
        output.WriteLine($"{bodies.Count} streams");
    }

    [Theory]
    [MemberData(nameof(OfficialSdk.Names), MemberType = typeof(OfficialSdk))]
    public async Task A_stream_cancelled_before_its_first_byte_closes_the_providers_connection(string sdkName)
    {
        fixture.Provider.Respond = _ => Script.Raw(new Step.WaitFor(new Signal()));
        await CancelAsync(OfficialSdk.Of(sdkName), more: null);
    }

    [Theory]
    [MemberData(nameof(OfficialSdk.Names), MemberType = typeof(OfficialSdk))]
    public async Task A_stream_cancelled_between_events_closes_the_providers_connection(string sdkName)
    {
        var sdk = OfficialSdk.Of(sdkName);
        var (begun, more) = (new Signal(), new Signal());
        var steps = sdk.Dialect.Stream(Completion.AtLimit).Select(frame => (Step)frame.Wire).ToList();
        // OllamaSharp looks at its token only when a line has come, so one more comes after the cancellation.
        fixture.Provider.Respond = _ => Script.Response(sdk.Dialect.StreamType, Framing.Chunked,
            [.. steps[..5], new Step.Tell(begun), new Step.WaitFor(more), .. steps[5..10], new Step.WaitFor(new Signal())]);
        await CancelAsync(sdk, more, begun);
    }

    private async Task CancelAsync(OfficialSdk sdk, Signal? more, Signal? begun = null)
    {
        fixture.Provider.TakeAll();
        using var cancel = new CancellationTokenSource();
        var stream = sdk.StreamAsync(fixture.Sidecar.DataUri, cancel.Token);
        var exchange = await fixture.Provider.NextAsync();
        if (begun is not null) await Bound.ForAsync(begun.Raised, "the script's start");
        await cancel.CancelAsync();
        more?.Raise();
        var failure = await Record.ExceptionAsync(() => stream.WaitAsync(Bound.Wait));
        Assert.True(failure is null or OperationCanceledException, failure?.ToString());
        await Bound.ForAsync(exchange.PeerLeft.Raised, "the close of the provider's connection");
    }

    private async Task<Told> SameAsync(Func<Uri, CancellationToken, Task<Told>> ask)
    {
        var straight = await ask(fixture.Provider.Uri, default);
        var through = await ask(fixture.Sidecar.DataUri, default);
        Assert.Equal(straight.Events, through.Events);
        Assert.Equal(straight with { Events = through.Events }, through);
        return through;
    }

    private static async Task<string> HearAsync(OfficialSdk sdk, Uri endpoint)
    {
        try
        {
            var told = await sdk.StreamAsync(endpoint);
            return $"{string.Join('\n', told.Events)}\n{told.Text} {told.Finish} {told.InputTokens} {told.OutputTokens}";
        }
        catch (Exception failure) when (failure is not TimeoutException)
        {
            return $"{failure.GetType()}: {failure.Message}";
        }
    }
}

using System.Text;
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
        var recorded = StreamBody.RecordedFor(sdk.Dialect.Path(true, "m")).ToList();
        foreach (var body in recorded)
        {
            fixture.Provider.Respond = _ => Script.Response(body.ContentType, Framing.Chunked, Cut.PerEvent(body.Bytes).Select(part => (Step)new Step.Send(part)));
            var straight = await HearAsync(sdk, fixture.Provider.Uri);
            var through = await HearAsync(sdk, fixture.Sidecar.DataUri);
            Assert.True(straight == through, $"{body.Name}\nstraight: {straight}\nthrough:  {through}");
        }
        output.WriteLine($"{recorded.Count} recorded streams");
    }

    [Theory]
    [MemberData(nameof(OfficialSdk.Names), MemberType = typeof(OfficialSdk))]
    public async Task A_cancelled_stream_closes_the_providers_connection(string sdkName)
    {
        var sdk = OfficialSdk.Of(sdkName);
        var steps = sdk.Dialect.Stream(Completion.Hello).Select(frame => (Step)frame.Wire).ToList();
        var reached = new Signal();
        foreach (var sent in new[] { 0, 2 })
        {
            fixture.Provider.Respond = _ => Script.Response(sdk.Dialect.StreamType, Framing.Chunked,
                [.. steps[..sent], new Step.Tell(reached), new Step.WaitFor(new Signal()), .. steps[sent..]]);
            fixture.Provider.TakeAll();
            using var cancel = new CancellationTokenSource();
            var stream = sdk.StreamAsync(fixture.Sidecar.DataUri, cancel.Token);
            var exchange = await fixture.Provider.NextAsync();
            await Bound.ForAsync(reached.Raised, "the script's start");
            await cancel.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => stream);
            await Bound.ForAsync(exchange.PeerLeft.Raised, "the close of the provider's connection");
        }
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
            return new StringBuilder().AppendJoin('\n', told.Events).Append(CultureInvariant(told)).ToString();
        }
        catch (Exception failure) when (failure is not TimeoutException)
        {
            return $"{failure.GetType()}: {failure.Message}";
        }
    }

    private static string CultureInvariant(Told told) => $"\n{told.Text} {told.Finish} {told.InputTokens} {told.OutputTokens}";
}

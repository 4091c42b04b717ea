using System.Text;
using Sidecar.FunctionalTests.Client;
using Sidecar.FunctionalTests.Dialects;
using Sidecar.FunctionalTests.Product;
using Sidecar.FunctionalTests.Provider;
using Sidecar.FunctionalTests.Sdk;

namespace Sidecar.FunctionalTests.Faults;

/// <summary>
/// Failures that users of other gateways reported, by their numbers in the design's list, as far as they are about flow and faults and no other class
/// holds them: 5 and 6 are in <see cref="Telemetry.OutcomeTests"/>, 10 and 15 in <see cref="Relay.TruncationTests"/> and the fault matrix, the long
/// silences of 22 in the fault matrix, the bounds of 30 for each dialect in <see cref="Http.LimitTests"/>.
/// </summary>
public sealed class ReportedFailures(SidecarFixture fixture) : IClassFixture<SidecarFixture>
{
    private const int Megabyte = 1024 * 1024;
    private static readonly OpenAIChat Chat = new();

    [Fact]
    public async Task No_10_a_client_that_leaves_while_it_holds_the_provider_back_closes_the_providers_connection()
    {
        var content = Wire(new string('x', 64 * 1024));
        fixture.Provider.Respond = _ => Script.Response(Chat.StreamType, Framing.Chunked, [.. Enumerable.Repeat((Step)content, 1024), new Step.WaitFor(new Signal())]);
        fixture.Provider.TakeAll();
        using var client = await RawClient.ConnectAsync(fixture.Sidecar.DataUri, receiveBuffer: 4096);
        await client.PostAsync(Chat.Path(true, "m"), Chat.Request(true, "m"));
        var exchange = await fixture.Provider.NextAsync();
        await Bound.UntilAsync(async () => (await fixture.Sidecar.MetricsAsync()).Sum("llm_sidecar_buffer_overflows_total", ("action", "pause")) > 0, "a pause");
        client.Reset();
        await Bound.ForAsync(exchange.PeerLeft.Raised, "the close of the provider's connection");
    }

    [Fact]
    public async Task No_12_streams_that_were_abandoned_leave_their_places_to_others()
    {
        await using var provider = new ScriptedProvider();
        await using var sidecar = await SidecarProcess.ServeAsync($$"""
            upstreams: { one: { url: "{{provider.Uri}}", provider: openai, max_connections: 2 } }
            routes: [ { name: all, match: { path: "/*" }, upstreams: [ { name: one } ] } ]
            streaming: { max_concurrent_streams: 2 }
            """);
        for (var i = 0; i < 10; i++)
        {
            var reached = new Signal();
            Step[] steps = [new Step.Tell(reached), new Step.WaitFor(new Signal())];
            provider.Respond = _ => i % 2 == 0 ? Script.Raw(steps) : Script.Response(Chat.StreamType, Framing.Chunked, [Wire("Hello"), .. steps]);
            using var client = await RawClient.ConnectAsync(sidecar.DataUri);
            await client.PostAsync(Chat.Path(true, "m"), Chat.Request(true, "m"));
            await Bound.ForAsync(reached.Raised, "the provider's wait");
            client.Reset();
            await Bound.UntilAsync(async () => (await sidecar.MetricsAsync()).Sum("llm_sidecar_streams_active") == 0, "no active stream");
        }
        provider.Respond = _ => Chat.Streamed(Completion.Hello);
        Assert.Equal(200, (await RawClient.AskAsync(sidecar.DataUri, RawClient.Post(Chat.Path(true, "m"), Chat.Request(true, "m")))).Status);
        Assert.Equal(10, (await sidecar.MetricsAsync()).Sum("llm_sidecar_streams_total", ("outcome", "client_abort")));
    }

    [Fact]
    public async Task No_18_an_error_that_the_provider_sends_in_a_stream_stays_the_providers_own()
    {
        var sdk = OfficialSdk.Of("Anthropic");
        var begun = sdk.Dialect.Stream(Completion.Hello).Take(4).Select(frame => (Step)frame.Wire);
        fixture.Provider.Respond = _ => Script.Response(sdk.Dialect.StreamType, Framing.Chunked, [.. begun, sdk.Dialect.ErrorEvent("too many at once")]);
        var straight = await Record.ExceptionAsync(() => sdk.StreamAsync(fixture.Provider.Uri));
        var through = await Record.ExceptionAsync(() => sdk.StreamAsync(fixture.Sidecar.DataUri));
        Assert.NotNull(straight);
        Assert.Equal((straight.GetType(), straight.Message), (through?.GetType(), through?.Message));
        bool IsTold() => fixture.Sidecar.AccessLines().Any(line => line.GetProperty("error_type").GetString() == "overloaded_error");
        await Bound.UntilAsync(IsTold, "an access line with the provider's word");
    }

    [Theory]
    [MemberData(nameof(ApiDialect.Names), MemberType = typeof(ApiDialect))]
    public async Task No_24_the_tokens_of_an_event_past_64_KiB_are_counted(string dialectName)
    {
        var dialect = ApiDialect.Of(dialectName);
        // The event that carries the usage is long itself where a dialect repeats the text in it.
        var completion = new Completion { Text = [new string('x', 200 * 1024)], OutputTokens = 40_000 };
        fixture.Provider.Respond = _ => dialect.Streamed(completion).Written(Cut.Random(24, 8192));
        var line = await PassesAsync(dialect, dialect.StreamBytes(completion), $"no-24-{dialectName}");
        Assert.Equal(("completed", 40_000), (line.GetProperty("outcome").GetString(), line.GetProperty("output_tokens").GetInt32()));
    }

    [Theory]
    [InlineData("openai-chat", "data: {\"choices\":[{\n\n")]
    [InlineData("openai-responses", "event: response.output_text.delta\ndata: }{\n\n")]
    [InlineData("anthropic", "event: content_block_delta\ndata: nothing\n\n")]
    [InlineData("gemini-sse", "data: [1,\r\n\r\n")]
    [InlineData("ollama-chat", "{\"model\":\n")]
    public async Task No_25_a_malformed_event_costs_a_healthy_stream_nothing(string dialectName, string malformed)
    {
        var dialect = ApiDialect.Of(dialectName);
        var frames = dialect.Stream(Completion.Hello).Select(frame => frame.Wire).ToList();
        frames.Insert(frames.Count / 2, malformed);
        fixture.Provider.Respond = _ => Script.Response(dialect.StreamType, Framing.Chunked, frames.Select(frame => (Step)frame));
        var line = await PassesAsync(dialect, Encoding.UTF8.GetBytes(string.Concat(frames)), $"no-25-{dialectName}");
        Assert.Equal(("completed", Completion.Hello.OutputTokens), (line.GetProperty("outcome").GetString(), line.GetProperty("output_tokens").GetInt32()));
    }

    [Fact]
    public async Task No_26_streams_come_to_their_ends_beside_one_that_never_pauses()
    {
        var enough = new Signal();
        var burst = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat(Wire("burst"), 5000)));
        fixture.Provider.Respond = request => request.Header("x-way") == "burst"
            ? Script.Response(Chat.StreamType, Framing.Chunked, [.. Enumerable.Repeat((Step)burst, 4000)])
            : Script.Response(Chat.StreamType, Framing.Chunked, Chat.Stream(Completion.AtLimit).SelectMany(Paced));
        using var bursting = await RawClient.ConnectAsync(fixture.Sidecar.DataUri);
        await bursting.PostAsync(Chat.Path(true, "m"), Chat.Request(true, "m"), "x-way: burst");
        var reading = ReadAsync(bursting, enough);
        var bytes = Chat.StreamBytes(Completion.AtLimit);
        await Task.WhenAll(Enumerable.Range(0, 10).Select(number => PassesAsync(Chat, bytes, $"no-26-{number}")));
        Assert.False(reading.IsCompleted, "the burst must outlast the others");
        enough.Raise();
        await reading;
    }

    [Fact]
    public async Task No_30_an_event_without_end_is_cut_at_its_bound_and_costs_no_more_memory_than_that()
    {
        await using var provider = new ScriptedProvider();
        await using var sidecar = await SidecarProcess.ServeAsync(SidecarFixture.Yaml(provider.Uri));
        var whole = Chat.Stream(Completion.Hello).First().Wire;
        var part = new byte[Megabyte];
        part.AsSpan().Fill((byte)'x');
        async Task EndlessAsync(string id)
        {
            provider.Respond = _ => Script.Response(Chat.StreamType, Framing.Chunked, [whole, "data: ", .. Enumerable.Repeat((Step)part, 64)]);
            using var client = await RawClient.ConnectAsync(sidecar.DataUri);
            await client.PostAsync(Chat.Path(true, "m"), Chat.Request(true, "m"), $"x-request-id: {id}");
            var exchange = await provider.NextAsync();
            var response = await client.HeadAsync("POST");
            Assert.False(await response.ReadOutAsync());
            Assert.StartsWith(whole, response.Text, StringComparison.Ordinal);
            Assert.Contains("stream_overflow", response.Text, StringComparison.Ordinal);
            Assert.DoesNotContain("xxxx", response.Text, StringComparison.Ordinal);
            await Bound.ForAsync(exchange.PeerLeft.Raised, "the close of the provider's connection");
            Assert.Equal("overflow", (await sidecar.AccessLineAsync(id)).GetProperty("outcome").GetString());
        }
        await EndlessAsync("first");
        var before = await ProcessMemory.ResidentAsync(sidecar.Id);
        for (var i = 0; i < 5; i++) await EndlessAsync($"endless-{i}");
        Assert.InRange(await ProcessMemory.ResidentAsync(sidecar.Id) - before, long.MinValue, 16 * Megabyte);
    }

    /// <summary>Asks, holds that these bytes come and end whole, and gives the access line.</summary>
    private async Task<System.Text.Json.JsonElement> PassesAsync(ApiDialect dialect, byte[] bytes, string id)
    {
        using var client = await RawClient.ConnectAsync(fixture.Sidecar.DataUri);
        await client.PostAsync(dialect.Path(true, "m"), dialect.Request(true, "m"), $"x-request-id: {id}");
        var response = await client.ResponseAsync("POST");
        Assert.Equal(bytes, response.Body.ToArray());
        return await fixture.Sidecar.AccessLineAsync(id);
    }

    private static async Task ReadAsync(RawClient client, Signal enough)
    {
        while (!enough.Raised.IsCompleted && client.End == ConnectionEnd.Open) await client.DiscardSomeAsync();
        client.Reset();
    }

    private static Step[] Paced(Frame frame) => [new Step.After(TimeSpan.FromMilliseconds(2)), frame.Wire];

    private static string Wire(string text) => Chat.Stream(new Completion { Text = [text] }).First(frame => frame.Content).Wire;
}

using System.Text;
using Sidecar.Moderation;
using Sidecar.Moderation.Detectors;
using Sidecar.Moderation.Fold;
using Sidecar.Protocols.Http1;
using Sidecar.Protocols.Sse;
using Sidecar.Providers;
using Sidecar.Proxy.Configuration;
using Sidecar.Proxy.Streaming;
using Sidecar.Proxy.Streaming.Moderation;
using Sidecar.Proxy.Tests.Transport;
using Sidecar.Proxy.Tests.Upstream;

namespace Sidecar.Proxy.Tests.Streaming;

/// <summary>The usage chunk that we asked for is not the client's; every other byte is.</summary>
public sealed class HiddenUsageTests
{
    private const string Before = ": hi\n\ndata: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"one\"}}],\"usage\":null}\n\ndata: {\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}],\"usage\":null}\r\n\r\n";
    private const string Extra = "data: {\"id\":\"c\",\"service_tier\":\"default\",\"choices\":[],\"usage\":{\"prompt_tokens\":7,\"completion_tokens\":2}}\n\n";
    private const string After = "data: [DONE]\n\n";

    public static TheoryData<string> Kept =>
    [
        "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"x\"}}],\"usage\":{\"completion_tokens\":2}}\n\n",
        "data: {\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}],\"usage\":{\"completion_tokens\":2}}\n\n",
        "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"\"}}],\"usage\":{\"completion_tokens\":2}}\n\n",
        "data: {\"choices\":[],\"usage\":null}\n\n",
        "data: {\"choices\":[],\"prompt_filter_results\":[]}\n\n",
        "data: {\"error\":{\"message\":\"no\"},\"usage\":{\"completion_tokens\":2}}\n\n",
    ];

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task It_is_left_out_at_every_split_and_its_figures_are_known(bool hasPolicy)
    {
        var body = Encoding.UTF8.GetBytes(Before + Extra + After);
        for (var split = 0; split <= body.Length; split++)
        {
            var (text, record) = await Relay(hides: true, hasPolicy, body[..split], body[split..]);
            Assert.Equal(Before + After, text);
            Assert.Equal((7, 2), (record.InputTokens, record.OutputTokens));
        }
    }

    [Fact]
    public async Task It_is_left_out_where_the_stream_ends_without_a_line_behind_it()
    {
        foreach (var hasPolicy in new[] { false, true })
            Assert.Equal(Before, (await Relay(hides: true, hasPolicy, Encoding.UTF8.GetBytes(Before + Extra.TrimEnd('\n')))).Text);
    }

    [Fact]
    public async Task A_client_that_asked_for_it_gets_it() => Assert.Equal(Before + Extra + After, (await Relay(hides: false, false, Encoding.UTF8.GetBytes(Before + Extra + After))).Text);

    [Theory]
    [MemberData(nameof(Kept))]
    public async Task An_event_that_brings_more_than_usage_is_the_clients(string frame)
    {
        foreach (var hasPolicy in new[] { false, true })
            Assert.Equal(frame + After, (await Relay(hides: true, hasPolicy, Encoding.UTF8.GetBytes(frame + After))).Text);
    }

    private static async Task<(string Text, Proxy.Telemetry.ExchangeRecord Record)> Relay(bool hides, bool hasPolicy, params byte[][] parts)
    {
        using var rig = new UpstreamRig();
        var client = new MemoryConnection();
        var exchange = await rig.Exchange(client: client);
        exchange.Response.StartHead(200, "OK"u8);
        exchange.Response.EndHead(BodyFraming.UntilClose);
        await exchange.Response.FlushAsync();
        client.Take();
        using var held = hasPolicy ? new HeldEvents(MakePolicy(), OpenAIChat.Instance, exchange.Record, rig.Time, () => { }) : null;
        var reading = new StreamReading(OpenAIChat.Instance, true, exchange.Record, hides);
        var relay = new FrameRelay(new SseScanner(10_000), reading, rig.Telemetry.Exchanges.Begin(exchange.Record), exchange, held);
        foreach (var part in parts) Assert.True(relay.Accept(part, 1));
        relay.Finish();
        relay.End(withRest: true);
        await exchange.Response.FlushAsync();
        return (Encoding.UTF8.GetString(client.TakeBytes()), exchange.Record);
    }

    private static Policy MakePolicy()
    {
        Rule[] rules = [new Rule("pii", RuleAction.Redact) { Detect = DetectorCatalogue.All }];
        return new Policy(new PolicyOptions { Rules = rules }, RuleSet.Build(rules, FoldKinds.All, out var error) ?? throw new InvalidOperationException(error), classifier: null);
    }
}

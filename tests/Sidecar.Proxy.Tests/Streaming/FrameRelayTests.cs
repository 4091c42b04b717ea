using System.Text;
using Sidecar.Protocols.Http1;
using Sidecar.Protocols.Sse;
using Sidecar.Providers;
using Sidecar.Proxy.Server;
using Sidecar.Proxy.Streaming;
using Sidecar.Proxy.Telemetry;
using Sidecar.Proxy.Tests.Transport;
using Sidecar.Proxy.Tests.Upstream;

namespace Sidecar.Proxy.Tests.Streaming;

public sealed class FrameRelayTests
{
    private const string Event = "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"hé\"}}]}\n\n";
    private const string Body = "\uFEFF: hello\r\n\r\n" + Event + "event: x\rdata: a\rdata: b\r\r" + Event + "id\n\ndata: [DONE]\n\n";

    private static async Task<(FrameRelay Relay, Exchange Exchange, MemoryConnection Client)> Make(UpstreamRig rig, int maxBytes = 10_000)
    {
        var client = new MemoryConnection();
        var exchange = await rig.Exchange(client: client);
        exchange.Response.StartHead(200, "OK"u8);
        exchange.Response.EndHead(BodyFraming.UntilClose);
        await exchange.Response.FlushAsync();
        client.Take();
        var meter = rig.Telemetry.Exchanges.Begin(exchange.Record);
        return (new FrameRelay(new SseScanner(maxBytes), new StreamReading(OpenAIChat.Instance, true, exchange.Record), meter, exchange, held: null), exchange, client);
    }

    [Fact]
    public async Task Every_split_gives_the_same_bytes_each_event_as_soon_as_it_is_complete()
    {
        using var rig = new UpstreamRig();
        var body = Encoding.UTF8.GetBytes(Body);
        for (var split = 1; split < body.Length; split++)
        {
            var (relay, exchange, client) = await Make(rig);
            Assert.True(relay.Accept(body.AsSpan(0, split), 1));
            await exchange.Response.FlushAsync();
            var first = client.TakeBytes();
            Assert.True(relay.Accept(body.AsSpan(split), 2));
            await exchange.Response.FlushAsync();
            byte[] both = [.. first, .. client.TakeBytes()];
            Assert.Equal(body, both);
            Assert.Equal(CompleteIn(body, split), first.Length);
            Assert.Equal(2, relay.TakeContentEvents());
            Assert.Equal(0, relay.TakeContentEvents());
        }
    }

    /// <summary>How many bytes of complete frames stand in the first bytes.</summary>
    private static int CompleteIn(byte[] body, int split)
    {
        var scanner = new SseScanner(10_000);
        var length = 0;
        while (scanner.Next(body.AsSpan(length, split - length), out var frame) == Protocols.ScanStatus.Frame) length += frame.Length;
        return length;
    }

    [Fact]
    public async Task An_event_without_an_end_is_understood_first_and_then_passed_on_or_dropped()
    {
        using var rig = new UpstreamRig();
        foreach (var isDropped in new[] { true, false })
        {
            var (relay, exchange, client) = await Make(rig);
            relay.Accept(Encoding.UTF8.GetBytes(Event.TrimEnd('\n')), 1);
            relay.Finish();
            Assert.Equal(1, relay.TakeContentEvents());
            relay.End(withRest: !isDropped);
            await exchange.Response.FlushAsync();
            Assert.Equal(isDropped ? [] : Encoding.UTF8.GetBytes(Event.TrimEnd('\n')), client.TakeBytes());
        }
    }

    [Fact]
    public async Task An_event_over_the_bound_is_told_and_what_was_complete_before_it_is_written()
    {
        using var rig = new UpstreamRig();
        var (relay, exchange, client) = await Make(rig, maxBytes: 100);
        Assert.False(relay.Accept(Encoding.UTF8.GetBytes(Event + "data: " + new string('x', 100)), 1));
        await exchange.Response.FlushAsync();
        Assert.Equal(Encoding.UTF8.GetBytes(Event), client.TakeBytes());
    }

    [Fact]
    public async Task An_event_costs_no_allocation()
    {
        using var rig = new UpstreamRig();
        var (relay, exchange, client) = await Make(rig);
        var body = Encoding.UTF8.GetBytes(Event + Event + Event[..30]);
        var rest = Encoding.UTF8.GetBytes(Event[30..] + "data: {\"choices\":\ndata: []}\n\n");
        long least = long.MaxValue;
        for (var round = 0; round < 50; round++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            relay.Accept(body, round + 1);
            relay.Accept(rest, round + 1);
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
            await exchange.Response.FlushAsync();
            client.TakeBytes();
        }
        Assert.Equal(0, least);
    }
}

using Sidecar.Proxy.Telemetry;
using Sidecar.Proxy.Tests.Server;

namespace Sidecar.Proxy.Tests.Streaming;

/// <summary>The comment that keeps a silent stream from looking dead.</summary>
public sealed class HeartbeatTests
{
    private const string Content = "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"hi\"}}]}\n\n";
    private const string KeepAlive = ": keep-alive\n\n";

    private static string C(string text) => RelayRig.Chunked(text);

    [Fact]
    public void It_breaks_each_silence_that_lasts_long_enough_from_the_head_on()
    {
        using var rig = new RelayRig();
        rig.Ask("/v1/custom");
        rig.Time.Advance(1_000);
        Assert.Empty(rig.Client.Take());
        rig.Begin();
        rig.Time.Advance(14_800);
        Assert.Empty(rig.Client.Take());
        rig.Time.Advance(300);
        Assert.Equal(C(KeepAlive), rig.Client.Take());
        rig.Chunk(Content);
        Assert.Equal(C(Content), rig.Client.Take());
        rig.Time.Advance(14_800);
        Assert.Empty(rig.Client.Take());
        rig.Time.Advance(300);
        Assert.Equal(C(KeepAlive), rig.Client.Take());
        rig.Time.Advance(15_100);
        Assert.Equal(C(KeepAlive), rig.Client.Take());
    }

    [Fact]
    public void It_never_stands_inside_an_event()
    {
        using var rig = new RelayRig();
        rig.Ask();
        rig.Begin();
        rig.Chunk(Content[..20]);
        rig.Time.Advance(15_100);
        Assert.Equal(C(KeepAlive), rig.Client.Take());
        rig.Chunk(Content[20..]);
        Assert.Equal(C(Content), rig.Client.Take());
    }

    [Fact]
    public void It_is_no_sign_of_life_of_the_provider_and_no_event()
    {
        using var rig = new RelayRig(ServerRig.NoClocks with { Heartbeat = TimeSpan.FromSeconds(1), ReadTimeout = TimeSpan.FromSeconds(10) });
        rig.Ask("/v1/custom");
        rig.Begin();
        rig.Chunk(Content);
        rig.Time.Advance(10_100);
        Assert.Equal((Outcome.UpstreamTimeout, 1), (rig.Record.Outcome, rig.Record.Chunks));
    }

    [Theory]
    [InlineData("/v1/chat/completions", "text/event-stream", 0)]
    [InlineData("/api/chat", "application/x-ndjson", 15)]
    [InlineData("/v1beta/models/m:streamGenerateContent", "application/json", 15)]
    [InlineData("/v1beta/models/m:streamGenerateContent", "text/event-stream", 15)]
    [InlineData("/v1/chat/completions", "application/json", 15)]
    [InlineData("/v1/audio/speech", "audio/mpeg", 15)]
    public void It_is_sent_nowhere_else(string path, string type, int seconds)
    {
        using var rig = new RelayRig(ServerRig.NoClocks with { Heartbeat = TimeSpan.FromSeconds(seconds), ReadTimeout = TimeSpan.Zero, StallTimeout = TimeSpan.Zero });
        rig.Ask(path);
        rig.Begin(type: type);
        rig.Time.Advance(16_000);
        Assert.Empty(rig.Client.Take());
    }
}

using Sidecar.Proxy.Telemetry;
using Sidecar.Proxy.Tests.Server;

namespace Sidecar.Proxy.Tests.Streaming;

/// <summary>What becomes of a provider's response whose client has left, where it is to be read to its end.</summary>
public sealed class AbandonedStreamTests
{
    private const string Content = "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"hi\"}}]}\n\n";
    private const string Usage = "data: {\"choices\":[],\"usage\":{\"prompt_tokens\":5,\"completion_tokens\":7}}\n\n";
    private const string Last = "0\r\n\r\n";

    private static RelayRig Abandoned()
    {
        var rig = new RelayRig(ServerRig.NoClocks with { DrainsOnClientAbort = true, ReadTimeout = TimeSpan.FromSeconds(10) });
        rig.Ask();
        rig.Begin();
        rig.Chunk(Content);
        rig.Client.Reset();
        return rig;
    }

    [Fact]
    public void It_is_read_to_its_end_so_that_usage_is_known()
    {
        using var rig = Abandoned();
        Assert.False(rig.Provider.IsAborted);
        Assert.Equal(Phase.Draining, rig.Record.Phase);
        rig.Chunk(Content);
        rig.Chunk(Usage);
        Assert.Equal(0, rig.Record.EndedAt);
        rig.Provider.Send(RelayRig.Chunked("data: [DONE]\n\n") + Last);
        Assert.Equal((Outcome.ClientAbort, 5, 7), (rig.Record.Outcome, rig.Record.InputTokens, rig.Record.OutputTokens));
        Assert.True(rig.Running.IsCompletedSuccessfully);
    }

    [Fact]
    public void A_provider_that_falls_silent_is_left()
    {
        using var rig = Abandoned();
        rig.Time.Advance(9_000);
        rig.Chunk(Content);
        rig.Time.Advance(9_800);
        Assert.False(rig.Provider.IsAborted);
        rig.Time.Advance(300);
        Assert.True(rig.Provider.IsAborted);
        Assert.Equal(Outcome.ClientAbort, rig.Record.Outcome);
    }

    [Fact]
    public void A_provider_that_never_ends_is_left_after_a_minute()
    {
        using var rig = Abandoned();
        for (var second = 0; second < 59; second++)
        {
            rig.Time.Advance(1_000);
            rig.Chunk(Content);
        }
        Assert.False(rig.Provider.IsAborted);
        rig.Time.Advance(1_200);
        Assert.True(rig.Provider.IsAborted);
    }
}

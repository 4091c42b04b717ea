using System.Globalization;
using Sidecar.FunctionalTests.Faults.Soak;

namespace Sidecar.Soak.Tests;

/// <summary>What streams of random faults and aborts hold while they last is given back: buffers to their pools, timers to the runtime.</summary>
public sealed class SoakTests
{
    /// <summary>What the runtime and the pools keep for themselves is theirs after so many.</summary>
    private const int WarmUp = 300;

    [Theory]
    [InlineData("as by default", "off", "")]
    [InlineData("moderated", "default", "")]
    [InlineData("reading on", "off", ", on_client_abort: drain, backpressure: { strategy: keep_reading }")]
    public async Task No_pooled_buffer_and_no_timer_is_left_of_a_stream(string name, string policy, string streaming)
    {
        using var buffers = new PooledBuffers();
        var size = SoakSize.Current;
        var count = size.Streams / 3;
        await using var sidecar = await HostedSidecar.StartAsync(policy, streaming);
        var streams = new RandomStreams(size.Seed, sidecar.DataUri, sidecar.Provider);
        await streams.RunAsync(WarmUp, TimeSpan.Zero);
        var before = await sidecar.AtRestAsync(buffers);
        await streams.RunAsync(count, TimeSpan.Zero);
        var after = await sidecar.AtRestAsync(buffers);
        SoakSize.Report(string.Create(CultureInfo.InvariantCulture,
            $"in process, {name}: {count} streams after {WarmUp}, seed {size.Seed}; of {buffers.AllRented} pooled buffers "
            + $"{before.Buffers} were out at rest before, {after.Buffers} after; timers {before.Timers} before, {after.Timers} after"));
        Assert.Equal(before, after);
        Assert.Empty(sidecar.Provider.Violations);
    }
}

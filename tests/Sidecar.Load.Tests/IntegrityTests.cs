using Sidecar.Load.Figures;
using Sidecar.Load.Wire;

namespace Sidecar.Load.Tests;

/// <summary>A proxy that does anything to a stream is told as wrong, and by its fault's own name; one that does nothing is not.</summary>
public sealed class IntegrityTests : IDisposable
{
    private readonly RunningProvider _provider = new();

    public static TheoryData<string> Dialects => [.. StreamDialect.All.Select(dialect => dialect.Name)];

    public void Dispose() => _provider.Dispose();

    [Theory, MemberData(nameof(Dialects))]
    public void A_stream_straight_from_the_provider_is_whole(string dialect) =>
        AssertWhole(_provider.Load(with: plan => plan with { Dialect = StreamDialect.Named(dialect) }));

    [Theory, MemberData(nameof(Dialects))]
    public void A_proxy_may_frame_anew(string dialect) =>
        AssertWhole(_provider.Load(() => new Rechunks(), plan => plan with { Dialect = StreamDialect.Named(dialect) }));

    [Fact]
    public void Bursts_and_floods_are_whole()
    {
        AssertWhole(_provider.Load(with: plan => plan with { Burst = 5, Bytes = 900, Tokens = "word" }));
        var flood = _provider.Load(with: plan => plan with { Rate = 0, Events = 2000 });
        Assert.Equal(0, flood.Faults.Total);
        Assert.True(flood.Whole > 4 && flood.Events > 8000);
    }

    [Fact]
    public void Lost_events_are_told() => AssertOnly(_provider.Load(() => new Loses()), faults => faults.Lost);

    [Fact]
    public void Reordered_events_are_told() => AssertOnly(_provider.Load(() => new Reorders()), faults => faults.Reordered);

    [Fact]
    public void Repeated_events_are_told() => AssertOnly(_provider.Load(() => new Repeats()), faults => faults.Repeated);

    [Fact]
    public void Merged_events_are_told() => AssertOnly(_provider.Load(() => new Merges()), faults => faults.Merged);

    [Fact]
    public void Altered_events_are_told() => AssertOnly(_provider.Load(() => new Alters()), faults => faults.Altered);

    [Fact]
    public void Events_of_another_stream_are_told()
    {
        var exchange = new Crosses.Exchange();
        var faults = _provider.Load(() => new Crosses(exchange)).Faults;
        Assert.True(faults.Foreign > 0);
        // What another stream has got is lost to this one.
        Assert.True(faults.Lost > 0);
    }

    [Fact]
    public void A_stream_that_breaks_off_is_told() => AssertOnly(_provider.Load(() => new BreaksOff()), faults => faults.Cut);

    [Fact]
    public void A_stream_without_its_end_is_told_though_its_framing_ends() => AssertOnly(_provider.Load(() => new ForgetsTheEnd()), faults => faults.Cut);

    [Fact]
    public void Buffered_events_are_told_though_their_bytes_are_right()
    {
        var figures = _provider.Load(() => new Buffers());
        Assert.Equal(0, figures.Faults.Total);
        Assert.True(figures.Held > 0.5, $"{figures.Held} held");
        Assert.True(figures.Latency.P50 > 20_000, $"p50 of {figures.Latency.P50} µs");
    }

    private static void AssertWhole(LoadFigures figures)
    {
        Assert.Equal(new Faults(), figures.Faults);
        Assert.Equal(4, figures.Whole);
        Assert.True(figures.Events > 0 && figures.AllEvents > figures.Events);
        Assert.Equal(figures.Events, figures.Latency.Count);
    }

    private static void AssertOnly(LoadFigures figures, Func<Faults, int> fault)
    {
        Assert.True(fault(figures.Faults) > 0, $"{figures.Faults}");
        Assert.Equal(figures.Faults.Total, fault(figures.Faults));
        Assert.Equal(0, figures.Whole);
    }
}

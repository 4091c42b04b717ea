using System.Diagnostics;
using System.Globalization;
using Sidecar.FunctionalTests.Product;

namespace Sidecar.FunctionalTests.Faults.Soak;

/// <summary>After many streams of random faults and aborts nothing is left of them but their numbers.</summary>
public sealed class SoakTests
{
    [Fact]
    public async Task Every_stream_is_counted_once_and_nothing_is_left_of_it()
    {
        var size = SoakSize.Current;
        await using var stage = await Stage.SetAsync(Origin.Answers, Clocks.Brisk);
        Task<long> ResidentAsync() => ProcessMemory.ResidentAsync(stage.Sidecar.Id);
        var streams = new RandomStreams(size.Seed, stage.Sidecar.DataUri, stage.Provider);
        await streams.RunAsync(size.WarmUp, TimeSpan.Zero);
        await AtRestAsync(stage, streams);
        var warm = await ResidentAsync();

        var started = Stopwatch.GetTimestamp();
        await streams.RunAsync(size.Streams, size.AtLeast);
        var took = Stopwatch.GetElapsedTime(started);
        var metrics = await AtRestAsync(stage, streams);
        AssertOutcomes(metrics, streams, stage.Sidecar.AccessLines().Select(line => line.GetProperty("outcome").GetString()!).ToList());
        Assert.Empty(stage.Violations);
        Assert.DoesNotContain(stage.Sidecar.Errors, IsDefect);

        await Bound.UntilAsync(async () => await ResidentAsync() <= warm * 1.1, $"resident memory back within 10 % of {warm} bytes");
        var rest = await ResidentAsync();
        SoakSize.Report(string.Create(CultureInfo.InvariantCulture,
            $"process: {size.Streams} streams in {took.TotalSeconds:0} s after {size.WarmUp} to warm up, seed {size.Seed}; "
            + $"resident {warm >> 10} KiB before, {rest >> 10} KiB after"));
        foreach (var outcome in metrics.Of("llm_sidecar_streams_total").GroupBy(sample => sample.Labels["outcome"]).OrderBy(group => group.Key, StringComparer.Ordinal))
        {
            SoakSize.Report(string.Create(CultureInfo.InvariantCulture, $"  {outcome.Key} {outcome.Sum(sample => sample.Value)}"));
        }
    }

    private static bool IsDefect(string line) =>
        line.Contains("defect", StringComparison.Ordinal) || line.Contains("internal error", StringComparison.Ordinal);

    /// <summary>Waits until no stream and no connection is left; the pools' idle ones leave with their configuration.</summary>
    private static async Task<Metrics> AtRestAsync(Stage stage, RandomStreams streams)
    {
        await Bound.UntilAsync(async () => (await stage.Sidecar.MetricsAsync()).Sum("llm_sidecar_streams_total") >= streams.Started, "all streams counted");
        await stage.ReloadAsync();
        await Bound.UntilAsync(() => stage.Provider.Open == 0, "no connection at the provider");
        await Bound.UntilAsync(async () => (await stage.Sidecar.MetricsAsync()).Sum("llm_sidecar_connections") == 0, "no connection on either side");
        var metrics = await stage.Sidecar.MetricsAsync();
        Assert.Equal(0, metrics.Sum("llm_sidecar_streams_active"));
        Assert.Equal(streams.Started, metrics.Sum("llm_sidecar_streams_total"));
        return metrics;
    }

    /// <summary>The counters and the access lines agree, and hold at least those streams whose end was foreseen; the others ended so or lost their client.</summary>
    private static void AssertOutcomes(Metrics metrics, RandomStreams streams, List<string> lines)
    {
        Assert.Equal(streams.Started, lines.Count);
        foreach (var outcome in lines.Distinct()) Assert.Equal(lines.Count(line => line == outcome), metrics.Sum("llm_sidecar_streams_total", ("outcome", outcome)));
        foreach (var (outcome, count) in streams.Expected) Assert.True(metrics.Sum("llm_sidecar_streams_total", ("outcome", outcome)) >= count, $"{outcome} < {count}");
        Assert.Equal(0, metrics.Sum("llm_sidecar_streams_total", ("outcome", "internal_error")));
    }
}

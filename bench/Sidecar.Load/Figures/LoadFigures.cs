using System.Diagnostics;
using HdrHistogram;

namespace Sidecar.Load.Figures;

/// <summary>What a load has measured. CPU time is by the kernel's accounting, of the measured time alone.</summary>
internal sealed record LoadFigures
{
    /// <summary>How long was measured.</summary>
    public double Seconds { get; init; }

    /// <summary>Events (or small responses) in that time.</summary>
    public long Events { get; init; }

    /// <summary>Events of the whole run, before and behind it too.</summary>
    public long AllEvents { get; init; }

    /// <summary>CPU seconds of the proxy's processes.</summary>
    public double ProxyCpu { get; init; }

    /// <summary>CPU seconds of the load generator.</summary>
    public double LoadCpu { get; init; }

    /// <summary>CPU seconds of the provider.</summary>
    public double ProviderCpu { get; init; }

    /// <summary>Cores that were busy with anything else.</summary>
    public double ForeignCores { get; init; }

    /// <summary>Bytes of the proxy's processes at the end of that time, shared pages by share (PSS).</summary>
    public long ProxyMemory { get; init; }

    /// <summary>From an event's sending to its arrival.</summary>
    public Quantiles Latency { get; init; } = new();

    /// <summary>From a request to its first event with content.</summary>
    public Quantiles First { get; init; } = new();

    /// <summary>How much later than due the provider sent.</summary>
    public Quantiles Late { get; init; } = new();

    /// <summary>Share of events that came only when their next had been sent.</summary>
    public double Held { get; init; }

    /// <summary>Streams that came whole.</summary>
    public int Whole { get; init; }

    /// <summary>What was wrong with the measured streams.</summary>
    public Faults Faults { get; init; } = new();

    /// <summary>What was wrong with those beside them.</summary>
    public Faults Beside { get; init; } = new();

    /// <summary>Slow readers beside them.</summary>
    public int Slow { get; init; }

    /// <summary>Clients beside them that left in the middle.</summary>
    public int Left { get; init; }
}

/// <summary>Times in microseconds.</summary>
internal sealed record Quantiles(long Count = 0, double P50 = 0, double P90 = 0, double P99 = 0, double P999 = 0, double Max = 0)
{
    /// <summary>Of a histogram of ticks.</summary>
    public static Quantiles Of(LongHistogram histogram) => histogram.TotalCount == 0 ? new() :
        new(histogram.TotalCount, At(histogram, 50), At(histogram, 90), At(histogram, 99), At(histogram, 99.9), At(histogram, 100));

    private static double At(LongHistogram histogram, double percentile) =>
        Math.Round(histogram.GetValueAtPercentile(percentile) * 1e6 / Stopwatch.Frequency, 1);
}

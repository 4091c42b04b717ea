using Sidecar.Load.Figures;

namespace Sidecar.Compare.Measuring;

/// <summary>A figure that every contender has.</summary>
/// <param name="Key">Its name in JSON.</param>
/// <param name="Title">Its column.</param>
/// <param name="Unit">Of its values.</param>
/// <param name="MoreIsBetter">Whether the largest wins.</param>
/// <param name="Of">The figure of a contender.</param>
internal sealed record Metric(string Key, string Title, string Unit, bool MoreIsBetter, Func<Results, string, Figure> Of)
{
    private const double Million = 1e6, Thousand = 1e3, Megabyte = 1024 * 1024, Kilobyte = 1024;

    public static readonly Metric Cpu = new("cpu", "CPU per million events, 500 × 50/s", "s", false, (all, name) => all.Of(name, "busy", CpuPerMillion));

    public static readonly Metric AgainstNginx = new("against_nginx", "CPU against nginx", "×", false,
        (all, name) => all.Beside(name, "busy", "nginx", "busy", CpuPerMillion, (own, nginx) => own / nginx));

    public static readonly Metric Flood = new("flood", "flood, 64 streams", "M events/s", true, (all, name) => all.Of(name, "flood", one => one.Events / one.Seconds / Million));

    public static readonly Metric FloodCpu = new("flood_cpu", "CPU per million events in flood", "s", false, (all, name) => all.Of(name, "flood", CpuPerMillion));

    public static readonly Metric Small = new("small", "small responses", "k/s", true, (all, name) => all.Of(name, "small", one => one.Events / one.Seconds / Thousand));

    public static readonly Metric Calls = new("calls", "system calls per event, 50 × 50/s", "", false, (all, name) => OfFacts(all, name, facts => [facts.Calls]));

    public static readonly Metric P50 = Added("p50", "added p50, 50 × 50/s", "paced", one => one.Latency.P50);

    public static readonly Metric P99 = Added("p99", "added p99", "paced", one => one.Latency.P99);

    public static readonly Metric P999 = Added("p999", "added p99.9", "paced", one => one.Latency.P999);

    public static readonly Metric FirstP50 = Added("first_p50", "added to the first event, p50", "first", one => one.First.P50);

    public static readonly Metric FirstP99 = Added("first_p99", "added to the first event, p99", "first", one => one.First.P99);

    public static readonly Metric Slow = new("slow", "p99 beside 50 slow readers, against p99 without", "×", false,
        (all, name) => all.Beside(name, "slow", name, "paced", one => one.Latency.P99, (with, without) => with / without));

    public static readonly Metric BusyP99 = Added("busy_p99", "added p99, 500 × 50/s", "busy", one => one.Latency.P99);

    public static readonly Metric Idle = new("idle", "memory, idle", "MB", false, (all, name) => OfFacts(all, name, facts => [facts.IdleBytes / Megabyte]));

    public static readonly Metric Stream = new("stream", "memory per open stream, of 500", "KB", false, (all, name) => OfFacts(all, name, facts => [facts.StreamBytes / Kilobyte]));

    public static readonly Metric Start = new("start", "start to listening", "ms", false, (all, name) => OfFacts(all, name, facts => facts.Starts));

    /// <summary>What an event costs.</summary>
    public static readonly Metric[] Cost = [Cpu, AgainstNginx, Flood, FloodCpu, Small, Calls];

    /// <summary>What an event waits.</summary>
    public static readonly Metric[] Latency = [P50, P99, P999, FirstP50, FirstP99, BusyP99, Slow];

    /// <summary>What it takes to be there.</summary>
    public static readonly Metric[] Footprint = [Idle, Stream, Start];

    /// <summary>All of them.</summary>
    public static readonly Metric[] All = [.. Cost, .. Latency, .. Footprint];

    /// <summary>Whether a contender that nothing stands in can have it.</summary>
    public bool HasCeiling => this == Flood || this == Small;

    private static double CpuPerMillion(LoadFigures one) => one.ProxyCpu / one.Events * Million;

    private static Metric Added(string key, string title, string load, Func<LoadFigures, double> value) =>
        new(key, title, "µs", false, (all, name) => all.Beside(name, load, Contender.Direct, load, value, (own, direct) => own - direct));

    private static Figure OfFacts(Results all, string name, Func<Facts, double[]> values) =>
        all.Facts.TryGetValue(name, out var facts) ? Figure.Of(values(facts)) : Figure.None;
}

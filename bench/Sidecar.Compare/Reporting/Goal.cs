using Sidecar.Compare.Measuring;

namespace Sidecar.Compare.Reporting;

/// <summary>What the sidecar is to reach.</summary>
/// <param name="Meaning">In words.</param>
/// <param name="Limit">The bound.</param>
/// <param name="IsLeast">Whether it is the least; else the most.</param>
/// <param name="Of">What is held against it.</param>
internal sealed record Goal(string Meaning, double Limit, bool IsLeast, Func<Results, double> Of)
{
    private const string Off = "sidecar", On = "sidecar-moderated";

    /// <summary>All of them.</summary>
    public static readonly Goal[] All =
    [
        AtMost("CPU per event, moderation off, against nginx", 0.9, Ratio(Metric.Cpu, Off, "nginx")),
        AtMost("CPU per event, moderation on, against nginx", 1.0, Ratio(Metric.Cpu, On, "nginx")),
        AtMost("CPU per event, moderation off, against HAProxy", 1.05, Ratio(Metric.Cpu, Off, "haproxy")),
        AtMost("CPU per event, TLS upstream, against nginx with TLS", 1.1, Ratio(Metric.Cpu, "sidecar-tls", "nginx-tls")),
        AtMost("CPU per event against YARP", 0.5, Ratio(Metric.Cpu, Off, "yarp")),
        AtMost("CPU per event against Portkey", 0.1, Ratio(Metric.Cpu, Off, "portkey")),
        AtLeast("flood, moderation off, against the better of nginx and HAProxy", 1.0, all => Value(Metric.Flood, all, Off) / BetterFlood(all)),
        AtLeast("flood, moderation on, against the better of nginx and HAProxy", 0.8, all => Value(Metric.Flood, all, On) / BetterFlood(all)),
        AtMost("added p50, moderation on, against nginx", 1.2, Ratio(Metric.P50, On, "nginx")),
        AtMost("added p99, moderation on, against the better of nginx and HAProxy", 1.25,
            all => Value(Metric.P99, all, On) / Math.Min(Value(Metric.P99, all, "nginx"), Value(Metric.P99, all, "haproxy"))),
        AtMost("p99 beside 50 slow readers against p99 without", 2, all => Value(Metric.Slow, all, Off)),
        AtMost("system calls per event", 2.3, all => Value(Metric.Calls, all, Off)),
        AtMost("memory, idle, MB", 14, all => Value(Metric.Idle, all, Off)),
        AtMost("memory, idle, against YARP", 0.25, Ratio(Metric.Idle, Off, "yarp")),
        AtMost("memory per open stream, KB", 4, all => Value(Metric.Stream, all, Off)),
        AtMost("memory per open stream, TLS upstream, KB", 50, all => Value(Metric.Stream, all, "sidecar-tls")),
        AtMost("start to listening, ms", 25, all => Value(Metric.Start, all, Off)),
    ];

    /// <summary>One row for each: what was measured and whether it is met.</summary>
    public static IEnumerable<string[]> Rows(Results results) => All.Select(goal => goal.Row(goal.Of(results)));

    private string[] Row(double value)
    {
        var verdict = double.IsNaN(value) ? "not measured" : (IsLeast ? value >= Limit : value <= Limit) ? "met" : "**missed**";
        return [Meaning, $"{(IsLeast ? "≥" : "≤")} {Text.Number(Limit)}", Text.Number(value), verdict];
    }

    private static Goal AtMost(string meaning, double limit, Func<Results, double> of) => new(meaning, limit, false, of);

    private static Goal AtLeast(string meaning, double limit, Func<Results, double> of) => new(meaning, limit, true, of);

    private static Func<Results, double> Ratio(Metric metric, string own, string other) => all => Value(metric, all, own) / Value(metric, all, other);

    private static double Value(Metric metric, Results all, string contender) => metric.Of(all, contender).Value;

    private static double BetterFlood(Results all) => Math.Max(Value(Metric.Flood, all, "nginx"), Value(Metric.Flood, all, "haproxy"));
}

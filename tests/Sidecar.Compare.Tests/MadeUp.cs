using Sidecar.Compare.Measuring;
using Sidecar.Compare.Reporting;
using Sidecar.Load.Figures;

namespace Sidecar.Compare.Tests;

/// <summary>Results that nobody has measured.</summary>
internal static class MadeUp
{
    /// <summary>Two rounds of two proxies and none.</summary>
    /// <param name="cpu">CPU µs per event of the sidecar; nginx has 20.</param>
    /// <param name="change">What else is different of the sidecar's figures.</param>
    public static Results Results(double cpu = 15, Func<LoadFigures, LoadFigures>? change = null)
    {
        var results = new Results();
        for (var round = 1; round <= 2; round++)
        {
            foreach (var load in new[] { "paced", "busy", "flood" })
            {
                results.Samples.Add(new(round, "direct", load, Figures(0, 20 + round)));
                results.Samples.Add(new(round, "nginx", load, Figures(20, 120 + round)));
                var own = Figures(cpu, 100 + round);
                results.Samples.Add(new(round, "sidecar", load, change is null ? own : change(own)));
            }
        }
        results.Facts["sidecar"] = new("sidecar") { Starts = [20, 22, 24], IdleBytes = 12 << 20, StreamBytes = 3000, Calls = 2.5 };
        results.Facts["nginx"] = new("nginx") { Starts = [5], IdleBytes = 8 << 20, StreamBytes = 9000 };
        return results;
    }

    /// <summary>The same in short.</summary>
    public static Summary Summary(Results results, DateTime date, string mode = "") =>
        Reporting.Summary.Of(results, date, "abc1234", Mode.Report with { Name = mode }, TimeSpan.FromMinutes(3));

    private static LoadFigures Figures(double cpu, double p99) => new()
    {
        Seconds = 4,
        Events = 100_000,
        AllEvents = 120_000,
        ProxyCpu = cpu * 0.1,
        ForeignCores = 0.03,
        Latency = new(100_000, p99 / 2, p99 / 1.5, p99, p99 * 2, p99 * 3),
        Whole = 50,
    };
}

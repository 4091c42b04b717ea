using System.Globalization;
using System.Text;
using Sidecar.Compare.Measuring;
using Sidecar.Compare.Running;

namespace Sidecar.Compare.Reporting;

/// <summary>A run as a page that a stranger can read.</summary>
/// <param name="results">What was measured.</param>
/// <param name="summary">The same, in short.</param>
/// <param name="baseline">The run it is compared with; null for none.</param>
/// <param name="folder">Name of the folder with plots and raw figures, beside the page.</param>
internal sealed class Report(Results results, Summary summary, Summary? baseline, string folder)
{
    private static readonly Metric[] Drawn = [Metric.Cpu, Metric.P99, Metric.Flood, Metric.Stream, Metric.Start];

    private readonly StringBuilder _page = new();

    /// <summary>The page; the plots go into the folder.</summary>
    /// <param name="plots">Where the folder is.</param>
    public string Write(string plots)
    {
        Head();
        Ahead();
        _page.AppendLine("## Goals\n");
        _page.Table(["goal of the sidecar", "bound", "measured", ""], Goal.Rows(results));
        Changes();
        _page.AppendLine("## Figures\n").AppendLine(
            "Medians over the rounds, ± the largest distance of a round from the median (none where it was measured once); in brackets the most cores that anything else on the machine kept busy in a round, by the kernel's ticks. " +
            "\"Added\" is the difference to `direct` in the same round.\n");
        Table("What an event costs", Metric.Cost);
        Table("What an event waits", Metric.Latency);
        Table("What it takes to be there", Metric.Footprint);
        Integrity();
        Itself();
        How();
        foreach (var metric in Drawn)
        {
            Plots.Bars(Path.Combine(plots, $"{metric.Key}.svg"), metric, results);
            if (File.Exists(Path.Combine(plots, $"{metric.Key}.svg"))) _page.AppendLine($"![{metric.Title}]({folder}/{metric.Key}.svg)\n");
        }
        return _page.ToString();
    }

    private void Head()
    {
        var mode = summary.Mode.Length == 0 ? "" : $", {summary.Mode}";
        var foreign = results.Samples.Select(sample => sample.Figures.ForeignCores).DefaultIfEmpty().ToArray();
        _page.AppendLine(CultureInfo.InvariantCulture, $"# The sidecar beside what else would be used, {summary.Date:yyyy-MM-dd}{mode}\n");
        _page.AppendLine(CultureInfo.InvariantCulture,
            $"Commit {summary.Commit}. {summary.Machine.Cores} cores ({summary.Machine.Processor}), Linux {summary.Machine.Kernel}, {summary.Machine.Runtime}; {Cores.Meaning}. " +
            $"Rounds: {summary.Rounds}, in {summary.Minutes:F1} minutes; meanwhile anything else kept {foreign.Average():F2} cores busy on average, {foreign.Max():F2} at most. Raw figures: [the folder beside this]({folder}).\n");
        if (foreign.Average() > 0.2) _page.AppendLine("**The machine was not quiet: these figures are no base for a claim.**\n");
        foreach (var missing in results.Missing) _page.AppendLine($"- left out: {missing}");
        if (results.Missing.Count > 0) _page.AppendLine();
    }

    // Who is best at what, of those that pass all on.
    private void Ahead()
    {
        _page.AppendLine("## Who is ahead\n");
        _page.Table(["figure", "best", "", "sidecar", "moderation on"], Metric.All.Where(metric => metric != Metric.AgainstNginx).Select(AheadRow).OfType<string[]>());
    }

    private string[]? AheadRow(Metric metric)
    {
        var ranked = results.Contenders.Where(one => !one.IsDirect && !one.HasTls && Verdict.IsFit(results, one.Name))
            .Select(one => (one, metric.Of(results, one.Name).Value)).Where(row => !double.IsNaN(row.Value))
            .OrderBy(row => metric.MoreIsBetter ? -row.Value : row.Value).ToArray();
        if (ranked.Length < 2) return null;
        var (best, value) = ranked[0];
        string Beside(string name)
        {
            var own = metric.Of(results, name).Value;
            return double.IsNaN(own) ? "–" : own == value ? "the best" : value > 0 && own > 0 ? $"{Text.Number(own)} ({Text.Number(own / value)}×)" : Text.Number(own);
        }
        return [$"{metric.Title}{(metric.Unit.Length > 0 ? $", {metric.Unit}" : "")}", best.Title, Text.Number(value), Beside("sidecar"), Beside("sidecar-moderated")];
    }

    private void Changes()
    {
        _page.AppendLine("## Since the last run\n");
        if (baseline is null)
        {
            _page.AppendLine("There is none of this machine and mode.\n");
            return;
        }
        var changes = Change.Between(baseline, summary).ToArray();
        _page.AppendLine(CultureInfo.InvariantCulture,
            $"Against {baseline.Commit} of {baseline.Date:yyyy-MM-dd HH:mm}: {(changes.Length == 0 ? "nothing" : "this")} has changed by more than {Text.Percent(Change.Threshold)}.\n");
        if (changes.Length == 0) return;
        _page.Table(["", "figure", "before", "now", "", ""], changes.Select(change => new[]
        {
            Contender.Named(change.Contender).Title, change.Metric.Title, Text.Cell(change.Before), Text.Cell(change.Now),
            change.Worse > 0 ? $"**worse by {Text.Percent(change.Worse)}**" : $"better by {Text.Percent(-change.Worse)}",
            change.IsClear ? "" : "within the spread",
        }));
    }

    private void Table(string title, Metric[] metrics)
    {
        Metric[] known = [.. metrics.Where(metric => results.Contenders.Any(one => metric.Of(results, one.Name).IsKnown))];
        if (known.Length == 0) return;
        _page.AppendLine($"### {title}\n");
        _page.Table(["", .. known.Select(metric => $"{metric.Title}{(metric.Unit.Length > 0 ? $", {metric.Unit}" : "")}")],
            results.Contenders.Where(one => !one.IsDirect || known.Any(metric => metric.HasCeiling))
                .Select(one => (IEnumerable<string>)[one.Title, .. known.Select(metric => one.IsDirect && !metric.HasCeiling ? "–" : Text.Cell(metric.Of(results, one.Name)))]));
    }

    private void Integrity()
    {
        _page.AppendLine("### Whether streams come through\n");
        _page.AppendLine("Every event of every load is held against the one that was sent, byte for byte, in its place, and every stream against its end.\n");
        _page.Table(["", "streams", "whole streams", "clients that left, seen by the provider", "most system calls"], results.Contenders.Select(one =>
        {
            var facts = results.Facts.GetValueOrDefault(one.Name) ?? new(one.Name);
            var whole = results.Samples.Where(sample => sample.Contender == one.Name && sample.Load != "small").Sum(sample => sample.Figures.Whole);
            return new[] { one.Title, Verdict.Of(results, one.Name), $"{whole}", facts.Left == 0 ? "–" : $"{facts.SeenLeaving} of {facts.Left}", facts.MostCalls };
        }));
    }

    private void Itself()
    {
        _page.AppendLine("### The bench itself\n");
        _page.AppendLine("What the load generator and the provider cost beside the proxy, how late the provider sends, and the same small documents asked for by `wrk`.\n");
        _page.Table(["", "load, CPU µs/event, busy", "provider, CPU µs/event, busy", "proxy, CPU µs/event, busy", "provider late, p99 µs, paced", "direct or through: p50 / p99 µs, paced", "small: ours / wrk, k/s"],
            results.Contenders.Select(one =>
            {
                var small = Metric.Small.Of(results, one.Name).Value;
                var other = results.Facts.TryGetValue(one.Name, out var facts) ? facts.OtherSmall / 1000 : double.NaN;
                return new[]
                {
                    one.Title,
                    Text.Number(results.Of(one.Name, "busy", figures => figures.LoadCpu / figures.Events * 1e6).Value),
                    Text.Number(results.Of(one.Name, "busy", figures => figures.ProviderCpu / figures.Events * 1e6).Value),
                    one.IsDirect ? "–" : Text.Number(results.Of(one.Name, "busy", figures => figures.ProxyCpu / figures.Events * 1e6).Value),
                    Text.Number(results.Of(one.Name, "paced", figures => figures.Late.P99).Value),
                    $"{Text.Number(results.Of(one.Name, "paced", figures => figures.Latency.P50).Value)} / {Text.Number(results.Of(one.Name, "paced", figures => figures.Latency.P99).Value)}",
                    double.IsNaN(other) ? "–" : $"{Text.Number(small)} / {Text.Number(other)} ({Text.Percent((small / other) - 1)})",
                };
            }));
    }

    private void How()
    {
        _page.AppendLine("## How\n");
        _page.AppendLine(
            "One scripted provider (two: plain and TLS) and one load generator, each a single thread on epoll. Each event of 250 bytes tells its number and the moment of its sending; latency is from there to its arrival. " +
            "All proxies run all the time; each load goes round them in another order each round. What is measured begins when all streams flow. CPU is the kernel's accounting of the proxy's whole process tree, memory its " +
            "proportional share (PSS), idle before the first request; a stream's share is of 500 that are open and hardly move, against none behind the first 16. System calls are counted in a run of their own, by `strace -c`. " +
            "Settings of the peers: `bench/peers/run`. The text comes in tokens that end in a space, which a policy lets go at once; real ones mostly begin with it, and then each waits for the next: " +
            "`bench/moderation-cost` measures both.\n");
        _page.Table(["load", ""], Workload.All.Where(load => results.Samples.Exists(sample => sample.Load == load.Name)).Select(load => new[] { load.Name, load.Meaning }));
    }
}

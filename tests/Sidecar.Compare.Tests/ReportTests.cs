using Sidecar.Compare.Measuring;
using Sidecar.Compare.Reporting;
using Sidecar.Load.Figures;

namespace Sidecar.Compare.Tests;

public sealed class ReportTests : IDisposable
{
    private static readonly DateTime Day = new(2026, 11, 24, 12, 0, 0, DateTimeKind.Utc);

    private readonly string _folder = Directory.CreateTempSubdirectory("reports-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void A_report_tells_who_is_ahead_and_draws_it()
    {
        var page = Write(MadeUp.Results(), null);
        Assert.Contains("| CPU per million events, 500 × 50/s, s | sidecar | 15 | the best | – |", page, StringComparison.Ordinal);
        Assert.Contains("| CPU per event, moderation off, against nginx | ≤ 0.9 | 0.75 | met |", page, StringComparison.Ordinal);
        Assert.Contains("| system calls per event | ≤ 2.3 | 2.5 | **missed** |", page, StringComparison.Ordinal);
        Assert.Contains("not measured", page, StringComparison.Ordinal);
        Assert.Contains("<svg", File.ReadAllText(Path.Combine(_folder, "cpu.svg")), StringComparison.Ordinal);
        Assert.Contains("HAProxy", Write(WithMissing(), null), StringComparison.Ordinal);
    }

    [Fact]
    public void A_proxy_that_does_not_pass_all_on_is_wrong_and_never_ahead()
    {
        var results = MadeUp.Results(cpu: 1, change: figures => figures with { Faults = new Faults { Lost = 3 } });
        var page = Write(results, null);
        Assert.Contains("**wrong**: 18 events lost", page, StringComparison.Ordinal);
        Assert.DoesNotContain("| sidecar | 1 | the best", page, StringComparison.Ordinal);
        Assert.False(Verdict.IsFit(results, "sidecar"));
        Assert.True(Verdict.IsFit(results, "nginx"));
    }

    [Fact]
    public void A_proxy_that_buffers_is_wrong()
    {
        var results = MadeUp.Results(change: figures => figures with { Held = 0.9 });
        Assert.Contains("buffers (90 % of events", Verdict.Of(results, "sidecar"), StringComparison.Ordinal);
    }

    [Fact]
    public void A_figure_that_is_worse_by_more_than_a_tenth_is_shown()
    {
        var before = MadeUp.Summary(MadeUp.Results(cpu: 10), Day);
        var results = MadeUp.Results(cpu: 12);
        var page = Write(results, before);
        Assert.Contains("**worse by 20 %**", page, StringComparison.Ordinal);
        Assert.Contains("nothing has changed", Write(MadeUp.Results(cpu: 10.5), before), StringComparison.Ordinal);
        Assert.Contains("better by 40 %", Write(MadeUp.Results(cpu: 6), before), StringComparison.Ordinal);
    }

    [Fact]
    public void Only_a_run_of_the_same_machine_and_mode_is_a_baseline()
    {
        var now = MadeUp.Summary(MadeUp.Results(), Day);
        Summary[] others = [MadeUp.Summary(MadeUp.Results(), Day.AddDays(-1), "quick"), now with { Date = Day.AddDays(-2), Machine = now.Machine with { Cores = 64 } }];
        Assert.Null(Change.Baseline(now, others));
        Assert.Same(others[0], Change.Baseline(now with { Mode = "quick" }, others));
    }

    [Fact]
    public void The_index_keeps_what_others_wrote_and_lists_each_report_once()
    {
        File.WriteAllText(Path.Combine(_folder, "README.md"), "# Performance reports\n\n- [another](another.md)\n");
        foreach (var day in new[] { 0, 1 }) Save(MadeUp.Summary(MadeUp.Results(), Day.AddDays(day)));
        IndexPage.Write(_folder);
        IndexPage.Write(_folder);
        var page = File.ReadAllText(Path.Combine(_folder, "README.md"));
        Assert.Contains("- [another](another.md)", page, StringComparison.Ordinal);
        Assert.Equal(2, page.Split("[2026-11-24](2026-11-24-compare.md)").Length);
        Assert.True(File.Exists(Path.Combine(_folder, "trend.svg")));
    }

    private static Results WithMissing()
    {
        var results = MadeUp.Results();
        results.Missing.Add("haproxy: HAProxy is not installed");
        return results;
    }

    private string Write(Results results, Summary? baseline) => new Report(results, MadeUp.Summary(results, Day.AddDays(1)), baseline, "x-compare").Write(_folder);

    private void Save(Summary summary)
    {
        var folder = Directory.CreateDirectory(Path.Combine(_folder, $"{summary.Date:yyyy-MM-dd}-compare")).FullName;
        File.WriteAllText(Path.Combine(folder, Summary.FileName), System.Text.Json.JsonSerializer.Serialize(summary, Summary.Json));
    }
}

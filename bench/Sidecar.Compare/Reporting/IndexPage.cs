using System.Globalization;
using System.Text;
using Sidecar.Compare.Measuring;

namespace Sidecar.Compare.Reporting;

/// <summary>The index of reports: what is between its marks is made anew, the rest is left.</summary>
internal static class IndexPage
{
    private const string Begin = "<!-- what bench/compare writes -->", End = "<!-- end of it -->";

    private static readonly Metric[] Shown = [Metric.Cpu, Metric.AgainstNginx, Metric.P99, Metric.Flood, Metric.Idle, Metric.Stream, Metric.Start];

    /// <summary>Writes it.</summary>
    /// <param name="reports">The folder of all reports.</param>
    public static void Write(string reports)
    {
        var file = Path.Combine(reports, "README.md");
        var page = File.Exists(file) ? File.ReadAllText(file) : "# Performance reports\n";
        var (begin, end) = (page.IndexOf(Begin, StringComparison.Ordinal), page.IndexOf(End, StringComparison.Ordinal));
        if (begin >= 0 && end > begin) page = page[..begin].TrimEnd() + "\n" + page[(end + End.Length)..].TrimStart();
        File.WriteAllText(file, $"{page.TrimEnd()}\n\n{Begin}\n{Trend(reports)}{End}\n");
    }

    private static string Trend(string reports)
    {
        var page = new StringBuilder("\n## The sidecar over commits\n\n");
        var all = Summary.ReadAll(reports);
        page.Table(["report", "commit", "machine", .. Shown.Select(metric => $"{metric.Title}{(metric.Unit.Length > 0 ? $", {metric.Unit}" : "")}")],
            all.Select(one => Row(one.Summary, one.Folder)));
        page.AppendLine("Moderation off / on. Figures of other machines and modes are not comparable, ratios hardly.\n");
        Summary[] full = [.. all.Select(one => one.Summary).Where(one => one.Mode.Length == 0)];
        if (full.Length > 1)
        {
            Plots.Trend(Path.Combine(reports, "trend.svg"), Metric.AgainstNginx, full);
            page.AppendLine("![CPU per event against nginx, by commit](trend.svg)\n");
        }
        return page.ToString();
    }

    private static IEnumerable<string> Row(Summary report, string folder) =>
    [
        $"[{report.Date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)}{(report.Mode.Length > 0 ? $" {report.Mode}" : "")}]({folder}.md)",
        report.Commit,
        $"{report.Machine.Cores} × {report.Machine.Processor}",
        .. Shown.Select(metric => $"{Text.Number(report.Of("sidecar", metric).Value)} / {Text.Number(report.Of("sidecar-moderated", metric).Value)}"),
    ];
}

using ScottPlot;
using Sidecar.Compare.Measuring;

namespace Sidecar.Compare.Reporting;

/// <summary>Draws figures as SVG.</summary>
internal static class Plots
{
    private const int Width = 760, Height = 380;

    private static readonly Color Ours = Color.FromHex("#1f77b4"), Others = Color.FromHex("#9aa5b1"), Edge = Color.FromHex("#333333");

    /// <summary>One bar for each contender, with its spread.</summary>
    public static void Bars(string file, Metric metric, Results results)
    {
        var rows = results.Contenders.Select(one => (one, Figure: metric.Of(results, one.Name))).Where(row => row.Figure.IsKnown && (!row.one.IsDirect || metric.HasCeiling)).ToArray();
        if (rows.Length == 0) return;
        var plot = new Plot();
        plot.Add.Bars(rows.Select((row, index) => new Bar
        {
            Position = -index,
            Value = row.Figure.Value,
            Error = double.IsNaN(row.Figure.Spread) ? 0 : Math.Abs(row.Figure.Value) * row.Figure.Spread,
            FillColor = row.one.IsOurs ? Ours : Others,
            LineColor = Edge,
            Orientation = Orientation.Horizontal,
        }).ToArray());
        plot.Axes.Left.SetTicks([.. rows.Select((_, index) => (double)-index)], [.. rows.Select(row => Verdict.IsFit(results, row.one.Name) ? row.one.Title : $"{row.one.Title} (wrong)")]);
        plot.Axes.Margins(left: 0);
        plot.Title($"{metric.Title}{(metric.Unit.Length > 0 ? $", {metric.Unit}" : "")} ({(metric.MoreIsBetter ? "more" : "less")} is better)", 14);
        plot.HideGrid();
        plot.SaveSvg(file, Width, 80 + (rows.Length * 26));
    }

    /// <summary>A figure of ours over all reports of one machine.</summary>
    public static void Trend(string file, Metric metric, IReadOnlyList<Summary> reports)
    {
        var plot = new Plot();
        string[] contenders = ["sidecar", "sidecar-moderated"];
        foreach (var name in contenders)
        {
            var points = reports.Select((report, index) => (X: (double)index, Y: report.Of(name, metric).Value)).Where(point => double.IsFinite(point.Y)).ToArray();
            if (points.Length == 0) continue;
            var line = plot.Add.Scatter(points.Select(point => point.X).ToArray(), points.Select(point => point.Y).ToArray());
            line.LegendText = Contender.Named(name).Title;
        }
        plot.Axes.Bottom.SetTicks([.. reports.Select((_, index) => (double)index)], [.. reports.Select(report => report.Commit)]);
        plot.Axes.SetLimitsY(0, Math.Max(2, plot.Axes.GetLimits().Top * 1.1));
        plot.Title($"{metric.Title}, by commit (less is better)", 14);
        plot.ShowLegend();
        plot.SaveSvg(file, Width, Height);
    }
}

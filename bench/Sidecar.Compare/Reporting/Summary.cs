using System.Text.Json;
using System.Text.Json.Serialization;
using Sidecar.Compare.Measuring;

namespace Sidecar.Compare.Reporting;

/// <summary>What a later run is compared with.</summary>
/// <param name="Date">When it ended.</param>
/// <param name="Commit">Of the sources; a plus behind it where they were changed.</param>
/// <param name="Mode">Name of the mode; empty for a report.</param>
/// <param name="Rounds">How many.</param>
/// <param name="Minutes">How long it took, without building.</param>
/// <param name="Machine">On what.</param>
/// <param name="Figures">Its figures.</param>
internal sealed record Summary(DateTime Date, string Commit, string Mode, int Rounds, double Minutes, Machine Machine, IReadOnlyList<SummaryFigure> Figures)
{
    /// <summary>Its file in the folder of a run.</summary>
    public const string FileName = "summary.json";

    /// <summary>How figures are written: some are missing.</summary>
    public static readonly JsonSerializerOptions Json = new() { NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals, WriteIndented = true };

    /// <summary>Of a run.</summary>
    public static Summary Of(Results results, DateTime date, string commit, Mode mode, TimeSpan took)
    {
        var figures = results.Contenders
            .SelectMany(one => Metric.All.Select(metric => (one.Name, metric.Key, Figure: metric.Of(results, one.Name))))
            .Where(one => one.Figure.IsKnown)
            .Select(one => new SummaryFigure(one.Name, one.Key, one.Figure.Value, one.Figure.Spread, one.Figure.Foreign));
        return new(date, commit, mode.Name, mode.Rounds, Math.Round(took.TotalMinutes, 1), Machine.Read(), [.. figures]);
    }

    /// <summary>All that were written before with the names of their folders, the oldest first.</summary>
    public static (string Folder, Summary Summary)[] ReadAll(string reports) =>
        [.. Directory.EnumerateDirectories(reports, "*-compare*").Where(folder => File.Exists(Path.Combine(folder, FileName)))
            .Select(folder => (Path.GetFileName(folder), JsonSerializer.Deserialize<Summary>(File.ReadAllText(Path.Combine(folder, FileName)), Json)!))
            .OrderBy(one => one.Item2.Date)];

    /// <summary>One of its figures.</summary>
    public Figure Of(string contender, Metric metric) =>
        Figures.FirstOrDefault(one => one.Contender == contender && one.Metric == metric.Key) is { } figure ? new(figure.Value, figure.Spread, figure.Foreign) : Figure.None;
}

/// <summary>One figure.</summary>
internal sealed record SummaryFigure(string Contender, string Metric, double Value, double Spread, double Foreign);

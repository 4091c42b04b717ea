using Sidecar.Compare.Measuring;

namespace Sidecar.Compare.Reporting;

/// <summary>A figure of ours that is not what it was in an earlier run.</summary>
internal sealed record Change(string Contender, Metric Metric, Figure Before, Figure Now)
{
    /// <summary>Smaller ones are not told.</summary>
    public const double Threshold = 0.1;

    /// <summary>By how much it is worse, as a share; negative where it is better.</summary>
    public double Worse => (Metric.MoreIsBetter ? Before.Value - Now.Value : Now.Value - Before.Value) / Math.Abs(Before.Value);

    /// <summary>Whether the two spreads do not explain it.</summary>
    public bool IsClear => Math.Abs(Worse) > Known(Before.Spread) + Known(Now.Spread);

    /// <summary>The last run before that is comparable: same machine, same mode.</summary>
    public static Summary? Baseline(Summary now, IEnumerable<Summary> before) =>
        before.LastOrDefault(one => one.Machine.IsLike(now.Machine) && one.Mode == now.Mode && one.Date < now.Date);

    /// <summary>What has changed by more than the threshold, the worst first.</summary>
    public static IEnumerable<Change> Between(Summary before, Summary now) =>
        Compare.Contender.All.Where(one => one.IsOurs)
            .SelectMany(one => Metric.All.Select(metric => new Change(one.Name, metric, before.Of(one.Name, metric), now.Of(one.Name, metric))))
            .Where(change => change.Before.IsKnown && change.Now.IsKnown && change.Before.Value != 0 && Math.Abs(change.Worse) > Threshold)
            .OrderByDescending(change => change.Worse);

    private static double Known(double spread) => double.IsNaN(spread) ? 0 : spread;
}

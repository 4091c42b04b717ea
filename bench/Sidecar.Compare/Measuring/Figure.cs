namespace Sidecar.Compare.Measuring;

/// <summary>A figure over the rounds.</summary>
/// <param name="Value">The median.</param>
/// <param name="Spread">The largest distance of a round from it, as a share of it; NaN where it was measured once.</param>
/// <param name="Foreign">The most cores that anything else kept busy in a round; 0 where that was not measured.</param>
internal readonly record struct Figure(double Value, double Spread, double Foreign)
{
    /// <summary>There is none.</summary>
    public static readonly Figure None = new(double.NaN, 0, 0);

    /// <summary>Whether there is one.</summary>
    public bool IsKnown => !double.IsNaN(Value);

    /// <summary>Of one value for each round.</summary>
    public static Figure Of(IReadOnlyCollection<double> values, double foreign = 0)
    {
        double[] sorted = [.. values.Where(double.IsFinite).Order()];
        if (sorted.Length == 0) return None;
        var median = (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
        var spread = sorted.Length == 1 ? double.NaN : median == 0 ? 0 : Math.Max(sorted[^1] - median, median - sorted[0]) / Math.Abs(median);
        return new(median, spread, foreign);
    }
}

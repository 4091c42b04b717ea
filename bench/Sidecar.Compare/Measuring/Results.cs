using Sidecar.Load.Figures;

namespace Sidecar.Compare.Measuring;

/// <summary>One load on one contender in one round.</summary>
internal sealed record Sample(int Round, string Contender, string Load, LoadFigures Figures);

/// <summary>What is measured of a contender outside the rounds.</summary>
internal sealed record Facts(string Contender)
{
    /// <summary>From its first moment to the first connection it takes, in milliseconds, for each start.</summary>
    public double[] Starts { get; init; } = [];

    /// <summary>Bytes when nobody has asked it anything.</summary>
    public long IdleBytes { get; init; }

    /// <summary>Bytes that each of many open streams adds, once it is warm.</summary>
    public double StreamBytes { get; init; } = double.NaN;

    /// <summary>System calls for each event; NaN where they were not counted.</summary>
    public double Calls { get; init; } = double.NaN;

    /// <summary>The calls it makes most, with their share.</summary>
    public string MostCalls { get; init; } = "";

    /// <summary>Small responses in a second as another load generator counts them; NaN where it is not installed.</summary>
    public double OtherSmall { get; init; } = double.NaN;

    /// <summary>Clients that left in the middle.</summary>
    public int Left { get; init; }

    /// <summary>How many of them the provider saw leave, half a second later.</summary>
    public int SeenLeaving { get; init; }
}

/// <summary>All that a run has measured.</summary>
internal sealed class Results
{
    /// <summary>Of the rounds.</summary>
    public List<Sample> Samples { get; init; } = [];

    /// <summary>Outside them, by contender.</summary>
    public Dictionary<string, Facts> Facts { get; init; } = [];

    /// <summary>Why contenders are missing.</summary>
    public List<string> Missing { get; init; } = [];

    /// <summary>Those that were measured, in the order of a report.</summary>
    public Contender[] Contenders => [.. Contender.All.Where(one => Samples.Exists(sample => sample.Contender == one.Name))];

    /// <summary>A figure of one contender.</summary>
    public Figure Of(string contender, string load, Func<LoadFigures, double> value)
    {
        var samples = Find(contender, load);
        return Figure.Of([.. samples.Select(sample => value(sample.Figures))], Foreign(samples));
    }

    /// <summary>A figure of one contender beside the same round's of another: what both suffer alike is left out.</summary>
    public Figure Beside(string contender, string load, string other, string otherLoad, Func<LoadFigures, double> value, Func<double, double, double> combine)
    {
        var samples = Find(contender, load);
        var others = Find(other, otherLoad).ToDictionary(sample => sample.Round);
        var pairs = samples.Where(sample => others.ContainsKey(sample.Round)).Select(sample => combine(value(sample.Figures), value(others[sample.Round].Figures)));
        return Figure.Of([.. pairs], Math.Max(Foreign(samples), Foreign([.. others.Values])));
    }

    /// <summary>What was wrong with a contender's streams, of all loads.</summary>
    public Faults Faults(string contender)
    {
        var all = new Faults();
        foreach (var sample in Samples.Where(sample => sample.Contender == contender))
        {
            all.Add(sample.Figures.Faults);
            all.Add(sample.Figures.Beside);
        }
        return all;
    }

    private List<Sample> Find(string contender, string load) => Samples.FindAll(sample => sample.Contender == contender && sample.Load == load);

    private static double Foreign(List<Sample> samples) => samples.Count == 0 ? 0 : samples.Max(sample => sample.Figures.ForeignCores);
}

using System.Globalization;
using System.Text.RegularExpressions;

namespace Sidecar.FunctionalTests.Product;

/// <summary>One sample of the text exposition.</summary>
public sealed record Sample(string Name, IReadOnlyDictionary<string, string> Labels, double Value);

/// <summary>What <c>/metrics</c> said at one time.</summary>
public sealed partial record Metrics(IReadOnlyList<Sample> Samples)
{
    /// <summary>Reads the Prometheus text format (0.0.4 and OpenMetrics); a line that fits neither is an error.</summary>
    public static Metrics Parse(string text)
    {
        var samples = new List<Sample>();
        foreach (var line in text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Where(line => line[0] != '#'))
        {
            var match = Line().Match(line);
            if (!match.Success) throw new FormatException($"no sample: {line}");
            var labels = match.Groups["labels"].Success
                ? Label().Matches(match.Groups["labels"].Value).ToDictionary(label => label.Groups[1].Value, label => label.Groups[2].Value)
                : [];
            samples.Add(new Sample(match.Groups["name"].Value, labels, Number(match.Groups["value"].Value)));
        }
        return new Metrics(samples);
    }

    /// <summary>The sum of all samples of a name whose labels have these values; 0 when there are none.</summary>
    public double Sum(string name, params (string Name, string Value)[] labels) => Of(name, labels).Sum(sample => sample.Value);

    /// <summary>The samples of a name whose labels have these values.</summary>
    public IEnumerable<Sample> Of(string name, params (string Name, string Value)[] labels) =>
        Samples.Where(sample => sample.Name == name && labels.All(l => sample.Labels.TryGetValue(l.Name, out var value) && value == l.Value));

    /// <summary>The bucket that holds a quantile of a histogram: from (excluded) and to (included), in the metric's unit.</summary>
    public (double From, double To) Quantile(string name, double quantile, params (string Name, string Value)[] labels)
    {
        var buckets = Of(name + "_bucket", labels)
            .GroupBy(sample => Number(sample.Labels["le"]))
            .Select(group => (Bound: group.Key, Count: group.Sum(sample => sample.Value)))
            .OrderBy(bucket => bucket.Bound)
            .ToList();
        if (buckets.Count == 0 || buckets[^1].Count == 0) throw new InvalidOperationException($"no observation of {name}");
        var rank = quantile * buckets[^1].Count;
        var index = buckets.FindIndex(bucket => bucket.Count >= rank);
        return (index == 0 ? 0 : buckets[index - 1].Bound, buckets[index].Bound);
    }

    private static double Number(string text) => text switch
    {
        "+Inf" => double.PositiveInfinity,
        "-Inf" => double.NegativeInfinity,
        _ => double.Parse(text, NumberStyles.Float, CultureInfo.InvariantCulture),
    };

    [GeneratedRegex("""^(?<name>[a-zA-Z_:][a-zA-Z0-9_:]*)(\{(?<labels>([a-zA-Z_][a-zA-Z0-9_]*="([^"\\\n]|\\["\\n])*",?)*)\})? (?<value>[^ ]+)( [0-9.]+)?( # \{.*)?$""")]
    private static partial Regex Line();

    [GeneratedRegex("([a-zA-Z_][a-zA-Z0-9_]*)=\"((?:[^\"\\\\\\n]|\\\\[\"\\\\n])*)\"")]
    private static partial Regex Label();
}

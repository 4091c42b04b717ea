using System.Globalization;
using System.Reflection;
using BenchmarkDotNet.Reports;

namespace Sidecar.Microbenchmarks;

/// <summary>What else could be used instead of one of our methods.</summary>
/// <param name="method">The method, a benchmark of the same class.</param>
/// <param name="lacks">What it does not do that ours does; empty where it does the same.</param>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class AlternativeToAttribute(string method, string lacks = "") : Attribute
{
    /// <summary>The method.</summary>
    public string Method => method;

    /// <summary>What it does not do.</summary>
    public string Lacks => lacks;
}

/// <summary>Who is ahead, a line for each alternative.</summary>
internal static class Alternatives
{
    /// <summary>The lines, those that beat us first.</summary>
    public static IEnumerable<string> Lines(IEnumerable<Summary> summaries) => summaries.SelectMany(Of).OrderBy(line => line.Ratio).Select(Line);

    private static IEnumerable<(string Name, string Ours, string Lacks, double Ratio)> Of(Summary summary)
    {
        foreach (var report in summary.Reports)
        {
            var one = report.BenchmarkCase;
            if (one.Descriptor.WorkloadMethod.GetCustomAttribute<AlternativeToAttribute>() is not { } alternative || report.ResultStatistics is not { } theirs) continue;
            var ours = summary.Reports.FirstOrDefault(other =>
                other.BenchmarkCase.Descriptor.WorkloadMethod.Name == alternative.Method && other.BenchmarkCase.Parameters.ValueInfo == one.Parameters.ValueInfo);
            if (ours?.ResultStatistics is not { } own) continue;
            var type = one.Descriptor.Type.Name.Replace("Benchmark", "", StringComparison.Ordinal);
            yield return ($"{type}.{one.Descriptor.WorkloadMethod.Name}{one.Parameters.ValueInfo}", alternative.Method, alternative.Lacks, theirs.Median / own.Median);
        }
    }

    private static string Line((string Name, string Ours, string Lacks, double Ratio) one)
    {
        var ratio = one.Ratio.ToString("0.00", CultureInfo.InvariantCulture);
        var verdict = one.Ratio < 1 ? $"**is ahead of `{one.Ours}`**: it takes {ratio}× its time" : $"is behind `{one.Ours}`: it takes {ratio}× its time";
        return $"- `{one.Name}` {verdict}{(one.Lacks.Length > 0 ? $", but {one.Lacks}" : "")}";
    }
}

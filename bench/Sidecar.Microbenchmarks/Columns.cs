using System.Globalization;
using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Reports;
using BenchmarkDotNet.Running;

namespace Sidecar.Microbenchmarks;

/// <summary>Bytes of text per second, of benchmarks over a text of <see cref="Texts.Length"/> bytes.</summary>
internal sealed class ThroughputColumn : IColumn
{
    public static readonly ThroughputColumn Instance = new();

    private static readonly Type[] OverText = [typeof(MatcherBenchmark), typeof(TermAlternativeBenchmark), typeof(DetectorAlternativeBenchmark), typeof(WorstCaseBenchmark)];

    public string Id => "Throughput";
    public string ColumnName => "MB/s";
    public string Legend => "Text, in 1,000,000 bytes per second, from the median";
    public bool AlwaysShow => false;
    public ColumnCategory Category => ColumnCategory.Custom;
    public int PriorityInCategory => 0;
    public bool IsNumeric => true;
    public UnitType UnitType => UnitType.Dimensionless;

    public bool IsAvailable(Summary summary) => summary.BenchmarksCases.Any(IsOverText);

    public bool IsDefault(Summary summary, BenchmarkCase benchmarkCase) => false;

    public string GetValue(Summary summary, BenchmarkCase benchmarkCase) =>
        IsOverText(benchmarkCase) && summary[benchmarkCase]?.ResultStatistics is { } figures
            ? (Texts.Length * 1e3 / figures.Median).ToString("N0", CultureInfo.InvariantCulture)
            : "-";

    public string GetValue(Summary summary, BenchmarkCase benchmarkCase, SummaryStyle style) => GetValue(summary, benchmarkCase);

    private static bool IsOverText(BenchmarkCase benchmarkCase) => OverText.Contains(benchmarkCase.Descriptor.Type);
}

/// <summary>The largest number of bytes that the text of a worst case makes the scanner hold back.</summary>
internal sealed class HeldColumn : IColumn
{
    public static readonly HeldColumn Instance = new();

    public string Id => "Held";
    public string ColumnName => "Held";
    public string Legend => "Most bytes held back at once";
    public bool AlwaysShow => false;
    public ColumnCategory Category => ColumnCategory.Custom;
    public int PriorityInCategory => 1;
    public bool IsNumeric => true;
    public UnitType UnitType => UnitType.Dimensionless;

    public bool IsAvailable(Summary summary) => summary.BenchmarksCases.Any(one => one.Descriptor.Type == typeof(WorstCaseBenchmark));

    public bool IsDefault(Summary summary, BenchmarkCase benchmarkCase) => false;

    public string GetValue(Summary summary, BenchmarkCase benchmarkCase) =>
        WorstCaseBenchmark.MostHeld((string)benchmarkCase.Parameters[nameof(WorstCaseBenchmark.Case)]).ToString("N0", CultureInfo.InvariantCulture);

    public string GetValue(Summary summary, BenchmarkCase benchmarkCase, SummaryStyle style) => GetValue(summary, benchmarkCase);
}

using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Diagnosers;
using BenchmarkDotNet.Exporters;
using BenchmarkDotNet.Exporters.Csv;
using BenchmarkDotNet.Exporters.Json;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Loggers;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;
using Sidecar.Microbenchmarks;

// Short iterations in one process, by its CPU time: all of it runs in under ten minutes, and every ratio is of figures of one run. --job takes the place of this.
var isOwnJob = !args.Contains("--job");
var job = Job.Default.WithToolchain(InProcessEmitToolchain.Instance).WithClock(new CpuClock()).WithWarmupCount(3).WithIterationCount(9).WithIterationTime(Perfolizer.Horology.TimeInterval.FromMilliseconds(100));
var config = ManualConfig.CreateEmpty()
    .AddDiagnoser(MemoryDiagnoser.Default)
    .AddLogger(ConsoleLogger.Default)
    .AddColumnProvider(DefaultColumnProviders.Instance)
    .AddColumn(StatisticColumn.Median, StatisticColumn.Min, StatisticColumn.Max, ThroughputColumn.Instance, HeldColumn.Instance)
    .AddExporter(MarkdownExporter.GitHub, CsvExporter.Default, JsonExporter.Brief);
if (isOwnJob) config.AddJob(job);
string[] words = args.Length > 0 ? args : ["--filter", "*"];
var summaries = BenchmarkSwitcher.FromAssembly(typeof(MatcherBenchmark).Assembly).Run(isOwnJob ? words : [.. words, "--inProcess"], config).ToArray();
string[] lines = [.. Alternatives.Lines(summaries)];
foreach (var line in lines) Console.WriteLine(line);
if (summaries.Length > 0) File.WriteAllLines(Path.Combine(summaries[0].ResultsDirectoryPath, "alternatives.md"), lines);
// Nothing that ran, or something that failed, is no success.
return summaries.Length > 0 && summaries.All(summary => summary.Reports.Length > 0 && summary.Reports.All(report => report.Success)) ? 0 : 1;

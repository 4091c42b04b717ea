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

// Short iterations in one process, by its CPU time: all of it runs in under five minutes, and every ratio is of figures of one run.
var job = Job.Default.WithToolchain(InProcessEmitToolchain.Instance).WithClock(new CpuClock()).WithWarmupCount(3).WithIterationCount(9).WithIterationTime(Perfolizer.Horology.TimeInterval.FromMilliseconds(100));
var config = ManualConfig.CreateEmpty()
    .AddJob(job)
    .AddDiagnoser(MemoryDiagnoser.Default)
    .AddLogger(ConsoleLogger.Default)
    .AddColumnProvider(DefaultColumnProviders.Instance)
    .AddColumn(StatisticColumn.Median, StatisticColumn.Min, StatisticColumn.Max, ThroughputColumn.Instance, HeldColumn.Instance)
    .AddExporter(MarkdownExporter.GitHub, CsvExporter.Default, JsonExporter.Brief);
BenchmarkSwitcher.FromAssembly(typeof(MatcherBenchmark).Assembly).Run(args.Length > 0 ? args : ["--filter", "*"], config);

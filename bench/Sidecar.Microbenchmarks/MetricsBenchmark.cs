using System.Diagnostics.Metrics;
using BenchmarkDotNet.Attributes;
using Prometheus;
using Sidecar.Proxy.Configuration;
using Sidecar.Proxy.Telemetry;

namespace Sidecar.Microbenchmarks;

/// <summary>What one event costs the metrics: read, understood, flushed. Beside it a histogram of each library observed once.</summary>
public class MetricsBenchmark
{
    private const long EventTicks = 20_000_000;

    private readonly Histogram _labelled = Metrics.WithCustomRegistry(Metrics.NewCustomRegistry())
        .CreateHistogram("bench_seconds", "One.", new HistogramConfiguration { LabelNames = ["route", "provider", "model"], Buckets = Histogram.ExponentialBuckets(0.001, 2, 20) });
    private readonly Meter _meter = new("bench");
    private Histogram.Child _child = null!;
    private Histogram<double> _instrument = null!;
    private StreamMeter _stream = null!;
    private long _now = 1;

    /// <summary>Makes them.</summary>
    [GlobalSetup]
    public void Setup()
    {
        var metrics = new SidecarMetrics(new MetricsOptions(), TimeProvider.System);
        var log = new Log(Stream.Null, new LoggingOptions(), TimeProvider.System, metrics.LogLinesDropped);
        _stream = new ExchangeTracker(metrics, log, TimeProvider.System).Begin(new ExchangeRecord { RequestId = "r", Stream = "s", Route = "chat", Model = "gpt-4o-mini", IsEventStream = true });
        _child = _labelled.WithLabels("chat", "openai", "gpt-4o-mini");
        _instrument = _meter.CreateHistogram<double>("bench");
    }

    /// <summary>The stream's meter, its publishing every two seconds of stream time among it.</summary>
    [Benchmark(Baseline = true)]
    public void Event()
    {
        _now += EventTicks;
        _stream.OnRead(_now, Messages.EventBytes);
        _stream.OnEvent(hasContent: true);
        _stream.OnFlushed(_now + 5_000, 1);
    }

    /// <summary>A prometheus-net child.</summary>
    [Benchmark, AlternativeTo(nameof(Event), "an event is counted in three histograms")]
    public void Observe() => _child.Observe(0.02);

    /// <summary>The same, its labels looked up.</summary>
    [Benchmark, AlternativeTo(nameof(Event), "an event is counted in three histograms")]
    public void ObserveWithLabels() => _labelled.WithLabels("chat", "openai", "gpt-4o-mini").Observe(0.02);

    /// <summary>An instrument of the framework's, to which nobody listens.</summary>
    [Benchmark, AlternativeTo(nameof(Event), "nobody listens")]
    public void Instrument() => _instrument.Record(0.02);
}

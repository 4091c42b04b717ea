using Prometheus;
using Sidecar.Proxy.Configuration;

namespace Sidecar.Proxy.Telemetry;

/// <summary>
/// A registry of our own, so that the library's default metrics stay out, and the one way to add to it: bounds come from
/// the configuration or <see cref="MetricBuckets"/>, and an exemplar is taken only where one is given.
/// </summary>
internal sealed class MetricFamilies
{
    private readonly MetricsOptions _options;
    private readonly MetricFactory _factory;

    public MetricFamilies(MetricsOptions options)
    {
        _options = options;
        Registry = Metrics.NewCustomRegistry();
        _factory = Metrics.WithCustomRegistry(Registry);
        _factory.ExemplarBehavior = new ExemplarBehavior { DefaultExemplarProvider = null };
    }

    public CollectorRegistry Registry { get; }

    /// <summary>Upper bounds in use for a histogram.</summary>
    public double[] Bounds(string name) => _options.Buckets.TryGetValue(name, out var bounds) ? bounds : MetricBuckets.Default[name];

    public Counter Counter(string name, string help, params string[] labels) => _factory.CreateCounter(name, help, labels);

    /// <summary>A counter; a combination of labels shows from its first increment on.</summary>
    public Counter SparseCounter(string name, string help, params string[] labels) =>
        _factory.CreateCounter(name, help, labels, new CounterConfiguration { SuppressInitialValue = true });

    public Gauge Gauge(string name, string help, params string[] labels) => _factory.CreateGauge(name, help, labels);

    /// <summary>A histogram; a combination of labels shows from its first observation on.</summary>
    public Histogram Histogram(string name, string help, params string[] labels) => _factory.CreateHistogram(
        name, help, labels, new HistogramConfiguration { Buckets = Bounds(name), SuppressInitialValue = labels.Length > 0 });
}

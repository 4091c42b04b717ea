using System.Text;
using Prometheus;
using Sidecar.Proxy.Configuration;
using Sidecar.Proxy.Telemetry;

namespace Sidecar.Proxy.Tests.Telemetry;

/// <summary>Telemetry as the proxy composes it, on a manual clock, with its log in memory.</summary>
internal sealed class Rig : IAsyncDisposable
{
    private readonly MemoryStream _output = new();

    public Rig(MetricsOptions? metrics = null, LoggingOptions? logging = null)
    {
        Metrics = new SidecarMetrics(metrics ?? new MetricsOptions(), Time);
        Log = new Log(_output, logging ?? new LoggingOptions(), Time, Metrics.LogLinesDropped);
        Exchanges = new ExchangeTracker(Metrics, Log, Time);
    }

    public ManualTime Time { get; } = new();

    public SidecarMetrics Metrics { get; }

    public Log Log { get; }

    public ExchangeTracker Exchanges { get; }

    /// <summary>A record of an exchange that starts now and was routed to OpenAI.</summary>
    public ExchangeRecord NewRecord(string? model = "gpt-4o") => new()
    {
        Stream = "s-1",
        RequestId = "r-1",
        Method = "POST",
        Path = "/v1/chat/completions",
        Route = "chat",
        Upstream = "openai",
        Provider = Provider.OpenAI,
        Model = model,
        Status = 200,
        Outcome = Outcome.Completed,
        IsEventStream = true,
        Time = Time.GetUtcNow(),
        StartedAt = Time.GetTimestamp(),
    };

    /// <summary>Begins an exchange and ends it at once.</summary>
    public void Run(ExchangeRecord record)
    {
        Exchanges.Begin(record);
        Exchanges.End(record);
    }

    public async Task<string> ScrapeText(ExpositionFormat format)
    {
        var body = new MemoryStream();
        await MetricsExposition.WriteAsync(Metrics, body, format, CancellationToken.None);
        return Encoding.UTF8.GetString(body.ToArray());
    }

    public async Task<Exposition> Scrape(ExpositionFormat format = ExpositionFormat.PrometheusText) =>
        Exposition.Parse(await ScrapeText(format), format == ExpositionFormat.OpenMetricsText);

    /// <summary>Closes the log and returns its lines.</summary>
    public async Task<string[]> LogLines()
    {
        await Log.DisposeAsync();
        return Encoding.UTF8.GetString(_output.ToArray()).Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }

    public ValueTask DisposeAsync() => Log.DisposeAsync();
}

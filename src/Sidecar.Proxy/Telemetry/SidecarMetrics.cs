using System.Reflection;
using System.Runtime.InteropServices;
using Prometheus;
using Sidecar.Proxy.Configuration;

namespace Sidecar.Proxy.Telemetry;

/// <summary>
/// Everything that <c>/metrics</c> shows. What concerns an exchange is fed by <see cref="ExchangeTracker"/> and
/// <see cref="StreamMeter"/>; the rest is set by whoever knows it. Models, buckets and names are those of the start: a reload
/// does not change them, since a registry cannot.
/// </summary>
public sealed class SidecarMetrics
{
    private readonly Counter _attempts;
    private readonly Counter _encoded;
    private readonly Counter _usageMissing;
    private readonly Histogram _abortLag;
    private readonly Histogram.Child _requestOverhead;
    private readonly Gauge _lastReload;
    private readonly Counter.Child _reloadSuccess;
    private readonly Counter.Child _reloadFailure;

    /// <summary>Registers every metric.</summary>
    /// <exception cref="ArgumentException">A replaced bucket list is empty or does not rise.</exception>
    public SidecarMetrics(MetricsOptions options, TimeProvider time)
    {
        var families = new MetricFamilies(options);
        Time = time;
        Registry = families.Registry;
        Streams = new RouteModelMetrics(families, options, time);

        var active = families.Gauge("llm_sidecar_streams_active", "Exchanges under way.", "phase");
        StreamsActive = Array.ConvertAll(Enum.GetValues<Phase>(), phase => active.WithLabels(phase.Word()));
        StreamsLimit = families.Gauge("llm_sidecar_streams_limit", "Most exchanges at once; past it 503.");
        var bytes = families.Counter("llm_sidecar_stream_bytes_total", "Bytes of heads and bodies, by leg and direction.", "direction");
        ClientIn = bytes.WithLabels("client_in");
        ClientOut = bytes.WithLabels("client_out");
        UpstreamIn = bytes.WithLabels("upstream_in");
        UpstreamOut = bytes.WithLabels("upstream_out");
        var overflows = families.Counter("llm_sidecar_buffer_overflows_total", "Times a stream's buffer reached its bound, by what was done.", "action");
        BufferPauses = overflows.WithLabels("pause");
        BufferDrops = overflows.WithLabels("drop_oldest");
        BufferTerminations = overflows.WithLabels("terminate");
        BackpressureSeconds = families.Counter("llm_sidecar_backpressure_seconds_total",
            "Time in which an upstream was not read because its client was slow.");

        const string overhead = "llm_sidecar_overhead_seconds";
        var overheads = families.Histogram(overhead,
            "From the read that completed a request (connecting included) or an event to the write that took it.", "part");
        _requestOverhead = overheads.WithLabels("request");
        EventOverhead = overheads.WithLabels("event");
        OverheadBounds = new BinBounds(families.Bounds(overhead), time.TimestampFrequency);
        _abortLag = families.Histogram("llm_sidecar_abort_lag_seconds",
            "From the client's leaving being seen to the end of the exchange, its upstream closed.");

        Moderation = new ModerationMetrics(families);
        _usageMissing = families.Counter("llm_sidecar_usage_missing_total",
            "Exchanges with content from the provider but no output token figure, whatever their outcome.");
        _attempts = families.Counter("llm_sidecar_upstream_attempts_total", "Tries at an upstream.", "upstream", "result");
        _encoded = families.Counter("llm_sidecar_encoded_responses_total",
            "Responses passed through unread because their content is encoded.", "route");
        var connections = families.Gauge("llm_sidecar_connections", "Open connections.", "side");
        ClientConnections = connections.WithLabels("client");
        UpstreamConnections = connections.WithLabels("upstream");

        _lastReload = families.Gauge("llm_sidecar_config_last_reload_successful", "1 when the file as it is now is in use, else 0.");
        _lastReload.Set(1);
        var reloads = families.Counter("llm_sidecar_config_reloads_total", "Reloads of the configuration file.", "result");
        _reloadSuccess = reloads.WithLabels("success");
        _reloadFailure = reloads.WithLabels("failure");
        LogLinesDropped = families.Counter("llm_sidecar_log_lines_dropped_total", "Log lines lost because standard error took none.");
        JournalLinesDropped = families.Counter("llm_sidecar_journal_lines_dropped_total", "Lines of the journal lost because its file took none.");
        Draining = families.Gauge("llm_sidecar_draining", "1 while draining, else 0.");
        families.Gauge("llm_sidecar_build_info", "Always 1; the labels tell the build.", "version", "runtime")
            .WithLabels(Version(), RuntimeInformation.FrameworkDescription).Set(1);
        _ = new ProcessMetrics(families);
    }

    /// <summary>The registry that <see cref="MetricsExposition"/> writes.</summary>
    public CollectorRegistry Registry { get; }

    /// <summary>Most exchanges at once.</summary>
    public IGauge StreamsLimit { get; }

    /// <summary>Connections open to clients: incremented when accepted, decremented when closed.</summary>
    public IGauge ClientConnections { get; }

    /// <summary>Connections open to upstreams, idle ones too.</summary>
    public IGauge UpstreamConnections { get; }

    /// <summary>1 while draining.</summary>
    public IGauge Draining { get; }

    /// <summary>Lines the log could not take.</summary>
    public ICounter LogLinesDropped { get; }

    /// <summary>Lines the journal could not take.</summary>
    public ICounter JournalLinesDropped { get; }

    internal TimeProvider Time { get; }

    internal RouteModelMetrics Streams { get; }

    internal Gauge.Child[] StreamsActive { get; }

    internal Counter.Child ClientIn { get; }

    internal Counter.Child ClientOut { get; }

    internal Counter.Child UpstreamIn { get; }

    internal Counter.Child UpstreamOut { get; }

    internal Counter.Child BufferPauses { get; }

    internal Counter.Child BufferDrops { get; }

    internal Counter.Child BufferTerminations { get; }

    internal Counter BackpressureSeconds { get; }

    internal Histogram.Child EventOverhead { get; }

    internal BinBounds OverheadBounds { get; }

    internal ModerationMetrics Moderation { get; }

    /// <summary>Counts one try at an upstream.</summary>
    /// <param name="upstream">Configured name.</param>
    /// <param name="result">How it went.</param>
    public void UpstreamAttempt(string upstream, AttemptResult result) => _attempts.WithLabels(upstream, result.Word()).Inc();

    /// <summary>Counts one question to a classifier, and how long the verdict took.</summary>
    public void Classified(ClassifierVerdict verdict, TimeSpan time) => Moderation.Classified(verdict, time);

    /// <summary>Gives the teams and projects that the configuration names labels of their own in what they cost; the first 256 of each.</summary>
    public void Know(IEnumerable<string> teams, IEnumerable<string> projects) => Streams.Cost.Know(teams, projects);

    /// <summary>Counts one reload of the configuration.</summary>
    public void ConfigReloaded(bool success)
    {
        _lastReload.Set(success ? 1 : 0);
        (success ? _reloadSuccess : _reloadFailure).Inc();
    }

    /// <summary>Counts an exchange that has ended.</summary>
    internal void Ended(ExchangeRecord record)
    {
        Streams.Ended(record);
        Moderation.Ended(record);
        if (record is { ContentEvents: > 0, OutputTokens: null }) _usageMissing.Inc();
        if (record.IsEncoded) _encoded.WithLabels(record.Route ?? "").Inc();
        if (record.RequestReadAt != 0 && record.RequestSentAt >= record.RequestReadAt)
            _requestOverhead.Observe(Time.Seconds(record.RequestSentAt - record.RequestReadAt));
        if (record.ClientGoneAt != 0) _abortLag.Observe(Time.Seconds(record.EndedAt - record.ClientGoneAt));
    }

    private static string Version() =>
        typeof(SidecarMetrics).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "";
}

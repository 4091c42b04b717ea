using System.Collections.Concurrent;
using Prometheus;
using Sidecar.Proxy.Configuration;
using Sidecar.Proxy.Telemetry.Billing;

namespace Sidecar.Proxy.Telemetry;

/// <summary>
/// The families labelled by route, provider and model. Their children are resolved once per combination and kept: a look-up by
/// labels costs more than ten observations.
/// </summary>
internal sealed class RouteModelMetrics
{
    private const int MaxModels = 32;
    private const int MaxErrorTypes = 64;

    private static readonly string[] Labels = ["route", "gen_ai_provider_name", "gen_ai_request_model"];

    private readonly BoundedLabel _models;
    private readonly BoundedLabel _errorTypes = new(MaxErrorTypes, []);
    private readonly Counter.Child _modelOverflow;
    private readonly Counter.Child _errorTypeOverflow;
    private readonly ConcurrentDictionary<(string Route, Provider? Provider, string Model), RouteModelSeries> _series = new();
    private readonly Func<(string Route, Provider? Provider, string Model), RouteModelSeries> _create;

    public RouteModelMetrics(MetricFamilies families, MetricsOptions options, TimeProvider time)
    {
        Time = time;
        _models = new BoundedLabel(MaxModels, options.Models);
        var overflow = families.Counter("llm_sidecar_metrics_label_overflow_total",
            "Exchanges counted under _other, because a label had as many values as it may have or the value was no plain name.", "label");
        _modelOverflow = overflow.WithLabels("model");
        _errorTypeOverflow = overflow.WithLabels("error_type");
        _create = key => new RouteModelSeries(this, [key.Route, key.Provider?.Word() ?? "", key.Model]);

        TimeToFirstToken = families.Histogram("llm_sidecar_time_to_first_token_seconds",
            "First request byte to first non-empty content flushed to the client; event streams that delivered content only.", Labels);
        UpstreamTimeToFirstChunk = families.Histogram("llm_sidecar_upstream_time_to_first_chunk_seconds",
            "Request sent to first byte of the response body; event streams only.", Labels);
        InterTokenLatency = families.Histogram("llm_sidecar_inter_token_latency_seconds",
            "Gap between content at the client: n content events flushed together count n times as gap/n; event streams only.", Labels);
        TimeBetweenChunks = families.Histogram("llm_sidecar_time_between_chunks_seconds",
            "Gap between two provider events as read, 0 for events of one read; event streams only.", Labels);
        StreamDuration = families.Histogram("llm_sidecar_stream_duration_seconds",
            "First request byte to end of every exchange that streams_total counts.", [.. Labels, "outcome"]);
        TokenDeliveryRate = families.Histogram("llm_sidecar_token_delivery_rate",
            "Tokens per second of one event stream from its first content to its last: the provider's output figure "
            + "(content events where it gives none) less one, without reasoning that was not streamed.", Labels);
        OutputTokensPerStream = families.Histogram("llm_sidecar_output_tokens_per_stream",
            "Output tokens of one exchange, where the provider gave a figure.", Labels);
        Streams = families.SparseCounter("llm_sidecar_streams_total",
            "Exchanges on the data port with a parsed request head, refused and non-streaming ones too, each once at its end.",
            [.. Labels, "outcome", "error_type"]);
        Tokens = families.SparseCounter("llm_sidecar_tokens_total",
            "Tokens, by the provider's figures.", [.. Labels, "token_type", "source"]);
        CachedTokens = families.SparseCounter("llm_sidecar_cached_input_tokens_total",
            "The part of input tokens read from a cache.", Labels);
        ReasoningTokens = families.SparseCounter("llm_sidecar_reasoning_output_tokens_total",
            "The part of output tokens spent on reasoning.", Labels);
        Cost = new CostMetrics(families, Labels);
        InterTokenBounds = Bounds("llm_sidecar_inter_token_latency_seconds");
        ChunkBounds = Bounds("llm_sidecar_time_between_chunks_seconds");
        OpenTelemetry = options.OtelNames ? new OpenTelemetryMetrics(families, time) : null;

        BinBounds Bounds(string name) => new(families.Bounds(name), time.TimestampFrequency);
    }

    public TimeProvider Time { get; }

    public Histogram TimeToFirstToken { get; }

    public Histogram UpstreamTimeToFirstChunk { get; }

    public Histogram InterTokenLatency { get; }

    public Histogram TimeBetweenChunks { get; }

    public Histogram StreamDuration { get; }

    public Histogram TokenDeliveryRate { get; }

    public Histogram OutputTokensPerStream { get; }

    public Counter Streams { get; }

    public Counter Tokens { get; }

    public Counter CachedTokens { get; }

    public Counter ReasoningTokens { get; }

    public CostMetrics Cost { get; }

    public BinBounds InterTokenBounds { get; }

    public BinBounds ChunkBounds { get; }

    /// <summary>The OpenTelemetry names, or null when they are off.</summary>
    public OpenTelemetryMetrics? OpenTelemetry { get; }

    /// <summary>The series of an exchange as it is routed now. Lock-free once the combination was seen.</summary>
    public RouteModelSeries For(ExchangeRecord record) =>
        _series.GetOrAdd((record.Route ?? "", record.Provider, _models.For(record.Model)), _create);

    /// <summary>Counts an exchange that has ended, in every metric that is told at the end.</summary>
    public void Ended(ExchangeRecord record)
    {
        var series = For(record);
        var errorType = _errorTypes.For(record.ErrorType);
        if (series.Model == BoundedLabel.Other) _modelOverflow.Inc();
        if (errorType == BoundedLabel.Other) _errorTypeOverflow.Inc();
        series.Ended(record, errorType);
    }
}

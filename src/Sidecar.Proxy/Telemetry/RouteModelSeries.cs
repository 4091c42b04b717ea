using System.Buffers;
using System.Collections.Concurrent;
using Prometheus;

namespace Sidecar.Proxy.Telemetry;

/// <summary>The children of one combination of route, provider and model.</summary>
internal sealed class RouteModelSeries(RouteModelMetrics metrics, string[] labels)
{
    private static readonly Exemplar.LabelKey TraceId = Exemplar.Key("trace_id");
    private static readonly SearchValues<char> Hex = SearchValues.Create("0123456789abcdef");

    private readonly ConcurrentDictionary<(Outcome Outcome, string ErrorType), Counter.Child> _ended = new();
    private readonly ConcurrentDictionary<(string Team, string Project), Counter.Child> _cost = new();
    private readonly Counter.Child _unpriced = metrics.Cost.Unpriced.WithLabels(labels);
    private readonly Histogram.Child?[] _durations = new Histogram.Child?[Vocabulary.OutcomeCount];
    private readonly Counter.Child _input = metrics.Tokens.WithLabels([.. labels, "input", "usage"]);
    private readonly Counter.Child _output = metrics.Tokens.WithLabels([.. labels, "output", "usage"]);
    private readonly Counter.Child _cached = metrics.CachedTokens.WithLabels(labels);
    private readonly Counter.Child _reasoning = metrics.ReasoningTokens.WithLabels(labels);
    private readonly Histogram.Child _timeToFirstToken = metrics.TimeToFirstToken.WithLabels(labels);
    private readonly Histogram.Child _firstChunk = metrics.UpstreamTimeToFirstChunk.WithLabels(labels);
    private readonly Histogram.Child _deliveryRate = metrics.TokenDeliveryRate.WithLabels(labels);
    private readonly Histogram.Child _outputPerStream = metrics.OutputTokensPerStream.WithLabels(labels);

    public string Model => labels[2];

    public Histogram.Child InterTokenLatency { get; } = metrics.InterTokenLatency.WithLabels(labels);

    public Histogram.Child TimeBetweenChunks { get; } = metrics.TimeBetweenChunks.WithLabels(labels);

    /// <summary>Observes the time to the first token of an event stream.</summary>
    public void FirstToken(ExchangeRecord record) =>
        _timeToFirstToken.Observe(metrics.Time.Seconds(record.FirstContentAt - record.StartedAt), Trace(record));

    /// <summary>Observes the time to the first byte of an event stream.</summary>
    public void FirstChunk(ExchangeRecord record)
    {
        var seconds = metrics.Time.Seconds(record.FirstChunkAt - record.RequestSentAt);
        _firstChunk.Observe(seconds);
        metrics.OpenTelemetry?.For(record, Model)?.FirstChunk.Observe(seconds);
    }

    /// <summary>Counts and observes the end of an exchange.</summary>
    public void Ended(ExchangeRecord record, string errorType)
    {
        var seconds = metrics.Time.Seconds(record.EndedAt - record.StartedAt);
        Count(record.Outcome, errorType).Inc();
        Duration(record.Outcome).Observe(seconds, Trace(record));
        metrics.OpenTelemetry?.For(record, Model)?.Ended(record, seconds, errorType);
        CountTokens(record);
        CountCost(record);
        if (DeliveryRate(record) is { } rate) _deliveryRate.Observe(rate);
    }

    private Counter.Child Count(Outcome outcome, string errorType) =>
        _ended.TryGetValue((outcome, errorType), out var child)
            ? child
            : _ended.GetOrAdd((outcome, errorType), metrics.Streams.WithLabels([.. labels, outcome.Word(), errorType]));

    private Histogram.Child Duration(Outcome outcome) =>
        _durations[(int)outcome] ??= metrics.StreamDuration.WithLabels([.. labels, outcome.Word()]);

    private void CountTokens(ExchangeRecord record)
    {
        if (record.InputTokens is >= 0 and var input) _input.Inc(input);
        if (record.CachedTokens is >= 0 and var cached) _cached.Inc(cached);
        if (record.ReasoningTokens is >= 0 and var reasoning) _reasoning.Inc(reasoning);
        if (record.OutputTokens is not (>= 0 and var output)) return;
        _output.Inc(output);
        _outputPerStream.Observe(output);
    }

    private void CountCost(ExchangeRecord record)
    {
        if (record.CostUsd is { } dollars) CostOf(metrics.Cost.Team(record.Team), metrics.Cost.Project(record.Project)).Inc((double)dollars);
        else if (record.UsageSource is not null) _unpriced.Inc();
    }

    private Counter.Child CostOf(string team, string project) =>
        _cost.TryGetValue((team, project), out var child) ? child : _cost.GetOrAdd((team, project), metrics.Cost.Dollars.WithLabels([.. labels, team, project]));

    // The first token starts the clock, so that n tokens span n - 1 gaps.
    private double? DeliveryRate(ExchangeRecord record)
    {
        var ticks = record.LastContentAt - record.FirstContentAt;
        if (!record.IsEventStream || record.FirstContentAt == 0 || ticks <= 0) return null;
        var tokens = record.OutputTokens is >= 0 and var output
            ? output - (record.ReasoningStreamed ? 0 : record.ReasoningTokens ?? 0)
            : record.ContentEvents;
        return tokens < 2 ? null : (tokens - 1) / metrics.Time.Seconds(ticks);
    }

    // Only OpenMetrics shows exemplars; at most one for each stream and metric.
    private static Exemplar? Trace(ExchangeRecord record) =>
        record.TraceId is { Length: 32 } id && !id.AsSpan().ContainsAnyExcept(Hex) ? Exemplar.From(TraceId.WithValue(id)) : null;
}

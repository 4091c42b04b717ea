using System.Collections.Concurrent;
using Prometheus;
using Sidecar.Proxy.Configuration;

namespace Sidecar.Proxy.Telemetry;

/// <summary>
/// The OpenTelemetry GenAI client metrics, by the names that a Prometheus exporter gives them (semantic conventions for generative
/// AI, client metrics, in development: everything that may move with them is in this file). Fed for exchanges whose path is a known
/// operation; the two chunk metrics for event streams only, as the conventions ask.
/// </summary>
internal sealed class OpenTelemetryMetrics
{
    public const string OperationDuration = "gen_ai_client_operation_duration_seconds";
    public const string TimeToFirstChunk = "gen_ai_client_operation_time_to_first_chunk_seconds";
    public const string TimePerOutputChunk = "gen_ai_client_operation_time_per_output_chunk_seconds";
    public const string TokenUsage = "gen_ai_client_token_usage";

    private const string OperationLabel = "gen_ai_operation_name";
    private const string ProviderLabel = "gen_ai_provider_name";
    private const string ModelLabel = "gen_ai_request_model";

    private readonly Histogram _duration;
    private readonly Histogram _firstChunk;
    private readonly Histogram _perChunk;
    private readonly Histogram _usage;
    private readonly ConcurrentDictionary<(string Operation, Provider? Provider, string Model), Series> _series = new();
    private readonly Func<(string Operation, Provider? Provider, string Model), Series> _create;

    public OpenTelemetryMetrics(MetricFamilies families, TimeProvider time)
    {
        _duration = families.Histogram(OperationDuration,
            "Duration of an operation, first request byte to end.", OperationLabel, ProviderLabel, ModelLabel, "error_type");
        _firstChunk = families.Histogram(TimeToFirstChunk,
            "Request sent to the provider to first byte of its event stream.", OperationLabel, ProviderLabel, ModelLabel);
        _perChunk = families.Histogram(TimePerOutputChunk,
            "Gap between two events of the provider.", OperationLabel, ProviderLabel, ModelLabel);
        _usage = families.Histogram(TokenUsage,
            "Tokens of one operation by the provider's figures.", OperationLabel, ProviderLabel, ModelLabel, "gen_ai_token_type");
        PerChunkBounds = new BinBounds(families.Bounds(TimePerOutputChunk), time.TimestampFrequency);
        _create = key => new Series(this, key.Operation, ProviderName(key.Provider), key.Model);
    }

    /// <summary>Bounds for the bins of <see cref="TimePerOutputChunk"/>.</summary>
    public BinBounds PerChunkBounds { get; }

    /// <summary>The series of an exchange, or null when its path is no operation that the conventions know.</summary>
    public Series? For(ExchangeRecord record, string model) =>
        Operation(record.Path) is { } operation ? _series.GetOrAdd((operation, record.Provider, model), _create) : null;

    // gen_ai.operation.name
    private static string? Operation(ReadOnlySpan<char> path)
    {
        if (path.EndsWith("/chat/completions") || path.EndsWith("/v1/messages")) return "chat";
        if (path.EndsWith("/responses") || path.EndsWith("/api/chat")) return "chat";
        if (path.EndsWith("/completions") || path.EndsWith("/api/generate")) return "text_completion";
        if (path.EndsWith(":generateContent") || path.EndsWith(":streamGenerateContent")) return "generate_content";
        if (path.EndsWith("/embeddings") || path.EndsWith("/api/embed") || path.EndsWith(":embedContent")) return "embeddings";
        return null;
    }

    // gen_ai.provider.name
    private static string ProviderName(Provider? provider) => provider switch
    {
        null => "",
        Provider.Azure => "azure.ai.openai",
        Provider.Gemini => "gcp.gemini",
        var other => other.Value.Word(),
    };

    /// <summary>The children of one operation, provider and model.</summary>
    internal sealed class Series(OpenTelemetryMetrics metrics, string operation, string provider, string model)
    {
        private readonly Histogram.Child _input = metrics._usage.WithLabels(operation, provider, model, "input");
        private readonly Histogram.Child _output = metrics._usage.WithLabels(operation, provider, model, "output");

        public Histogram.Child FirstChunk { get; } = metrics._firstChunk.WithLabels(operation, provider, model);

        public Histogram.Child PerChunk { get; } = metrics._perChunk.WithLabels(operation, provider, model);

        /// <summary>Observes an operation's end.</summary>
        /// <param name="record">The exchange.</param>
        /// <param name="seconds">Its duration.</param>
        /// <param name="errorType">Its error_type label, empty when it gave none.</param>
        public void Ended(ExchangeRecord record, double seconds, string errorType)
        {
            var failed = record.Outcome is not (Outcome.Completed or Outcome.Moderated);
            if (failed && errorType.Length == 0) errorType = record.Outcome.Word();
            metrics._duration.WithLabels(operation, provider, model, errorType).Observe(seconds);
            if (record.InputTokens is >= 0 and var input) _input.Observe(input);
            if (record.OutputTokens is >= 0 and var output) _output.Observe(output);
        }
    }
}

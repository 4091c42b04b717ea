namespace Sidecar.Proxy.Telemetry;

/// <summary>
/// Every histogram and its built-in upper bounds (seconds, bytes, tokens, or tokens per second, as the name says).
/// <c>metrics.buckets</c> replaces the bounds of one name; bounds must rise strictly and be positive.
/// </summary>
public static class MetricBuckets
{
    private static readonly double[] FirstToken =
        [.025, .05, .1, .15, .25, .4, .6, .8, 1, 1.5, 2, 3, 5, 7.5, 10, 15, 20, 30, 60, 120, 300];
    private static readonly double[] Gap =
        [.001, .0025, .005, .0075, .01, .015, .02, .03, .04, .06, .08, .1, .15, .25, .5, 1, 2.5, 5, 10, 30];
    private static readonly double[] Operation = [.01, .02, .04, .08, .16, .32, .64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92];

    /// <summary>Bounds by metric name.</summary>
    public static IReadOnlyDictionary<string, double[]> Default { get; } = new Dictionary<string, double[]>
    {
        ["llm_sidecar_time_to_first_token_seconds"] = FirstToken,
        ["llm_sidecar_upstream_time_to_first_chunk_seconds"] = FirstToken,
        ["llm_sidecar_inter_token_latency_seconds"] = Gap,
        ["llm_sidecar_time_between_chunks_seconds"] = Gap,
        ["llm_sidecar_stream_duration_seconds"] = [.1, .25, .5, 1, 2.5, 5, 10, 20, 30, 60, 90, 120, 180, 300, 600, 900, 1800],
        ["llm_sidecar_token_delivery_rate"] = [1, 2.5, 5, 10, 15, 20, 30, 40, 50, 75, 100, 150, 200, 300, 500, 1000],
        ["llm_sidecar_output_tokens_per_stream"] =
            [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048, 4096, 8192, 16384, 32768, 65536, 131072],
        ["llm_sidecar_overhead_seconds"] =
            [.000005, .00001, .000025, .00005, .0001, .00025, .0005, .001, .0025, .005, .01, .025, .05, .1, .25],
        ["llm_sidecar_abort_lag_seconds"] = [.0001, .00025, .0005, .001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5],
        ["llm_sidecar_moderation_held_bytes"] =
            [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048, 4096, 8192, 16384, 32768, 65536],
        ["llm_sidecar_classifier_seconds"] = [.005, .01, .025, .05, .075, .1, .15, .2, .3, .5, .75, 1, 2.5, 5, 10],
        [OpenTelemetryMetrics.OperationDuration] = Operation,
        [OpenTelemetryMetrics.TimeToFirstChunk] = Operation,
        [OpenTelemetryMetrics.TimePerOutputChunk] = Operation,
        [OpenTelemetryMetrics.TokenUsage] =
            [1, 4, 16, 64, 256, 1024, 4096, 16384, 65536, 262144, 1048576, 4194304, 16777216, 67108864],
    };
}

using System.Globalization;
using Prometheus;
using Sidecar.Moderation;
using Sidecar.Proxy.Configuration;
using Sidecar.Proxy.Telemetry;

namespace Sidecar.Proxy.Tests.Telemetry;

/// <summary>The names, labels and buckets that dashboards and alerts are written against.</summary>
public sealed class MetricTableTests
{
    private const string L = "route gen_ai_provider_name gen_ai_request_model";
    private const string Otel = "gen_ai_operation_name gen_ai_provider_name gen_ai_request_model";
    private const string FirstToken = ".025 .05 .1 .15 .25 .4 .6 .8 1 1.5 2 3 5 7.5 10 15 20 30 60 120 300";
    private const string Gap = ".001 .0025 .005 .0075 .01 .015 .02 .03 .04 .06 .08 .1 .15 .25 .5 1 2.5 5 10 30";
    private const string A = ".01 .02 .04 .08 .16 .32 .64 1.28 2.56 5.12 10.24 20.48 40.96 81.92";

    public static TheoryData<string, string, string, string> Table { get; } = Directory.Exists("/proc/self/fd")
        ? new(Rows) { { "process_open_fds", "gauge", "", "" } }
        : new(Rows);

    private static (string, string, string, string)[] Rows =>
    [
        ("llm_sidecar_time_to_first_token_seconds", "histogram", L, FirstToken),
        ("llm_sidecar_upstream_time_to_first_chunk_seconds", "histogram", L, FirstToken),
        ("llm_sidecar_inter_token_latency_seconds", "histogram", L, Gap),
        ("llm_sidecar_time_between_chunks_seconds", "histogram", L, Gap),
        ("llm_sidecar_stream_duration_seconds", "histogram", L + " outcome", ".1 .25 .5 1 2.5 5 10 20 30 60 90 120 180 300 600 900 1800"),
        ("llm_sidecar_token_delivery_rate", "histogram", L, "1 2.5 5 10 15 20 30 40 50 75 100 150 200 300 500 1000"),
        ("llm_sidecar_streams_total", "counter", L + " outcome error_type", ""),
        ("llm_sidecar_buffer_overflows_total", "counter", "action", ""),
        ("llm_sidecar_backpressure_seconds_total", "counter", "", ""),
        (
            "llm_sidecar_output_tokens_per_stream", "histogram", L,
            "1 2 4 8 16 32 64 128 256 512 1024 2048 4096 8192 16384 32768 65536 131072"
        ),
        ("llm_sidecar_tokens_total", "counter", L + " token_type source", ""),
        ("llm_sidecar_cached_input_tokens_total", "counter", L, ""),
        ("llm_sidecar_reasoning_output_tokens_total", "counter", L, ""),
        ("llm_sidecar_cost_usd_total", "counter", L + " team project", ""),
        ("llm_sidecar_unpriced_streams_total", "counter", L, ""),
        ("llm_sidecar_journal_lines_dropped_total", "counter", "", ""),
        ("llm_sidecar_streams_active", "gauge", "phase", ""),
        ("llm_sidecar_streams_limit", "gauge", "", ""),
        ("llm_sidecar_stream_bytes_total", "counter", "direction", ""),
        (
            "llm_sidecar_overhead_seconds", "histogram", "part",
            ".000005 .00001 .000025 .00005 .0001 .00025 .0005 .001 .0025 .005 .01 .025 .05 .1 .25"
        ),
        ("llm_sidecar_moderation_actions_total", "counter", "rule action", ""),
        (
            "llm_sidecar_moderation_held_bytes", "histogram", "",
            "1 2 4 8 16 32 64 128 256 512 1024 2048 4096 8192 16384 32768 65536"
        ),
        ("llm_sidecar_classifier_seconds", "histogram", "", ".005 .01 .025 .05 .075 .1 .15 .2 .3 .5 .75 1 2.5 5 10"),
        ("llm_sidecar_classifier_total", "counter", "verdict", ""),
        ("llm_sidecar_usage_missing_total", "counter", "", ""),
        ("llm_sidecar_upstream_attempts_total", "counter", "upstream result", ""),
        ("llm_sidecar_abort_lag_seconds", "histogram", "", ".0001 .00025 .0005 .001 .0025 .005 .01 .025 .05 .1 .25 .5 1 2.5 5"),
        ("llm_sidecar_connections", "gauge", "side", ""),
        ("llm_sidecar_config_last_reload_successful", "gauge", "", ""),
        ("llm_sidecar_config_reloads_total", "counter", "result", ""),
        ("llm_sidecar_metrics_label_overflow_total", "counter", "label", ""),
        ("llm_sidecar_encoded_responses_total", "counter", "route", ""),
        ("llm_sidecar_log_lines_dropped_total", "counter", "", ""),
        ("llm_sidecar_draining", "gauge", "", ""),
        ("llm_sidecar_build_info", "gauge", "version runtime", ""),
        ("process_cpu_seconds_total", "counter", "", ""),
        ("process_resident_memory_bytes", "gauge", "", ""),
        ("process_start_time_seconds", "gauge", "", ""),
        ("dotnet_collection_count_total", "counter", "generation", ""),
        ("dotnet_total_memory_bytes", "gauge", "", ""),
        ("dotnet_allocated_bytes_total", "counter", "", ""),
        ("gen_ai_client_operation_duration_seconds", "histogram", Otel + " error_type", A),
        ("gen_ai_client_operation_time_to_first_chunk_seconds", "histogram", Otel, A),
        ("gen_ai_client_operation_time_per_output_chunk_seconds", "histogram", Otel, A),
        (
            "gen_ai_client_token_usage", "histogram", Otel + " gen_ai_token_type",
            "1 4 16 64 256 1024 4096 16384 65536 262144 1048576 4194304 16777216 67108864"
        ),
    ];

    [Theory]
    [MemberData(nameof(Table))]
    public async Task A_metric_has_its_name_type_labels_and_buckets(string name, string type, string labels, string buckets)
    {
        await using var rig = new Rig();
        FeedEverything(rig);

        var family = (await rig.Scrape()).Families[name];

        Assert.Equal(type, family.Type);
        Assert.NotEmpty(family.Samples);
        foreach (var sample in family.Samples)
            Assert.Equal(labels.Split(' ', StringSplitOptions.RemoveEmptyEntries), sample.Labels.Keys.Where(label => label != "le"));
        var bounds = family.Samples.Where(s => s.Name.EndsWith("_bucket", StringComparison.Ordinal)).Select(s => s.Labels["le"]).Distinct();
        Assert.Equal(Numbers(buckets), bounds.Where(bound => bound != "+Inf").Select(Number));
    }

    [Fact]
    public async Task Nothing_else_shows()
    {
        await using var rig = new Rig();
        FeedEverything(rig);

        Assert.Equal(Table.Select(row => row.Data.Item1).Order(), (await rig.Scrape()).Families.Keys.Order());
    }

    [Fact]
    public async Task Every_histogram_of_the_table_can_be_given_other_buckets()
    {
        var histograms = Table.Where(row => row.Data.Item2 == "histogram").Select(row => row.Data.Item1).ToList();
        Assert.Equal(histograms.Order(), MetricBuckets.Default.Keys.Order());
        await using var rig = new Rig(new MetricsOptions { Buckets = histograms.ToDictionary(name => name, _ => new[] { 0.5, 7 }) });
        FeedEverything(rig);

        var shown = await rig.Scrape();

        foreach (var name in histograms)
        {
            var bounds = shown.Families[name].Samples.Where(s => s.Labels.ContainsKey("le")).Select(s => s.Labels["le"]).Distinct();
            Assert.Equal(["0.5", "7", "+Inf"], bounds);
        }
    }

    [Theory]
    [InlineData]
    [InlineData(1.0, 1.0)]
    [InlineData(2.0, 1.0)]
    public void Buckets_that_do_not_rise_are_refused(params double[] bounds) => Assert.ThrowsAny<ArgumentException>(() =>
        new SidecarMetrics(
            new MetricsOptions { Buckets = new Dictionary<string, double[]> { ["llm_sidecar_overhead_seconds"] = bounds } }, TimeProvider.System));

    [Fact]
    public async Task The_OpenTelemetry_names_can_be_turned_off()
    {
        await using var rig = new Rig(new MetricsOptions { OtelNames = false });
        FeedEverything(rig);

        Assert.DoesNotContain((await rig.Scrape()).Families.Keys, name => name.StartsWith("gen_ai", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Label_values_are_the_words_of_the_contract()
    {
        await using var rig = new Rig();
        foreach (var outcome in Enum.GetValues<Outcome>())
        {
            var record = rig.NewRecord();
            record.Outcome = outcome;
            rig.Run(record);
        }
        foreach (var provider in Enum.GetValues<Provider>())
        {
            var record = rig.NewRecord();
            record.Provider = provider;
            rig.Run(record);
        }
        foreach (var action in Enum.GetValues<RuleAction>())
        {
            var record = rig.NewRecord();
            record.CountModeration("r", action);
            rig.Run(record);
        }
        foreach (var result in Enum.GetValues<AttemptResult>()) rig.Metrics.UpstreamAttempt("openai", result);

        var shown = await rig.Scrape();

        IEnumerable<string> Values(string metric, string label) =>
            shown.Families[metric].Samples.Select(sample => sample.Labels[label]).Distinct().Order();
        Assert.Equal(
            Words("completed moderated client_abort upstream_error upstream_timeout upstream_truncated stream_timeout overflow budget rejected drained internal_error"),
            Values("llm_sidecar_streams_total", "outcome"));
        Assert.Equal(Words("openai azure anthropic gemini ollama"), Values("llm_sidecar_streams_total", "gen_ai_provider_name"));
        Assert.Equal(Words("openai azure.ai.openai anthropic gcp.gemini ollama"),
            Values("gen_ai_client_operation_duration_seconds", "gen_ai_provider_name"));
        Assert.Equal(Words("connecting waiting streaming draining"), Values("llm_sidecar_streams_active", "phase"));
        Assert.Equal(Words("client_in client_out upstream_in upstream_out"), Values("llm_sidecar_stream_bytes_total", "direction"));
        Assert.Equal(Words("client upstream"), Values("llm_sidecar_connections", "side"));
        Assert.Equal(Words("success failure"), Values("llm_sidecar_config_reloads_total", "result"));
        Assert.Equal(Words("pause drop_oldest terminate"), Values("llm_sidecar_buffer_overflows_total", "action"));
        Assert.Equal(Words("flag redact mask hash terminate"), Values("llm_sidecar_moderation_actions_total", "action"));
        Assert.Equal(Words("allowed flagged timeout error skipped"), Values("llm_sidecar_classifier_total", "verdict"));
        Assert.Equal(Words("response connect_failed connect_timeout tls_failed stale reset timeout protocol_error cancelled"),
            Values("llm_sidecar_upstream_attempts_total", "result"));
    }

    private static void FeedEverything(Rig rig)
    {
        var record = rig.NewRecord();
        record.ErrorType = "no_end_marker";
        var meter = rig.Exchanges.Begin(record);
        record.RequestReadAt = rig.Time.Advance(1);
        record.RequestSentAt = rig.Time.Advance(1);
        for (var i = 0; i < 3; i++)
        {
            meter.OnRead(rig.Time.Advance(10), 100);
            meter.OnEvent(hasContent: true);
            meter.OnHeld(9);
            meter.OnFlushed(rig.Time.Advance(1), 1);
        }
        record.CountModeration("pii", RuleAction.Redact);
        record.InputTokens = record.OutputTokens = record.CachedTokens = record.ReasoningTokens = 7;
        record.ReasoningStreamed = true;
        record.IsEncoded = true;
        record.ClientGoneAt = rig.Time.GetTimestamp();
        rig.Exchanges.End(record);
        var priced = rig.NewRecord();
        priced.CostUsd = 0.25m;
        rig.Run(priced);
        rig.Metrics.UpstreamAttempt("openai", AttemptResult.Response);
        rig.Metrics.Classified(ClassifierVerdict.Allowed, TimeSpan.FromMilliseconds(40));
        rig.Metrics.ConfigReloaded(success: true);
    }

    private static IEnumerable<string> Words(string words) => words.Split(' ').Order();

    private static IEnumerable<double> Numbers(string numbers) => numbers.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(Number);

    private static double Number(string number) => double.Parse(number, CultureInfo.InvariantCulture);
}

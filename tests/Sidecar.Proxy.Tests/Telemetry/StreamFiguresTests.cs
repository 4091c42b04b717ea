using Sidecar.Proxy.Telemetry;

namespace Sidecar.Proxy.Tests.Telemetry;

/// <summary>What a stream's timestamps become, on a clock of our own.</summary>
public sealed class StreamFiguresTests
{
    private const double Close = 1e-12;

    [Fact]
    public async Task Time_to_first_token_runs_from_the_first_request_byte_to_the_first_content_flushed()
    {
        await using var rig = new Rig();
        var record = rig.NewRecord();
        var meter = rig.Exchanges.Begin(record);
        record.RequestSentAt = rig.Time.Advance(20);
        meter.OnRead(rig.Time.Advance(100), 50); // a role-only chunk does not stop the clock
        meter.OnEvent(hasContent: false);
        meter.OnFlushed(rig.Time.Advance(1), 0);
        meter.OnRead(rig.Time.Advance(200), 50);
        meter.OnEvent(hasContent: true);
        meter.OnFlushed(rig.Time.Advance(2), 1);
        rig.Exchanges.End(record);

        var shown = await rig.Scrape();

        Assert.Equal(0.323, shown.Value("llm_sidecar_time_to_first_token_seconds_sum"), Close);
        Assert.Equal(0, shown.Value("llm_sidecar_time_to_first_token_seconds_bucket", ("le", "0.25")));
        Assert.Equal(1, shown.Value("llm_sidecar_time_to_first_token_seconds_bucket", ("le", "0.4"), ("route", "chat"),
            ("gen_ai_provider_name", "openai"), ("gen_ai_request_model", "gpt-4o")));
        Assert.Equal(0.1, shown.Value("llm_sidecar_upstream_time_to_first_chunk_seconds_sum"), Close);
        Assert.Equal(0.1, shown.Value("gen_ai_client_operation_time_to_first_chunk_seconds_sum"), Close);
    }

    [Fact]
    public async Task The_gap_before_n_content_events_of_one_read_counts_n_times_as_its_share()
    {
        await using var rig = new Rig();
        var record = rig.NewRecord();
        var meter = rig.Exchanges.Begin(record);
        Content(rig, meter, gap: 50, events: 2); // the first flush has no gap before it
        Content(rig, meter, gap: 20, events: 1);
        Content(rig, meter, gap: 100, events: 5); // 5 × 20 ms: still within the bound of 20 ms
        rig.Exchanges.End(record);

        var shown = await rig.Scrape();

        Assert.Equal(0, shown.Value("llm_sidecar_inter_token_latency_seconds_bucket", ("le", "0.015")));
        Assert.Equal(6, shown.Value("llm_sidecar_inter_token_latency_seconds_bucket", ("le", "0.02")));
        Assert.Equal(6, shown.Value("llm_sidecar_inter_token_latency_seconds_count"));
        Assert.Equal(0.12, shown.Value("llm_sidecar_inter_token_latency_seconds_sum"), Close);
    }

    [Fact]
    public async Task Only_content_stops_the_token_clock()
    {
        await using var rig = new Rig();
        var record = rig.NewRecord();
        var meter = rig.Exchanges.Begin(record);
        Content(rig, meter, gap: 50, events: 1);
        meter.OnRead(rig.Time.Advance(300), 10); // a ping
        meter.OnEvent(hasContent: false);
        meter.OnFlushed(rig.Time.GetTimestamp(), 0);
        Content(rig, meter, gap: 100, events: 1);
        rig.Exchanges.End(record);

        var shown = await rig.Scrape();

        Assert.Equal(0.4, shown.Value("llm_sidecar_inter_token_latency_seconds_sum"), Close);
        Assert.Equal(1, shown.Value("llm_sidecar_inter_token_latency_seconds_count"));
        Assert.Equal(0.4, shown.Value("llm_sidecar_time_between_chunks_seconds_sum"), Close);
        Assert.Equal(2, shown.Value("llm_sidecar_time_between_chunks_seconds_count"));
        Assert.Equal(2, shown.Value("gen_ai_client_operation_time_per_output_chunk_seconds_count"));
    }

    [Fact]
    public async Task Events_of_one_read_have_no_gap_between_them()
    {
        await using var rig = new Rig();
        var record = rig.NewRecord();
        var meter = rig.Exchanges.Begin(record);
        Content(rig, meter, gap: 50, events: 3);
        Content(rig, meter, gap: 30, events: 2);
        rig.Exchanges.End(record);

        var shown = await rig.Scrape();

        Assert.Equal(4, shown.Value("llm_sidecar_time_between_chunks_seconds_count"));
        Assert.Equal(3, shown.Value("llm_sidecar_time_between_chunks_seconds_bucket", ("le", "0.001")));
        Assert.Equal(0.03, shown.Value("llm_sidecar_time_between_chunks_seconds_sum"), Close);
        Assert.Equal(30_000_000, record.MaxGap);
    }

    [Fact]
    public async Task An_event_s_overhead_runs_from_its_read_to_its_flush()
    {
        await using var rig = new Rig();
        var record = rig.NewRecord();
        var meter = rig.Exchanges.Begin(record);
        record.RequestReadAt = rig.Time.Advance(5);
        record.RequestSentAt = rig.Time.Advance(0.25);
        meter.OnRead(rig.Time.Advance(10), 10);
        for (var i = 0; i < 3; i++) meter.OnEvent(hasContent: true);
        meter.OnFlushed(rig.Time.Advance(0.04), 3);
        meter.OnFlushed(rig.Time.Advance(50), 0); // a heartbeat: no event waited for it
        rig.Exchanges.End(record);

        var shown = await rig.Scrape();

        Assert.Equal(3, shown.Value("llm_sidecar_overhead_seconds_bucket", ("part", "event"), ("le", "5e-05")));
        Assert.Equal(0, shown.Value("llm_sidecar_overhead_seconds_bucket", ("part", "event"), ("le", "2.5e-05")));
        Assert.Equal(0.00012, shown.Value("llm_sidecar_overhead_seconds_sum", ("part", "event")), Close);
        Assert.Equal(0.00025, shown.Value("llm_sidecar_overhead_seconds_sum", ("part", "request")), Close);
    }

    [Fact]
    public async Task A_response_that_is_no_event_stream_has_no_token_times()
    {
        await using var rig = new Rig();
        var record = rig.NewRecord();
        record.IsEventStream = false;
        var meter = rig.Exchanges.Begin(record);
        record.RequestSentAt = rig.Time.Advance(1);
        Content(rig, meter, gap: 50, events: 1);
        Content(rig, meter, gap: 50, events: 1);
        record.OutputTokens = 12;
        rig.Exchanges.End(record);

        var shown = await rig.Scrape();

        foreach (var name in new[] { "time_to_first_token_seconds", "upstream_time_to_first_chunk_seconds", "inter_token_latency_seconds",
                     "time_between_chunks_seconds", "token_delivery_rate" })
            Assert.Empty(shown.Families["llm_sidecar_" + name].Samples);
        Assert.Equal(1, shown.Value("llm_sidecar_streams_total", ("outcome", "completed")));
        Assert.Equal(0.101, shown.Value("llm_sidecar_stream_duration_seconds_sum", ("outcome", "completed")), Close);
        Assert.Equal(12, shown.Value("llm_sidecar_output_tokens_per_stream_sum"));
        Assert.Equal(2, record.Chunks);
    }

    [Fact]
    public async Task A_stream_without_content_has_no_time_to_first_token()
    {
        await using var rig = new Rig();
        var record = rig.NewRecord();
        var meter = rig.Exchanges.Begin(record);
        meter.OnRead(rig.Time.Advance(50), 10);
        meter.OnEvent(hasContent: false);
        meter.OnFlushed(rig.Time.Advance(1), 0);
        rig.Exchanges.End(record);

        Assert.Empty((await rig.Scrape()).Families["llm_sidecar_time_to_first_token_seconds"].Samples);
    }

    [Fact]
    public async Task A_record_filled_in_by_hand_counts_like_a_metered_one()
    {
        await using var rig = new Rig();
        var record = rig.NewRecord();
        record.RequestSentAt = rig.Time.Advance(10);
        record.FirstChunkAt = rig.Time.Advance(10);
        record.FirstContentAt = rig.Time.Advance(10);
        record.LastContentAt = record.EndedAt = rig.Time.Advance(1000);
        record.ContentEvents = 51;
        rig.Run(record);

        var shown = await rig.Scrape();

        Assert.Equal(0.03, shown.Value("llm_sidecar_time_to_first_token_seconds_sum"), Close);
        Assert.Equal(0.01, shown.Value("llm_sidecar_upstream_time_to_first_chunk_seconds_sum"), Close);
        Assert.Equal(1.03, shown.Value("llm_sidecar_stream_duration_seconds_sum"), Close);
        Assert.Equal(50, shown.Value("llm_sidecar_token_delivery_rate_sum"), Close);
    }

    [Theory]
    [InlineData(101L, null, false, 100)] // the provider's figure goes before our 11 events
    [InlineData(101L, 60L, false, 40)] // reasoning that was only counted was not delivered
    [InlineData(101L, 60L, true, 100)]
    [InlineData(null, null, false, 10)]
    [InlineData(1L, null, false, 0)] // one token has no rate
    public async Task The_delivery_rate_is_tokens_after_the_first_over_the_time_since_the_first(
        long? output, long? reasoning, bool streamed, double rate)
    {
        await using var rig = new Rig();
        var record = rig.NewRecord();
        var meter = rig.Exchanges.Begin(record);
        for (var i = 0; i < 11; i++) Content(rig, meter, gap: 100, events: 1);
        record.OutputTokens = output;
        record.ReasoningTokens = reasoning;
        record.ReasoningStreamed = streamed;
        rig.Exchanges.End(record);

        Assert.Equal(rate, (await rig.Scrape()).Value("llm_sidecar_token_delivery_rate_sum"), 1e-9);
    }

    [Fact]
    public async Task Usage_is_counted_once_and_its_subsets_stand_apart()
    {
        await using var rig = new Rig();
        var record = rig.NewRecord();
        (record.InputTokens, record.OutputTokens, record.CachedTokens, record.ReasoningTokens) = (1000, 200, 900, 50);
        rig.Run(record);

        var shown = await rig.Scrape();

        Assert.Equal(1200, shown.Sum("llm_sidecar_tokens_total"));
        Assert.Equal(1000, shown.Value("llm_sidecar_tokens_total", ("token_type", "input"), ("source", "usage")));
        Assert.Equal(200, shown.Value("llm_sidecar_tokens_total", ("token_type", "output"), ("source", "usage")));
        Assert.Equal(900, shown.Value("llm_sidecar_cached_input_tokens_total"));
        Assert.Equal(50, shown.Value("llm_sidecar_reasoning_output_tokens_total"));
        Assert.Equal(1, shown.Value("llm_sidecar_output_tokens_per_stream_bucket", ("le", "256")));
        Assert.Equal(0, shown.Value("llm_sidecar_output_tokens_per_stream_bucket", ("le", "128")));
        Assert.Equal(1000, shown.Value("gen_ai_client_token_usage_sum", ("gen_ai_token_type", "input")));
        Assert.Equal(0, shown.Value("llm_sidecar_usage_missing_total"));
    }

    [Fact]
    public async Task A_hostile_usage_figure_is_no_figure()
    {
        await using var rig = new Rig();
        var record = rig.NewRecord();
        (record.InputTokens, record.OutputTokens, record.CachedTokens, record.ReasoningTokens) = (-1, long.MinValue, -5, -6);
        rig.Run(record);

        var shown = await rig.Scrape();

        Assert.Equal(0, shown.Sum("llm_sidecar_tokens_total"));
        Assert.Equal(1, shown.Sum("llm_sidecar_streams_total"));
    }

    [Theory]
    [InlineData(Outcome.Completed, 3, null, 1)]
    [InlineData(Outcome.ClientAbort, 3, null, 1)]
    [InlineData(Outcome.Completed, 3, 5L, 0)]
    [InlineData(Outcome.Completed, 0, null, 0)]
    public async Task Usage_is_missing_where_content_came_without_a_figure(Outcome outcome, long contentEvents, long? output, double missing)
    {
        await using var rig = new Rig();
        var record = rig.NewRecord();
        (record.Outcome, record.ContentEvents, record.OutputTokens) = (outcome, contentEvents, output);
        rig.Run(record);

        Assert.Equal(missing, (await rig.Scrape()).Value("llm_sidecar_usage_missing_total"));
    }

    [Fact]
    public async Task Back_pressure_is_counted_while_it_lasts_also_to_the_end()
    {
        await using var rig = new Rig();
        var record = rig.NewRecord();
        var meter = rig.Exchanges.Begin(record);
        meter.OnPaused(rig.Time.Advance(10));
        meter.OnResumed(rig.Time.Advance(250));
        meter.OnPaused(rig.Time.Advance(10));
        rig.Time.Advance(500);
        rig.Exchanges.End(record);

        var shown = await rig.Scrape();

        Assert.Equal(2, shown.Value("llm_sidecar_buffer_overflows_total", ("action", "pause")));
        Assert.Equal(0.75, shown.Value("llm_sidecar_backpressure_seconds_total"), Close);
    }

    [Fact]
    public async Task An_abort_s_lag_and_an_encoded_response_are_counted_at_the_end()
    {
        await using var rig = new Rig();
        var record = rig.NewRecord();
        record.Outcome = Outcome.ClientAbort;
        record.IsEncoded = true;
        rig.Exchanges.Begin(record);
        record.ClientGoneAt = rig.Time.Advance(40);
        rig.Time.Advance(3);
        rig.Exchanges.End(record);

        var shown = await rig.Scrape();

        Assert.Equal(0.003, shown.Value("llm_sidecar_abort_lag_seconds_sum"), Close);
        Assert.Equal(1, shown.Value("llm_sidecar_encoded_responses_total", ("route", "chat")));
    }

    [Fact]
    public async Task A_long_stream_shows_while_it_flows()
    {
        await using var rig = new Rig();
        var record = rig.NewRecord();
        var meter = rig.Exchanges.Begin(record);
        record.ClientBytesIn = 77;
        record.RequestSentAt = rig.Time.GetTimestamp();
        for (var i = 0; i < 5; i++) Content(rig, meter, gap: 500, events: 1); // 10 bytes each

        var during = await rig.Scrape(); // published by the read at 2.0 s, which knew of the three events before it
        rig.Exchanges.End(record);
        var after = await rig.Scrape();

        Assert.Equal(1, during.Value("llm_sidecar_time_to_first_token_seconds_count"));
        Assert.Equal(2, during.Value("llm_sidecar_inter_token_latency_seconds_count"));
        Assert.Equal(40, during.Value("llm_sidecar_stream_bytes_total", ("direction", "upstream_in")));
        Assert.Equal(0, during.Sum("llm_sidecar_streams_total"));
        Assert.Equal(1, after.Value("llm_sidecar_time_to_first_token_seconds_count"));
        Assert.Equal(4, after.Value("llm_sidecar_inter_token_latency_seconds_count"));
        Assert.Equal(2.0, after.Value("llm_sidecar_inter_token_latency_seconds_sum"), Close);
        Assert.Equal(50, after.Value("llm_sidecar_stream_bytes_total", ("direction", "upstream_in")));
        Assert.Equal(77, after.Value("llm_sidecar_stream_bytes_total", ("direction", "client_in")));
    }

    private static void Content(Rig rig, StreamMeter meter, double gap, int events)
    {
        meter.OnRead(rig.Time.Advance(gap), 10);
        for (var i = 0; i < events; i++) meter.OnEvent(hasContent: true);
        meter.OnFlushed(rig.Time.GetTimestamp(), events);
    }
}

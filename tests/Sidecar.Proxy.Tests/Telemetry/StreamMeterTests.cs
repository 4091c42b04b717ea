using CsCheck;
using Sidecar.Proxy.Configuration;
using Sidecar.Proxy.Telemetry;

namespace Sidecar.Proxy.Tests.Telemetry;

public sealed class StreamMeterTests
{
    private static readonly double[] Bounds = MetricBuckets.Default["llm_sidecar_inter_token_latency_seconds"];

    [Fact]
    public async Task It_fills_in_the_record()
    {
        await using var rig = new Rig();
        var record = rig.NewRecord();
        record.Phase = Phase.Waiting;
        var meter = rig.Exchanges.Begin(record);

        meter.OnRead(rig.Time.Advance(10), 30);
        meter.OnEvent(hasContent: false);
        Assert.Equal(Phase.Waiting, record.Phase);
        var first = rig.Time.GetTimestamp();
        meter.OnRead(rig.Time.Advance(10), 40);
        meter.OnEvent(hasContent: true);
        meter.OnFlushed(rig.Time.Advance(1), 1);
        meter.OnRead(rig.Time.Advance(10), 50);
        meter.OnEvent(hasContent: true);
        meter.OnFlushed(rig.Time.Advance(1), 1);

        Assert.Same(record, meter.Record);
        Assert.Equal(Phase.Streaming, record.Phase);
        Assert.Equal((first, first + 21_000_000), (record.FirstChunkAt, record.LastChunkAt));
        Assert.Equal((first + 10_000_000, first + 11_000_000, first + 22_000_000),
            (record.FirstContentReadAt, record.FirstContentAt, record.LastContentAt));
        Assert.Equal((120, 3, 2, 11_000_000), (record.UpstreamBytesIn, record.Chunks, record.ContentEvents, record.MaxGap));
    }

    [Fact]
    public async Task A_draining_exchange_stays_draining_when_content_comes()
    {
        await using var rig = new Rig();
        var record = rig.NewRecord();
        var meter = rig.Exchanges.Begin(record);
        record.Phase = Phase.Draining;

        meter.OnRead(rig.Time.Advance(10), 30);
        meter.OnEvent(hasContent: true);

        Assert.Equal(Phase.Draining, record.Phase);
    }

    [Fact]
    public async Task A_meter_is_of_no_use_after_the_end()
    {
        await using var rig = new Rig();
        var record = rig.NewRecord();
        var meter = rig.Exchanges.Begin(record);
        rig.Exchanges.End(record);

        Assert.Throws<InvalidOperationException>(() => meter.OnRead(1, 1));
    }

    [Fact]
    public async Task A_reused_meter_knows_nothing_of_the_stream_before()
    {
        await using var rig = new Rig();
        var first = rig.NewRecord();
        var meter = rig.Exchanges.Begin(first);
        meter.OnRead(rig.Time.Advance(10), 30);
        meter.OnEvent(hasContent: true);
        meter.OnPaused(rig.Time.GetTimestamp());
        rig.Exchanges.End(first);

        rig.Time.Advance(60_000);
        var second = rig.NewRecord();
        Assert.Same(meter, rig.Exchanges.Begin(second));
        meter.OnRead(rig.Time.Advance(10), 5);
        meter.OnEvent(hasContent: true);
        meter.OnFlushed(rig.Time.Advance(1), 1);
        rig.Exchanges.End(second);

        var shown = await rig.Scrape();
        Assert.Equal(0, second.MaxGap);
        Assert.Equal(0.011, shown.Value("llm_sidecar_time_to_first_token_seconds_sum"), 1e-12);
        Assert.Equal(0, shown.Value("llm_sidecar_time_between_chunks_seconds_count"));
        Assert.Equal(1, shown.Value("llm_sidecar_overhead_seconds_count", ("part", "event")));
        Assert.Equal(35, shown.Value("llm_sidecar_stream_bytes_total", ("direction", "upstream_in")));
    }

    [Fact]
    public void Counts_per_bucket_are_exact_and_the_sum_is_the_time_that_passed()
    {
        // Gaps around every bound, whole and in parts, over several publications.
        var gap = Gen.OneOf(
            Gen.Select(Gen.Int[0, Bounds.Length - 1], Gen.Int[-2, 2], (bound, off) => (long)Math.Round(Bounds[bound] * 1e9) + off),
            Gen.Long[0, 3_000_000_000]);
        Gen.Select(gap, Gen.Int[1, 7]).Array[1, 60].Sample(steps =>
        {
            var rig = new Rig();
            var record = rig.NewRecord();
            var meter = rig.Exchanges.Begin(record);
            meter.OnFlushed(rig.Time.Advance(1), 1);
            var expected = new long[Bounds.Length + 1];
            var now = rig.Time.GetTimestamp();
            foreach (var (ticks, events) in steps)
            {
                now += ticks;
                meter.OnRead(now, 1);
                for (var i = 0; i < events; i++) meter.OnEvent(hasContent: true);
                meter.OnFlushed(now, events);
                expected[Bounds.TakeWhile(bound => (decimal)ticks > (decimal)bound * 1_000_000_000 * events).Count()] += events;
            }
            rig.Exchanges.End(record);
            var shown = rig.Scrape().GetAwaiter().GetResult();
            rig.DisposeAsync().AsTask().GetAwaiter().GetResult();

            var cumulative = 0L;
            for (var i = 0; i < Bounds.Length; i++)
            {
                cumulative += expected[i];
                Assert.Equal(cumulative, shown.Value("llm_sidecar_inter_token_latency_seconds_bucket", ("le", Le(Bounds[i]))));
            }
            Assert.Equal(steps.Sum(s => s.Item2), shown.Value("llm_sidecar_inter_token_latency_seconds_count"));
            var seconds = steps.Sum(s => s.Item1) / 1e9;
            Assert.Equal(seconds, shown.Value("llm_sidecar_inter_token_latency_seconds_sum"), 1e-13 * Math.Max(1, seconds));
        }, iter: 60, threads: 1);

        static string Le(double bound) => bound.ToString("g", System.Globalization.CultureInfo.InvariantCulture);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_event_allocates_nothing_publishing_included(bool otelNames)
    {
        await using var rig = new Rig(new MetricsOptions { OtelNames = otelNames });
        var record = rig.NewRecord();
        var meter = rig.Exchanges.Begin(record);
        Stream(rig, meter, 1000); // 15 s: the series are resolved, everything was published once

        var before = GC.GetAllocatedBytesForCurrentThread();
        Stream(rig, meter, 10_000);
        var after = GC.GetAllocatedBytesForCurrentThread();

        Assert.Equal(0, after - before);
    }

    private static void Stream(Rig rig, StreamMeter meter, int events)
    {
        for (var i = 0; i < events; i++)
        {
            meter.OnRead(rig.Time.Advance(i % 30), 200);
            meter.OnEvent(hasContent: true);
            meter.OnHeld(i % 40);
            meter.OnFlushed(rig.Time.Advance(0.01), 1);
        }
    }
}

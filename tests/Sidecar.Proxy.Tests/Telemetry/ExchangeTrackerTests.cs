using CsCheck;
using Sidecar.Proxy.Configuration;
using Sidecar.Proxy.Telemetry;

namespace Sidecar.Proxy.Tests.Telemetry;

public sealed class ExchangeTrackerTests
{
    private static readonly string?[] Models = ["gpt-4o", "llama3", null, "not a name"];

    [Fact]
    public void Streams_begun_are_the_sum_of_outcomes_whatever_the_interleaving()
    {
        // Four threads; each step begins an exchange (true) or ends an open one, chosen by the number.
        var step = Gen.Select(Gen.Bool, Gen.Int[0, 1000]);
        step.Array[0, 200].Array[4].Sample(scripts =>
        {
            var rig = new Rig(logging: new LoggingOptions { AccessLog = false });
            var begun = 0;
            var outcomes = new int[Enum.GetValues<Outcome>().Length];
            var threads = scripts.Select(script => new Thread(() => Play(rig, script, ref begun, outcomes))).ToList();
            threads.ForEach(thread => thread.Start());
            threads.ForEach(thread => thread.Join());
            var shown = rig.Scrape().GetAwaiter().GetResult();
            rig.DisposeAsync().AsTask().GetAwaiter().GetResult();

            Assert.Equal(begun, shown.Sum("llm_sidecar_streams_total"));
            Assert.Equal(begun, shown.Sum("llm_sidecar_stream_duration_seconds_count"));
            foreach (var outcome in Enum.GetValues<Outcome>())
                Assert.Equal(outcomes[(int)outcome], shown.Sum("llm_sidecar_streams_total", ("outcome", outcome.Word())));
            Assert.Equal(0, shown.Sum("llm_sidecar_streams_active"));
            Assert.Equal(3.0 * begun, shown.Value("llm_sidecar_stream_bytes_total", ("direction", "upstream_in")));
            Assert.Empty(rig.Exchanges.Live);
        }, iter: 40, threads: 1);
    }

    [Fact]
    public async Task An_exchange_ended_twice_is_counted_once()
    {
        await using var rig = new Rig();
        var record = rig.NewRecord();
        rig.Run(record);
#if DEBUG
        Assert.ThrowsAny<Exception>(() => rig.Exchanges.End(record));
#else
        rig.Exchanges.End(record);
#endif

        Assert.Equal(1, (await rig.Scrape()).Sum("llm_sidecar_streams_total"));
        Assert.Single(await rig.LogLines());
    }

    [Fact]
    public async Task A_refused_exchange_that_was_never_routed_counts()
    {
        await using var rig = new Rig();
        rig.Run(new ExchangeRecord
        {
            Method = "GET", Path = "/nowhere", Status = 404, Outcome = Outcome.Rejected, ErrorType = "no_route",
            StartedAt = rig.Time.GetTimestamp(), Time = rig.Time.GetUtcNow(), ClientBytesIn = 100, ClientBytesOut = 200,
        });

        var shown = await rig.Scrape();

        Assert.Equal(1, shown.Value("llm_sidecar_streams_total", ("route", ""), ("gen_ai_provider_name", ""), ("gen_ai_request_model", ""),
            ("outcome", "rejected"), ("error_type", "no_route")));
        Assert.Equal(100, shown.Value("llm_sidecar_stream_bytes_total", ("direction", "client_in")));
        Assert.Equal(200, shown.Value("llm_sidecar_stream_bytes_total", ("direction", "client_out")));
    }

    [Fact]
    public async Task Phases_are_those_of_the_moment_of_the_scrape()
    {
        await using var rig = new Rig();
        var records = new[] { Phase.Connecting, Phase.Waiting, Phase.Waiting, Phase.Streaming, Phase.Draining }
            .Select(phase => (phase, record: rig.NewRecord())).ToList();
        foreach (var (phase, record) in records)
        {
            rig.Exchanges.Begin(record);
            record.Phase = phase;
        }

        var before = await rig.Scrape();
        records[1].record.Phase = Phase.Streaming;
        rig.Exchanges.End(records[0].record);
        var after = await rig.Scrape();

        double[] Counts(Exposition shown) => [.. Enum.GetValues<Phase>().Select(p => shown.Value("llm_sidecar_streams_active", ("phase", p.Word())))];
        Assert.Equal([1, 2, 1, 1], Counts(before));
        Assert.Equal([0, 1, 2, 1], Counts(after));
    }

    [Fact]
    public async Task What_others_set_shows()
    {
        await using var rig = new Rig();
        rig.Metrics.StreamsLimit.Set(1000);
        rig.Metrics.Draining.Set(1);
        rig.Metrics.ClientConnections.Inc();
        rig.Metrics.ClientConnections.Inc();
        rig.Metrics.UpstreamConnections.Inc();
        rig.Metrics.UpstreamConnections.Dec();
        rig.Metrics.UpstreamAttempt("openai", AttemptResult.Stale);
        rig.Metrics.UpstreamAttempt("openai", AttemptResult.Response);
        rig.Metrics.ConfigReloaded(success: true);
        rig.Metrics.ConfigReloaded(success: false);

        var shown = await rig.Scrape();

        Assert.Equal(1000, shown.Value("llm_sidecar_streams_limit"));
        Assert.Equal(1, shown.Value("llm_sidecar_draining"));
        Assert.Equal(2, shown.Value("llm_sidecar_connections", ("side", "client")));
        Assert.Equal(0, shown.Value("llm_sidecar_connections", ("side", "upstream")));
        Assert.Equal(1, shown.Value("llm_sidecar_upstream_attempts_total", ("upstream", "openai"), ("result", "stale")));
        Assert.Equal(0, shown.Value("llm_sidecar_config_last_reload_successful"));
        Assert.Equal(1, shown.Value("llm_sidecar_config_reloads_total", ("result", "success")));
        Assert.Equal(1, shown.Value("llm_sidecar_config_reloads_total", ("result", "failure")));
    }

    private static void Play(Rig rig, (bool Begin, int Number)[] script, ref int begun, int[] outcomes)
    {
        var open = new List<ExchangeRecord>();
        foreach (var (begin, number) in script)
        {
            if (begin || open.Count == 0)
            {
                var record = rig.NewRecord(Models[number % Models.Length]);
                record.Outcome = (Outcome)(number % outcomes.Length);
                rig.Exchanges.Begin(record).OnRead(rig.Time.Advance(number), 3);
                open.Add(record);
                Interlocked.Increment(ref begun);
                Interlocked.Increment(ref outcomes[(int)record.Outcome]);
            }
            else
            {
                rig.Exchanges.End(open[number % open.Count]);
                open.RemoveAt(number % open.Count);
            }
        }
        open.ForEach(rig.Exchanges.End);
    }
}

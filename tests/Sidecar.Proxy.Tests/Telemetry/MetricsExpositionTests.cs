using Prometheus;
using Sidecar.Proxy.Telemetry;

namespace Sidecar.Proxy.Tests.Telemetry;

public sealed class MetricsExpositionTests
{
    private const string Trace = "4bf92f3577b34da6a3ce929d0e0e4736";

    [Theory]
    [InlineData(null, false)]
    [InlineData("", false)]
    [InlineData("*/*", false)] // curl
    [InlineData("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", false)] // a browser
    [InlineData("application/openmetrics-text;version=1.0.0;q=0.5,application/openmetrics-text;version=0.0.1;q=0.4,text/plain;version=0.0.4;q=0.3,*/*;q=0.2", true)]
    [InlineData("application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.6,application/openmetrics-text;version=0.0.1;q=0.5,text/plain;version=1.0.0;escaping=allow-utf-8;q=0.4,text/plain;version=0.0.4;q=0.3,*/*;q=0.2", true)]
    [InlineData("application/openmetrics-text", true)]
    [InlineData("Application/OpenMetrics-Text ; Version=\"1.0.0\" ; Q=1 , text/plain", true)]
    [InlineData("application/openmetrics-text; version=0.0.1", false)]
    [InlineData("application/openmetrics-text;version=2.0.0", false)]
    [InlineData("application/openmetrics-text;q=0", false)]
    [InlineData("application/openmetrics-text;q=0.4,text/plain;q=0.5", false)]
    [InlineData("application/openmetrics-text;q=0.4,*/*;q=0.5", false)]
    [InlineData("application/openmetrics-text;q=0.4,*/*;q=0.5,text/plain;q=0.3", true)] // the closest range decides for text
    [InlineData("application/openmetrics-text;q=0.4,text/html;q=0.9", true)]
    [InlineData("application/openmetrics-text;q=junk", false)]
    [InlineData("application/openmetrics-text;q=-1", false)]
    [InlineData(",;=,q=;;\"", false)]
    public void The_format_is_negotiated(string? accept, bool openMetrics) =>
        Assert.Equal(openMetrics ? ExpositionFormat.OpenMetricsText : ExpositionFormat.PrometheusText, MetricsExposition.Negotiate(accept));

    [Fact]
    public void A_format_has_its_media_type()
    {
        Assert.Equal("text/plain; version=0.0.4; charset=utf-8", MetricsExposition.ContentType(ExpositionFormat.PrometheusText));
        Assert.Equal("application/openmetrics-text; version=1.0.0; charset=utf-8",
            MetricsExposition.ContentType(ExpositionFormat.OpenMetricsText));
    }

    [Fact]
    public async Task Both_formats_say_the_same()
    {
        await using var rig = new Rig();
        RunStream(rig, Trace);

        var text = await rig.Scrape();
        var openMetrics = await rig.Scrape(ExpositionFormat.OpenMetricsText);

        foreach (var family in text.Families.Values.Where(f => f.Name.StartsWith("llm_sidecar", StringComparison.Ordinal)))
        {
            var name = family.Type == "counter" ? family.Name[..^"_total".Length] : family.Name;
            var twin = openMetrics.Families[name];
            Assert.Equal((family.Type, family.Help), (twin.Type, twin.Help));
            Assert.Equal(family.Samples.Select(s => (s.Name, s.Value)), twin.Samples.Select(s => (s.Name, s.Value)));
        }
    }

    [Fact]
    public async Task OpenMetrics_shows_a_stream_s_trace_once_for_each_metric()
    {
        await using var rig = new Rig();
        RunStream(rig, Trace);

        var exemplars = (await rig.Scrape(ExpositionFormat.OpenMetricsText)).Families.Values
            .SelectMany(family => family.Samples).Where(sample => sample.Exemplar is not null).ToList();

        Assert.Equal(["llm_sidecar_stream_duration_seconds_bucket", "llm_sidecar_time_to_first_token_seconds_bucket"],
            exemplars.Select(sample => sample.Name).Order());
        Assert.All(exemplars, sample => Assert.StartsWith($"{{trace_id=\"{Trace}\"}} 0.06", sample.Exemplar, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("4bf92f3577b34da6a3ce929d0e0e473\"")]
    [InlineData("4BF92F3577B34DA6A3CE929D0E0E4736")]
    [InlineData("4bf92f3577b34da6a3ce929d0e0e47361")]
    public async Task No_or_a_bad_trace_id_is_no_exemplar(string? traceId)
    {
        await using var rig = new Rig();
        RunStream(rig, traceId);

        Assert.DoesNotContain((await rig.Scrape(ExpositionFormat.OpenMetricsText)).Families.Values.SelectMany(f => f.Samples),
            sample => sample.Exemplar is not null);
    }

    [Fact]
    public async Task Process_metrics_are_alive()
    {
        await using var rig = new Rig();

        var shown = await rig.Scrape();

        Assert.True(shown.Value("process_cpu_seconds_total") > 0);
        Assert.True(shown.Value("process_resident_memory_bytes") > 1_000_000);
        var start = DateTimeOffset.FromUnixTimeMilliseconds((long)(shown.Value("process_start_time_seconds") * 1000));
        Assert.InRange(start, DateTimeOffset.UtcNow.AddHours(-1), DateTimeOffset.UtcNow);
        Assert.True(shown.Value("dotnet_total_memory_bytes") > 0);
        Assert.True(shown.Value("dotnet_allocated_bytes_total") > 0);
        Assert.Equal(["0", "1", "2"], shown.Families["dotnet_collection_count_total"].Samples.Select(s => s.Labels["generation"]));
        if (Directory.Exists("/proc/self/fd")) Assert.True(shown.Value("process_open_fds") > 2);
    }

    private static void RunStream(Rig rig, string? traceId)
    {
        var record = rig.NewRecord();
        record.TraceId = traceId;
        var meter = rig.Exchanges.Begin(record);
        meter.OnRead(rig.Time.Advance(60), 10);
        meter.OnEvent(hasContent: true);
        meter.OnFlushed(rig.Time.Advance(1), 1);
        rig.Exchanges.End(record);
    }
}

using Sidecar.Moderation;
using Sidecar.Proxy.Telemetry;

namespace Sidecar.Proxy.Tests.Telemetry;

public sealed class ModerationMetricsTests
{
    [Fact]
    public async Task Actions_of_all_exchanges_add_up_by_rule_and_action()
    {
        await using var rig = new Rig();
        for (var i = 0; i < 3; i++)
        {
            var record = rig.NewRecord();
            record.CountModeration("pii", RuleAction.Redact);
            record.CountModeration("pii", RuleAction.Redact);
            record.CountModeration("hate", RuleAction.Terminate);
            rig.Run(record);
        }

        var shown = await rig.Scrape();

        Assert.Equal(6, shown.Value("llm_sidecar_moderation_actions_total", ("rule", "pii"), ("action", "redact")));
        Assert.Equal(3, shown.Value("llm_sidecar_moderation_actions_total", ("rule", "hate"), ("action", "terminate")));
        Assert.Equal(2, shown.Families["llm_sidecar_moderation_actions_total"].Samples.Count);
    }

    [Fact]
    public async Task An_exchange_without_actions_shows_none()
    {
        await using var rig = new Rig();
        rig.Run(rig.NewRecord());

        Assert.Equal(0, (await rig.Scrape()).Sum("llm_sidecar_moderation_actions_total"));
    }

    [Fact]
    public async Task Held_bytes_are_counted_exactly_whatever_the_stream()
    {
        await using var rig = new Rig();
        var record = rig.NewRecord();
        record.IsEventStream = false;
        var meter = rig.Exchanges.Begin(record);
        foreach (var bytes in new[] { 1, 2, 3, 4, 5, 64, 65, 70_000 }) meter.OnHeld(bytes);
        rig.Exchanges.End(record);

        var shown = await rig.Scrape();

        const string bucket = "llm_sidecar_moderation_held_bytes_bucket";
        Assert.Equal([1, 2, 4, 5, 6, 7, 8], new[] { "1", "2", "4", "8", "64", "128", "+Inf" }.Select(le => shown.Value(bucket, ("le", le))));
        Assert.Equal(1 + 2 + 3 + 4 + 5 + 64 + 65 + 70_000, shown.Value("llm_sidecar_moderation_held_bytes_sum"));
    }

    [Fact]
    public async Task Held_bytes_of_a_long_stream_show_before_its_end()
    {
        await using var rig = new Rig();
        var meter = rig.Exchanges.Begin(rig.NewRecord());
        meter.OnHeld(9);
        meter.OnRead(rig.Time.Advance(StreamMeter.PublishInterval.TotalMilliseconds), 1);

        Assert.Equal(1, (await rig.Scrape()).Value("llm_sidecar_moderation_held_bytes_count"));
    }

    [Fact]
    public async Task A_classifiers_verdicts_are_counted_and_timed()
    {
        await using var rig = new Rig();
        rig.Metrics.Classified(ClassifierVerdict.Allowed, TimeSpan.FromMilliseconds(40));
        rig.Metrics.Classified(ClassifierVerdict.Flagged, TimeSpan.FromMilliseconds(60));
        rig.Metrics.Classified(ClassifierVerdict.Cancelled, TimeSpan.FromMilliseconds(70));

        var shown = await rig.Scrape();

        Assert.Equal([1, 1, 1, 0], new[] { "allowed", "flagged", "skipped", "timeout" }
            .Select(verdict => shown.Value("llm_sidecar_classifier_total", ("verdict", verdict))));
        Assert.Equal(2, shown.Value("llm_sidecar_classifier_seconds_count"));
        Assert.Equal(0.1, shown.Value("llm_sidecar_classifier_seconds_sum"), 1e-12);
    }

    [Fact]
    public void An_action_that_was_counted_before_costs_no_allocation()
    {
        var record = new ExchangeRecord();
        record.CountModeration("pii", RuleAction.Redact);
        record.CountModeration("pii", RuleAction.Flag);

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1000; i++) record.CountModeration("pii", i % 2 == 0 ? RuleAction.Redact : RuleAction.Flag);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);

        Assert.Equal([new("pii", RuleAction.Redact, 501), new("pii", RuleAction.Flag, 501)], record.Moderation);
    }
}

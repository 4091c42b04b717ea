using System.Buffers;
using System.Text.Json;
using Sidecar.Proxy.Configuration;
using Sidecar.Proxy.Telemetry;
using Sidecar.Proxy.Telemetry.Billing;

namespace Sidecar.Proxy.Tests.Telemetry.Billing;

public sealed class UsageTotalsTests
{
    private static ExchangeRecord Record(Rig rig, string? team, string model, long input, long output)
    {
        var record = rig.NewRecord(model);
        (record.Team, record.InputTokens, record.OutputTokens, record.RequestSentAt) = (team, input, output, rig.Time.Advance(1));
        record.CostUsd = Cost.Of(record, new UsageOptions());
        return record;
    }

    private static JsonElement Shown(UsageTotals totals)
    {
        var output = new ArrayBufferWriter<byte>();
        totals.Write(output);
        return JsonElement.Parse(output.WrittenSpan);
    }

    [Fact]
    public async Task Rows_add_up_to_the_total_and_what_has_no_price_is_counted_and_never_zero()
    {
        await using var rig = new Rig();
        rig.Run(Record(rig, "a", "gpt-4o", 100, 10));
        rig.Run(Record(rig, "a", "gpt-4o", 300, 20));
        rig.Run(Record(rig, null, "mystery", 5, 6));
        rig.Run(rig.NewRecord("never-sent"));
        Assert.Null(Record(rig, null, "mystery", 5, 6).CostUsd);

        var shown = Shown(rig.Exchanges.Usage);

        Assert.Equal("""{"requests":3,"input_tokens":405,"output_tokens":36,"cached_tokens":0,"reasoning_tokens":0,"cost_usd":0.00130,"requests_without_cost":1}""",
            shown.GetProperty("total").GetRawText());
        Assert.Equal(["gpt-4o 2 0.00130", "mystery 1 0"],
            shown.GetProperty("rows").EnumerateArray().Select(row => $"{row.GetProperty("model")} {row.GetProperty("requests")} {row.GetProperty("cost_usd")}"));
    }

    [Fact]
    public async Task Rows_are_bounded_and_nothing_is_lost_by_it()
    {
        await using var rig = new Rig();
        for (var i = 0; i < UsageTotals.MaxRows + 50; i++) rig.Exchanges.Usage.Add(Record(rig, $"team-{i}", "gpt-4o", 1, 0));
        var rows = Shown(rig.Exchanges.Usage).GetProperty("rows").EnumerateArray().ToList();
        Assert.Equal(UsageTotals.MaxRows + 1, rows.Count);
        Assert.Equal(UsageTotals.MaxRows + 50, rows.Sum(row => row.GetProperty("requests").GetInt64()));
        Assert.Equal(50, rows.Single(row => row.GetProperty("team").GetString() == "_other").GetProperty("requests").GetInt64());
    }

    [Fact]
    public async Task Metrics_and_totals_agree_and_only_configured_teams_have_a_label()
    {
        await using var rig = new Rig();
        rig.Metrics.Know(["search"], []);
        var random = new Random(7);
        var sum = 0m;
        for (var i = 0; i < 10_000; i++)
        {
            var record = Record(rig, i % 2 == 0 ? "search" : $"made-up-{i}", i % 3 == 0 ? "gpt-4o" : i % 3 == 1 ? "claude-sonnet-4" : "mystery", random.Next(5000), random.Next(900));
            (record.CachedTokens, record.Outcome) = (random.Next(3000), i % 5 == 0 ? Outcome.ClientAbort : Outcome.Completed);
            record.CostUsd = Cost.Of(record, new UsageOptions());
            sum += record.CostUsd ?? 0;
            rig.Run(record);
        }
        var samples = (await rig.Scrape()).Families["llm_sidecar_cost_usd_total"].Samples;
        Assert.Equal(["_other", "search"], samples.Select(sample => sample.Labels["team"]).Distinct().Order());
        Assert.Equal((double)sum, samples.Sum(sample => sample.Value), 6);
        Assert.Equal(sum, Shown(rig.Exchanges.Usage).GetProperty("total").GetProperty("cost_usd").GetDecimal());
        Assert.Equal(3333, (await rig.Scrape()).Families["llm_sidecar_unpriced_streams_total"].Samples.Sum(sample => sample.Value));
    }
}

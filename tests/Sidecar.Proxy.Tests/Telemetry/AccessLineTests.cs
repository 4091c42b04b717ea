using System.Text.Json;
using Sidecar.Moderation;
using Sidecar.Proxy.Configuration;
using Sidecar.Proxy.Telemetry;

namespace Sidecar.Proxy.Tests.Telemetry;

public sealed class AccessLineTests
{
    private static readonly string[] Fields = ("time request_id stream trace_id method path status outcome error_type route upstream provider "
        + "model user team project bytes_in bytes_out duration_ms ttft_ms upstream_ttft_ms chunks max_gap_ms input_tokens output_tokens "
        + "usage_source cost_usd moderation finish_reason").Split(' ');

    [Fact]
    public async Task A_whole_stream_has_this_line()
    {
        await using var rig = new Rig();
        var record = rig.NewRecord();
        record.TraceId = "4bf92f3577b34da6a3ce929d0e0e4736";
        (record.User, record.Team, record.Project) = ("ann", "search", "web");
        var meter = rig.Exchanges.Begin(record);
        (record.ClientBytesIn, record.ClientBytesOut) = (321, 654);
        record.RequestSentAt = rig.Time.Advance(2);
        meter.OnRead(rig.Time.Advance(100.1234567), 40);
        meter.OnEvent(hasContent: true);
        meter.OnFlushed(rig.Time.Advance(0.5), 1);
        meter.OnRead(rig.Time.Advance(20), 40);
        meter.OnEvent(hasContent: true);
        meter.OnFlushed(rig.Time.Advance(0.5), 1);
        (record.InputTokens, record.OutputTokens, record.FinishReason) = (11, 2, "stop");
        record.CostUsd = 0.0000475m;
        rig.Exchanges.End(record);

        const string golden = """
            {"time":"2026-01-02T03:04:05.678Z","request_id":"r-1","stream":"s-1","trace_id":"4bf92f3577b34da6a3ce929d0e0e4736",
            "method":"POST","path":"/v1/chat/completions","status":200,"outcome":"completed","error_type":null,
            "route":"chat","upstream":"openai","provider":"openai","model":"gpt-4o","user":"ann","team":"search","project":"web",
            "bytes_in":321,"bytes_out":654,"duration_ms":123.123,"ttft_ms":102.623,"upstream_ttft_ms":100.123,
            "chunks":2,"max_gap_ms":20.5,"input_tokens":11,"output_tokens":2,"usage_source":"usage",
            "cost_usd":0.0000475,"moderation":null,"finish_reason":"stop"}
            """;
        Assert.Equal(golden.ReplaceLineEndings(""), Assert.Single(await rig.LogLines()));
    }

    [Fact]
    public async Task What_is_unknown_is_null()
    {
        await using var rig = new Rig();
        rig.Run(new ExchangeRecord
        {
            Stream = "s-2", RequestId = "r-2", Method = "GET", Path = "/", Outcome = Outcome.ClientAbort,
            Time = rig.Time.GetUtcNow(), StartedAt = rig.Time.GetTimestamp(),
        });

        using var line = JsonDocument.Parse(Assert.Single(await rig.LogLines()));

        Assert.Equal(Fields, line.RootElement.EnumerateObject().Select(field => field.Name));
        Assert.Equal(
            "cost_usd error_type finish_reason input_tokens max_gap_ms model moderation output_tokens project provider route status team trace_id ttft_ms "
            + "upstream upstream_ttft_ms usage_source user",
            string.Join(' ', line.RootElement.EnumerateObject().Where(f => f.Value.ValueKind == JsonValueKind.Null).Select(f => f.Name).Order()));
        Assert.Equal(0, line.RootElement.GetProperty("duration_ms").GetDouble());
        Assert.Equal(0, line.RootElement.GetProperty("chunks").GetInt32());
    }

    [Fact]
    public async Task What_rules_did_stands_in_the_order_first_seen()
    {
        await using var rig = new Rig();
        var record = rig.NewRecord();
        foreach (var (rule, action) in new[] { ("pii", RuleAction.Redact), ("hate", RuleAction.Flag), ("pii", RuleAction.Redact), ("hate", RuleAction.Terminate) })
            record.CountModeration(rule, action);
        record.Outcome = Outcome.Moderated;
        rig.Run(record);

        using var line = JsonDocument.Parse(Assert.Single(await rig.LogLines()));

        Assert.Equal("pii:redact=2,hate:flag=1,hate:terminate=1", line.RootElement.GetProperty("moderation").GetString());
        Assert.Equal("moderated", line.RootElement.GetProperty("outcome").GetString());
    }

    [Fact]
    public async Task What_many_rules_did_is_cut_between_two_of_them()
    {
        await using var rig = new Rig();
        var record = rig.NewRecord();
        for (var i = 0; i < 50; i++) record.CountModeration($"rule-{i}", RuleAction.Mask);
        rig.Run(record);

        using var line = JsonDocument.Parse(Assert.Single(await rig.LogLines()));

        var text = line.RootElement.GetProperty("moderation").GetString()!;
        Assert.True(text.Length <= 128, text);
        Assert.Equal(string.Join(',', Enumerable.Range(0, 8).Select(i => $"rule-{i}:mask=1")) + ",...", text);
    }

    [Theory]
    [InlineData("/v1/x?api_key=sk-secret", "/v1/x")]
    [InlineData("/v1/x#sk-secret", "/v1/x")]
    [InlineData("/a\"b\\c\r\nd\u001b[31m\u202e\u0085", "/a\"b\\c\r\nd\u001b[31m\u202e\u0085")]
    public async Task A_path_is_escaped_and_loses_its_query(string path, string shown)
    {
        await using var rig = new Rig();
        var record = rig.NewRecord();
        record.Path = path;
        rig.Run(record);

        var line = Assert.Single(await rig.LogLines());

        using var json = JsonDocument.Parse(line);
        Assert.Equal(shown, json.RootElement.GetProperty("path").GetString());
        Assert.DoesNotContain(line, c => c is < ' ' or > '~');
        Assert.DoesNotContain("sk-secret", line, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Hostile_lengths_are_cut_and_broken_text_is_replaced()
    {
        await using var rig = new Rig();
        var record = rig.NewRecord(model: new string('m', 100_000));
        record.Path = "/" + new string('p', 100_000);
        record.RequestId = new string('r', 100_000);
        record.User = "\ud800" + new string('é', 100_000);
        rig.Run(record);

        var line = Assert.Single(await rig.LogLines());

        using var json = JsonDocument.Parse(line);
        Assert.Equal(1024, json.RootElement.GetProperty("path").GetString()!.Length);
        Assert.Equal(128, json.RootElement.GetProperty("request_id").GetString()!.Length);
        Assert.Equal(128, json.RootElement.GetProperty("model").GetString()!.Length);
        Assert.Equal("\ufffd" + new string('é', 127), json.RootElement.GetProperty("user").GetString());
        Assert.True(line.Length < 4096);
    }

    [Theory]
    [InlineData(LogLevel.Info, true, 1)]
    [InlineData(LogLevel.Debug, true, 1)]
    [InlineData(LogLevel.Warning, true, 0)]
    [InlineData(LogLevel.Info, false, 0)]
    public async Task Access_lines_are_lines_of_level_info_that_can_be_turned_off(LogLevel level, bool accessLog, int lines)
    {
        await using var rig = new Rig(logging: new LoggingOptions { Level = level, AccessLog = accessLog });
        rig.Run(rig.NewRecord());

        Assert.Equal(lines, (await rig.LogLines()).Length);
        Assert.Equal(1, (await rig.Scrape()).Sum("llm_sidecar_streams_total"));
    }
}

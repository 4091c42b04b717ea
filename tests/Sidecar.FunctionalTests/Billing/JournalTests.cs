using System.Globalization;
using System.Text.Json;
using Sidecar.FunctionalTests.Client;
using Sidecar.FunctionalTests.Dialects;
using Sidecar.FunctionalTests.Product;
using Sidecar.FunctionalTests.Provider;

namespace Sidecar.FunctionalTests.Billing;

/// <summary>What was used and what it cost is told in four places, and all four agree.</summary>
public sealed class JournalTests : IDisposable
{
    private const int Streams = 200;

    private static readonly OpenAIChat Chat = new();

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("sidecar-journal-");

    private string Journal => Path.Combine(_folder.FullName, "usage.jsonl");

    [Fact]
    public async Task After_SIGTERM_every_stream_has_its_line_and_log_metrics_usage_and_journal_agree()
    {
        await using var provider = new ScriptedProvider();
        provider.Respond = request => Chat.Streamed(Completion.Hello with { OutputTokens = 7 + (request.Body.Length % 5) });
        await using var sidecar = await SidecarProcess.ServeAsync(SidecarFixture.Yaml(provider.Uri) + $"usage: {{ journal: {Journal} }}\n");
        await Parallel.ForEachAsync(Enumerable.Range(0, Streams), new ParallelOptions { MaxDegreeOfParallelism = 16 }, async (i, _) =>
        {
            var body = Chat.Request(stream: true, i % 4 == 0 ? "mystery" : i % 4 == 1 ? "gpt-4o-mini-2024-07-18" : "gpt-4o");
            var response = await RawClient.AskAsync(sidecar.DataUri, RawClient.Post("/v1/chat/completions", body, $"x-request-id: r-{i}", $"x-sidecar-team: team-{i % 2}"));
            Assert.Equal(200, response.Status);
        });
        await Bound.UntilAsync(() => sidecar.AccessLines().Count == Streams, "all access lines");
        var usage = JsonElement.Parse(await (await sidecar.AdminAsync(HttpMethod.Get, "/usage")).Content.ReadAsStringAsync());
        var metrics = await sidecar.MetricsAsync();
        sidecar.Terminate();
        Assert.Equal(0, await sidecar.ExitAsync());

        var lines = (await File.ReadAllLinesAsync(Journal)).Select(line => JsonElement.Parse(line)).ToList();
        Assert.Equal(Enumerable.Range(0, Streams).Select(i => $"r-{i}").Order(), lines.Select(line => line.GetProperty("request_id").GetString()!).Order());
        var cost = Sum(lines);
        Assert.True(cost > 0);
        Assert.Equal(cost, Sum(sidecar.AccessLines()));
        Assert.Equal(cost, usage.GetProperty("total").GetProperty("cost_usd").GetDecimal());
        Assert.Equal((double)cost, metrics.Sum("llm_sidecar_cost_usd_total"), 9);
        Assert.Equal(Streams / 4, metrics.Sum("llm_sidecar_unpriced_streams_total"));
        Assert.Equal(Streams / 4, usage.GetProperty("total").GetProperty("requests_without_cost").GetInt32());
        Assert.Equal(0, metrics.Sum("llm_sidecar_journal_lines_dropped_total"));
        await ReportAsync(cost);
    }

    [Fact]
    public async Task A_stream_that_its_client_left_is_billed_by_what_the_provider_had_told()
    {
        await using var provider = new ScriptedProvider();
        var frames = new AnthropicMessages().Stream(Completion.Hello with { Model = "claude-sonnet-4" }).Select(frame => (Step)frame.Wire).ToList();
        provider.Respond = _ => Script.Response("text/event-stream", Framing.Chunked, [.. frames.Take(3), new Step.WaitFor(new Signal())]);
        await using var sidecar = await SidecarProcess.ServeAsync(SidecarFixture.Yaml(provider.Uri) + $"usage: {{ journal: {Journal} }}\n");
        using (var client = await RawClient.ConnectAsync(sidecar.DataUri))
        {
            await client.PostAsync("/v1/messages", """{"model":"claude-sonnet-4","stream":true}""", "x-request-id: left");
            await (await client.HeadAsync("POST")).ArrivedAsync(100);
        }
        var line = await sidecar.AccessLineAsync("left");
        Assert.Equal("client_abort", line.GetProperty("outcome").GetString());
        Assert.Equal((line.GetProperty("input_tokens").GetInt64() * 3 + line.GetProperty("output_tokens").GetInt64() * 15) / 1_000_000m, line.GetProperty("cost_usd").GetDecimal());
        sidecar.Terminate();
        await sidecar.ExitAsync();
        Assert.Equal(line.GetProperty("cost_usd").GetDecimal(), Sum([JsonElement.Parse(Assert.Single(await File.ReadAllLinesAsync(Journal)))]));
    }

    [Theory]
    [InlineData("usage", "--by", "nonsense", "--journal", "j")]
    [InlineData("usage", "--journal")]
    public async Task Bad_usage_of_the_verb_exits_2(params string[] arguments) => Assert.Equal(2, (await SidecarProcess.RunAsync(arguments)).Code);

    [Fact]
    public async Task A_journal_that_is_not_there_is_told()
    {
        var (code, _, error) = await SidecarProcess.RunAsync("usage", "--journal", Journal);
        Assert.Equal(1, code);
        Assert.Contains("there is no journal", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_journal_that_cannot_be_written_keeps_the_sidecar_from_starting()
    {
        var file = Path.Combine(_folder.FullName, "sidecar.yaml");
        await File.WriteAllTextAsync(file, SidecarProcess.Ports + "usage: { journal: absent/j }\n");
        var (code, _, error) = await SidecarProcess.RunAsync("serve", "--config", file);
        Assert.Equal(2, code);
        Assert.Contains("usage.journal: cannot write", error, StringComparison.Ordinal);
    }

    public void Dispose() => _folder.Delete(recursive: true);

    private async Task ReportAsync(decimal cost)
    {
        await File.AppendAllTextAsync(Journal, "not a line\n");
        var (code, output, error) = await SidecarProcess.RunAsync("usage", "--by", "team,model", "--journal", Journal);
        Assert.Equal(0, code);
        Assert.Contains("1 lines are no lines of a journal", error, StringComparison.Ordinal);
        var rows = output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries)).ToList();
        Assert.Equal(["team", "model", "requests", "input", "cached", "output", "cost_usd", "without_cost"], rows[0]);
        Assert.Equal(["team-0 gpt-4o 50", "team-0 mystery 50", "team-1 gpt-4o 50", "team-1 gpt-4o-mini-2024-07-18 50"],
            rows[1..^1].Select(row => string.Join(' ', row[..3])).Order(StringComparer.Ordinal));
        Assert.Equal(rows[1..^1].Select(row => row[6]).OrderByDescending(dollars => decimal.Parse(dollars, CultureInfo.InvariantCulture)), rows[1..^1].Select(row => row[6]));
        Assert.Equal(("total", "200", cost.ToString("0.000000", CultureInfo.InvariantCulture)), (rows[^1][0], rows[^1][1], rows[^1][5]));
    }

    private static decimal Sum(IEnumerable<JsonElement> lines) =>
        lines.Sum(line => line.GetProperty("cost_usd") is { ValueKind: JsonValueKind.Number } cost ? cost.GetDecimal() : 0);
}

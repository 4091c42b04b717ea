using System.Globalization;
using Sidecar.FunctionalTests.Client;
using Sidecar.FunctionalTests.Dialects;
using Sidecar.FunctionalTests.Product;
using Sidecar.FunctionalTests.Provider;

namespace Sidecar.FunctionalTests.Telemetry;

/// <summary>Tests that measure time: nothing else runs beside them.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class Alone
{
    public const string Name = "alone";
}

/// <summary>Histograms with buckets of a millisecond, so that a quantile is known that well.</summary>
public sealed class FineBucketsFixture : SidecarFixture
{
    protected override string Settings
    {
        get
        {
            var bounds = string.Join(", ", Enumerable.Range(1, 200).Select(ms => (ms / 1000.0).ToString(CultureInfo.InvariantCulture)));
            return $$"""
                metrics:
                  buckets:
                    llm_sidecar_time_to_first_token_seconds: [ {{bounds}} ]
                    llm_sidecar_inter_token_latency_seconds: [ {{bounds}} ]
                    llm_sidecar_time_between_chunks_seconds: [ {{bounds}} ]
                """;
        }
    }
}

/// <summary>What the histograms tell agrees with the delays that the provider was told to make.</summary>
[Collection(Alone.Name)]
public sealed class TimingTests(FineBucketsFixture fixture) : IClassFixture<FineBucketsFixture>
{
    private const int Streams = 12;
    private const double Tolerance = 0.005;
    private static readonly TimeSpan First = TimeSpan.FromMilliseconds(70);
    private static readonly TimeSpan Gap = TimeSpan.FromMilliseconds(25);
    private static readonly Completion Words = new() { Text = ["One", " two", " three", " four", " five", " six"], OutputTokens = 6 };

    [Theory]
    [MemberData(nameof(ApiDialect.Names), MemberType = typeof(ApiDialect))]
    public async Task Time_to_first_token_and_the_gaps_after_it_agree_with_the_providers_delays(string dialectName)
    {
        var dialect = ApiDialect.Of(dialectName);
        var model = $"timed-{dialectName}";
        fixture.Provider.Respond = _ => Paced(dialect);
        for (var round = 0; round < Streams / 3; round++)
        {
            await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => AskAsync(dialect, model, null)));
        }
        await Bound.UntilAsync(async () => Count(await fixture.Sidecar.MetricsAsync(), "time_to_first_token", model) == Streams, "the streams' figures");
        var metrics = await fixture.Sidecar.MetricsAsync();
        Assert.Equal(Streams * (Words.Text.Count - 1), Count(metrics, "inter_token_latency", model));
        AssertNear(First, metrics.Quantile("llm_sidecar_time_to_first_token_seconds", 0.5, ("gen_ai_request_model", model)));
        AssertNear(Gap, metrics.Quantile("llm_sidecar_inter_token_latency_seconds", 0.5, ("gen_ai_request_model", model)));
    }

    [Theory]
    [MemberData(nameof(ApiDialect.Names), MemberType = typeof(ApiDialect))]
    public async Task The_access_line_tells_the_same_time_to_first_token(string dialectName)
    {
        var dialect = ApiDialect.Of(dialectName);
        fixture.Provider.Respond = _ => Paced(dialect);
        var times = new List<double>();
        for (var i = 0; i < 5; i++)
        {
            await AskAsync(dialect, "lined", $"timed-{dialectName}-{i}");
            var line = await fixture.Sidecar.AccessLineAsync($"timed-{dialectName}-{i}");
            times.Add(line.GetProperty("ttft_ms").GetDouble() / 1000);
            Assert.Equal((Words.InputTokens, Words.OutputTokens), (line.GetProperty("input_tokens").GetInt32(), line.GetProperty("output_tokens").GetInt32()));
            Assert.Equal("completed", line.GetProperty("outcome").GetString());
        }
        var median = times.Order().ElementAt(2);
        AssertNear(First, (median, median));
    }

    [Fact]
    public async Task The_usual_quiet_beginnings_of_a_stream_do_not_stop_the_clock()
    {
        var chat = new OpenAIChat();
        var quiet = new[]
        {
            ": OPENROUTER PROCESSING\n\n", "data: {\"choices\":[{\"index\":0,\"delta\":{\"role\":\"assistant\",\"content\":\"\"}}]}\n\n",
            "data: {\"choices\":[],\"prompt_filter_results\":[]}\n\n", "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":null,\"reasoning_content\":\"\"}}]}\n\n",
            "data: {\"choices\":[{\"index\":0,\"delta\":{\"tool_calls\":[{\"index\":0,\"id\":\"c\",\"function\":{\"name\":\"f\",\"arguments\":\"\"}}]}}]}\n\n",
        };
        var loud = chat.Stream(Words).Select(frame => (Step)frame.Wire).ToList();
        fixture.Provider.Respond = _ => Script.Response("text/event-stream", Framing.Chunked, [.. quiet.Select(text => (Step)text), new Step.At(First), .. loud]);
        await AskAsync(chat, "quiet", "quiet");
        var told = (await fixture.Sidecar.AccessLineAsync("quiet")).GetProperty("ttft_ms").GetDouble();
        Assert.InRange(told, First.TotalMilliseconds - 5, First.TotalMilliseconds + 50);
    }

    /// <summary>What comes before the first content at once, the contents at their times, what follows them at once.</summary>
    private static Script Paced(ApiDialect dialect)
    {
        var steps = new List<Step>();
        var contents = 0;
        foreach (var frame in dialect.Stream(Words))
        {
            if (frame.Content) steps.Add(new Step.At(First + Gap * contents++));
            steps.Add(frame.Wire);
        }
        return Script.Response(dialect.StreamType, Framing.Chunked, steps);
    }

    private async Task AskAsync(ApiDialect dialect, string model, string? id)
    {
        var response = await RawClient.AskAsync(fixture.Sidecar.DataUri,
            RawClient.Post(dialect.Path(true, model), dialect.Request(true, model), id is null ? [] : [$"x-request-id: {id}"]));
        Assert.Equal(200, response.Status);
    }

    private static double Count(Metrics metrics, string histogram, string model) =>
        metrics.Sum($"llm_sidecar_{histogram}_seconds_count", ("gen_ai_request_model", model));

    private static void AssertNear(TimeSpan expected, (double From, double To) bucket)
    {
        Assert.InRange(bucket.From, expected.TotalSeconds - Tolerance, expected.TotalSeconds + Tolerance);
        Assert.InRange(bucket.To, expected.TotalSeconds - Tolerance, expected.TotalSeconds + Tolerance);
    }
}

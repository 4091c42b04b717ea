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

/// <summary>What the histograms and access lines tell agrees with the delays that the provider made.</summary>
[Collection(Alone.Name)]
public sealed class TimingTests(FineBucketsFixture fixture) : IClassFixture<FineBucketsFixture>
{
    private const int Streams = 7;
    private const double Tolerance = 0.005;
    private static readonly TimeSpan First = TimeSpan.FromMilliseconds(70);
    private static readonly TimeSpan Gap = TimeSpan.FromMilliseconds(40);
    private static readonly Completion Words = new() { Text = ["One", " two", " three", " four", " five", " six"], OutputTokens = 6 };

    [Theory]
    [MemberData(nameof(ApiDialect.Names), MemberType = typeof(ApiDialect))]
    public async Task Time_to_first_token_and_the_gaps_after_it_agree_with_the_providers_delays(string dialectName)
    {
        var dialect = ApiDialect.Of(dialectName);
        var model = $"timed-{dialectName}";
        var (firsts, gaps, lines) = (new List<double>(), new List<double>(), new List<double>());
        fixture.Provider.Respond = _ => Paced(dialect);
        fixture.Provider.TakeAll();
        for (var i = 0; i < Streams; i++)
        {
            await AskAsync(dialect, model, $"{model}-{i}");
            var exchange = await fixture.Provider.NextAsync();
            await Bound.ForAsync(exchange.Ended.Raised, "the script's end");
            // The head is the first write.
            var contents = exchange.Writes.Skip(1).Zip(dialect.Stream(Words)).Where(sent => sent.Second.Content).Select(sent => sent.First.TotalSeconds).ToList();
            firsts.Add(contents[0]);
            gaps.AddRange(contents.Zip(contents.Skip(1), (before, after) => after - before));
            var line = await fixture.Sidecar.AccessLineAsync($"{model}-{i}");
            lines.Add(line.GetProperty("ttft_ms").GetDouble() / 1000);
            Assert.Equal((Words.InputTokens, Words.OutputTokens), (line.GetProperty("input_tokens").GetInt32(), line.GetProperty("output_tokens").GetInt32()));
        }
        var metrics = await fixture.Sidecar.MetricsAsync();
        Assert.Equal(Streams, Count(metrics, "time_to_first_token", model));
        // What a busy machine sends out together with the first content has no gap before it.
        Assert.InRange(Count(metrics, "inter_token_latency", model), gaps.Count - Streams, gaps.Count);
        AssertNear(Median(firsts), metrics.Quantile("llm_sidecar_time_to_first_token_seconds", 0.5, ("gen_ai_request_model", model)));
        AssertNear(Median(gaps), metrics.Quantile("llm_sidecar_inter_token_latency_seconds", 0.5, ("gen_ai_request_model", model)));
        AssertNear(Median(firsts), (Median(lines), Median(lines)));
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
        fixture.Provider.Respond = _ => Script.Response("text/event-stream", Framing.Chunked, [.. quiet.Select(text => (Step)text), new Step.After(First), .. loud]);
        fixture.Provider.TakeAll();
        await AskAsync(chat, "quiet", "quiet");
        var exchange = await fixture.Provider.NextAsync();
        var told = (await fixture.Sidecar.AccessLineAsync("quiet")).GetProperty("ttft_ms").GetDouble();
        // The provider itself may be late on a busy machine: what counts is when it sent the first content, behind the head and what is quiet.
        var content = 1 + quiet.Length + chat.Stream(Words).ToList().FindIndex(frame => frame.Content);
        Assert.InRange(told, First.TotalMilliseconds - 5, exchange.Writes[content].TotalMilliseconds + 50);
    }

    /// <summary>What comes before the first content at once, each content after its delay, what follows them at once.</summary>
    private static Script Paced(ApiDialect dialect)
    {
        var steps = new List<Step>();
        var contents = 0;
        foreach (var frame in dialect.Stream(Words))
        {
            if (frame.Content) steps.Add(new Step.After(contents++ == 0 ? First : Gap));
            steps.Add(frame.Wire);
        }
        return Script.Response(dialect.StreamType, Framing.Chunked, steps);
    }

    private async Task AskAsync(ApiDialect dialect, string model, string id)
    {
        var response = await RawClient.AskAsync(fixture.Sidecar.DataUri,
            RawClient.Post(dialect.Path(true, model), dialect.Request(true, model), $"x-request-id: {id}"));
        Assert.Equal(200, response.Status);
    }

    private static double Count(Metrics metrics, string histogram, string model) =>
        metrics.Sum($"llm_sidecar_{histogram}_seconds_count", ("gen_ai_request_model", model));

    private static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);

    /// <summary>The bucket lies within the tolerance; it is a millisecond wide.</summary>
    private static void AssertNear(double expected, (double From, double To) bucket)
    {
        Assert.InRange(bucket.From, expected - Tolerance, expected + Tolerance);
        Assert.InRange(bucket.To, expected - Tolerance, expected + Tolerance);
    }
}

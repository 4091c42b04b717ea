using System.Text.Json;
using Sidecar.FunctionalTests.Client;
using Sidecar.FunctionalTests.Dialects;
using Sidecar.FunctionalTests.Product;
using Sidecar.FunctionalTests.Provider;

namespace Sidecar.FunctionalTests.Telemetry;

/// <summary>Every stream, aborted and failed ones too, is counted exactly once and has exactly one access line.</summary>
public sealed class OutcomeTests(SidecarFixture fixture) : IClassFixture<SidecarFixture>
{
    private static int _requests;

    /// <summary>What the provider does, the outcome and the error type it makes.</summary>
    public static TheoryData<string, string, string?> Providers => new()
    {
        { "completes", "completed", null },
        { "completes without an end marker", "completed", "no_end_marker" },
        { "answers in a whole", "completed", null },
        { "sends events that are no JSON", "completed", null },
        { "answers 500", "upstream_error", null },
        { "answers garbage", "upstream_error", "upstream_protocol_error" },
        { "closes before its head", "upstream_error", null },
        { "resets before its head", "upstream_error", null },
        { "breaks the chunked coding", "upstream_error", "upstream_protocol_error" },
        { "reports an error in the stream", "upstream_error", null },
        { "closes between chunks", "upstream_truncated", "upstream_truncated" },
        { "closes in a chunk", "upstream_truncated", "upstream_truncated" },
        { "resets in the stream", "upstream_truncated", "upstream_truncated" },
        { "closes short of its length", "upstream_truncated", "upstream_truncated" },
        { "closes without the dialect's end", "upstream_truncated", "upstream_truncated" },
    };

    [Theory]
    [MemberData(nameof(Providers))]
    public async Task A_provider_that(string what, string outcome, string? errorType)
    {
        foreach (var dialect in ApiDialect.All)
        {
            // Gemini has no end marker that could be missing: its finish reason may be on any chunk.
            if (what == "completes without an end marker" && dialect is Gemini) continue;
            fixture.Provider.Respond = _ => Script(what, dialect);
            await OnceAsync(outcome, errorType, async id =>
            {
                using var client = await AskAsync(dialect, id);
                await (await client.HeadAsync("POST")).ReadOutAsync();
            });
        }
    }

    [Theory]
    [InlineData("before the head", false)]
    [InlineData("before the head", true)]
    [InlineData("before the first event", false)]
    [InlineData("before the first event", true)]
    [InlineData("after the first content", false)]
    [InlineData("after the first content", true)]
    public async Task A_client_that_leaves(string when, bool reset)
    {
        foreach (var dialect in ApiDialect.All)
        {
            var frames = dialect.Stream(Completion.Hello).ToList();
            var sent = when == "after the first content" ? frames.FindIndex(frame => frame.Content) + 1 : 0;
            var steps = frames.Select(frame => (Step)frame.Wire).ToList();
            steps.Insert(sent, new Step.WaitFor(new Signal()));
            var script = Provider.Script.Response(dialect.StreamType, Framing.Chunked, steps);
            fixture.Provider.Respond = _ => when == "before the head" ? new Script([new Step.WaitFor(new Signal()), .. script.Steps]) : script;
            fixture.Provider.TakeAll();
            await OnceAsync("client_abort", null, async id =>
            {
                using var client = await AskAsync(dialect, id);
                var exchange = await fixture.Provider.NextAsync();
                if (when != "before the head") await (await client.HeadAsync("POST")).ArrivedAsync(frames.Take(sent).Sum(frame => System.Text.Encoding.UTF8.GetByteCount(frame.Wire)));
                if (reset) client.Reset();
                else client.Close();
                await Bound.ForAsync(exchange.PeerLeft.Raised, "the close of the provider's connection");
            });
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_client_that_leaves_in_the_middle_of_its_request(bool reset)
    {
        await OnceAsync("client_abort", null, async id =>
        {
            using var client = await RawClient.ConnectAsync(fixture.Sidecar.DataUri);
            await client.SendAsync($"POST /v1/chat/completions HTTP/1.1\r\nhost: a\r\nx-request-id: {id}\r\ncontent-length: 100\r\n\r\n{{");
            // A reset may overtake a request that nobody has read yet: then there was none.
            await Bound.UntilAsync(async () => (await fixture.Sidecar.MetricsAsync()).Sum("llm_sidecar_streams_active") == 1, "an active stream");
            if (reset) client.Reset();
            else client.Close();
        });
    }

    [Fact]
    public async Task A_client_that_leaves_after_the_dialects_end_got_everything()
    {
        foreach (var dialect in ApiDialect.All.Where(dialect => dialect is not Gemini))
        {
            var bytes = dialect.StreamBytes(Completion.Hello);
            fixture.Provider.Respond = _ => Provider.Script.Response(dialect.StreamType, Framing.Chunked, bytes, new Step.WaitFor(new Signal()));
            var id = await OnceAsync("completed", null, async id =>
            {
                using var client = await AskAsync(dialect, id);
                await (await client.HeadAsync("POST")).ArrivedAsync(bytes.Length);
                client.Close();
            });
            var line = await fixture.Sidecar.AccessLineAsync(id);
            Assert.Equal(Completion.Hello.OutputTokens, line.GetProperty("output_tokens").GetInt32());
        }
    }

    [Fact]
    public async Task Many_streams_at_once_that_end_in_many_ways_are_all_counted()
    {
        var chat = new OpenAIChat();
        var hanging = 0;
        Script Hang()
        {
            Interlocked.Increment(ref hanging);
            return Provider.Script.Raw(new Step.WaitFor(new Signal()));
        }
        fixture.Provider.Respond = request => request.Header("x-way") switch
        {
            "cut" => Script("closes in a chunk", chat),
            "hang" => Hang(),
            _ => chat.Streamed(Completion.Hello),
        };
        var before = await fixture.Sidecar.MetricsAsync();
        await Task.WhenAll(Enumerable.Range(0, 60).Select(async i =>
        {
            var way = (i % 3) switch { 0 => "cut", 1 => "hang", _ => "end" };
            using var client = await RawClient.ConnectAsync(fixture.Sidecar.DataUri);
            await client.PostAsync(chat.Path(true, "m"), chat.Request(true, "m"), $"x-way: {way}");
            if (way != "hang")
            {
                await (await client.HeadAsync("POST")).ReadOutAsync();
                return;
            }
            // A reset may overtake a request that nobody has read yet: then there was none.
            await Bound.UntilAsync(() => Volatile.Read(ref hanging) == 20, "20 requests at the provider");
            client.Reset();
        }));
        await Bound.UntilAsync(async () => (await fixture.Sidecar.MetricsAsync()).Sum("llm_sidecar_streams_total") == before.Sum("llm_sidecar_streams_total") + 60, "60 streams counted");
        var after = await fixture.Sidecar.MetricsAsync();
        foreach (var outcome in new[] { "completed", "client_abort", "upstream_truncated" })
        {
            Assert.Equal(20, after.Sum("llm_sidecar_streams_total", ("outcome", outcome)) - before.Sum("llm_sidecar_streams_total", ("outcome", outcome)));
        }
        Assert.Equal(0, after.Sum("llm_sidecar_streams_active"));
    }

    private static Script Script(string what, ApiDialect dialect)
    {
        var steps = dialect.Stream(Completion.Hello).Select(frame => (Step)frame.Wire).ToList();
        // An array's end is its last frame; without it the body is cut, whatever the framing says.
        var half = steps.Take(steps.Count / 2).ToList();
        Script Stream(Framing framing, params IEnumerable<Step> body) => Provider.Script.Response(dialect.StreamType, framing, body);
        return what switch
        {
            "completes" => Stream(Framing.Chunked, steps),
            "completes without an end marker" => Stream(Framing.Chunked, half),
            "answers in a whole" => Provider.Script.Json(200, dialect.Body(Completion.Hello)),
            "sends events that are no JSON" => Stream(Framing.Chunked, [dialect.StreamType == "text/event-stream" ? "data: }{\n\n" : "", .. steps]),
            "answers 500" => Provider.Script.Json(500, dialect.Error(500, "no")),
            "answers garbage" => Provider.Script.Raw("garbage\r\n\r\n"),
            "closes before its head" => Provider.Script.Raw(new Step.Close()),
            "resets before its head" => Provider.Script.Raw(new Step.Reset()),
            "breaks the chunked coding" => Provider.Script.Raw($"HTTP/1.1 200 OK\r\ncontent-type: {dialect.StreamType}\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n"),
            "reports an error in the stream" => Stream(Framing.Chunked, [.. dialect is Gemini ? [] : half, dialect.ErrorEvent("no")]),
            "closes between chunks" => Stream(Framing.Chunked, [.. half, new Step.Close()]),
            "closes in a chunk" => new Script([.. Stream(Framing.Chunked, half).Steps.SkipLast(1), "ff\r\nda", new Step.Close()]),
            "resets in the stream" => Stream(Framing.Chunked, [.. half, new Step.Reset()]),
            "closes short of its length" => Stream(Framing.Length, [.. half, new Step.Close(), .. steps.Skip(half.Count)]),
            _ => Stream(Framing.Close, half),
        };
    }

    /// <summary>Runs it and holds that one stream of this outcome more, and no other, was counted, with one access line, and none is active.</summary>
    private async Task<string> OnceAsync(string outcome, string? errorType, Func<string, Task> run)
    {
        var id = $"once-{Interlocked.Increment(ref _requests)}";
        var before = await fixture.Sidecar.MetricsAsync();
        await run(id);
        var line = await fixture.Sidecar.AccessLineAsync(id);
        Assert.Equal(outcome, line.GetProperty("outcome").GetString());
        if (errorType is not null) Assert.Equal(errorType, line.GetProperty("error_type").GetString());
        else if (outcome == "completed") Assert.Equal(JsonValueKind.Null, line.GetProperty("error_type").ValueKind);
        await Bound.UntilAsync(async () => (await fixture.Sidecar.MetricsAsync()).Sum("llm_sidecar_streams_active") == 0, "no active stream");
        var after = await fixture.Sidecar.MetricsAsync();
        Assert.Equal(before.Sum("llm_sidecar_streams_total") + 1, after.Sum("llm_sidecar_streams_total"));
        Assert.Equal(before.Sum("llm_sidecar_streams_total", ("outcome", outcome)) + 1, after.Sum("llm_sidecar_streams_total", ("outcome", outcome)));
        return id;
    }

    private async Task<RawClient> AskAsync(ApiDialect dialect, string id)
    {
        var client = await RawClient.ConnectAsync(fixture.Sidecar.DataUri);
        await client.PostAsync(dialect.Path(true, "m"), dialect.Request(true, "m"), $"x-request-id: {id}");
        return client;
    }
}

using System.Text;
using Sidecar.FunctionalTests.Client;
using Sidecar.FunctionalTests.Dialects;
using Sidecar.FunctionalTests.Product;
using Sidecar.FunctionalTests.Provider;

namespace Sidecar.FunctionalTests.Faults;

/// <summary>A sidecar that reads on for a client that left, and speaks up in short silences.</summary>
public sealed class ReadingOnFixture : SidecarFixture
{
    protected override string Settings => "streaming: { on_client_abort: drain, heartbeat: 200ms }\n";
}

/// <summary>Reported failures whose cure is configured: what is spent on an abandoned stream is known, and a silent one does not look dead.</summary>
public sealed class ReportedSilences(ReadingOnFixture fixture) : IClassFixture<ReadingOnFixture>
{
    private const string KeepAlive = ": keep-alive\n\n";

    /// <summary>The names of the dialects.</summary>
    public static TheoryData<string> Dialects => new(Scenario.Dialects.Select(dialect => dialect.Name));

    [Theory]
    [MemberData(nameof(Dialects))]
    public async Task No_11_the_usage_of_a_stream_whose_client_left_is_read_to_the_end(string dialectName)
    {
        var dialect = ApiDialect.Of(dialectName);
        var frames = dialect.Stream(Completion.Hello).Select(frame => (Step)frame.Wire).ToList();
        var gone = new Signal();
        fixture.Provider.Respond = _ => Script.Response(dialect.StreamType, Framing.Chunked, [frames[0], new Step.WaitFor(gone), .. frames.Skip(1)]);
        fixture.Provider.TakeAll();
        using var client = await RawClient.ConnectAsync(fixture.Sidecar.DataUri);
        await client.PostAsync(dialect.Path(true, "m"), dialect.Request(true, "m"), $"x-request-id: no-11-{dialectName}");
        var exchange = await fixture.Provider.NextAsync();
        await (await client.HeadAsync("POST")).ArrivedAsync(1);
        client.Reset();
        async Task<double> Drained() => (await fixture.Sidecar.MetricsAsync()).Sum("llm_sidecar_streams_active", ("phase", "draining"));
        await Bound.UntilAsync(async () => await Drained() == 1, "a stream that is drained");
        gone.Raise();
        await Bound.ForAsync(exchange.Ended.Raised, "the provider's end");
        var line = await fixture.Sidecar.AccessLineAsync($"no-11-{dialectName}");
        Assert.Equal(("client_abort", Completion.Hello.InputTokens, Completion.Hello.OutputTokens),
            (line.GetProperty("outcome").GetString(), line.GetProperty("input_tokens").GetInt32(), line.GetProperty("output_tokens").GetInt32()));
    }

    [Theory]
    [InlineData("openai-chat")]
    [InlineData("openai-responses")]
    [InlineData("anthropic")]
    public async Task No_22_a_silent_stream_is_kept_alive_from_its_head_on_and_only_between_events(string dialectName)
    {
        var dialect = ApiDialect.Of(dialectName);
        var whole = Encoding.UTF8.GetString(dialect.StreamBytes(Completion.Hello));
        var (first, second) = (new Signal(), new Signal());
        // The second silence is in the middle of an event.
        Step[] steps = [new Step.WaitFor(first), whole[..^20], new Step.WaitFor(second), whole[^20..]];
        fixture.Provider.Respond = _ => Script.Response(dialect.StreamType, Framing.Chunked, steps);
        using var client = await RawClient.ConnectAsync(fixture.Sidecar.DataUri);
        await client.PostAsync(dialect.Path(true, "m"), dialect.Request(true, "m"));
        var response = await client.HeadAsync("POST");
        await response.ArrivedAsync(2 * KeepAlive.Length);
        Assert.StartsWith(KeepAlive + KeepAlive, response.Text, StringComparison.Ordinal);
        first.Raise();
        // What is whole of the events, and a comment behind it.
        var begun = whole[..^20];
        await Arrived(text => text.Contains(begun[..(begun.LastIndexOf("\n\n", StringComparison.Ordinal) + 2)] + KeepAlive, StringComparison.Ordinal));
        second.Raise();
        await response.CompleteAsync();
        Assert.Equal(whole, response.Text.Replace(KeepAlive, "", StringComparison.Ordinal));
        Assert.All(response.Text.Split(KeepAlive).SkipLast(1), before => Assert.True(before.Length == 0 || before.EndsWith("\n\n", StringComparison.Ordinal)));

        async Task Arrived(Predicate<string> comes)
        {
            while (!comes(response.Text)) await response.ArrivedAsync(response.Body.Length + 1);
        }
    }
}

using Sidecar.Proxy.Configuration;
using Sidecar.Proxy.Server;
using Sidecar.Proxy.Telemetry;
using Sidecar.Proxy.Tests.Server;

namespace Sidecar.Proxy.Tests.Streaming;

/// <summary>What a client that takes nothing for a while does to its stream where the provider is read on.</summary>
public sealed class SlowClientTests
{
    private const string Done = "data: [DONE]\n\n";
    private const string Last = "0\r\n\r\n";
    private const string ErrorChunk = "\r\ndata: {\"error\":{";
    private const long Pause = 200;

    private static StreamingOptions KeepReading => ServerRig.NoClocks with
    {
        Backpressure = BackpressureStrategy.KeepReading, BufferSize = 4096, HighWatermark = 50, WriteTimeout = TimeSpan.FromSeconds(100),
    };

    private static string C(string text) => RelayRig.Chunked(text);

    private static string Event(string content) => $$$"""data: {"choices":[{"index":0,"delta":{"content":"{{{content}}}"}}]}""" + "\n\n";

    private static string Filled(int number) => Event($"{number:000} {new string('x', 300)}");

    [Fact]
    public void The_provider_is_read_on_and_nothing_is_lost_that_the_buffer_holds()
    {
        using var rig = new RelayRig(KeepReading, Pause);
        rig.Ask();
        rig.Begin();
        for (var i = 0; i < 9; i++) rig.Chunk(Filled(i));
        Assert.Equal(9, rig.Record.Chunks);
        Assert.Equal(C(Filled(0)), rig.Client.Take());
        Assert.Equal(C(string.Concat(Enumerable.Range(1, 8).Select(Filled))), rig.Client.Take());
        rig.Provider.Send(C(Done) + Last);
        Assert.Equal(C(Done) + Last, rig.Client.Take());
        Assert.Equal(Outcome.Completed, rig.Record.Outcome);
    }

    [Fact]
    public async Task When_the_buffer_is_full_the_oldest_content_is_left_out_and_a_comment_tells_how_much()
    {
        using var rig = new RelayRig(KeepReading, Pause);
        rig.Ask();
        rig.Begin();
        for (var i = 0; i < 100; i++) rig.Chunk(Filled(i));
        Assert.InRange(rig.Record.BufferedBytes, 1, 4096);
        rig.Provider.Send(C(Done) + Last);
        var text = await rig.TakeToEndAsync();
        Assert.Equal(Outcome.Completed, rig.Record.Outcome);
        var numbers = Enumerable.Range(0, 100).Where(i => text.Contains(Filled(i), StringComparison.Ordinal)).ToList();
        Assert.Equal(0, numbers[0]);
        Assert.Equal(Enumerable.Range(101 - numbers.Count, numbers.Count - 1), numbers.Skip(1));
        Assert.Contains($": dropped {100 - numbers.Count}\n\n", text, StringComparison.Ordinal);
        Assert.Contains(Done, text, StringComparison.Ordinal);
        Assert.EndsWith(Last, text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"choices":[{"index":0,"delta":{"role":"assistant"}}]}""")]
    [InlineData("""{"choices":[{"index":0,"delta":{"content":"x"},"finish_reason":"stop"}]}""")]
    [InlineData("""{"choices":[{"index":0,"delta":{"content":"x"}}],"usage":{"prompt_tokens":1,"completion_tokens":2}}""")]
    [InlineData("""{"choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"function":{"arguments":"{"}}]}}]}""")]
    [InlineData("""{"error":{"message":"no","type":"server_error"}}""")]
    [InlineData("""{"unknown":"field"}""")]
    [InlineData("no json")]
    [InlineData("[DONE]")]
    public async Task An_event_that_is_more_than_content_is_never_left_out(string data)
    {
        using var rig = new RelayRig(KeepReading, Pause);
        rig.Ask();
        rig.Begin();
        rig.Chunk(Filled(0));
        rig.Chunk($"data: {data}\n\n");
        rig.Chunk(": a comment\n\n");
        for (var i = 1; i < 50; i++) rig.Chunk(Filled(i));
        rig.Provider.Send(Last);
        var text = await rig.TakeToEndAsync();
        Assert.Contains(": dropped ", text, StringComparison.Ordinal);
        Assert.Contains($"data: {data}\n\n", text, StringComparison.Ordinal);
        Assert.Contains(": a comment\n\n", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Lines_of_JSON_are_left_out_without_a_comment()
    {
        using var rig = new RelayRig(KeepReading, Pause);
        rig.Ask("/api/chat");
        rig.Begin(type: "application/x-ndjson");
        static string Line(int i) => $$$"""{"message":{"role":"assistant","content":"{{{i:000}}} {{{new string('y', 300)}}}"},"done":false}""" + "\n";
        for (var i = 0; i < 60; i++) rig.Chunk(Line(i));
        const string End = """{"message":{"role":"assistant","content":""},"done":true,"eval_count":3}""" + "\n";
        rig.Provider.Send(C(End) + Last);
        var text = await rig.TakeToEndAsync();
        Assert.DoesNotContain("dropped", text, StringComparison.Ordinal);
        Assert.DoesNotContain(Line(20), text, StringComparison.Ordinal);
        Assert.Contains(Line(59) + End, text, StringComparison.Ordinal);
        Assert.Equal((Outcome.Completed, 3), (rig.Record.Outcome, rig.Record.OutputTokens));
    }

    [Fact]
    public async Task Where_it_is_to_end_instead_the_client_is_told_behind_what_was_sent()
    {
        using var rig = new RelayRig(KeepReading with { OnOverflow = OverflowAction.Terminate }, Pause);
        rig.Ask();
        rig.Begin();
        for (var i = 0; i < 50 && !rig.Provider.IsAborted; i++) rig.Chunk(Filled(i));
        Assert.True(rig.Provider.IsAborted);
        var text = await rig.TakeToEndAsync();
        Assert.Contains(C(Filled(0)), text, StringComparison.Ordinal);
        Assert.Contains(ErrorChunk, text[text.LastIndexOf("xxx", StringComparison.Ordinal)..], StringComparison.Ordinal);
        await rig.Running;
        Assert.Equal((Outcome.Overflow, "stream_overflow"), (rig.Record.Outcome, rig.Record.ErrorType));
        var metrics = await rig.MetricsAsync();
        Assert.Contains("llm_sidecar_buffer_overflows_total{action=\"terminate\"} 1", metrics, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Events_of_which_none_may_be_left_out_end_the_stream_when_they_are_too_many()
    {
        using var rig = new RelayRig(KeepReading, Pause);
        rig.Ask();
        rig.Begin();
        for (var i = 0; i < 50 && !rig.Provider.IsAborted; i++) rig.Chunk("data: {\"unknown\":\"" + new string('z', 300) + "\"}\n\n");
        await rig.TakeToEndAsync();
        Assert.Equal((Outcome.Overflow, "stream_overflow"), (rig.Record.Outcome, rig.Record.ErrorType));
    }

    [Fact]
    public async Task A_silent_provider_is_blamed_though_the_client_is_slow_too()
    {
        using var rig = new RelayRig(KeepReading with { ReadTimeout = TimeSpan.FromSeconds(10) }, Pause);
        rig.Ask();
        rig.Begin();
        for (var i = 0; i < 3; i++) rig.Chunk(Filled(i));
        rig.Time.Advance(10_000);
        Assert.Equal(Interruption.ReadTimeout, rig.Exchange.Interruption);
        var text = await rig.TakeToEndAsync();
        Assert.Contains(C(Filled(0)) + C(Filled(1) + Filled(2)), text, StringComparison.Ordinal);
        Assert.Contains(ErrorChunk, text[text.LastIndexOf("xxx", StringComparison.Ordinal)..], StringComparison.Ordinal);
    }

    [Fact]
    public void A_client_that_takes_nothing_for_too_long_loses_its_stream()
    {
        using var rig = new RelayRig(KeepReading with { WriteTimeout = TimeSpan.FromSeconds(5), ReadTimeout = TimeSpan.Zero }, Pause);
        rig.Ask();
        rig.Begin();
        for (var i = 0; i < 3; i++) rig.Chunk(Filled(i));
        rig.Time.Advance(4_000);
        rig.Client.TakeSome(10);
        rig.Time.Advance(4_000);
        Assert.Equal(Interruption.None, rig.Exchange.Interruption);
        rig.Time.Advance(1_100);
        Assert.Equal(Interruption.WriteTimeout, rig.Exchange.Interruption);
        Assert.True(rig.Provider.IsAborted);
        Assert.Equal(Outcome.StreamTimeout, rig.Record.Outcome);
    }

    [Fact]
    public void A_client_that_leaves_while_frames_wait_ends_the_provider()
    {
        using var rig = new RelayRig(KeepReading, Pause);
        rig.Ask();
        rig.Begin();
        for (var i = 0; i < 3; i++) rig.Chunk(Filled(i));
        rig.Client.Reset();
        Assert.True(rig.Provider.IsAborted);
        Assert.Equal(Outcome.ClientAbort, rig.Record.Outcome);
    }
}

using Sidecar.Proxy.Server;
using Sidecar.Proxy.Telemetry;
using Sidecar.Proxy.Tests.Server;
using Sidecar.Proxy.Transport;

namespace Sidecar.Proxy.Tests.Streaming;

public sealed class RelayHandlerTests
{
    private const string Content = "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"hi\"}}]}\n\n";
    private const string Done = "data: [DONE]\n\n";
    private const string Last = "0\r\n\r\n";

    private static string C(string text) => RelayRig.Chunked(text);

    [Fact]
    public void Each_event_is_passed_on_as_soon_as_it_is_complete()
    {
        using var rig = new RelayRig();
        rig.Ask();
        rig.Begin();
        rig.Chunk(Content + Content[..20]);
        Assert.Equal(C(Content), rig.Client.Take());
        rig.Chunk(Content[20..] + ": ping\n");
        Assert.Equal(C(Content + ": ping\n"), rig.Client.Take());
        rig.Chunk(Done);
        Assert.Equal(C(Done), rig.Client.Take());
        rig.Provider.Send(Last);
        Assert.Equal(Last, rig.Client.Take());
        Assert.Equal((Outcome.Completed, null), (rig.Record.Outcome, rig.Record.ErrorType));
        Assert.False(rig.Provider.IsAborted || rig.Running.IsCompleted);
        rig.Ask();
        Assert.Equal("/v1/chat/completions", rig.Record.Path);
    }

    [Fact]
    public void A_client_that_leaves_after_the_dialects_end_got_everything()
    {
        using var rig = new RelayRig();
        rig.Ask();
        rig.Begin();
        rig.Chunk(Content + Done);
        rig.Client.Fin();
        Assert.Equal(Outcome.Completed, rig.Record.Outcome);
        Assert.True(rig.Provider.IsAborted && rig.Running.IsCompletedSuccessfully);
    }

    [Theory]
    [InlineData("before the head")]
    [InlineData("after the head")]
    [InlineData("inside an event")]
    public void A_client_that_leaves_ends_the_provider_at_once(string when)
    {
        foreach (var isReset in new[] { true, false })
        {
            using var rig = new RelayRig();
            rig.Ask();
            if (when != "before the head") rig.Begin();
            if (when == "inside an event") rig.Chunk(Content + "data: ");
            if (isReset) rig.Client.Reset();
            else rig.Client.Fin();
            Assert.True(rig.Provider.IsAborted);
            Assert.Equal(Outcome.ClientAbort, rig.Record.Outcome);
            Assert.Equal(when == "before the head" ? 499 : 200, rig.Record.Status);
            Assert.True(rig.Running.IsCompletedSuccessfully);
        }
    }

    [Fact]
    public void A_client_that_half_closed_and_then_is_gone_is_noticed_by_the_next_write()
    {
        using var rig = new RelayRig(ServerRig.NoClocks with { AllowHalfClose = true });
        rig.Ask();
        rig.Begin();
        rig.Client.Fin();
        rig.Chunk(Content);
        Assert.Equal(C(Content), rig.Client.Take());
        rig.Client.Reset();
        rig.Chunk(Content);
        Assert.True(rig.Provider.IsAborted);
        Assert.Equal(Outcome.ClientAbort, rig.Record.Outcome);
    }

    public static TheoryData<string, string, Outcome, string?> Endings => new()
    {
        { "chunked", Content + Done, Outcome.Completed, null },
        { "chunked", Content, Outcome.Completed, "no_end_marker" },
        { "close", Content + Done, Outcome.Completed, null },
        { "close", Content + "data: [DONE]", Outcome.Completed, null },
        { "close", Content, Outcome.UpstreamTruncated, "upstream_truncated" },
        { "close", Content + "data: {\"choi", Outcome.UpstreamTruncated, "upstream_truncated" },
        { "cut", Content + "data: {\"choi", Outcome.UpstreamTruncated, "upstream_truncated" },
        { "cut", Content + Done, Outcome.UpstreamTruncated, "upstream_truncated" },
        { "malformed", Content, Outcome.UpstreamError, "upstream_protocol_error" },
        { "reset", Content, Outcome.UpstreamTruncated, "upstream_truncated" },
    };

    [Theory]
    [MemberData(nameof(Endings))]
    public void Every_end_of_a_stream_has_its_outcome_and_never_looks_whole_when_it_is_not(string end, string body, Outcome outcome, string? error)
    {
        using var rig = new RelayRig();
        rig.Ask();
        rig.Begin(end is "close" or "reset" ? "" : "Transfer-Encoding: chunked\r\n");
        if (end is "close" or "reset") rig.Provider.Send(body);
        else rig.Chunk(body);
        if (end == "chunked") rig.Provider.Send(Last);
        else if (end == "malformed") rig.Provider.Send("zz\r\n");
        else if (end == "reset") rig.Provider.Reset();
        else rig.Provider.Fin();
        Assert.Equal((outcome, error), (rig.Record.Outcome, rig.Record.ErrorType));
        var text = rig.Client.All().Split("\r\n\r\n", 2)[1];
        if (outcome == Outcome.Completed)
        {
            Assert.EndsWith(Last, text);
            Assert.DoesNotContain("error", text);
            return;
        }
        Assert.Contains($"\"code\":\"{error}\"", text);
        Assert.DoesNotContain("{\"choi\"", text);
        Assert.DoesNotContain("data: {\"choi\r\n", text);
        Assert.True(rig.Running.IsCompleted && rig.Provider.End != ConnectionEnd.Open);
    }

    [Theory]
    [InlineData(Interruption.Drained, Outcome.Drained, "draining", true)]
    [InlineData(Interruption.Cancelled, Outcome.Drained, "cancelled", true)]
    [InlineData(Interruption.TotalTimeout, Outcome.StreamTimeout, "stream_timeout", true)]
    [InlineData(Interruption.ReadTimeout, Outcome.UpstreamTimeout, "upstream_timeout", true)]
    [InlineData(Interruption.StallTimeout, Outcome.UpstreamTimeout, "upstream_timeout", true)]
    [InlineData(Interruption.FirstTokenTimeout, Outcome.UpstreamTimeout, "first_token_timeout", true)]
    [InlineData(Interruption.WriteTimeout, Outcome.StreamTimeout, "stream_timeout", false)]
    public void Every_interruption_of_a_stream_is_told_to_the_client_that_can_hear_it(Interruption reason, Outcome outcome, string error, bool isTold)
    {
        using var rig = new RelayRig();
        rig.Ask();
        rig.Begin();
        rig.Chunk(Content + "data: half");
        rig.Exchange.Interrupt(reason);
        Assert.Equal((outcome, error), (rig.Record.Outcome, rig.Record.ErrorType));
        Assert.True(rig.Provider.IsAborted && rig.Running.IsCompleted);
        Assert.Equal(!isTold, rig.Client.IsAborted);
        if (!isTold) return;
        Assert.Contains($"\"code\":\"{error}\"", rig.Client.All());
        Assert.DoesNotContain("half", rig.Client.All());
    }

    [Theory]
    [InlineData(Interruption.Drained, 503)]
    [InlineData(Interruption.FirstTokenTimeout, 504)]
    [InlineData(Interruption.TotalTimeout, 504)]
    public void An_interruption_before_the_head_is_a_real_status(Interruption reason, int status)
    {
        using var rig = new RelayRig();
        rig.Ask();
        rig.Exchange.Interrupt(reason);
        Assert.StartsWith($"HTTP/1.1 {status} ", rig.Client.All());
        Assert.Contains("connection: close", rig.Client.All());
        Assert.True(rig.Provider.IsAborted);
    }

    [Theory]
    [InlineData("/v1/chat/completions", true)]
    [InlineData("/v1/custom", false)]
    public void The_first_token_is_waited_for_only_where_it_would_be_known(string path, bool isEnded)
    {
        using var rig = new RelayRig();
        rig.Ask(path);
        rig.Begin();
        rig.Chunk("data: {\"what\":1}\n\n");
        rig.Time.Advance(21_000);
        Assert.Equal(isEnded, rig.Exchange.Interruption == Interruption.FirstTokenTimeout);
    }

    [Fact]
    public void An_event_over_its_bound_ends_the_stream_after_the_events_before_it()
    {
        using var rig = new RelayRig(ServerRig.NoClocks with { MaxEventBytes = 100 });
        rig.Ask();
        rig.Begin();
        rig.Chunk(Content + "data: " + new string('x', 100));
        Assert.Equal((Outcome.Overflow, "stream_overflow"), (rig.Record.Outcome, rig.Record.ErrorType));
        var text = rig.Client.All();
        Assert.Contains(C(Content), text);
        Assert.DoesNotContain("xxx", text);
        Assert.True(rig.Provider.IsAborted);
    }

    [Fact]
    public void A_body_that_is_no_event_stream_is_cut_and_not_mended()
    {
        using var rig = new RelayRig();
        rig.Ask();
        rig.Begin("Content-Length: 10\r\n", "audio/mpeg");
        rig.Provider.Send("abc");
        Assert.Equal("abc", rig.Client.Take());
        rig.Provider.Fin();
        Assert.Empty(rig.Client.Take());
        Assert.Equal(Outcome.UpstreamTruncated, rig.Record.Outcome);
        Assert.True(rig.Running.IsCompleted);
    }

    [Fact]
    public void Bytes_after_the_body_cost_the_provider_its_connection_and_the_client_nothing()
    {
        using var rig = new RelayRig();
        rig.Ask();
        rig.Begin();
        rig.Provider.Send(C(Done) + Last + "HTTP/1.1 200 OK\r\n");
        Assert.Equal(C(Done) + Last, rig.Client.Take());
        Assert.Equal(Outcome.Completed, rig.Record.Outcome);
        Assert.True(rig.Provider.IsAborted);
    }

    [Fact]
    public void While_the_client_takes_nothing_the_provider_is_not_read_and_not_blamed()
    {
        using var rig = new RelayRig(ServerRig.NoClocks with { WriteTimeout = TimeSpan.FromSeconds(100) }, pause: 500);
        rig.Ask();
        rig.Begin();
        var big = "data: " + new string('x', 600) + "\n\n";
        rig.Chunk(big);
        rig.Chunk(Content);
        rig.Time.Advance(90_000);
        Assert.Equal(Interruption.None, rig.Exchange.Interruption);
        Assert.Equal(C(big), rig.Client.Take());
        Assert.Equal(C(Content), rig.Client.Take());
        rig.Time.Advance(30_000);
        Assert.Equal(Interruption.None, rig.Exchange.Interruption);
    }

    [Fact]
    public void Trailers_tell_a_client_that_asked_how_it_ended()
    {
        using var rig = new RelayRig();
        rig.Ask(fields: "TE: trailers\r\n");
        rig.Begin();
        rig.Provider.Send(C(Done) + Last);
        Assert.EndsWith("0\r\nsidecar-status: completed\r\n\r\n", rig.Client.All());
    }
}

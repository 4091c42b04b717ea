using System.Buffers;
using Sidecar.Protocols.Http1;
using Sidecar.Proxy.Configuration;
using Sidecar.Proxy.Server;
using Sidecar.Proxy.Tests.Transport;
using Sidecar.Proxy.Transport;

namespace Sidecar.Proxy.Tests.Server;

public sealed class ExchangeTests
{
    private const string Get = "GET /a HTTP/1.1\r\nHost: h\r\n\r\n";

    private static ServerRig Waiting(out TaskCompletionSource go, StreamingOptions? streaming = null, long pause = 0)
    {
        var gate = go = new TaskCompletionSource();
        return new ServerRig(async exchange =>
        {
            await exchange.ReadBodyAsync(1000);
            exchange.WatchClient();
            await gate.Task;
            await ServerRig.Answer(exchange, 200, "done");
        }, new SidecarOptions { Streaming = streaming ?? ServerRig.NoClocks }, pause);
    }

    [Theory]
    [InlineData(false, false, Interruption.ClientLeft)]
    [InlineData(false, true, Interruption.None)]
    [InlineData(true, false, Interruption.ClientLeft)]
    [InlineData(true, true, Interruption.ClientLeft)]
    public void A_client_that_leaves_while_it_waits_is_seen_at_once(bool isReset, bool isHalfCloseAllowed, Interruption expected)
    {
        using var rig = Waiting(out var go, ServerRig.NoClocks with { AllowHalfClose = isHalfCloseAllowed });
        rig.Client.Send(Get);
        if (isReset) rig.Client.Reset();
        else rig.Client.Fin();
        var exchange = rig.Exchanges[0];
        Assert.Equal(expected, exchange.Interruption);
        Assert.Equal(expected == Interruption.ClientLeft, exchange.Record.ClientGoneAt != 0);
        go.SetResult();
        Assert.True(rig.Running.IsCompletedSuccessfully);
        if (expected == Interruption.None) Assert.EndsWith("done", rig.Client.All());
    }

    [Fact]
    public void Our_own_abort_is_not_taken_for_a_client_that_left()
    {
        using var rig = Waiting(out var go);
        rig.Client.Send(Get);
        rig.Client.Abort();
        Assert.Equal(Interruption.None, rig.Exchanges[0].Interruption);
        Assert.Equal(0, rig.Exchanges[0].Record.ClientGoneAt);
        go.SetResult();
        Assert.True(rig.Running.IsCompleted);
    }

    [Fact]
    public void A_cancelled_read_that_nobody_meant_for_it_does_not_end_the_watch()
    {
        using var rig = Waiting(out _);
        rig.Client.Send(Get);
        rig.Client.Input.CancelPendingRead();
        rig.Client.Fin();
        Assert.Equal(Interruption.ClientLeft, rig.Exchanges[0].Interruption);
    }

    [Fact]
    public void Bytes_pipelined_during_the_watch_are_answered_after_it()
    {
        using var rig = Waiting(out var go);
        rig.Client.Send(Get);
        foreach (var c in Get) rig.Client.Send([(byte)c]);
        go.SetResult();
        Assert.Equal(2, rig.Exchanges.Count);
        Assert.Equal(2, rig.Client.All().Split("done").Length - 1);
    }

    [Fact]
    public void More_pipelined_bytes_than_are_watched_lose_nothing()
    {
        var body = new string('x', 100_000);
        var go = new TaskCompletionSource();
        var lengths = new List<int>();
        using var rig = new ServerRig(async exchange =>
        {
            await exchange.ReadBodyAsync(1_000_000);
            lengths.Add(exchange.Body.Bytes.Length);
            exchange.WatchClient();
            await go.Task;
            await ServerRig.Answer(exchange, 200, "done");
        }, new SidecarOptions { Streaming = ServerRig.NoClocks });
        rig.Client.Send(Get);
        var next = $"POST /b HTTP/1.1\r\nHost: h\r\nContent-Length: {body.Length}\r\n\r\n{body}" + Get;
        for (var i = 0; i < next.Length; i += 4000) rig.Client.Send(next[i..Math.Min(next.Length, i + 4000)]);
        go.SetResult();
        Assert.Equal([0, body.Length, 0], lengths);
        Assert.Equal(3, rig.Client.All().Split("done").Length - 1);
        Assert.False(rig.Running.IsCompleted);
    }

    [Fact]
    public void Only_the_first_interruption_counts()
    {
        using var rig = Waiting(out _);
        rig.Client.Send(Get);
        rig.Exchanges[0].Interrupt(Interruption.Drained);
        rig.Exchanges[0].Interrupt(Interruption.Cancelled);
        rig.Client.Fin();
        Assert.Equal(Interruption.Drained, rig.Exchanges[0].Interruption);
        Assert.Equal(0, rig.Exchanges[0].Record.ClientGoneAt);
    }

    [Fact]
    public void An_interrupted_exchange_closes_its_connection()
    {
        using var rig = Waiting(out var go);
        rig.Client.Send(Get);
        rig.Exchanges[0].Interrupt(Interruption.Drained);
        go.SetResult();
        Assert.True(rig.Running.IsCompletedSuccessfully);
    }

    [Fact]
    public void An_interruption_cancels_a_connect_under_way_and_one_that_begins_later()
    {
        using var rig = Waiting(out _);
        rig.Client.Send(Get);
        var exchange = rig.Exchanges[0];
        var during = exchange.StartConnecting(TimeSpan.FromSeconds(1));
        Assert.False(during.IsCancellationRequested);
        exchange.Interrupt(Interruption.Cancelled);
        Assert.True(during.IsCancellationRequested);
        exchange.Attach(null);
        Assert.True(exchange.StartConnecting(TimeSpan.FromSeconds(1)).IsCancellationRequested);
        exchange.Attach(null);
    }

    [Fact]
    public void A_connect_has_a_limit_and_leaves_no_timer()
    {
        using var rig = Waiting(out _);
        rig.Client.Send(Get);
        var timers = rig.Time.PendingTimers;
        var token = rig.Exchanges[0].StartConnecting(TimeSpan.FromSeconds(2));
        rig.Time.Advance(2001);
        Assert.True(token.IsCancellationRequested);
        rig.Exchanges[0].Attach(null);
        _ = rig.Exchanges[0].StartConnecting(TimeSpan.FromSeconds(2));
        rig.Exchanges[0].Attach(null);
        Assert.Equal(timers, rig.Time.PendingTimers);
    }

    [Fact]
    public void An_interruption_wakes_the_upstreams_read_and_flush_before_and_after_it_is_attached()
    {
        foreach (var isBefore in new[] { true, false })
        {
            using var rig = Waiting(out _);
            rig.Client.Send(Get);
            var upstream = new MemoryConnection(pause: 10);
            upstream.Output.Write(new byte[20]);
            var read = upstream.Input.ReadAsync();
            var flush = upstream.Output.FlushAsync();
            Assert.False(read.IsCompleted || flush.IsCompleted);
            if (!isBefore) rig.Exchanges[0].Attach(upstream);
            rig.Exchanges[0].Interrupt(Interruption.Cancelled);
            if (isBefore) rig.Exchanges[0].Attach(upstream);
            Assert.True(read.Result.IsCanceled);
            Assert.True(flush.Result.IsCanceled);
        }
    }

    [Fact]
    public void A_released_upstream_is_not_woken_any_more()
    {
        using var rig = Waiting(out _);
        rig.Client.Send(Get);
        var upstream = new MemoryConnection();
        rig.Exchanges[0].Attach(upstream);
        rig.Exchanges[0].Attach(null);
        rig.Exchanges[0].Interrupt(Interruption.Cancelled);
        Assert.False(upstream.Input.ReadAsync().IsCompleted);
    }

    [Fact]
    public void An_interruption_and_an_attach_at_the_same_time_always_meet()
    {
        for (var i = 0; i < 300; i++)
        {
            using var rig = Waiting(out _);
            rig.Client.Send(Get);
            var exchange = rig.Exchanges[0];
            var upstream = new MemoryConnection();
            var read = upstream.Input.ReadAsync().AsTask();
            Parallel.Invoke(() => exchange.Attach(upstream), () => exchange.Interrupt(Interruption.Cancelled));
            Assert.True(read.IsCompleted);
        }
    }

    [Fact]
    public void A_client_that_takes_nothing_is_given_up_and_one_that_takes_a_little_is_not()
    {
        var isSent = new TaskCompletionSource<bool>();
        using var rig = new ServerRig(async exchange =>
        {
            await exchange.ReadBodyAsync(1000);
            exchange.Response.StartHead(200, "OK"u8);
            exchange.Response.EndHead(BodyFraming.Chunked);
            exchange.Response.Write(new byte[10_000]);
            exchange.Clocks.StartWrite(exchange.Time.GetTimestamp(), pausesUpstream: true);
            isSent.SetResult(await exchange.Response.FlushAsync());
        }, new SidecarOptions { Streaming = ServerRig.NoClocks with { WriteTimeout = TimeSpan.FromSeconds(2) } }, pause: 1000);
        rig.Client.Send(Get);
        for (var i = 0; i < 5; i++)
        {
            rig.Time.Advance(1900);
            rig.Client.TakeSome(10);
        }
        Assert.False(isSent.Task.IsCompleted);
        rig.Time.Advance(2100);
        Assert.False(isSent.Task.Result);
        Assert.Equal(Interruption.WriteTimeout, rig.Exchanges[0].Interruption);
    }
}

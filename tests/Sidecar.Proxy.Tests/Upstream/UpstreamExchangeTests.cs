using System.Text;
using Sidecar.Proxy.Server;
using Sidecar.Proxy.Tests.Transport;
using Sidecar.Proxy.Upstream;

namespace Sidecar.Proxy.Tests.Upstream;

public sealed class UpstreamExchangeTests
{
    private const string Ok = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n";
    private static readonly TimeSpan FirstToken = TimeSpan.FromSeconds(9);

    private static Task<UpstreamError> Send(UpstreamExchange upstream) => upstream.SendAsync(readsEvents: true, FirstToken).AsTask();

    /// <summary>Leaves one idle connection in the pool.</summary>
    private static async Task<MemoryConnection> LeaveIdle(UpstreamRig rig)
    {
        var upstream = rig.Upstream(await rig.Exchange());
        var sending = Send(upstream);
        rig.Connections[^1].Send("HTTP/1.1 204 No Content\r\n\r\n");
        Assert.Equal(UpstreamError.None, await sending);
        upstream.Release(isClean: true);
        rig.Connections[^1].Take();
        return rig.Connections[^1];
    }

    [Fact]
    public async Task A_request_is_sent_and_the_head_of_its_response_read_however_it_is_split()
    {
        const string Head = "HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n" + Ok;
        for (var split = 1; split < Head.Length; split++)
        {
            using var rig = new UpstreamRig();
            var upstream = rig.Upstream(await rig.Exchange());
            var sending = Send(upstream);
            Assert.StartsWith("POST /v1/chat HTTP/1.1\r\nhost: provider.test\r\n", rig.Connections[0].Take());
            rig.Connections[0].Send(Head[..split]);
            rig.Connections[0].Send(Head[split..] + "{}");
            Assert.Equal(UpstreamError.None, await sending);
            Assert.Equal(200, upstream.Head.Status);
            Assert.Equal(Ok, Encoding.ASCII.GetString(upstream.HeadBytes));
            Assert.True(upstream.Connection.Input.TryRead(out var rest));
            Assert.Equal("{}", Encoding.ASCII.GetString(rest.Buffer.FirstSpan));
        }
    }

    [Fact]
    public async Task A_stale_pooled_connection_is_replaced_once_and_the_request_sent_whole_again()
    {
        using var rig = new UpstreamRig();
        var stale = await LeaveIdle(rig);
        var upstream = rig.Upstream(await rig.Exchange());
        var sending = Send(upstream);
        var first = stale.Take();
        stale.Fin();
        Assert.Equal(2, rig.Connections.Count);
        Assert.Equal(first, rig.Connections[1].Take());
        rig.Connections[1].Send(Ok);
        Assert.Equal(UpstreamError.None, await sending);
        Assert.True(stale.IsAborted);
        Assert.Equal(1, await rig.Attempts("stale"));
        Assert.Equal(2, await rig.Attempts("response"));
    }

    [Fact]
    public async Task What_a_stale_connection_carried_before_is_not_taken_off_what_is_sent()
    {
        using var rig = new UpstreamRig();
        var stale = await LeaveIdle(rig);
        var exchange = await rig.Exchange();
        var upstream = rig.Upstream(exchange);
        var sending = Send(upstream);
        rig.OnConnect = () => exchange.Interrupt(Interruption.ClientLeft);
        stale.Fin();
        Assert.Equal(UpstreamError.Interrupted, await sending);
        Assert.Equal(0, upstream.BytesSent);
        upstream.Release(isClean: false);
        Assert.Equal(0, rig.Pool.OpenConnections);
    }

    [Fact]
    public async Task A_fresh_connection_that_closes_without_an_answer_is_not_tried_again()
    {
        using var rig = new UpstreamRig();
        await LeaveIdle(rig);
        var sending = Send(rig.Upstream(await rig.Exchange()));
        rig.Connections[0].Reset();
        rig.Connections[1].Reset();
        Assert.Equal(UpstreamError.NoResponse, await sending);
        Assert.Equal(2, rig.Connections.Count);
    }

    [Theory]
    [InlineData("H")]
    [InlineData("HTTP/1.1 100 Continue\r\n\r\n")]
    public async Task A_pooled_connection_that_answered_anything_is_not_tried_again(string answer)
    {
        using var rig = new UpstreamRig();
        var idle = await LeaveIdle(rig);
        var sending = Send(rig.Upstream(await rig.Exchange()));
        idle.Send(answer);
        idle.Fin();
        Assert.Equal(UpstreamError.HeadTruncated, await sending);
        Assert.Single(rig.Connections);
    }

    [Theory]
    [InlineData("HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n")]
    [InlineData("garbage\r\n\r\n")]
    [InlineData("HTTP/2 200\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\nContent-Length: 0\n\n")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\n")]
    public async Task A_head_that_breaks_the_rules_is_an_error(string head)
    {
        using var rig = new UpstreamRig();
        var upstream = rig.Upstream(await rig.Exchange());
        var sending = Send(upstream);
        rig.Connections[0].Send(head);
        Assert.Equal(UpstreamError.BadHead, await sending);
        upstream.Release(isClean: false);
        Assert.True(rig.Connections[0].IsAborted);
    }

    [Fact]
    public async Task A_head_is_bounded_and_so_is_the_number_of_interim_heads()
    {
        using var rig = new UpstreamRig();
        var sending = Send(rig.Upstream(await rig.Exchange()));
        rig.Connections[0].Send("HTTP/1.1 200 OK\r\nX: ");
        for (var i = 0; i < 64 && !sending.IsCompleted; i++) rig.Connections[0].Send(new string('x', 1024));
        Assert.Equal(UpstreamError.BadHead, await sending);

        sending = Send(rig.Upstream(await rig.Exchange()));
        var sent = 0;
        for (; !sending.IsCompleted; sent++) rig.Connections[1].Send("HTTP/1.1 102 Processing\r\n\r\n");
        Assert.Equal(UpstreamError.BadHead, await sending);
        Assert.Equal(17, sent);
    }

    [Fact]
    public async Task An_interruption_ends_the_wait_for_a_connection()
    {
        using var rig = new UpstreamRig { Gate = new TaskCompletionSource() };
        var exchange = await rig.Exchange();
        var upstream = rig.Upstream(exchange);
        var sending = Send(upstream);
        exchange.Interrupt(Interruption.ClientLeft);
        Assert.Equal(UpstreamError.Interrupted, await sending);
        upstream.Release(isClean: false);
        Assert.Equal(0, rig.Pool.OpenConnections);
        Assert.Equal(1, await rig.Attempts("cancelled"));
    }

    [Fact]
    public async Task A_connect_that_takes_too_long_ends_at_its_timeout()
    {
        using var rig = new UpstreamRig { Gate = new TaskCompletionSource() };
        var exchange = await rig.Exchange();
        var sending = Send(rig.Upstream(exchange));
        exchange.OnHeartbeat(rig.Time.Advance(1999));
        Assert.False(sending.IsCompleted);
        exchange.OnHeartbeat(rig.Time.Advance(1));
        Assert.Equal(UpstreamError.ConnectTimeout, await sending);
    }

    [Theory]
    [InlineData(Interruption.Cancelled, "cancelled")]
    [InlineData(Interruption.FirstTokenTimeout, "timeout")]
    public async Task An_interruption_ends_the_wait_for_the_head(Interruption reason, string attempt)
    {
        using var rig = new UpstreamRig();
        var exchange = await rig.Exchange();
        var upstream = rig.Upstream(exchange);
        var sending = Send(upstream);
        rig.Connections[0].Send("HTTP/1.1 200");
        Assert.False(sending.IsCompleted);
        exchange.Interrupt(reason);
        Assert.Equal(UpstreamError.Interrupted, await sending);
        upstream.Release(isClean: true);
        Assert.True(rig.Connections[0].IsAborted);
        Assert.Equal(1, await rig.Attempts(attempt));
    }

    [Fact]
    public async Task A_cancelled_read_that_nobody_meant_for_it_does_not_end_the_wait_for_the_head()
    {
        using var rig = new UpstreamRig();
        var sending = Send(rig.Upstream(await rig.Exchange()));
        rig.Connections[0].Input.CancelPendingRead();
        rig.Connections[0].Send(Ok[..9]);
        rig.Connections[0].Input.CancelPendingRead();
        rig.Connections[0].Send(Ok[9..]);
        Assert.Equal(UpstreamError.None, await sending);
    }

    [Theory]
    [InlineData(true, "", false)]
    [InlineData(false, "", true)]
    [InlineData(true, "Connection: close\r\n", true)]
    public async Task Only_a_clean_connection_that_is_kept_alive_goes_back(bool isClean, string field, bool isClosed)
    {
        using var rig = new UpstreamRig();
        var upstream = rig.Upstream(await rig.Exchange());
        var sending = Send(upstream);
        rig.Connections[0].Send($"HTTP/1.1 204 No Content\r\n{field}\r\n");
        await sending;
        upstream.Release(isClean);
        upstream.Release(isClean);
        Assert.Equal(isClosed, rig.Connections[0].IsAborted);
        Assert.Equal(isClosed ? 0 : 1, rig.Pool.OpenConnections);
    }

    [Fact]
    public async Task A_provider_that_answers_before_it_read_everything_is_heard()
    {
        using var rig = new UpstreamRig();
        var body = new string('x', 200_000);
        var exchange = await rig.Exchange($"POST /chat HTTP/1.1\r\nHost: h\r\nContent-Length: {body.Length}\r\n", body);
        var upstream = rig.Upstream(exchange);
        var sending = Send(upstream);
        rig.Connections[0].Send("HTTP/1.1 413 Content Too Large\r\nContent-Length: 0\r\n\r\n");
        rig.Connections[0].Fin();
        Assert.Equal(UpstreamError.None, await sending);
        Assert.Equal(413, upstream.Head.Status);
        Assert.Equal(rig.Connections[0].All().Length, upstream.BytesSent);
    }
}

using Sidecar.Proxy.Configuration;
using Sidecar.Proxy.Server;
using Sidecar.Proxy.Transport;

namespace Sidecar.Proxy.Tests.Server;

public sealed class Http1ConnectionTests
{
    private const string Get = "GET /a HTTP/1.1\r\nHost: h\r\n\r\n";

    private static string Ok(string body, string more = "") => $"HTTP/1.1 200 OK\r\ncontent-length: {body.Length}\r\n{more}\r\n{body}";

    [Fact]
    public void Requests_on_one_connection_are_answered_one_after_the_other()
    {
        using var rig = new ServerRig(ServerRig.Echo);
        rig.Client.Send(Get);
        Assert.Equal(Ok("GET /a "), rig.Client.Take());
        rig.Client.Send("POST /b HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\nxyz");
        Assert.Equal(Ok("POST /b xyz"), rig.Client.Take());
        Assert.False(rig.Running.IsCompleted);
        rig.Client.Fin();
        Assert.True(rig.Running.IsCompletedSuccessfully);
        Assert.False(rig.Client.IsAborted);
    }

    [Fact]
    public void Pipelined_requests_are_answered_in_order()
    {
        using var rig = new ServerRig(ServerRig.Echo);
        rig.Client.Send("POST /1 HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\n\r\na" +
            "POST /2 HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nb\r\n0\r\n\r\n" +
            "GET /3 HTTP/1.1\r\nHost: h\r\n\r\n");
        Assert.Equal(Ok("POST /1 a") + Ok("POST /2 b") + Ok("GET /3 "), rig.Client.All());
    }

    [Fact]
    public void A_request_may_arrive_byte_by_byte()
    {
        using var rig = new ServerRig(ServerRig.Echo);
        const string Request = "POST /b HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n3;ext=1;q=\"x\"\r\nabc\r\n2\r\nde\r\n0\r\nx-trailer: 1\r\n\r\n";
        foreach (var c in Request + Request)
        {
            rig.Client.Send([(byte)c]);
        }
        Assert.Equal(Ok("POST /b abcde") + Ok("POST /b abcde"), rig.Client.All());
    }

    [Theory]
    [InlineData("GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n", "connection: close\r\n", true)]
    [InlineData("GET / HTTP/1.0\r\n\r\n", "connection: close\r\n", true)]
    [InlineData("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n", "connection: keep-alive\r\n", false)]
    [InlineData("GET / HTTP/1.1\r\nHost: h\r\n\r\n", "", false)]
    public void The_connection_is_kept_or_closed_as_both_sides_say(string request, string field, bool isClosed)
    {
        using var rig = new ServerRig(ServerRig.Echo);
        rig.Client.Send(request);
        Assert.Equal(Ok("GET / ", field), rig.Client.Take());
        Assert.Equal(isClosed, rig.Running.IsCompleted);
        if (isClosed) Assert.False(rig.Client.Closed.Result);
    }

    [Theory]
    [InlineData("GET / HTTP/1.1\r\n\r\n", 400)]
    [InlineData("GET / HTTP/2.0\r\nHost: h\r\n\r\n", 505)]
    [InlineData("POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: gzip, chunked\r\n\r\n", 501)]
    [InlineData("POST / HTTP/1.1\r\nHost: h\r\nExpect: magic\r\n\r\n", 417)]
    [InlineData("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n", 400)]
    public void A_refused_head_is_answered_and_the_connection_closed_lingering(string request, int status)
    {
        using var rig = new ServerRig(ServerRig.Echo);
        rig.Client.Send(request);
        Assert.StartsWith($"HTTP/1.1 {status} ", rig.Client.Take());
        Assert.True(rig.Running.IsCompleted);
        Assert.True(rig.Client.Closed.Result);
        Assert.Single(rig.Exchanges);
    }

    [Fact]
    public void A_head_over_its_bound_is_refused_while_it_still_arrives()
    {
        using var rig = new ServerRig(ServerRig.Echo, new SidecarOptions { Http = new HttpOptions { MaxHeaderBytes = 100 } });
        rig.Client.Send("GET /" + new string('a', 94));
        Assert.Empty(rig.Client.Take());
        rig.Client.Send("a");
        Assert.StartsWith("HTTP/1.1 431 ", rig.Client.Take());
        Assert.True(rig.Client.Closed.Result);
    }

    [Fact]
    public void An_idle_connection_is_closed_without_a_word()
    {
        using var rig = new ServerRig(ServerRig.Echo);
        rig.Client.Send(Get);
        rig.Client.Take();
        rig.Time.Advance(Http1Connection.IdleTimeout - Heartbeat.Interval);
        Assert.False(rig.Running.IsCompleted);
        rig.Time.Advance(2 * Heartbeat.Interval);
        Assert.True(rig.Running.IsCompleted);
        Assert.Empty(rig.Client.Take());
    }

    [Fact]
    public void A_head_that_does_not_end_is_refused_at_the_initial_timeout()
    {
        using var rig = new ServerRig(ServerRig.Echo);
        rig.Time.Advance(TimeSpan.FromSeconds(30));
        for (var i = 0; i < 5; i++)
        {
            rig.Client.Send("G");
            rig.Time.Advance(999);
            Assert.Empty(rig.Client.Take());
        }
        rig.Time.Advance(200);
        Assert.EndsWith("client_timeout", rig.Client.Take());
        Assert.Equal(408, rig.Exchanges[0].Refusal!.Error.Status);
        Assert.True(rig.Client.Closed.Result);
    }

    [Fact]
    public void A_timeout_that_the_request_just_beats_does_not_touch_the_next_request()
    {
        using var rig = new ServerRig(ServerRig.Echo);
        rig.Client.Send("GET /a HT");
        rig.Time.Advance(4990);
        rig.Client.Send("TP/1.1\r\nHost: h\r\n\r\nGET /b HT");
        rig.Time.Advance(4000);
        rig.Client.Send("TP/1.1\r\nHost: h\r\n\r\n");
        Assert.Equal(Ok("GET /a ") + Ok("GET /b "), rig.Client.All());
    }

    [Fact]
    public void Closing_when_idle_closes_a_waiting_connection_at_once()
    {
        using var rig = new ServerRig(ServerRig.Echo);
        rig.Client.Send(Get);
        rig.Connection.CloseWhenIdle();
        Assert.True(rig.Running.IsCompleted);
        Assert.Equal(Ok("GET /a "), rig.Client.All());
    }

    [Fact]
    public void Closing_when_idle_lets_the_request_under_way_end_and_says_close()
    {
        var go = new TaskCompletionSource();
        using var rig = new ServerRig(async exchange =>
        {
            await go.Task;
            await ServerRig.Echo(exchange);
        });
        rig.Client.Send(Get);
        rig.Connection.CloseWhenIdle();
        Assert.False(rig.Running.IsCompleted);
        go.SetResult();
        Assert.Equal(Ok("GET /a ", "connection: close\r\n"), rig.Client.Take());
        Assert.True(rig.Running.IsCompleted);
    }

    [Fact]
    public void Closing_when_idle_lets_a_head_under_way_come_in()
    {
        using var rig = new ServerRig(ServerRig.Echo);
        rig.Client.Send(Get[..7]);
        rig.Connection.CloseWhenIdle();
        Assert.False(rig.Running.IsCompleted);
        rig.Client.Send(Get[7..]);
        Assert.Equal(Ok("GET /a ", "connection: close\r\n"), rig.Client.Take());
        Assert.True(rig.Running.IsCompleted);
    }

    [Fact]
    public void A_client_that_leaves_inside_a_head_is_not_answered()
    {
        using var rig = new ServerRig(ServerRig.Echo);
        rig.Client.Send(Get[..9]);
        rig.Client.Fin();
        Assert.True(rig.Running.IsCompletedSuccessfully);
        Assert.Empty(rig.Client.Take());
        Assert.Empty(rig.Exchanges);
    }

    [Fact]
    public void A_reset_ends_the_connection_without_an_exception()
    {
        using var rig = new ServerRig(ServerRig.Echo);
        rig.Client.Send(Get[..9]);
        rig.Client.Reset();
        Assert.True(rig.Running.IsCompletedSuccessfully);
        Assert.Equal(ConnectionEnd.Reset, rig.Client.End);
    }
}

using System.Text;
using Sidecar.Protocols.Http1;
using Sidecar.Proxy.Configuration;
using Sidecar.Proxy.Server;

namespace Sidecar.Proxy.Tests.Server;

public sealed class RequestBodyTests
{
    private const string Chunked = "POST /b HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n";
    private const string Continue = "HTTP/1.1 100 Continue\r\n\r\n";

    private static string WithLength(int length, string more = "") => $"POST /b HTTP/1.1\r\nHost: h\r\nContent-Length: {length}\r\n{more}\r\n";

    private static ServerRig Rig(List<BodyResult> results, long maxBytes = 10, SidecarOptions? options = null) => new(async exchange =>
    {
        results.Add(await exchange.ReadBodyAsync(maxBytes));
        await ServerRig.Answer(exchange, 200, results[^1] == BodyResult.Malformed ? exchange.Body.Error.ToString() : "");
    }, options);

    [Fact]
    public void Continue_is_sent_once_and_only_when_it_is_waited_for()
    {
        using var rig = new ServerRig(ServerRig.Echo);
        rig.Client.Send(WithLength(4, "Expect: 100-continue\r\n"));
        Assert.Equal(Continue, rig.Client.Take());
        rig.Client.Send("ab");
        Assert.Empty(rig.Client.Take());
        rig.Client.Send("cd");
        Assert.EndsWith("\r\n\r\nPOST /b abcd", rig.Client.Take());
        rig.Client.Send(WithLength(1));
        Assert.Empty(rig.Client.Take());
    }

    [Fact]
    public void Continue_is_not_sent_for_a_body_that_is_refused_by_its_length()
    {
        var results = new List<BodyResult>();
        using var rig = Rig(results);
        rig.Client.Send(WithLength(11, "Expect: 100-continue\r\n"));
        Assert.StartsWith("HTTP/1.1 200", rig.Client.Take());
        Assert.Equal([BodyResult.TooLarge], results);
        Assert.True(rig.Client.Closed.Result);
    }

    [Fact]
    public void Continue_is_not_sent_to_http_1_0_nor_where_there_is_no_body()
    {
        using var rig = new ServerRig(ServerRig.Echo);
        rig.Client.Send("GET / HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\n\r\n");
        rig.Client.Send("POST / HTTP/1.0\r\nContent-Length: 1\r\nExpect: 100-continue\r\n\r\na");
        Assert.DoesNotContain("100 Continue", rig.Client.All());
    }

    [Fact]
    public void A_client_that_is_gone_before_it_could_be_told_to_continue_has_left()
    {
        var results = new List<BodyResult>();
        Exchange? seen = null;
        var go = new TaskCompletionSource();
        using var rig = new ServerRig(async exchange =>
        {
            seen = exchange;
            await go.Task;
            results.Add(await exchange.ReadBodyAsync(10));
        });
        rig.Client.Send(WithLength(4, "Expect: 100-continue\r\n"));
        rig.Client.Reset();
        go.SetResult();
        Assert.Equal([BodyResult.Interrupted], results);
        Assert.Equal(Interruption.ClientLeft, seen!.Interruption);
    }

    [Theory]
    [InlineData("a\r\n0123456789\r\n0\r\n\r\n", BodyResult.Complete)]
    [InlineData("5\r\n01234\r\n6\r\n567890\r\n0\r\n\r\n", BodyResult.TooLarge)]
    [InlineData("fffffff\r\n0123456789A", BodyResult.TooLarge)]
    [InlineData("1\r\nabc\r\n", BodyResult.Malformed)]
    [InlineData("-1\r\n", BodyResult.Malformed)]
    [InlineData("1\n", BodyResult.Malformed)]
    [InlineData("0\r\nbad trailer\r\n\r\n", BodyResult.Malformed)]
    public void A_chunked_body_is_bounded_and_checked(string body, BodyResult expected)
    {
        for (var split = 0; split < body.Length; split++)
        {
            var results = new List<BodyResult>();
            using var rig = Rig(results);
            rig.Client.Send(Chunked + "\r\n" + body[..split]);
            rig.Client.Send(body[split..]);
            Assert.Equal([expected], results);
            Assert.Equal(expected != BodyResult.Complete, rig.Running.IsCompleted);
            if (expected == BodyResult.Malformed) Assert.NotEqual(HttpError.None.ToString(), rig.Client.All().Split("\r\n\r\n")[1]);
        }
    }

    [Fact]
    public void A_length_over_the_bound_is_refused_before_a_byte_of_it_is_read()
    {
        var results = new List<BodyResult>();
        using var rig = Rig(results);
        rig.Client.Send(WithLength(11));
        Assert.Equal([BodyResult.TooLarge], results);
    }

    [Fact]
    public void A_client_that_leaves_inside_its_body_interrupts()
    {
        foreach (var head in new[] { WithLength(4), Chunked + "\r\n4\r\n" })
        {
            var results = new List<BodyResult>();
            using var rig = Rig(results);
            rig.Client.Send(head + "ab");
            rig.Client.Fin();
            Assert.Equal([BodyResult.Interrupted], results);
            Assert.Equal(Interruption.ClientLeft, rig.Exchanges[0].Interruption);
            Assert.True(rig.Running.IsCompleted);
        }
    }

    [Fact]
    public void A_pause_in_the_body_is_bounded_and_each_read_starts_it_anew()
    {
        var results = new List<BodyResult>();
        var streaming = new StreamingOptions { ClientInitialTimeout = TimeSpan.Zero, ClientBetweenChunksTimeout = TimeSpan.FromSeconds(2) };
        using var rig = Rig(results, options: new SidecarOptions { Streaming = streaming });
        rig.Client.Send(WithLength(4));
        rig.Time.Advance(1900);
        rig.Client.Send("a");
        rig.Time.Advance(1900);
        rig.Client.Send("b");
        rig.Time.Advance(1900);
        Assert.Empty(results);
        rig.Time.Advance(200);
        Assert.Equal([BodyResult.Interrupted], results);
        Assert.Equal(Interruption.RequestTimeout, rig.Exchanges[0].Interruption);
    }

    [Fact]
    public void The_whole_request_is_bounded_from_its_first_byte_however_it_trickles()
    {
        var results = new List<BodyResult>();
        using var rig = Rig(results);
        rig.Client.Send(WithLength(9));
        for (var i = 0; i < 5; i++)
        {
            rig.Client.Send("a");
            rig.Time.Advance(990);
        }
        Assert.Empty(results);
        rig.Time.Advance(100);
        Assert.Equal([BodyResult.Interrupted], results);
        Assert.Equal(Interruption.RequestTimeout, rig.Exchanges[0].Interruption);
    }

    [Theory]
    [InlineData(Interruption.Drained)]
    [InlineData(Interruption.Cancelled)]
    public void Any_interruption_wakes_the_wait_for_the_body(Interruption reason)
    {
        var results = new List<BodyResult>();
        using var rig = Rig(results);
        rig.Client.Send(WithLength(9) + "abc");
        Assert.Empty(results);
        rig.Exchanges[0].Interrupt(reason);
        Assert.Equal([BodyResult.Interrupted], results);
        Assert.Equal(reason, rig.Exchanges[0].Interruption);
    }

    [Fact]
    public void A_body_larger_than_any_buffer_is_whole()
    {
        var body = new string('x', 300_000) + "end";
        Exchange? seen = null;
        var length = 0;
        using var rig = new ServerRig(async exchange =>
        {
            seen = exchange;
            await exchange.ReadBodyAsync(1_000_000);
            length = exchange.Body.Bytes.Length;
            Assert.Equal(body, Encoding.ASCII.GetString(exchange.Body.Bytes.Span));
        });
        rig.Client.Send(WithLength(body.Length));
        for (var i = 0; i < body.Length; i += 7001) rig.Client.Send(body[i..Math.Min(body.Length, i + 7001)]);
        Assert.Equal(body.Length, length);
        Assert.True(seen!.Body.Bytes.IsEmpty);
        Assert.Equal(body.Length + WithLength(body.Length).Length, seen.Record.ClientBytesIn);
    }
}

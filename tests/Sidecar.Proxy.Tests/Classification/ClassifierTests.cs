using System.Net;
using System.Net.Sockets;
using System.Text;
using Sidecar.Proxy.Classification;
using Sidecar.Proxy.Configuration;
using Sidecar.Proxy.Telemetry;
using Sidecar.Proxy.Tests.Transport;
using Sidecar.Proxy.Transport;
using Sidecar.Proxy.Transport.Portable;
using Sidecar.Proxy.Upstream;

namespace Sidecar.Proxy.Tests.Classification;

public sealed class ClassifierTests
{
    private const string Fine = """{"results":[{"flagged":false}]}""";

    [Fact]
    public async Task A_question_is_a_request_in_the_shape_of_the_moderations_endpoint()
    {
        using var rig = new ClassifierRig(model: "guard \"3\"");
        var asking = rig.Ask("Gr\u00FC\u00DFe, \"\u4E16\u754C\" \U0001F600\n</b>");
        var question = Assert.Single(rig.Questions());
        Assert.Equal(
            "POST /v1/moderations?tier=2 HTTP/1.1\r\nhost: classifier.test:8080\r\ncontent-type: application/json\r\naccept: application/json\r\n"
            + $"accept-encoding: identity\r\ncontent-length: {Encoding.UTF8.GetByteCount(question.Body)}\r\n\r\n", question.Head);
        Assert.StartsWith("""{"model":"guard \"3\"","input":""", question.Body);
        Assert.Equal("Gr\u00FC\u00DFe, \"\u4E16\u754C\" \U0001F600\n</b>", question.Input);
        question.Answer(isFlagged: false);
        Assert.Equal(ClassifierVerdict.Allowed, await asking);
    }

    [Fact]
    public async Task Without_a_model_none_is_named_and_bytes_that_are_no_text_are_asked_about_all_the_same()
    {
        using var rig = new ClassifierRig();
        var asking = rig.Classifier.AskAsync([(byte)'a', 0xFF, 0xE2, 0x82], CancellationToken.None);
        var question = Assert.Single(rig.Questions());
        Assert.StartsWith("""{"input":"a""", question.Body);
        Assert.Equal("a\uFFFD\uFFFD", question.Input);
        question.Answer(isFlagged: true);
        Assert.Equal(ClassifierVerdict.Flagged, await asking);
    }

    public static TheoryData<string, ClassifierVerdict> Responses => new()
    {
        { ClassifierRig.Verdict(false), ClassifierVerdict.Allowed },
        { ClassifierRig.Verdict(true), ClassifierVerdict.Flagged },
        { "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nX: y\r\n\r\n" + ClassifierRig.Verdict(true), ClassifierVerdict.Flagged },
        { $"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{Fine[..5]}\r\n{Fine.Length - 5:x};e=1\r\n{Fine[5..]}\r\n0\r\nX: y\r\n\r\n", ClassifierVerdict.Allowed },
        { $"HTTP/1.1 200 OK\r\n\r\n{Fine}<fin>", ClassifierVerdict.Allowed },
        { ClassifierRig.Response(Fine, "500 Internal Server Error"), ClassifierVerdict.Error },
        { ClassifierRig.Response(Fine, "429 Too Many Requests"), ClassifierVerdict.Error },
        { "HTTP/1.1 204 No Content\r\n\r\n", ClassifierVerdict.Error },
        { "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n", ClassifierVerdict.Error },
        { ClassifierRig.Response("{\"results\":[{\"flagged\":fal"), ClassifierVerdict.Error },
        { ClassifierRig.Response(""), ClassifierVerdict.Error },
        { "HTTP/1.1 200 OK\r\nContent-Length: 90\r\n\r\n{}<fin>", ClassifierVerdict.Error },
        { "HTTP/1.1 200 OK\r\nContent-Le<fin>", ClassifierVerdict.Error },
        { "<fin>", ClassifierVerdict.Error },
        { "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", ClassifierVerdict.Error },
        { "SSH-2.0-x\r\n", ClassifierVerdict.Error },
    };

    [Theory]
    [MemberData(nameof(Responses))]
    public async Task What_comes_back_is_a_verdict_or_an_error_however_it_is_split(string response, ClassifierVerdict expected)
    {
        using var rig = new ClassifierRig();
        var bytes = response.Replace("<fin>", "", StringComparison.Ordinal);
        for (var split = 0; split <= bytes.Length; split++)
        {
            var asking = rig.Ask();
            var connection = rig.Connections[^1];
            rig.Time.Advance(7);
            connection.Send(bytes[..split]);
            if (!asking.IsCompleted) connection.Send(bytes[split..]);
            if (!asking.IsCompleted && bytes != response) connection.Fin();
            Assert.True(asking.IsCompleted);
            Assert.Equal(expected, await asking);
            Assert.Equal((expected, TimeSpan.FromMilliseconds(7)), rig.Observed[^1]);
        }
        Assert.Equal(bytes.Length + 1, rig.Observed.Count);
    }

    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 99000000\r\n\r\n", "xxxxxxxxxxxxxxxx")]
    [InlineData("HTTP/1.1 200 OK\r\n\r\n", "xxxxxxxxxxxxxxxx")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", "1;e=xxxxxx\r\na\r\n")]
    [InlineData("", "HTTP/1.1 102 Processing\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nX: ", "xxxxxxxxxxxxxxxx")]
    public async Task A_response_is_bounded_heads_and_framing_included(string head, string more)
    {
        using var rig = new ClassifierRig();
        var asking = rig.Ask();
        var connection = rig.Connections[0];
        connection.Send(head);
        var sent = head.Length;
        for (; !asking.IsCompleted && sent < 100_000; sent += more.Length) connection.Send(more);
        Assert.InRange(sent, 60_000, OwnExchange.MaxResponseBytes + more.Length);
        Assert.Equal(ClassifierVerdict.Error, await asking);
        Assert.True(connection.IsAborted);
    }

    [Theory]
    [InlineData("")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{")]
    public async Task An_answer_that_is_late_is_a_timeout_and_its_connection_is_closed(string soFar)
    {
        using var rig = new ClassifierRig();
        var asking = rig.Ask();
        rig.Connections[0].Send(soFar);
        rig.Time.Advance(299);
        Assert.False(asking.IsCompleted);
        rig.Time.Advance(1);
        Assert.True(asking.IsCompleted);
        Assert.Equal(ClassifierVerdict.Timeout, await asking);
        Assert.Equal([(ClassifierVerdict.Timeout, TimeSpan.FromMilliseconds(300))], rig.Observed);
        Assert.True(rig.Connections[0].IsAborted);
        Assert.Equal(0, rig.Upstream.Pool.OpenConnections);
    }

    [Fact]
    public async Task The_timeout_covers_the_connect_and_the_wait_for_a_connection()
    {
        using var rig = new ClassifierRig(maxConnections: 1);
        rig.Upstream.Gate = new TaskCompletionSource();
        var connecting = rig.Ask();
        var waiting = rig.Ask();
        rig.Time.Advance(300);
        Assert.Equal(ClassifierVerdict.Timeout, await connecting);
        Assert.Equal(ClassifierVerdict.Timeout, await waiting);
        rig.Upstream.Gate = null;
        var next = rig.Ask();
        Assert.Single(rig.Questions()).Answer(isFlagged: false);
        Assert.Equal(ClassifierVerdict.Allowed, await next);
    }

    [Theory]
    [InlineData(UpstreamError.ConnectFailed)]
    [InlineData(UpstreamError.TlsFailed)]
    public async Task Without_a_connection_there_is_an_error(UpstreamError error)
    {
        using var rig = new ClassifierRig();
        rig.Upstream.ConnectError = error;
        Assert.Equal(ClassifierVerdict.Error, await rig.Ask());
        Assert.Equal([(ClassifierVerdict.Error, TimeSpan.Zero)], rig.Observed);
    }

    [Theory]
    [InlineData("200 OK", "", 1)]
    [InlineData("503 Service Unavailable", "", 1)]
    [InlineData("200 OK", "Connection: close\r\n", 2)]
    public async Task A_connection_is_kept_for_the_next_question_unless_its_peer_closes_it(string status, string fields, int connections)
    {
        using var rig = new ClassifierRig();
        for (var i = 0; i < 2; i++)
        {
            var asking = rig.Ask();
            Assert.Single(rig.Questions()).Connection.Send(ClassifierRig.Response(Fine, status, fields));
            await asking;
        }
        Assert.Equal(connections, rig.Connections.Count);
    }

    [Fact]
    public async Task A_connection_that_said_too_much_is_not_used_again()
    {
        using var rig = new ClassifierRig();
        var asking = rig.Ask();
        rig.Connections[0].Send(ClassifierRig.Verdict(false) + "HTTP/1.1 200 OK\r\n");
        Assert.Equal(ClassifierVerdict.Allowed, await asking);
        Assert.True(rig.Connections[0].IsAborted);
    }

    [Fact]
    public async Task A_stale_connection_is_replaced_once_and_the_question_asked_again()
    {
        using var rig = new ClassifierRig();
        var first = rig.Ask();
        Assert.Single(rig.Questions()).Answer(isFlagged: false);
        await first;
        var second = rig.Ask("again");
        var stale = Assert.Single(rig.Questions());
        Assert.Same(rig.Connections[0], stale.Connection);
        stale.Connection.Reset();
        var repeated = Assert.Single(rig.Questions());
        Assert.Equal(stale.Body, repeated.Body);
        repeated.Connection.Reset();
        Assert.Equal(ClassifierVerdict.Error, await second);
        Assert.Equal(2, rig.Connections.Count);
        Assert.Equal(0, rig.Upstream.Pool.OpenConnections);
    }

    [Fact]
    public async Task A_question_that_is_given_up_frees_its_connection_at_once_and_is_not_counted()
    {
        using var rig = new ClassifierRig(maxConnections: 1);
        using var stream = new CancellationTokenSource();
        var asking = rig.Ask(cancel: stream.Token);
        stream.Cancel();
        Assert.Equal(ClassifierVerdict.Cancelled, await asking);
        Assert.True(rig.Connections[0].IsAborted);
        Assert.Equal(ClassifierVerdict.Cancelled, await rig.Ask(cancel: stream.Token));
        Assert.Empty(rig.Observed);
        var next = rig.Ask();
        Assert.Single(rig.Questions()).Answer(isFlagged: true);
        Assert.Equal(ClassifierVerdict.Flagged, await next);
    }

    [Fact]
    public async Task No_timer_outlives_its_question()
    {
        using var rig = new ClassifierRig();
        var before = rig.Time.PendingTimers;
        var asking = rig.Ask();
        Assert.Equal(before + 1, rig.Time.PendingTimers);
        Assert.Single(rig.Questions()).Answer(isFlagged: false);
        await asking;
        Assert.Equal(before, rig.Time.PendingTimers);
    }

    [Theory]
    [InlineData(ClassifierVerdict.Allowed, true, true)]
    [InlineData(ClassifierVerdict.Flagged, false, false)]
    [InlineData(ClassifierVerdict.Timeout, true, false)]
    [InlineData(ClassifierVerdict.Error, true, false)]
    [InlineData(ClassifierVerdict.Cancelled, false, false)]
    public void Only_a_missing_verdict_depends_on_the_failure_policy(ClassifierVerdict verdict, bool passesOpen, bool passesClosed)
    {
        using var open = new ClassifierRig(failOpen: true);
        using var closed = new ClassifierRig(failOpen: false);
        Assert.Equal(passesOpen, open.Classifier.Passes(verdict));
        Assert.Equal(passesClosed, closed.Classifier.Passes(verdict));
    }

    [Fact]
    public async Task Over_sockets_two_questions_use_one_connection_and_a_closed_port_is_an_error()
    {
        using var heartbeat = new Heartbeat(TimeProvider.System);
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        var options = new ClassifierOptions { Url = new Uri($"http://127.0.0.1:{port}/classify"), Timeout = Loopback.Patience };
        using var classifier = new Classifier(options, new PortableTransport(TimeProvider.System), heartbeat, TimeProvider.System, (_, _) => { });
        var serving = ServeTwo(listener);
        Assert.Equal(ClassifierVerdict.Flagged, await classifier.AskAsync("one"u8, CancellationToken.None));
        Assert.Equal(ClassifierVerdict.Allowed, await classifier.AskAsync("two"u8, CancellationToken.None));
        await serving;
        listener.Stop();
        using var refused = new Classifier(options, new PortableTransport(TimeProvider.System), heartbeat, TimeProvider.System, (_, _) => { });
        Assert.Equal(ClassifierVerdict.Error, await refused.AskAsync("three"u8, CancellationToken.None));
    }

    private static async Task ServeTwo(TcpListener listener)
    {
        using var peer = await listener.AcceptSocketAsync();
        var buffer = new byte[4096];
        foreach (var word in new[] { "one", "two" })
        {
            var request = "";
            while (!request.EndsWith($$"""{"input":"{{word}}"}""", StringComparison.Ordinal))
            {
                var count = await peer.ReceiveAsync(buffer);
                Assert.NotEqual(0, count);
                request += Encoding.UTF8.GetString(buffer, 0, count);
            }
            await peer.SendAsync(Encoding.ASCII.GetBytes(ClassifierRig.Verdict(word == "one")));
        }
    }
}

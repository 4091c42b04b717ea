using System.Buffers;
using System.Net;
using System.Net.Sockets;
using System.Threading.Channels;
using Sidecar.Proxy.Tests.Telemetry;
using Sidecar.Proxy.Transport;

namespace Sidecar.Proxy.Tests.Transport;

public sealed class ListenerTests
{
    [Theory]
    [MemberData(nameof(Loopback.Transports), MemberType = typeof(Loopback))]
    public async Task Each_connection_is_handed_on_until_it_is_stopped_and_then_the_address_is_free(string transport)
    {
        var accepted = Channel.CreateUnbounded<Connection>();
        var listener = Listen(transport, accepted);
        for (var i = 0; i < 3; i++)
        {
            using var client = await Connect(listener);
            var connection = await TakeAsync(accepted);
            Assert.Equal(client.LocalEndPoint, connection.RemoteEndPoint);
            connection.Abort();
        }
        await listener.StopAsync().WaitAsync(Loopback.Patience);
        Loopback.Transport(transport).Listen(listener.LocalEndPoint, 0).Dispose();
    }

    [Theory]
    [MemberData(nameof(Loopback.Transports), MemberType = typeof(Loopback))]
    public void An_address_in_use_is_an_error_and_never_shared(string transport)
    {
        using var listener = Loopback.Transport(transport).Listen(Loopback.AnyPort, 0);
        var error = Assert.Throws<SocketException>(() => Loopback.Transport(transport).Listen(listener.LocalEndPoint, 0));
        Assert.Equal(SocketError.AddressAlreadyInUse, error.SocketErrorCode);
    }

    [Theory]
    [MemberData(nameof(Loopback.Transports), MemberType = typeof(Loopback))]
    public async Task What_has_connected_when_it_is_stopped_is_handed_on_still(string transport)
    {
        var accepted = Channel.CreateUnbounded<Connection>();
        var listener = Loopback.Transport(transport).Listen(Loopback.AnyPort, 0);
        var clients = new List<Socket>();
        for (var i = 0; i < 20; i++) clients.Add(await Connect(listener));
        listener.Start(connection => accepted.Writer.TryWrite(connection), Thresholds, error => Assert.Fail(error.ToString()));
        await listener.StopAsync().WaitAsync(Loopback.Patience);
        for (var i = 0; i < 20; i++)
        {
            var connection = await TakeAsync(accepted);
            connection.Abort();
        }
        foreach (var client in clients) client.Dispose();
    }

    [Theory]
    [MemberData(nameof(Loopback.Transports), MemberType = typeof(Loopback))]
    public async Task A_listener_that_was_disposed_before_it_started_hands_on_nothing(string transport)
    {
        var listener = Loopback.Transport(transport).Listen(Loopback.AnyPort, 0);
        listener.Dispose();
        listener.Start(_ => Assert.Fail(), Thresholds, _ => Assert.Fail());
        await listener.StopAsync().WaitAsync(Loopback.Patience);
    }

    [Theory]
    [MemberData(nameof(Loopback.Transports), MemberType = typeof(Loopback))]
    public async Task Both_ends_of_a_connection_may_be_ours(string transport)
    {
        var accepted = Channel.CreateUnbounded<Connection>();
        using var listener = Listen(transport, accepted);
        var (connected, error) = await Loopback.Transport(transport).ConnectAsync(listener.LocalEndPoint, 30_000, Thresholds(), CancellationToken.None);
        Assert.Equal(SocketError.Success, error);
        var other = await TakeAsync(accepted);
        connected!.Output.Write("hello"u8);
        await connected.Output.FlushAsync();
        var read = await other.Input.ReadAsync().AsTask().WaitAsync(Loopback.Patience);
        Assert.Equal("hello"u8, read.Buffer.FirstSpan);
        other.Input.AdvanceTo(read.Buffer.End);
        connected.Abort();
        other.Abort();
    }

    [Theory]
    [MemberData(nameof(Loopback.Transports), MemberType = typeof(Loopback))]
    public async Task A_connect_that_is_refused_or_canceled_says_so(string transport)
    {
        using var listener = Loopback.Transport(transport).Listen(Loopback.AnyPort, 0);
        var port = listener.LocalEndPoint;
        listener.Dispose();
        Assert.Equal((null, SocketError.ConnectionRefused), await Loopback.Transport(transport).ConnectAsync(port, 0, Thresholds(), CancellationToken.None));
        // Of a documentation network: nobody answers, or nobody is asked (RFC 5737).
        using var cancel = new CancellationTokenSource();
        var connecting = Loopback.Transport(transport).ConnectAsync(new IPEndPoint(IPAddress.Parse("192.0.2.1"), 9), 0, Thresholds(), cancel.Token).AsTask();
        await cancel.CancelAsync();
        var (connection, error) = await connecting.WaitAsync(Loopback.Patience);
        Assert.Null(connection);
        Assert.Contains(error, new[] { SocketError.OperationAborted, SocketError.NetworkUnreachable, SocketError.HostUnreachable, SocketError.ConnectionRefused, SocketError.TimedOut });
    }

    [Fact]
    public void The_heartbeat_visits_what_was_added_and_not_what_was_removed()
    {
        var time = new ManualTime();
        using var heartbeat = new Heartbeat(time);
        var (a, b) = (new Target(), new Target());
        heartbeat.Add(a);
        heartbeat.Add(a);
        heartbeat.Add(b);
        time.Advance(250);
        heartbeat.Remove(b);
        time.Advance(100);
        Assert.Equal((3, 2, 1), (a.Beats.Count, b.Beats.Count, heartbeat.Count));
        heartbeat.Dispose();
        time.Advance(1000);
        Assert.Equal(3, a.Beats.Count);
        Assert.Equal(100_000_000, a.Beats[1] - a.Beats[0]);
    }

    [Fact]
    public void A_beat_that_outlasts_the_interval_is_not_joined_by_the_next()
    {
        var time = new ManualTime();
        using var heartbeat = new Heartbeat(time);
        var target = new Target();
        target.OnBeat = () =>
        {
            target.OnBeat = null;
            time.Advance(500);
        };
        heartbeat.Add(target);
        time.Advance(100);
        Assert.Single(target.Beats);
        time.Advance(100);
        Assert.Equal(2, target.Beats.Count);
    }

    [Theory]
    [InlineData("::1 1.1.1.1 2.2.2.2 ::2 ::3", "::1 1.1.1.1 ::2 2.2.2.2 ::3")]
    [InlineData("1.1.1.1 2.2.2.2 ::1", "1.1.1.1 ::1 2.2.2.2")]
    [InlineData("::1", "::1")]
    public void Addresses_of_both_families_are_tried_in_turn(string given, string expected) =>
        Assert.Equal(expected, string.Join(' ', HappyEyeballs.Alternate([.. given.Split(' ').Select(IPAddress.Parse)]).Select(a => a.ToString())));

    [Theory]
    [MemberData(nameof(Loopback.Transports), MemberType = typeof(Loopback))]
    public async Task A_refused_connect_is_an_error_and_a_name_with_one_live_address_connects(string transport)
    {
        var accepted = Channel.CreateUnbounded<Connection>();
        using var listener = Listen(transport, accepted);
        var port = listener.LocalEndPoint.Port;
        ValueTask<(Connection? Connection, SocketError Error)> One(IPEndPoint endPoint, CancellationToken cancel) =>
            Loopback.Transport(transport).ConnectAsync(endPoint, 0, Thresholds(), cancel);
        // "localhost" may be ::1 first, where nobody listens.
        var (connected, _) = await HappyEyeballs.ConnectAsync("localhost", port, One, TimeProvider.System, CancellationToken.None);
        Assert.NotNull(connected);
        connected.Abort();
        await listener.StopAsync().WaitAsync(Loopback.Patience);
        Assert.Equal((null, SocketError.ConnectionRefused), await HappyEyeballs.ConnectAsync("127.0.0.1", port, One, TimeProvider.System, CancellationToken.None));
        Assert.Equal((null, SocketError.ConnectionRefused), await HappyEyeballs.ConnectAsync("localhost", port, One, TimeProvider.System, CancellationToken.None));
    }

    private static PipeThresholds Thresholds() => new(64 * 1024, 32 * 1024);

    private static ConnectionListener Listen(string transport, Channel<Connection> accepted)
    {
        var listener = Loopback.Transport(transport).Listen(Loopback.AnyPort, 0);
        listener.Start(connection => accepted.Writer.TryWrite(connection), Thresholds, error => Assert.Fail(error.ToString()));
        return listener;
    }

    // Never by blocking: the thread may be a loop's, which is the one that accepts.
    private static Task<Connection> TakeAsync(Channel<Connection> accepted) => accepted.Reader.ReadAsync().AsTask().WaitAsync(Loopback.Patience);

    private static async Task<Socket> Connect(ConnectionListener listener)
    {
        var client = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await client.ConnectAsync(listener.LocalEndPoint);
        return client;
    }

    private sealed class Target : IHeartbeatTarget
    {
        public List<long> Beats { get; } = [];

        public Action? OnBeat { get; set; }

        public void OnHeartbeat(long now)
        {
            Beats.Add(now);
            OnBeat?.Invoke();
        }
    }
}

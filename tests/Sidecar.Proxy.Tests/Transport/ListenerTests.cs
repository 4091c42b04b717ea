using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Sidecar.Proxy.Tests.Telemetry;
using Sidecar.Proxy.Transport;

namespace Sidecar.Proxy.Tests.Transport;

public sealed class ListenerTests
{
    private static readonly IPEndPoint AnyPort = new(IPAddress.Loopback, 0);

    [Fact]
    public async Task Each_connection_is_handed_on_until_it_is_stopped_and_then_the_address_is_free()
    {
        var accepted = new BlockingCollection<Socket>();
        var listener = Listener.Bind(AnyPort, 0, TimeProvider.System);
        listener.Start(accepted.Add, error => Assert.Fail(error.ToString()));
        for (var i = 0; i < 3; i++)
        {
            using var client = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            await client.ConnectAsync(listener.LocalEndPoint);
            Assert.True(accepted.TryTake(out var socket, Loopback.Patience));
            socket.Dispose();
        }
        await listener.StopAsync().WaitAsync(Loopback.Patience);
        Listener.Bind(listener.LocalEndPoint, 0, TimeProvider.System).Dispose();
    }

    [Fact]
    public void An_address_in_use_is_an_error_and_never_shared()
    {
        using var listener = Listener.Bind(AnyPort, 0, TimeProvider.System);
        var error = Assert.Throws<SocketException>(() => Listener.Bind(listener.LocalEndPoint, 0, TimeProvider.System));
        Assert.Equal(SocketError.AddressAlreadyInUse, error.SocketErrorCode);
    }

    [Fact]
    public async Task What_has_connected_when_it_is_stopped_is_handed_on_still()
    {
        var accepted = new BlockingCollection<Socket>();
        var listener = Listener.Bind(AnyPort, 0, TimeProvider.System);
        var clients = new List<Socket>();
        for (var i = 0; i < 20; i++)
        {
            var client = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            await client.ConnectAsync(listener.LocalEndPoint);
            clients.Add(client);
        }
        listener.Start(accepted.Add, error => Assert.Fail(error.ToString()));
        await listener.StopAsync().WaitAsync(Loopback.Patience);
        Assert.Equal(20, accepted.Count);
        foreach (var socket in accepted.Concat(clients)) socket.Dispose();
    }

    [Fact]
    public async Task A_listener_that_was_disposed_before_it_started_hands_on_nothing()
    {
        var listener = Listener.Bind(AnyPort, 0, TimeProvider.System);
        listener.Dispose();
        listener.Start(_ => Assert.Fail(), _ => Assert.Fail());
        await listener.StopAsync();
    }

    [Fact]
    public async Task The_kernels_buffers_are_bounded_on_both_legs()
    {
        var accepted = new BlockingCollection<Socket>();
        using var listener = Listener.Bind(AnyPort, 20_000, TimeProvider.System);
        listener.Start(accepted.Add, error => Assert.Fail(error.ToString()));
        var (connected, _) = await HappyEyeballs.ConnectAsync("127.0.0.1", listener.LocalEndPoint.Port, 30_000, TimeProvider.System, CancellationToken.None);
        Assert.True(accepted.TryTake(out var socket, Loopback.Patience));
        // Linux tells the double: its own bookkeeping counts too.
        Assert.Contains(socket.SendBufferSize, new[] { 20_000, 40_000 });
        Assert.Contains(socket.ReceiveBufferSize, new[] { 20_000, 40_000 });
        Assert.Contains(connected!.ReceiveBufferSize, new[] { 30_000, 60_000 });
        connected.Dispose();
        socket.Dispose();
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

    [Fact]
    public async Task A_refused_connect_is_an_error_and_a_name_with_one_live_address_connects()
    {
        using var listener = Listener.Bind(AnyPort, 0, TimeProvider.System);
        var port = listener.LocalEndPoint.Port;
        // "localhost" may be ::1 first, where nobody listens.
        var (socket, _) = await HappyEyeballs.ConnectAsync("localhost", port, 0, TimeProvider.System, CancellationToken.None);
        Assert.NotNull(socket);
        socket.Dispose();
        listener.Dispose();
        Assert.Equal((null, SocketError.ConnectionRefused), await HappyEyeballs.ConnectAsync("127.0.0.1", port, 0, TimeProvider.System, CancellationToken.None));
        Assert.Equal((null, SocketError.ConnectionRefused), await HappyEyeballs.ConnectAsync("localhost", port, 0, TimeProvider.System, CancellationToken.None));
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

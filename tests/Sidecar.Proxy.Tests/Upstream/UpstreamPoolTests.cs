using CsCheck;
using Sidecar.Proxy.Transport;
using Sidecar.Proxy.Upstream;

namespace Sidecar.Proxy.Tests.Upstream;

public sealed class UpstreamPoolTests
{
    private static async Task<UpstreamConnection> Acquire(UpstreamRig rig, bool fresh = false)
    {
        var (connection, error) = await rig.Pool.AcquireAsync(fresh, CancellationToken.None);
        Assert.Equal(UpstreamError.None, error);
        return connection!;
    }

    [Fact]
    public async Task The_most_recently_used_idle_connection_goes_first()
    {
        using var rig = new UpstreamRig();
        var (a, b) = (await Acquire(rig), await Acquire(rig));
        rig.Pool.Return(a);
        rig.Pool.Return(b);
        Assert.Same(b, await Acquire(rig));
        Assert.True(b.IsReused);
        Assert.Same(a, await Acquire(rig));
        Assert.False((await Acquire(rig)).IsReused);
        Assert.Equal(3, rig.Pool.OpenConnections);
    }

    [Fact]
    public async Task A_connection_that_was_idle_too_long_is_closed()
    {
        using var rig = new UpstreamRig();
        var (a, b) = (await Acquire(rig), await Acquire(rig));
        rig.Pool.Return(a);
        rig.Time.Advance(10_000);
        rig.Pool.Return(b);
        rig.Time.Advance(UpstreamPool.IdleTimeout.TotalMilliseconds - 9000);
        Assert.True(rig.Connections[0].IsAborted);
        Assert.False(rig.Connections[1].IsAborted);
        Assert.Equal(1, rig.Pool.OpenConnections);
        rig.Time.Advance(11_000);
        Assert.Equal(0, rig.Pool.OpenConnections);
    }

    public static TheoryData<string> Spoilt => ["fin", "reset", "bytes", "unread"];

    [Theory]
    [MemberData(nameof(Spoilt))]
    public async Task An_idle_connection_that_did_not_stay_silent_is_not_used_again(string how)
    {
        using var rig = new UpstreamRig();
        rig.Pool.Return(await Acquire(rig));
        var idle = rig.Connections[0];
        if (how == "fin") idle.Fin();
        else if (how == "reset") idle.Reset();
        else if (how == "bytes") idle.Send("HTTP/1.1 200 OK\r\n\r\n");
        else idle.HasUnreadBytes = true;
        var next = await Acquire(rig);
        Assert.False(next.IsReused);
        Assert.True(idle.IsAborted);
        Assert.Equal(1, rig.Pool.OpenConnections);
    }

    [Fact]
    public async Task Past_the_limit_an_exchange_waits_and_gets_the_next_that_comes_back()
    {
        using var rig = new UpstreamRig(maxConnections: 1);
        var first = await Acquire(rig);
        var second = rig.Pool.AcquireAsync(false, CancellationToken.None).AsTask();
        Assert.False(second.IsCompleted);
        rig.Pool.Return(first);
        Assert.Same(first, (await second).Connection);
    }

    [Fact]
    public async Task A_wait_for_a_connection_ends_with_its_timeout_and_costs_no_slot()
    {
        using var rig = new UpstreamRig(maxConnections: 1);
        var first = await Acquire(rig);
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(2), rig.Time);
        var second = rig.Pool.AcquireAsync(false, limit.Token).AsTask();
        rig.Time.Advance(2001);
        Assert.Equal((null, UpstreamError.PoolExhausted), await second);
        rig.Pool.Discard(first);
        await Acquire(rig);
        Assert.Equal(1, rig.Pool.OpenConnections);
    }

    [Fact]
    public async Task A_failed_connect_gives_its_slot_back()
    {
        using var rig = new UpstreamRig(maxConnections: 1) { ConnectError = UpstreamError.TlsFailed };
        for (var i = 0; i < 3; i++) Assert.Equal((null, UpstreamError.TlsFailed), await rig.Pool.AcquireAsync(false, CancellationToken.None));
        rig.ConnectError = UpstreamError.None;
        await Acquire(rig);
        Assert.Equal(1, rig.Pool.OpenConnections);
    }

    [Fact]
    public async Task A_fresh_connection_costs_one_idle_one_and_not_all()
    {
        using var rig = new UpstreamRig(maxConnections: 3);
        var all = new[] { await Acquire(rig), await Acquire(rig), await Acquire(rig) };
        foreach (var one in all) rig.Pool.Return(one);
        Assert.False((await Acquire(rig, fresh: true)).IsReused);
        Assert.Equal(3, rig.Pool.OpenConnections);
        Assert.Equal(1, rig.Connections.Count(connection => connection.IsAborted));
    }

    [Fact]
    public async Task A_disposed_pool_closes_what_is_idle_now_and_what_comes_back_later()
    {
        using var rig = new UpstreamRig();
        var (a, b, c) = (await Acquire(rig), await Acquire(rig), await Acquire(rig));
        rig.Pool.Return(a);
        rig.Pool.Dispose();
        Assert.Equal([true, false, false], rig.Connections.Select(connection => connection.IsAborted));
        rig.Pool.Return(b);
        rig.Pool.Discard(c);
        // An exchange that began with the configuration of before may still ask.
        rig.Pool.Return(await Acquire(rig));
        Assert.All(rig.Connections, connection => Assert.True(connection.IsAborted));
        Assert.Equal(0, rig.Pool.OpenConnections);
        Assert.Equal(0, rig.Heartbeat.Count);
    }

    [Fact]
    public void Never_more_than_max_connections_are_open_whatever_is_done_at_the_same_time()
    {
        Gen.Int[1, 4].Select(Gen.Int[0, 3].Array[40], Gen.Int).Sample((max, steps, _) => Run(max, steps).GetAwaiter().GetResult(), iter: 30, threads: 1);

        static async Task<bool> Run(int max, int[] steps)
        {
            using var rig = new UpstreamRig(max);
            var most = 0;
            var users = Enumerable.Range(0, 6).Select(user => Task.Run(async () =>
            {
                foreach (var step in steps)
                {
                    var connection = await Acquire(rig, fresh: (step + user) % 4 == 3);
                    InterlockedMax(ref most, OpenOf(rig));
                    await Task.Yield();
                    if (((step + user) & 1) == 0) rig.Pool.Return(connection);
                    else rig.Pool.Discard(connection);
                }
            }));
            await Task.WhenAll(users);
            return most <= max && rig.Pool.OpenConnections == OpenOf(rig) && rig.Pool.OpenConnections <= max;
        }

        static int OpenOf(UpstreamRig rig)
        {
            lock (rig.Connections) return rig.Connections.Count(connection => connection.End == ConnectionEnd.Open);
        }

        static void InterlockedMax(ref int target, int value)
        {
            int seen;
            while ((seen = Volatile.Read(ref target)) < value && Interlocked.CompareExchange(ref target, value, seen) != seen) { }
        }
    }
}

using System.Buffers;
using System.Net.Sockets;
using Sidecar.Proxy.Transport;

namespace Sidecar.Proxy.Tests.Transport;

/// <summary>What protocol code relies on, whichever transport a connection is of.</summary>
public sealed class ConnectionTests
{
    [Theory]
    [MemberData(nameof(Loopback.Transports), MemberType = typeof(Loopback))]
    public async Task A_slow_reader_gets_every_byte_that_was_written_before_the_close(string transport)
    {
        const int Total = 2 * 1024 * 1024;
        using var pair = await Loopback.Open(transport, new PipeThresholds(4 * Total, 2 * Total));
        pair.Ours.Output.Write(new byte[Total]);
        await pair.Ours.Output.FlushAsync();
        var closing = pair.Ours.CloseAsync(Loopback.Patience, linger: false);
        Assert.Equal(Total, await pair.ReceiveAll().WaitAsync(Loopback.Patience));
        Assert.True(await closing);
        Assert.Equal((Total, Total), (pair.Ours.BytesWritten, pair.Ours.BytesSent));
    }

    [Theory]
    [MemberData(nameof(Loopback.Transports), MemberType = typeof(Loopback))]
    public async Task A_fin_and_a_reset_are_told_apart(string transport)
    {
        using var closed = await Loopback.Open(transport);
        closed.Peer.Shutdown(SocketShutdown.Send);
        Assert.True((await closed.Ours.Input.ReadAsync()).IsCompleted);
        Assert.Equal(ConnectionEnd.Closed, closed.Ours.End);

        using var reset = await Loopback.Open(transport);
        reset.Reset();
        var read = await reset.Ours.Input.ReadAsync();
        reset.Ours.Input.AdvanceTo(read.Buffer.End);
        Assert.True(read.IsCompleted);
        Assert.Equal(ConnectionEnd.Reset, reset.Ours.End);
    }

    [Theory]
    [MemberData(nameof(Loopback.Transports), MemberType = typeof(Loopback))]
    public async Task After_a_reset_or_an_abort_nothing_throws_and_everything_completes(string transport)
    {
        await Everything_completes(transport, isReset: true);
        await Everything_completes(transport, isReset: false);
    }

    private static async Task Everything_completes(string transport, bool isReset)
    {
        using var pair = await Loopback.Open(transport);
        if (isReset) pair.Reset();
        else pair.Ours.Abort();
        for (var isOver = false; !isOver;)
        {
            pair.Ours.Output.Write(new byte[1000]);
            isOver = (await pair.Ours.Output.FlushAsync().AsTask().WaitAsync(Loopback.Patience)).IsCompleted;
            await Task.Yield();
        }
        var read = await pair.Ours.Input.ReadAsync().AsTask().WaitAsync(Loopback.Patience);
        Assert.True(read.IsCompleted);
        pair.Ours.Input.AdvanceTo(read.Buffer.End);
        Assert.True(pair.Ours.Input.TryRead(out _));
        pair.Ours.Output.CancelPendingFlush();
        pair.Ours.Input.CancelPendingRead();
        Assert.False(await pair.Ours.CloseAsync(Loopback.Patience, linger: true).WaitAsync(Loopback.Patience));
        Assert.Equal(ConnectionEnd.Aborted, pair.Ours.End);
    }

    [Theory]
    [MemberData(nameof(Loopback.Transports), MemberType = typeof(Loopback))]
    public async Task An_abort_completes_a_read_and_a_flush_that_wait_and_the_peer_sees_a_reset(string transport)
    {
        using var pair = await Loopback.Open(transport, new PipeThresholds(1000, 500));
        var read = pair.Ours.Input.ReadAsync().AsTask();
        pair.Ours.Output.Write(new byte[8 * 1024 * 1024]);
        var flush = pair.Ours.Output.FlushAsync().AsTask();
        Assert.False(read.IsCompleted || flush.IsCompleted);
        pair.Ours.Abort();
        Assert.True((await read.WaitAsync(Loopback.Patience)).IsCompleted);
        Assert.True((await flush.WaitAsync(Loopback.Patience)).IsCompleted);
        await Assert.ThrowsAsync<SocketException>(() => pair.ReceiveAll().WaitAsync(Loopback.Patience));
    }

    [Theory]
    [MemberData(nameof(Loopback.Transports), MemberType = typeof(Loopback))]
    public async Task A_peer_that_still_sends_reads_the_answer_of_a_lingering_close(string transport)
    {
        using var pair = await Loopback.Open(transport, new PipeThresholds(4096, 2048));
        pair.Ours.Output.Write("answer"u8);
        await pair.Ours.Output.FlushAsync();
        var closing = pair.Ours.CloseAsync(Loopback.Patience, linger: true);
        for (var i = 0; i < 100; i++) Assert.Equal(10_000, await pair.Peer.SendAsync(new byte[10_000]).WaitAsync(Loopback.Patience));
        Assert.Equal(6, await pair.ReceiveAll().WaitAsync(Loopback.Patience));
        Assert.False(closing.IsCompleted);
        pair.Peer.Shutdown(SocketShutdown.Send);
        Assert.True(await closing.WaitAsync(Loopback.Patience));
    }

    [Theory]
    [MemberData(nameof(Loopback.Transports), MemberType = typeof(Loopback))]
    public async Task A_lingering_close_does_not_wait_longer_than_its_patience(string transport)
    {
        using var pair = await Loopback.Open(transport);
        Assert.True(await pair.Ours.CloseAsync(TimeSpan.FromMilliseconds(1), linger: true).WaitAsync(Loopback.Patience));
    }

    [Theory]
    [MemberData(nameof(Loopback.Transports), MemberType = typeof(Loopback))]
    public async Task A_close_towards_a_peer_that_takes_nothing_gives_up_and_says_so(string transport)
    {
        using var pair = await Loopback.Open(transport, new PipeThresholds(1 << 30, 1 << 29));
        pair.Ours.Output.Write(new byte[16 * 1024 * 1024]);
        await pair.Ours.Output.FlushAsync();
        Assert.False(await pair.Ours.CloseAsync(TimeSpan.FromMilliseconds(20), linger: false).WaitAsync(Loopback.Patience));
        Assert.Equal(ConnectionEnd.Aborted, pair.Ours.End);
    }
}

using System.Buffers;
using System.Runtime.InteropServices;
using Sidecar.Proxy.Transport;
using Sidecar.Proxy.Transport.Epoll;

namespace Sidecar.Proxy.Tests.Transport;

/// <summary>The kernel's layouts, and what both transports must do with bytes however they are cut and however they are read.</summary>
public sealed class TransportTests
{
    private const int Runs = 150;

    [Fact]
    public void An_event_has_the_layout_that_the_kernel_writes()
    {
        var (size, offset) = RuntimeInformation.ProcessArchitecture == Architecture.X64 ? (12, 4) : (16, 8);
        Assert.Equal((size, offset), (LinuxSocket.EventBytes, LinuxSocket.EventDataOffset));
        if (!OperatingSystem.IsLinux()) return;
        var epoll = LinuxSocket.CreateEpoll();
        int[] counters = [LinuxSocket.CreateWakeUp(), LinuxSocket.CreateWakeUp()];
        foreach (var counter in counters)
        {
            Assert.Equal(0, LinuxSocket.Watch(epoll, counter, LinuxSocket.Readable | LinuxSocket.EdgeTriggered));
            LinuxSocket.WakeUp(counter);
        }
        var events = new byte[4 * LinuxSocket.EventBytes];
        Assert.Equal(2, LinuxSocket.Wait(epoll, events, 1000));
        var told = new HashSet<(uint, int)>();
        for (var i = 0; i < 2; i++)
        {
            var entry = events.AsSpan(i * LinuxSocket.EventBytes, LinuxSocket.EventBytes);
            told.Add((MemoryMarshal.Read<uint>(entry), MemoryMarshal.Read<int>(entry[LinuxSocket.EventDataOffset..])));
        }
        Assert.Equal(counters.Select(counter => (LinuxSocket.Readable, counter)).ToHashSet(), told);
        Assert.Equal(0, LinuxSocket.Wait(epoll, events, 0));
        foreach (var descriptor in counters.Append(epoll)) LinuxSocket.Close(descriptor);
    }

    /// <summary>One reader takes what it likes off each read, waits at odd moments, and is woken for nothing; no byte is lost, doubled or changed.</summary>
    [Theory]
    [MemberData(nameof(Loopback.Transports), MemberType = typeof(Loopback))]
    public async Task Whatever_a_reader_leaves_unread_is_shown_again(string transport) =>
        await Task.WhenAll(Enumerable.Range(0, Runs).Select(seed => ReadAllAsync(transport, new Random(seed))));

    private static async Task ReadAllAsync(string transport, Random random)
    {
        using var pair = await Loopback.Open(transport);
        var writes = Numbers(random, 40, 1, 5000);
        var ways = Numbers(random, 60, 0, 5);
        var sent = new byte[writes.Sum()];
        random.NextBytes(sent);
        var sending = SendAsync(pair, sent, writes);
        var received = new ArrayBufferWriter<byte>();
        for (var turn = 0; ; turn++)
        {
            var read = await pair.Ours.Input.ReadAsync().AsTask().WaitAsync(Loopback.Patience);
            var way = ways[turn % ways.Length];
            // In the middle of a read, where the loop's buffer is in our hands.
            if (way == 0) await Task.Yield();
            var bytes = read.Buffer;
            var taken = way switch
            {
                1 => 0,
                2 => Math.Min(1, bytes.Length),
                3 => bytes.Length / 2,
                _ => bytes.Length,
            };
            if (read.IsCompleted) taken = bytes.Length;
            foreach (var part in bytes.Slice(0, taken)) received.Write(part.Span);
            pair.Ours.Input.AdvanceTo(bytes.GetPosition(taken), way == 1 && !read.IsCompleted ? bytes.End : bytes.GetPosition(taken));
            if (way == 5) pair.Ours.Input.CancelPendingRead();
            if (read.IsCompleted) break;
        }
        await sending;
        Assert.Equal(sent, received.WrittenSpan);
    }

    private static int[] Numbers(Random random, int most, int from, int to) => [.. Enumerable.Range(0, random.Next(1, most)).Select(_ => random.Next(from, to + 1))];

    private static async Task SendAsync(Loopback pair, byte[] bytes, int[] writes)
    {
        var at = 0;
        foreach (var length in writes)
        {
            for (var end = at + length; at < end;) at += await pair.Peer.SendAsync(bytes.AsMemory(at, end - at));
            await Task.Yield();
        }
        pair.Peer.Shutdown(System.Net.Sockets.SocketShutdown.Send);
    }

    /// <summary>One writer, a peer that reads as it likes: every byte arrives, in order.</summary>
    [Theory]
    [MemberData(nameof(Loopback.Transports), MemberType = typeof(Loopback))]
    public async Task Whatever_the_kernel_does_not_take_at_once_is_sent_later(string transport) =>
        await Task.WhenAll(Enumerable.Range(0, Runs).Select(seed => WriteAllAsync(transport, new Random(seed))));

    private static async Task WriteAllAsync(string transport, Random random)
    {
        using var pair = await Loopback.Open(transport, new PipeThresholds(30_000, 10_000));
        var writes = Numbers(random, 30, 1, 60_000);
        var sent = new byte[writes.Sum()];
        random.NextBytes(sent);
        var receiving = ReceiveAsync(pair, sent.Length, random.Next(500, 20_000));
        var at = 0;
        foreach (var length in writes)
        {
            pair.Ours.Output.Write(sent.AsSpan(at, length));
            at += length;
            Assert.False((await pair.Ours.Output.FlushAsync().AsTask().WaitAsync(Loopback.Patience)).IsCompleted);
        }
        Assert.True(await pair.Ours.CloseAsync(Loopback.Patience, linger: false).WaitAsync(Loopback.Patience));
        Assert.Equal(sent, await receiving);
        Assert.Equal((sent.Length, sent.Length), (pair.Ours.BytesWritten, pair.Ours.BytesSent));
    }

    private static async Task<byte[]> ReceiveAsync(Loopback pair, int length, int step)
    {
        var received = new byte[length];
        for (var at = 0; at < length;)
        {
            var count = await pair.Peer.ReceiveAsync(received.AsMemory(at, Math.Min(step, length - at))).AsTask().WaitAsync(Loopback.Patience);
            Assert.NotEqual(0, count);
            at += count;
        }
        return received;
    }
}

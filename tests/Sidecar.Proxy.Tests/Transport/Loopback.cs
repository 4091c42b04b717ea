using System.Net;
using System.Net.Sockets;
using Sidecar.Proxy.Transport;

namespace Sidecar.Proxy.Tests.Transport;

/// <summary>Two ends of one connection over the loopback: ours a transport, the peer's a plain socket.</summary>
internal sealed class Loopback : IDisposable
{
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private Loopback(SocketTransport ours, Socket peer)
    {
        Ours = ours;
        Peer = peer;
    }

    public SocketTransport Ours { get; }

    public Socket Peer { get; }

    public static async Task<(Socket Accepted, Socket Peer)> Sockets()
    {
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen();
        var peer = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { ReceiveBufferSize = 8192 };
        await peer.ConnectAsync(listener.LocalEndPoint!);
        return (await listener.AcceptAsync(), peer);
    }

    public static async Task<Loopback> Open(PipeThresholds? thresholds = null)
    {
        var (accepted, peer) = await Sockets();
        accepted.SendBufferSize = 8192;
        return new Loopback(SocketTransport.Create(accepted, thresholds ?? new PipeThresholds(64 * 1024, 32 * 1024), TimeProvider.System), peer);
    }

    /// <summary>The peer resets the connection.</summary>
    public void Reset()
    {
        Peer.LingerState = new LingerOption(true, 0);
        Peer.Close();
    }

    public async Task<long> ReceiveAll()
    {
        var buffer = new byte[3000];
        long total = 0;
        while (await Peer.ReceiveAsync(buffer) is var count and > 0) total += count;
        return total;
    }

    public void Dispose()
    {
        Ours.Abort();
        Peer.Dispose();
    }
}

using System.Net;
using System.Net.Sockets;
using Sidecar.Proxy.Transport;
using Sidecar.Proxy.Transport.Epoll;
using Sidecar.Proxy.Transport.Portable;

namespace Sidecar.Proxy.Tests.Transport;

/// <summary>Two ends of one connection over the loopback: ours a transport's, the peer's a plain socket.</summary>
internal sealed class Loopback : IDisposable
{
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);
    public static readonly IPEndPoint AnyPort = new(IPAddress.Loopback, 0);
    private static readonly PortableTransport Portable = new(TimeProvider.System);
    private static readonly EpollTransport? Epoll = OperatingSystem.IsLinux() ? new EpollTransport(TimeProvider.System) : null;

    private readonly ConnectionListener _listener;

    private Loopback(ConnectionListener listener, Connection ours, Socket peer)
    {
        _listener = listener;
        Ours = ours;
        Peer = peer;
    }

    /// <summary>The transports of this platform.</summary>
    public static TheoryData<string> Transports => Epoll is null ? ["portable"] : ["portable", "epoll"];

    public Connection Ours { get; }

    public Socket Peer { get; }

    public static NetworkTransport Transport(string name) => name == "portable" ? Portable : Epoll!;

    public static async Task<Loopback> Open(string transport, PipeThresholds? thresholds = null)
    {
        var listener = Transport(transport).Listen(AnyPort, socketBuffers: 8192);
        var accepted = new TaskCompletionSource<Connection>(TaskCreationOptions.RunContinuationsAsynchronously);
        listener.Start(accepted.SetResult, () => thresholds ?? new PipeThresholds(64 * 1024, 32 * 1024), error => accepted.SetException(new SocketException((int)error)));
        var peer = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { ReceiveBufferSize = 8192 };
        await peer.ConnectAsync(listener.LocalEndPoint);
        return new Loopback(listener, await accepted.Task.WaitAsync(Patience), peer);
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
        _listener.Dispose();
        Peer.Dispose();
    }
}

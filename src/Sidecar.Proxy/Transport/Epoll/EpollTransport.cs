using System.Net;
using System.Net.Sockets;

namespace Sidecar.Proxy.Transport.Epoll;

/// <summary>The transport of Linux: a loop for each core, which its connections never leave.</summary>
public sealed class EpollTransport : NetworkTransport
{
    private readonly TimeProvider _time;
    private readonly EpollLoop[] _loops;
    private int _next;

    /// <summary>Starts its loops, which live as long as the process.</summary>
    /// <param name="time">The clock.</param>
    public EpollTransport(TimeProvider time)
    {
        LinuxSocket.Link();
        _time = time;
        _loops = [.. Enumerable.Range(0, Environment.ProcessorCount).Select(number => new EpollLoop(number))];
    }

    /// <inheritdoc/>
    public override ConnectionListener Listen(IPEndPoint endPoint, int socketBuffers)
    {
        var socket = Bind(endPoint, socketBuffers);
        socket.Blocking = false;
        return new EpollListener(socket, this, _loops[0]);
    }

    /// <inheritdoc/>
    public override ValueTask<(Connection? Connection, SocketError Error)> ConnectAsync(
        IPEndPoint endPoint, int receiveBuffer, PipeThresholds thresholds, CancellationToken cancel)
    {
        // On the loop that asks, so that both legs of an exchange are one thread's.
        var loop = EpollLoop.Current ?? NextLoop();
        return EpollConnect.RunAsync(endPoint, receiveBuffer, loop, descriptor => Take(descriptor, loop, thresholds), cancel);
    }

    /// <summary>Makes a connection of a descriptor that was accepted; null when it cannot be watched.</summary>
    internal EpollConnection? Take(int descriptor, in PipeThresholds thresholds) => Take(descriptor, NextLoop(), thresholds);

    private EpollConnection? Take(int descriptor, EpollLoop loop, in PipeThresholds thresholds) => EpollConnection.Create(descriptor, loop, thresholds, _time);

    // In turn, so that a few busy connections do not meet on one core.
    private EpollLoop NextLoop() => _loops[(uint)Interlocked.Increment(ref _next) % (uint)_loops.Length];
}

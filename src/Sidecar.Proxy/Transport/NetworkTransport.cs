using System.Net;
using System.Net.Sockets;

namespace Sidecar.Proxy.Transport;

/// <summary>Where connections come from. Protocol code sees <see cref="Connection"/> and never which one it is.</summary>
public abstract class NetworkTransport
{
    /// <summary>Binds and listens; <see cref="ConnectionListener.Start"/> begins to accept.</summary>
    /// <param name="endPoint">Where; port 0 for a free one.</param>
    /// <param name="socketBuffers">SO_RCVBUF and SO_SNDBUF of the connections; 0 leaves them to the kernel.</param>
    /// <exception cref="SocketException">The address cannot be bound.</exception>
    public abstract ConnectionListener Listen(IPEndPoint endPoint, int socketBuffers);

    /// <summary>Connects to one address; the connection, or why there is none.</summary>
    /// <param name="endPoint">Where.</param>
    /// <param name="receiveBuffer">SO_RCVBUF, set before the connect as the window's scale follows from it; 0 leaves it to the kernel.</param>
    /// <param name="thresholds">Where the connection stops taking more bytes.</param>
    /// <param name="cancel">Ends the attempt, with <see cref="SocketError.OperationAborted"/>.</param>
    public abstract ValueTask<(Connection? Connection, SocketError Error)> ConnectAsync(
        IPEndPoint endPoint, int receiveBuffer, PipeThresholds thresholds, CancellationToken cancel);

    /// <summary>A socket that is bound and listens, for either transport.</summary>
    protected static Socket Bind(IPEndPoint endPoint, int socketBuffers)
    {
        var socket = new Socket(endPoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            if (endPoint.Address.Equals(IPAddress.IPv6Any)) socket.DualMode = true;
            // What is accepted inherits these.
            if (socketBuffers > 0) socket.ReceiveBufferSize = socket.SendBufferSize = socketBuffers;
            socket.NoDelay = true;
            // .NET binds over TIME_WAIT by itself. Its ReuseAddress would also let a second process share the port unseen.
            socket.Bind(endPoint);
            socket.Listen(ConnectionListener.Backlog);
            return socket;
        }
        catch (SocketException)
        {
            socket.Dispose();
            throw;
        }
    }
}

/// <summary>Accepts connections until it is stopped. An accept that fails (no file descriptors left) is tried again after a pause.</summary>
public abstract class ConnectionListener : IDisposable
{
    /// <summary>Connections that may wait to be accepted.</summary>
    public const int Backlog = 4096;

    /// <summary>The address it is bound to, with the real port.</summary>
    public abstract IPEndPoint LocalEndPoint { get; }

    /// <summary>Hands each connection on, which then belongs to who takes it.</summary>
    /// <param name="onAccept">Must return at once.</param>
    /// <param name="thresholds">Asked for each connection: where it stops taking more bytes.</param>
    /// <param name="onError">Told of a failed accept.</param>
    public abstract void Start(Action<Connection> onAccept, Func<PipeThresholds> thresholds, Action<SocketError> onError);

    /// <summary>Accepts what has connected already and then no more; the address is free again.</summary>
    public abstract Task StopAsync();

    /// <inheritdoc/>
    public abstract void Dispose();
}

/// <summary>Where a connection stops taking more bytes, and where it takes them again; bytes.</summary>
public readonly record struct PipeThresholds(long Pause, long Resume);

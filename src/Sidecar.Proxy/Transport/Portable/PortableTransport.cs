using System.Net;
using System.Net.Sockets;

namespace Sidecar.Proxy.Transport.Portable;

/// <summary>The transport of every platform: .NET's sockets behind Pipelines.Sockets.Unofficial.</summary>
/// <param name="time">The clock.</param>
public sealed class PortableTransport(TimeProvider time) : NetworkTransport
{
    /// <inheritdoc/>
    public override ConnectionListener Listen(IPEndPoint endPoint, int socketBuffers) => new PortableListener(Bind(endPoint, socketBuffers), time);

    /// <inheritdoc/>
    public override async ValueTask<(Connection? Connection, SocketError Error)> ConnectAsync(
        IPEndPoint endPoint, int receiveBuffer, PipeThresholds thresholds, CancellationToken cancel)
    {
        Socket? socket = null;
        try
        {
            socket = new Socket(endPoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            if (receiveBuffer > 0) socket.ReceiveBufferSize = receiveBuffer;
            await socket.ConnectAsync(endPoint, cancel).ConfigureAwait(false);
            return (PortableConnection.Create(socket, thresholds, time), SocketError.Success);
        }
        catch (SocketException e)
        {
            socket?.Dispose();
            return (null, e.SocketErrorCode);
        }
        catch (OperationCanceledException)
        {
            socket?.Dispose();
            return (null, SocketError.OperationAborted);
        }
    }
}

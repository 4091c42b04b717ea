using System.Net;
using System.Net.Sockets;

namespace Sidecar.Proxy.Transport;

/// <summary>Accepts connections until it is stopped. An accept that fails (no file descriptors left) is tried again after a pause.</summary>
public sealed class Listener : IDisposable
{
    private const int Backlog = 4096;
    private static readonly TimeSpan RetryPause = TimeSpan.FromMilliseconds(50);

    private readonly Socket _socket;
    private readonly TimeProvider _time;
    private readonly CancellationTokenSource _stop = new();

    private Listener(Socket socket, TimeProvider time)
    {
        _socket = socket;
        _time = time;
        LocalEndPoint = (IPEndPoint)socket.LocalEndPoint!;
    }

    /// <summary>The address it is bound to, with the real port.</summary>
    public IPEndPoint LocalEndPoint { get; }

    /// <summary>Binds and listens.</summary>
    /// <exception cref="SocketException">The address cannot be bound.</exception>
    public static Listener Bind(IPEndPoint endPoint, TimeProvider time)
    {
        var socket = new Socket(endPoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            if (endPoint.Address.Equals(IPAddress.IPv6Any)) socket.DualMode = true;
            // .NET binds over TIME_WAIT by itself. Its ReuseAddress would also let a second process share the port unseen.
            socket.Bind(endPoint);
            socket.Listen(Backlog);
            return new Listener(socket, time);
        }
        catch (SocketException)
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Hands each accepted socket on, which then owns it.</summary>
    /// <param name="onAccept">Must return at once.</param>
    /// <param name="onError">Told of a failed accept.</param>
    public async Task RunAsync(Action<Socket> onAccept, Action<SocketError> onError)
    {
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                onAccept(await _socket.AcceptAsync(_stop.Token).ConfigureAwait(false));
            }
            catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException)
            {
                return;
            }
            catch (SocketException e)
            {
                if (_stop.IsCancellationRequested) return;
                onError(e.SocketErrorCode);
                await Task.Delay(RetryPause, _time).ConfigureAwait(false);
            }
        }
    }

    /// <summary>Accepts no more; the address is free again.</summary>
    public void Dispose()
    {
        _stop.Cancel();
        _socket.Dispose();
    }
}

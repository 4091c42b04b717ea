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
    private Task _accepting = Task.CompletedTask;

    private Listener(Socket socket, TimeProvider time)
    {
        _socket = socket;
        _time = time;
        LocalEndPoint = (IPEndPoint)socket.LocalEndPoint!;
    }

    /// <summary>The address it is bound to, with the real port.</summary>
    public IPEndPoint LocalEndPoint { get; }

    /// <summary>Binds and listens.</summary>
    /// <param name="endPoint">Where.</param>
    /// <param name="socketBuffers">SO_RCVBUF and SO_SNDBUF, which accepted sockets inherit; 0 leaves them to the kernel.</param>
    /// <param name="time">The clock.</param>
    /// <exception cref="SocketException">The address cannot be bound.</exception>
    public static Listener Bind(IPEndPoint endPoint, int socketBuffers, TimeProvider time)
    {
        var socket = new Socket(endPoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            if (endPoint.Address.Equals(IPAddress.IPv6Any)) socket.DualMode = true;
            // .NET binds over TIME_WAIT by itself. Its ReuseAddress would also let a second process share the port unseen.
            if (socketBuffers > 0) socket.ReceiveBufferSize = socket.SendBufferSize = socketBuffers;
            socket.Bind(endPoint);
            socket.Listen(Backlog);
            return new Listener(socket, time);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Hands each accepted socket on, which then belongs to who takes it.</summary>
    /// <param name="onAccept">Must return at once.</param>
    /// <param name="onError">Told of a failed accept.</param>
    public void Start(Action<Socket> onAccept, Action<SocketError> onError) => _accepting = RunAsync(onAccept, onError);

    /// <summary>Accepts what has connected already and then no more; the address is free again.</summary>
    public async Task StopAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        await _accepting.ConfigureAwait(false);
        _socket.Dispose();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _stop.Cancel();
        _socket.Dispose();
    }

    private async Task RunAsync(Action<Socket> onAccept, Action<SocketError> onError)
    {
        try
        {
            while (!_stop.IsCancellationRequested) await AcceptAsync(onAccept, onError).ConfigureAwait(false);
            // Those that the kernel has connected would see a reset.
            while (_socket.Poll(0, SelectMode.SelectRead)) onAccept(await _socket.AcceptAsync().ConfigureAwait(false));
        }
        catch (Exception e) when (e is ObjectDisposedException or SocketException)
        {
            // It was disposed meanwhile, or the last ones left by themselves.
        }
    }

    private async Task AcceptAsync(Action<Socket> onAccept, Action<SocketError> onError)
    {
        try
        {
            onAccept(await _socket.AcceptAsync(_stop.Token).ConfigureAwait(false));
        }
        catch (OperationCanceledException)
        {
            // Stopped.
        }
        catch (SocketException e) when (!_stop.IsCancellationRequested)
        {
            onError(e.SocketErrorCode);
            await Task.Delay(RetryPause, _time).ConfigureAwait(false);
        }
    }
}

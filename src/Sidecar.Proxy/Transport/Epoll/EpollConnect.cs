using System.Net;
using System.Net.Sockets;

namespace Sidecar.Proxy.Transport.Epoll;

/// <summary>One connect under way: the socket becomes writable when it is done, whichever way.</summary>
internal sealed class EpollConnect : EpollTarget
{
    private readonly TaskCompletionSource<SocketError> _done = new();
    private readonly EpollLoop _loop;
    private readonly int _descriptor;
    private readonly CancellationToken _cancel;

    private EpollConnect(EpollLoop loop, int descriptor, CancellationToken cancel)
    {
        _loop = loop;
        _descriptor = descriptor;
        _cancel = cancel;
    }

    /// <summary>Connects; a connection, or why there is none.</summary>
    /// <param name="endPoint">Where.</param>
    /// <param name="receiveBuffer">SO_RCVBUF; 0 leaves it to the kernel.</param>
    /// <param name="loop">Waits for it.</param>
    /// <param name="take">Makes a connection of the descriptor; null when it cannot.</param>
    /// <param name="cancel">Ends the attempt.</param>
    public static async ValueTask<(Connection? Connection, SocketError Error)> RunAsync(
        IPEndPoint endPoint, int receiveBuffer, EpollLoop loop, Func<int, EpollConnection?> take, CancellationToken cancel)
    {
        var address = endPoint.Serialize();
        var descriptor = LinuxSocket.Create(NativeFamily(address), receiveBuffer);
        if (descriptor < 0) return (null, LinuxSocket.ErrorOf(-descriptor));
        var connect = new EpollConnect(loop, descriptor, cancel);
        var error = LinuxSocket.Connect(descriptor, address.Buffer.Span[..address.Size]);
        var result = error == -LinuxSocket.InProgress ? await connect.WaitAsync().ConfigureAwait(false)
            : error < 0 ? LinuxSocket.ErrorOf(-error) : SocketError.Success;
        if (result != SocketError.Success)
        {
            LinuxSocket.Close(descriptor);
            return (null, result);
        }
        return take(descriptor) is { } connection ? (connection, SocketError.Success) : (null, SocketError.NoBufferSpaceAvailable);
    }

    /// <inheritdoc/>
    public override void OnEvents(uint events)
    {
        if ((events & (LinuxSocket.Writable | LinuxSocket.Error | LinuxSocket.HangUp)) == 0) return;
        End(LinuxSocket.ErrorOf(LinuxSocket.PendingError(_descriptor)));
    }

    /// <inheritdoc/>
    public override void OnTurn()
    {
        if (_cancel.IsCancellationRequested) End(SocketError.OperationAborted);
    }

    private async Task<SocketError> WaitAsync()
    {
        await using var canceled = _cancel.UnsafeRegister(static connect => ((EpollConnect)connect!)._loop.Schedule((EpollConnect)connect), this);
        var error = _loop.Watch(_descriptor, this);
        return error < 0 ? LinuxSocket.ErrorOf(-error) : await _done.Task.ConfigureAwait(false);
    }

    // On the loop's thread, which goes on with the exchange: no other thread is in the way of a request.
    private void End(SocketError error)
    {
        if (_done.Task.IsCompleted) return;
        _loop.Forget(_descriptor, this);
        _done.SetResult(error);
    }

    private static int NativeFamily(SocketAddress address) => BitConverter.ToUInt16(address.Buffer.Span);
}

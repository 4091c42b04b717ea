using System.Net;
using System.Net.Sockets;

namespace Sidecar.Proxy.Transport.Epoll;

/// <summary>Accepts on one loop and deals the connections out to all.</summary>
internal sealed class EpollListener : ConnectionListener
{
    private readonly Socket _socket;
    private readonly EpollTransport _transport;
    private readonly EpollLoop _loop;
    private readonly Target _target;
    private readonly TaskCompletionSource _stopped = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Action<Connection>? _onAccept;
    private Func<PipeThresholds>? _thresholds;
    private Action<SocketError>? _onError;
    private volatile bool _isStopping;
    private volatile bool _isDisposed;

    /// <param name="socket">Listens and does not block; owned from now on.</param>
    /// <param name="transport">Makes the connections.</param>
    /// <param name="loop">Accepts.</param>
    public EpollListener(Socket socket, EpollTransport transport, EpollLoop loop)
    {
        _socket = socket;
        _transport = transport;
        _loop = loop;
        _target = new Target(this);
        LocalEndPoint = (IPEndPoint)socket.LocalEndPoint!;
    }

    /// <inheritdoc/>
    public override IPEndPoint LocalEndPoint { get; }

    private int Descriptor => (int)_socket.SafeHandle.DangerousGetHandle();

    /// <inheritdoc/>
    public override void Start(Action<Connection> onAccept, Func<PipeThresholds> thresholds, Action<SocketError> onError)
    {
        (_onAccept, _thresholds, _onError) = (onAccept, thresholds, onError);
        if (!_isDisposed) _loop.Watch(Descriptor, _target);
    }

    /// <inheritdoc/>
    public override Task StopAsync()
    {
        _isStopping = true;
        if (_onAccept is null || _isDisposed)
        {
            Close();
            return Task.CompletedTask;
        }
        _loop.Schedule(_target);
        return _stopped.Task;
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        _isStopping = true;
        if (_onAccept is null || _isDisposed) Close();
        else _loop.Schedule(_target);
    }

    private void Close()
    {
        if (_isDisposed) return;
        _isDisposed = true;
        _loop.Forget(Descriptor, _target);
        _socket.Dispose();
        _stopped.TrySetResult();
    }

    private void AcceptAll()
    {
        while (!_isDisposed)
        {
            var accepted = LinuxSocket.Accept(Descriptor);
            if (accepted >= 0)
            {
                if (_transport.Take(accepted, _thresholds!()) is { } connection) _onAccept!(connection);
                continue;
            }
            var error = -accepted;
            // One that its peer took back while it waited.
            if (error == LinuxSocket.Aborted) continue;
            if (error != LinuxSocket.Again && !_isStopping)
            {
                _onError!(LinuxSocket.ErrorOf(error));
                _loop.Retry(_target);
            }
            break;
        }
        // What the kernel had connected is taken: now nobody sees a reset.
        if (_isStopping) Close();
    }

    private sealed class Target(EpollListener listener) : EpollTarget
    {
        public override void OnEvents(uint events) => listener.AcceptAll();

        public override void OnTurn() => listener.AcceptAll();
    }
}

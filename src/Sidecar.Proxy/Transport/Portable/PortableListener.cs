using System.Net;
using System.Net.Sockets;

namespace Sidecar.Proxy.Transport.Portable;

/// <summary>Accepts by .NET's sockets.</summary>
/// <param name="socket">Listens, owned from now on.</param>
/// <param name="time">The clock.</param>
internal sealed class PortableListener(Socket socket, TimeProvider time) : ConnectionListener
{
    private static readonly TimeSpan RetryPause = TimeSpan.FromMilliseconds(50);

    private readonly CancellationTokenSource _stop = new();
    private Task _accepting = Task.CompletedTask;

    /// <inheritdoc/>
    public override IPEndPoint LocalEndPoint { get; } = (IPEndPoint)socket.LocalEndPoint!;

    /// <inheritdoc/>
    public override void Start(Action<Connection> onAccept, Func<PipeThresholds> thresholds, Action<SocketError> onError) =>
        _accepting = RunAsync(accepted => Take(accepted, onAccept, thresholds()), onError);

    /// <inheritdoc/>
    public override async Task StopAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        await _accepting.ConfigureAwait(false);
        socket.Dispose();
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        _stop.Cancel();
        socket.Dispose();
    }

    private async Task RunAsync(Action<Socket> take, Action<SocketError> onError)
    {
        try
        {
            while (!_stop.IsCancellationRequested) await AcceptAsync(take, onError).ConfigureAwait(false);
            // Those that the kernel has connected would see a reset.
            while (socket.Poll(0, SelectMode.SelectRead)) take(await socket.AcceptAsync().ConfigureAwait(false));
        }
        catch (Exception e) when (e is ObjectDisposedException or SocketException)
        {
            // It was disposed meanwhile, or the last ones left by themselves.
        }
    }

    private async Task AcceptAsync(Action<Socket> take, Action<SocketError> onError)
    {
        try
        {
            take(await socket.AcceptAsync(_stop.Token).ConfigureAwait(false));
        }
        catch (OperationCanceledException)
        {
            // Stopped.
        }
        catch (SocketException e) when (!_stop.IsCancellationRequested)
        {
            onError(e.SocketErrorCode);
            await Task.Delay(RetryPause, time).ConfigureAwait(false);
        }
    }

    // Each connection begins on a thread of the pool, so that a slow start never holds up the next accept.
    private void Take(Socket accepted, Action<Connection> onAccept, PipeThresholds thresholds) => _ = Task.Run(() =>
    {
        try
        {
            onAccept(PortableConnection.Create(accepted, thresholds, time));
        }
        catch (SocketException)
        {
            // The peer reset it before it was taken over: there is nobody to answer.
            accepted.Dispose();
        }
    });
}

using System.Buffers;
using System.IO.Pipelines;
using System.Net;
using System.Net.Sockets;
using Pipelines.Sockets.Unofficial;

namespace Sidecar.Proxy.Transport.Portable;

/// <summary>
/// The portable transport: a socket behind Pipelines.Sockets.Unofficial. The only file that knows that library. Its traps, as met here:
/// completing the output and disposing loses what is unsent, so <see cref="CloseAsync"/> waits for the kernel to take it; after a reset its
/// writes throw, which <see cref="QuietWriter"/> turns into a result; its send loop must not run inline, or a burst goes out one event a call.
/// </summary>
public sealed class PortableConnection : Connection
{
    private static readonly TimeSpan CheckInterval = TimeSpan.FromMilliseconds(2);

    private readonly SocketConnection _inner;
    private readonly Socket _socket;
    private readonly QuietReader _input;
    private readonly QuietWriter _output;
    private readonly TimeProvider _time;
    private int _end;

    private PortableConnection(Socket socket, PipeThresholds thresholds, TimeProvider time)
    {
        _socket = socket;
        _time = time;
        RemoteEndPoint = socket.RemoteEndPoint;
        socket.NoDelay = true;
        var send = new PipeOptions(MemoryPool<byte>.Shared, PipeScheduler.ThreadPool, PipeScheduler.Inline,
            thresholds.Pause, thresholds.Resume, useSynchronizationContext: false);
        var receive = new PipeOptions(MemoryPool<byte>.Shared, PipeScheduler.Inline, PipeScheduler.Inline,
            thresholds.Pause, thresholds.Resume, useSynchronizationContext: false);
        using (ExecutionContext.SuppressFlow())
        {
            _inner = SocketConnection.Create(socket, send, receive, SocketConnectionOptions.ZeroLengthReads | SocketConnectionOptions.InlineReads);
        }
        _input = new QuietReader(_inner.Input, SetEnd);
        _output = new QuietWriter(_inner.Output, SetEnd);
    }

    /// <inheritdoc/>
    public override PipeReader Input => _input;

    /// <inheritdoc/>
    public override PipeWriter Output => _output;

    /// <inheritdoc/>
    public override EndPoint? RemoteEndPoint { get; }

    /// <inheritdoc/>
    public override ConnectionEnd End => (ConnectionEnd)Volatile.Read(ref _end);

    /// <inheritdoc/>
    public override long BytesWritten => _output.BytesWritten;

    /// <inheritdoc/>
    public override long BytesSent => _inner.BytesSent;

    /// <summary>Takes over a connected socket.</summary>
    public static PortableConnection Create(Socket socket, PipeThresholds thresholds, TimeProvider time) => new(socket, thresholds, time);

    /// <inheritdoc/>
    public override void Abort()
    {
        if (Interlocked.Exchange(ref _end, (int)ConnectionEnd.Aborted) == (int)ConnectionEnd.Aborted) return;
        _output.Cut();
        try
        {
            _socket.LingerState = new LingerOption(true, 0);
        }
        catch (Exception e) when (Faults.IsPeerFault(e))
        {
            // The socket is gone already; that is what was asked for.
        }
        // Before the library's own end of it, which begins with a FIN.
        _socket.Close(timeout: 0);
        _inner.Dispose();
    }

    /// <inheritdoc/>
    public override async Task<bool> CloseAsync(TimeSpan patience, bool linger)
    {
        // The library adds up what it sent after each call; the last flush may still be on its way.
        _output.Complete();
        var isSent = await WaitAsync(() => BytesSent >= BytesWritten || End is ConnectionEnd.Reset or ConnectionEnd.Aborted, () => BytesSent, patience)
            .ConfigureAwait(false) && BytesSent >= BytesWritten;
        if (isSent && linger && End == ConnectionEnd.Open) await DiscardInputAsync(patience).ConfigureAwait(false);
        // The owner reads no more: a pipe gives its buffers back only when both of its ends are complete.
        _input.Complete();
        if (!isSent)
        {
            Abort();
            return false;
        }
        if (Interlocked.CompareExchange(ref _end, (int)ConnectionEnd.Aborted, (int)ConnectionEnd.Open) != (int)ConnectionEnd.Aborted) _inner.Dispose();
        return true;
    }

    private async Task DiscardInputAsync(TimeSpan patience)
    {
        // A cancelled read is a completed one here: enough was waited, the peer had its chance to read the answer.
        using var limit = new CancellationTokenSource(patience, _time);
        ReadResult result;
        do
        {
            result = await _input.ReadAsync(limit.Token).ConfigureAwait(false);
            _input.AdvanceTo(result.Buffer.End);
        }
        while (!result.IsCompleted);
    }

    /// <summary>Waits until the condition holds, or until the progress stood still for that long.</summary>
    private async Task<bool> WaitAsync(Func<bool> condition, Func<long> progress, TimeSpan patience)
    {
        var (last, since) = (progress(), _time.GetTimestamp());
        while (!condition())
        {
            await Task.Delay(CheckInterval, _time).ConfigureAwait(false);
            if (progress() is var now && now != last) (last, since) = (now, _time.GetTimestamp());
            else if (_time.GetElapsedTime(since) > patience) return false;
        }
        return true;
    }

    private void SetEnd(ConnectionEnd end)
    {
        // The library takes its time to end the writes of a connection that was reset.
        if (end == ConnectionEnd.Reset) _output.Cut();
        Interlocked.CompareExchange(ref _end, (int)end, (int)ConnectionEnd.Open);
    }
}

using System.Buffers;
using System.IO.Pipelines;
using System.Net.Sockets;
using System.Runtime.CompilerServices;

namespace Sidecar.Proxy.Transport.Portable;

/// <summary>A reader whose transport may throw; to its user a broken connection is a completed read.</summary>
internal sealed class QuietReader(PipeReader inner, Action<ConnectionEnd> onEnd) : PipeReader
{
    private bool _broken;

    public override bool TryRead(out ReadResult result)
    {
        if (_broken)
        {
            result = Broken;
            return true;
        }
        try
        {
            if (!inner.TryRead(out result)) return false;
            Observe(result);
            return true;
        }
        catch (Exception e) when (Faults.IsPeerFault(e))
        {
            result = Break();
            return true;
        }
    }

    public override ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default)
    {
        if (_broken) return new ValueTask<ReadResult>(Broken);
        try
        {
            var pending = inner.ReadAsync(cancellationToken);
            return pending.IsCompletedSuccessfully ? new ValueTask<ReadResult>(Observe(pending.Result)) : Await(pending);
        }
        catch (Exception e) when (Faults.IsPeerFault(e))
        {
            return new ValueTask<ReadResult>(Break());
        }
    }

    public override void AdvanceTo(SequencePosition consumed) => AdvanceTo(consumed, consumed);

    public override void AdvanceTo(SequencePosition consumed, SequencePosition examined)
    {
        if (!_broken) inner.AdvanceTo(consumed, examined);
    }

    public override void CancelPendingRead() => inner.CancelPendingRead();

    public override void Complete(Exception? exception = null) => inner.Complete(exception);

    private static ReadResult Broken => new(ReadOnlySequence<byte>.Empty, isCanceled: false, isCompleted: true);

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<ReadResult> Await(ValueTask<ReadResult> pending)
    {
        try
        {
            return Observe(await pending.ConfigureAwait(false));
        }
        catch (Exception e) when (Faults.IsPeerFault(e))
        {
            return Break();
        }
    }

    private ReadResult Observe(ReadResult result)
    {
        if (result.IsCompleted) onEnd(ConnectionEnd.Closed);
        return result;
    }

    private ReadResult Break()
    {
        _broken = true;
        onEnd(ConnectionEnd.Reset);
        return Broken;
    }
}

/// <summary>A writer whose transport may throw; to its user a broken connection is a completed flush. Counts what is written.</summary>
internal sealed class QuietWriter(PipeWriter inner, Action<ConnectionEnd> onEnd) : PipeWriter
{
    private volatile bool _broken;
    private byte[]? _void;

    public long BytesWritten { get; private set; }

    /// <summary>The connection is over: every flush from now on, and one that waits, says so.</summary>
    public void Cut() => _broken = true;

    public override void Advance(int bytes)
    {
        BytesWritten += bytes;
        if (_void is not null) return;
        try
        {
            inner.Advance(bytes);
        }
        catch (Exception e) when (e is ArgumentOutOfRangeException or InvalidOperationException)
        {
            // The connection broke since the memory was asked for, and the pipe has forgotten it.
            Break();
        }
    }

    public override Memory<byte> GetMemory(int sizeHint = 0)
    {
        if (!_broken)
        {
            try
            {
                return inner.GetMemory(sizeHint);
            }
            catch (Exception e) when (Faults.IsPeerFault(e) || e is InvalidOperationException)
            {
                Break();
            }
        }
        // Nobody reads what is written to a broken connection; the writer learns of it at its next flush.
        if (_void is null || _void.Length < sizeHint) _void = new byte[Math.Max(sizeHint, 4096)];
        return _void;
    }

    public override Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;

    public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default)
    {
        if (_broken) return new ValueTask<FlushResult>(Broken);
        try
        {
            var pending = inner.FlushAsync(cancellationToken);
            return pending.IsCompletedSuccessfully ? pending : Await(pending);
        }
        catch (Exception e) when (Faults.IsPeerFault(e) || e is InvalidOperationException)
        {
            return new ValueTask<FlushResult>(Break());
        }
    }

    public override void CancelPendingFlush() => inner.CancelPendingFlush();

    public override void Complete(Exception? exception = null) => inner.Complete(exception);

    private static FlushResult Broken => new(isCanceled: false, isCompleted: true);

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<FlushResult> Await(ValueTask<FlushResult> pending)
    {
        try
        {
            var result = await pending.ConfigureAwait(false);
            return _broken ? Broken : result;
        }
        catch (Exception e) when (Faults.IsPeerFault(e) || e is InvalidOperationException)
        {
            return Break();
        }
    }

    private FlushResult Break()
    {
        _broken = true;
        onEnd(ConnectionEnd.Reset);
        return Broken;
    }
}

internal static class Faults
{
    /// <summary>What sockets and TLS throw when a connection breaks or was ended by us.</summary>
    public static bool IsPeerFault(Exception e) => e is IOException or SocketException or ObjectDisposedException or OperationCanceledException;
}

using System.Buffers;
using System.IO.Pipelines;
using System.Threading.Tasks.Sources;

namespace Sidecar.Proxy.Transport.Epoll;

/// <summary>
/// The bytes for a peer. A flush sends them at once; the buffer they stood in goes back when the kernel took them all. What it does not take is sent by the
/// loop when it can be, and a flush waits while that is more than the high threshold, until it is no more than the low one.
/// </summary>
internal sealed class EpollWriter(EpollConnection connection, PipeThresholds thresholds) : PipeWriter, IValueTaskSource<FlushResult>
{
    private const int FirstBytes = 2048;

    private ManualResetValueTaskSourceCore<FlushResult> _source;
    private TaskCompletionSource? _drained;
    private byte[]? _buffer;
    private int _start;
    private int _flushed;
    private int _end;
    private bool _isBlocked;
    private bool _isWaiting;
    private bool _isCanceled;
    private bool _isBroken;
    private long _bytesSent;

    /// <summary>Bytes written so far.</summary>
    public long BytesWritten { get; private set; }

    /// <summary>Bytes that the kernel took.</summary>
    public long BytesSent => Volatile.Read(ref _bytesSent);

    public override void Advance(int bytes)
    {
        _end += bytes;
        BytesWritten += bytes;
    }

    public override Memory<byte> GetMemory(int sizeHint = 0)
    {
        MakeRoom(Math.Max(sizeHint, 1));
        return _buffer.AsMemory(_end);
    }

    public override Span<byte> GetSpan(int sizeHint = 0)
    {
        MakeRoom(Math.Max(sizeHint, 1));
        return _buffer.AsSpan(_end);
    }

    /// <summary>Sends what was written.</summary>
    /// <param name="cancellationToken">Not looked at: <see cref="CancelPendingFlush"/> and the connection's end are what ends a wait.</param>
    public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default)
    {
        lock (connection.Gate)
        {
            _flushed = _end;
            if (!_isBlocked) Send();
            if (_start == _end) Release();
            if (!_isBroken && !_isCanceled && _end - _start >= thresholds.Pause)
            {
                _source.Reset();
                _isWaiting = true;
                return new ValueTask<FlushResult>(this, _source.Version);
            }
            return new ValueTask<FlushResult>(TakeResult());
        }
    }

    public override void CancelPendingFlush()
    {
        lock (connection.Gate) _isCanceled = true;
        connection.Schedule();
    }

    /// <summary>Nothing more is written: what was is on its way.</summary>
    public override void Complete(Exception? exception = null)
    {
        lock (connection.Gate)
        {
            _flushed = _end;
            if (!_isBlocked) Send();
        }
    }

    /// <summary>Waits until the kernel took everything; false when it made no progress for that long, or the connection broke.</summary>
    internal async Task<bool> DrainAsync(TimeSpan patience, TimeProvider time)
    {
        while (true)
        {
            TaskCompletionSource drained;
            long before;
            lock (connection.Gate)
            {
                if (_isBroken || _start == _end) return !_isBroken;
                drained = _drained = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                before = _bytesSent;
            }
            try
            {
                await drained.Task.WaitAsync(patience, time).ConfigureAwait(false);
            }
            catch (TimeoutException)
            {
                if (BytesSent == before) return false;
            }
        }
    }

    /// <summary>The kernel takes bytes again, or there is an error. On the loop's thread.</summary>
    internal void OnWritable()
    {
        lock (connection.Gate)
        {
            if (!_isBlocked) return;
            _isBlocked = false;
            Send();
        }
        OnTurn();
    }

    /// <summary>Ends the wait when there is reason to. On the loop's thread.</summary>
    internal void OnTurn()
    {
        FlushResult result;
        lock (connection.Gate)
        {
            if (_isBroken || _start == _flushed) Interlocked.Exchange(ref _drained, null)?.TrySetResult();
            if (!_isWaiting || (!_isBroken && !_isCanceled && _flushed - _start > thresholds.Resume)) return;
            _isWaiting = false;
            result = TakeResult();
        }
        _source.SetResult(result);
    }

    /// <summary>Nobody takes anything any more. Under the gate; the next turn tells who waits.</summary>
    internal void Break()
    {
        _isBroken = true;
        Release();
    }

    FlushResult IValueTaskSource<FlushResult>.GetResult(short token) => _source.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource<FlushResult>.GetStatus(short token) => _source.GetStatus(token);

    void IValueTaskSource<FlushResult>.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _source.OnCompleted(continuation, state, token, flags);

    private FlushResult TakeResult()
    {
        var result = new FlushResult(_isCanceled, _isBroken);
        _isCanceled = false;
        return result;
    }

    private void Send()
    {
        while (_start < _flushed && !_isBroken)
        {
            if (connection.IsClosed)
            {
                _isBroken = true;
                break;
            }
            var count = LinuxSocket.Send(connection.Descriptor, _buffer.AsSpan(_start, _flushed - _start));
            if (count >= 0)
            {
                _start += count;
                Volatile.Write(ref _bytesSent, _bytesSent + count);
                continue;
            }
            if (count == -LinuxSocket.Again)
            {
                _isBlocked = true;
                return;
            }
            _isBroken = true;
            connection.OnEnd(ConnectionEnd.Reset);
        }
        // Nobody reads what is written to a broken connection; its writer learns of it at its next flush.
        if (_isBroken) _start = _flushed = _end;
    }

    private void MakeRoom(int bytes)
    {
        if (_buffer is not null && _buffer.Length - _end >= bytes) return;
        // The loop may be sending from it.
        lock (connection.Gate)
        {
            var length = _end - _start;
            if (_buffer is not null && length <= _buffer.Length / 2 && _buffer.Length - length >= bytes)
            {
                _buffer.AsSpan(_start, length).CopyTo(_buffer);
            }
            else
            {
                var larger = ArrayPool<byte>.Shared.Rent(Math.Max(FirstBytes, Math.Max(length + bytes, length * 2)));
                if (_buffer is not null)
                {
                    _buffer.AsSpan(_start, length).CopyTo(larger);
                    ArrayPool<byte>.Shared.Return(_buffer);
                }
                _buffer = larger;
            }
            (_start, _flushed, _end) = (0, _flushed - _start, length);
        }
    }

    private void Release()
    {
        if (_buffer is not null) ArrayPool<byte>.Shared.Return(_buffer);
        (_buffer, _start, _flushed, _end) = (null, 0, 0, 0);
    }
}

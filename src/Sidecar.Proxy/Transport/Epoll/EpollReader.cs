using System.Buffers;
using System.IO.Pipelines;
using System.Threading.Tasks.Sources;

namespace Sidecar.Proxy.Transport.Epoll;

/// <summary>
/// The bytes of a peer. Only the loop receives: into its own buffer, which the reader sees and has to leave before it waits for anything else; what it
/// leaves unread is copied into a rented buffer, and so a connection holds memory only while it has part of something.
/// <code>
///             ReadAsync: nothing there               the socket is readable: receive
///   idle ───────────────────────────────→ waiting ───────────────────────────────────→ held ── AdvanceTo ─→ idle
///     └── ReadAsync: bytes were left, an end, or a cancel ──────────────────────────────↗
/// </code>
/// </summary>
internal sealed class EpollReader(EpollConnection connection) : PipeReader, IValueTaskSource<ReadResult>
{
    private const int LeastRoom = 2048;

    private ManualResetValueTaskSourceCore<ReadResult> _source;
    private byte[]? _buffer;
    private int _start;
    private int _end;
    private bool _isBorrowed;
    private bool _isExamined;
    private bool _isHeld;
    private bool _isWaiting;
    private bool _isReadable;
    private bool _mayBeLast;
    private bool _isCanceled;
    private bool _isOver;

    /// <summary>Bytes that were examined already are shown again.</summary>
    public override bool TryRead(out ReadResult result)
    {
        lock (connection.Gate) return TryTake(_end > _start, out result);
    }

    /// <summary>Completes with bytes that were not examined yet, at the peer's end, or canceled; on the loop's thread where it had to wait.</summary>
    /// <param name="cancellationToken">Not looked at: <see cref="CancelPendingRead"/> and the connection's end are what ends a wait.</param>
    public override ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default)
    {
        lock (connection.Gate)
        {
            if (TryTake(_end > _start && !_isExamined, out var result)) return new ValueTask<ReadResult>(result);
            _source.Reset();
            _isWaiting = true;
            if (_isReadable) connection.Schedule();
            return new ValueTask<ReadResult>(this, _source.Version);
        }
    }

    public override void AdvanceTo(SequencePosition consumed) => AdvanceTo(consumed, consumed);

    public override void AdvanceTo(SequencePosition consumed, SequencePosition examined)
    {
        lock (connection.Gate)
        {
            _isHeld = false;
            if (_buffer is null) return;
            _start = consumed.GetInteger();
            _isExamined = examined.GetInteger() == _end;
            if (_start == _end || (_isOver && connection.IsClosed)) Release();
            else if (_isBorrowed) Keep();
        }
    }

    public override void CancelPendingRead()
    {
        lock (connection.Gate) _isCanceled = true;
        connection.Schedule();
    }

    public override void Complete(Exception? exception = null)
    {
        lock (connection.Gate)
        {
            _isHeld = false;
            Release();
        }
    }

    /// <summary>The socket has something. On the loop's thread.</summary>
    /// <param name="mayBeLast">Whether an end stands behind the bytes: then a short read does not mean that nothing is left.</param>
    internal void OnReadable(bool mayBeLast)
    {
        lock (connection.Gate)
        {
            _isReadable = true;
            _mayBeLast |= mayBeLast;
        }
        OnTurn();
    }

    /// <summary>Ends the wait when there is reason to. On the loop's thread.</summary>
    internal void OnTurn()
    {
        ReadResult result;
        lock (connection.Gate)
        {
            if (!_isWaiting) return;
            if (_isReadable && !_isOver && !_isCanceled) Receive();
            if (!TryTake(_end > _start && !_isExamined, out result)) return;
            _isWaiting = false;
        }
        _source.SetResult(result);
        lock (connection.Gate)
        {
            // Who was resumed waits for something else with the loop's buffer in hand.
            if (!_isBorrowed || !_isHeld) return;
            connection.Loop.GiveBuffer();
            _isBorrowed = false;
        }
    }

    /// <summary>Nothing comes any more. Under the gate; the next turn tells who waits.</summary>
    internal void Break()
    {
        _isOver = true;
        if (!_isHeld) Release();
    }

    ReadResult IValueTaskSource<ReadResult>.GetResult(short token) => _source.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource<ReadResult>.GetStatus(short token) => _source.GetStatus(token);

    void IValueTaskSource<ReadResult>.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _source.OnCompleted(continuation, state, token, flags);

    private bool TryTake(bool hasBytes, out ReadResult result)
    {
        result = default;
        if (!hasBytes && !_isCanceled && !_isOver) return false;
        var bytes = _buffer is null ? ReadOnlySequence<byte>.Empty : new ReadOnlySequence<byte>(_buffer, _start, _end - _start);
        result = new ReadResult(bytes, _isCanceled, _isOver);
        _isCanceled = false;
        _isHeld = true;
        return true;
    }

    private void Receive()
    {
        var borrows = _buffer is null;
        if (borrows) (_buffer, _start, _end) = (connection.Loop.Buffer, 0, 0);
        else MakeRoom();
        var room = _buffer.AsSpan(_end);
        var count = LinuxSocket.Receive(connection.Descriptor, room);
        if (count > 0)
        {
            _isBorrowed = borrows;
            _end += count;
            _isExamined = false;
            // A short read took all there was: the next bytes are a new edge.
            _isReadable = count == room.Length || _mayBeLast;
            return;
        }
        if (borrows) _buffer = null;
        _isReadable = false;
        if (count == -LinuxSocket.Again) return;
        _isOver = true;
        connection.OnEnd(count == 0 ? ConnectionEnd.Closed : ConnectionEnd.Reset);
    }

    private void MakeRoom()
    {
        if (_buffer!.Length - _end >= LeastRoom) return;
        var length = _end - _start;
        if (_buffer.Length - length >= LeastRoom)
        {
            _buffer.AsSpan(_start, length).CopyTo(_buffer);
        }
        else
        {
            var larger = ArrayPool<byte>.Shared.Rent(_buffer.Length * 2);
            _buffer.AsSpan(_start, length).CopyTo(larger);
            ArrayPool<byte>.Shared.Return(_buffer);
            _buffer = larger;
        }
        (_start, _end) = (0, length);
    }

    private void Keep()
    {
        var length = _end - _start;
        var kept = ArrayPool<byte>.Shared.Rent(length + LeastRoom);
        _buffer.AsSpan(_start, length).CopyTo(kept);
        (_buffer, _start, _end, _isBorrowed) = (kept, 0, length, false);
    }

    private void Release()
    {
        if (_buffer is not null && !_isBorrowed) ArrayPool<byte>.Shared.Return(_buffer);
        (_buffer, _start, _end, _isBorrowed, _isExamined) = (null, 0, 0, false, false);
    }
}

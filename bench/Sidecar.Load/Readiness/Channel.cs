using System.Net.Sockets;

namespace Sidecar.Load.Readiness;

/// <summary>A connection of a loop. What the socket does not take at once is kept and sent as soon as it does.</summary>
internal abstract class Channel : IReady
{
    private readonly Socket _socket;
    private byte[] _pending = [];
    private int _start;
    private int _end;

    protected Channel(Loop loop, Socket socket)
    {
        Loop = loop;
        _socket = socket;
        socket.Blocking = false;
        socket.NoDelay = true;
    }

    /// <summary>Whether it was closed, by either side.</summary>
    public bool IsClosed { get; private set; }

    /// <summary>Whether the socket takes no more at present.</summary>
    public bool IsBlocked => _end > _start;

    protected Loop Loop { get; }

    /// <inheritdoc/>
    public void OnReadable(long now) => Receive(Loop.Buffer.Length, now);

    /// <inheritdoc/>
    public void OnWritable(long now)
    {
        var count = _socket.Send(_pending.AsSpan(_start, _end - _start), SocketFlags.None, out var error);
        if (error is SocketError.WouldBlock) return;
        if (error is not SocketError.Success)
        {
            Lose();
            return;
        }
        _start += count;
        if (IsBlocked) return;
        Loop.WatchWriting(_socket, false);
        OnUnblocked(now);
    }

    /// <summary>Closes the connection; nothing of it is called any more.</summary>
    public void Close()
    {
        if (IsClosed) return;
        IsClosed = true;
        Loop.Forget(_socket);
        _socket.Dispose();
    }

    /// <summary>Reads what there is, and no more than so many bytes.</summary>
    protected void Receive(int maxBytes, long now)
    {
        var count = _socket.Receive(Loop.Buffer.AsSpan(0, maxBytes), SocketFlags.None, out var error);
        if (error is SocketError.WouldBlock) return;
        if (error is SocketError.Success && count > 0) OnBytes(Loop.Buffer.AsSpan(0, count), now);
        else Lose();
    }

    /// <summary>Has the loop tell when there is something to read.</summary>
    protected void Watch() => Loop.Watch(_socket, this);

    /// <summary>Sends now what the socket takes, the rest later.</summary>
    protected void Send(ReadOnlySpan<byte> bytes)
    {
        if (IsClosed) return;
        var count = 0;
        if (!IsBlocked)
        {
            count = _socket.Send(bytes, SocketFlags.None, out var error);
            if (error is SocketError.WouldBlock) count = 0;
            else if (error is not SocketError.Success) return; // The loop tells of the end.
        }
        if (count < bytes.Length) Keep(bytes[count..]);
    }

    /// <summary>Bytes came; they are valid during the call.</summary>
    protected abstract void OnBytes(ReadOnlySpan<byte> bytes, long now);

    /// <summary>The peer has closed the connection.</summary>
    protected abstract void OnLost();

    /// <summary>All that was kept is sent.</summary>
    protected virtual void OnUnblocked(long now) { }

    private void Lose()
    {
        Close();
        OnLost();
    }

    private void Keep(ReadOnlySpan<byte> bytes)
    {
        if (!IsBlocked)
        {
            _start = _end = 0;
            Loop.WatchWriting(_socket, true);
        }
        if (_pending.Length - _end < bytes.Length) Array.Resize(ref _pending, Math.Max(_pending.Length * 2, _end + bytes.Length));
        bytes.CopyTo(_pending.AsSpan(_end));
        _end += bytes.Length;
    }
}

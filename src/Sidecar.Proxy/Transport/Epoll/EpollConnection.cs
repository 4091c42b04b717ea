using System.IO.Pipelines;
using System.Net;
using System.Net.Sockets;

namespace Sidecar.Proxy.Transport.Epoll;

/// <summary>
/// A connection of the Linux transport. Its loop receives and resumes who waits for bytes; who writes sends at once on the thread it is on, and the loop only
/// what the kernel did not take then. A lock guards the states of both directions against each other's threads; nobody waits or is resumed under it.
/// </summary>
internal sealed class EpollConnection : Connection
{
    private readonly EpollReader _input;
    private readonly EpollWriter _output;
    private readonly Target _target;
    private readonly TimeProvider _time;
    private ConnectionEnd _end;
    private bool _isClosed;
    private EndPoint? _remote;

    private EpollConnection(int descriptor, EpollLoop loop, in PipeThresholds thresholds, TimeProvider time)
    {
        Descriptor = descriptor;
        Loop = loop;
        _time = time;
        _target = new Target(this);
        _input = new EpollReader(this);
        _output = new EpollWriter(this, thresholds);
    }

    /// <inheritdoc/>
    public override PipeReader Input => _input;

    /// <inheritdoc/>
    public override PipeWriter Output => _output;

    /// <inheritdoc/>
    public override EndPoint? RemoteEndPoint => _remote ??= FindRemote();

    /// <inheritdoc/>
    public override ConnectionEnd End
    {
        get
        {
            lock (Gate) return _end;
        }
    }

    /// <inheritdoc/>
    public override bool HasUnread
    {
        get
        {
            // The event that tells of it may still wait for its turn.
            lock (Gate) return _isClosed || LinuxSocket.HasInput(Descriptor);
        }
    }

    /// <inheritdoc/>
    public override long BytesWritten => _output.BytesWritten;

    /// <inheritdoc/>
    public override long BytesSent => _output.BytesSent;

    /// <summary>Guards everything but the bytes themselves.</summary>
    internal Lock Gate { get; } = new();

    internal int Descriptor { get; }

    internal EpollLoop Loop { get; }

    /// <summary>Whether the descriptor is ours no more. Under the gate.</summary>
    internal bool IsClosed => _isClosed;

    /// <summary>Takes over a connected descriptor; null when it cannot be watched, and it is closed then.</summary>
    public static EpollConnection? Create(int descriptor, EpollLoop loop, in PipeThresholds thresholds, TimeProvider time)
    {
        var connection = new EpollConnection(descriptor, loop, thresholds, time);
        if (loop.Watch(descriptor, connection._target) >= 0) return connection;
        connection.Abort();
        return null;
    }

    /// <inheritdoc/>
    public override void Abort()
    {
        lock (Gate)
        {
            _end = ConnectionEnd.Aborted;
            if (!_isClosed)
            {
                LinuxSocket.ResetOnClose(Descriptor);
                CloseDescriptor();
            }
            _input.Break();
            _output.Break();
        }
        // Whoever waits is resumed by the loop, never by who aborts.
        Schedule();
    }

    /// <inheritdoc/>
    public override async Task<bool> CloseAsync(TimeSpan patience, bool linger)
    {
        _output.Complete();
        if (!await _output.DrainAsync(patience, _time).ConfigureAwait(false))
        {
            Abort();
            return false;
        }
        if (linger && End == ConnectionEnd.Open)
        {
            LinuxSocket.EndSending(Descriptor);
            await DiscardInputAsync(patience).ConfigureAwait(false);
        }
        lock (Gate)
        {
            _end = ConnectionEnd.Aborted;
            CloseDescriptor();
            _input.Break();
            _output.Break();
        }
        Schedule();
        return true;
    }

    /// <summary>Asks for a turn, in which waits end that something else than the socket ended.</summary>
    internal void Schedule() => Loop.Schedule(_target);

    /// <summary>The peer's end, or the connection's. Under the gate.</summary>
    internal void OnEnd(ConnectionEnd end)
    {
        if (_end == ConnectionEnd.Open || (_end == ConnectionEnd.Closed && end == ConnectionEnd.Reset)) _end = end;
    }

    // Under the gate: from here on its number may be another's.
    private void CloseDescriptor()
    {
        if (_isClosed) return;
        _isClosed = true;
        Loop.Forget(Descriptor, _target);
        LinuxSocket.Close(Descriptor);
    }

    private async Task DiscardInputAsync(TimeSpan patience)
    {
        var since = _time.GetTimestamp();
        await using var limit = _time.CreateTimer(_ => _input.CancelPendingRead(), null, patience, Timeout.InfiniteTimeSpan).ConfigureAwait(false);
        ReadResult read;
        do
        {
            read = await _input.ReadAsync().ConfigureAwait(false);
            _input.AdvanceTo(read.Buffer.End);
        }
        while (!read.IsCompleted && _time.GetElapsedTime(since) < patience);
    }

    private EndPoint? FindRemote()
    {
        lock (Gate)
        {
            if (_isClosed) return null;
            using var socket = new Socket(new SafeSocketHandle(Descriptor, ownsHandle: false));
            return socket.RemoteEndPoint;
        }
    }

    private sealed class Target(EpollConnection connection) : EpollTarget
    {
        public override void OnEvents(uint events)
        {
            const uint Failed = LinuxSocket.Error | LinuxSocket.HangUp;
            if ((events & (LinuxSocket.Writable | Failed)) != 0) connection._output.OnWritable();
            if ((events & (LinuxSocket.Readable | LinuxSocket.PeerClosed | Failed)) == 0) return;
            connection._input.OnReadable(mayBeLast: (events & (LinuxSocket.PeerClosed | Failed)) != 0);
        }

        public override void OnTurn()
        {
            connection._output.OnTurn();
            connection._input.OnTurn();
        }
    }
}

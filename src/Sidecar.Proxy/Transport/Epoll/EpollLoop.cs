using System.Buffers;
using System.Collections.Concurrent;
using System.Runtime.InteropServices;

namespace Sidecar.Proxy.Transport.Epoll;

/// <summary>What a loop watches: a connection, a listener, a connect under way.</summary>
internal abstract class EpollTarget
{
    private int _isScheduled;

    /// <summary>Its descriptor changed. On the loop's thread.</summary>
    public abstract void OnEvents(uint events);

    /// <summary>A turn that was asked for. On the loop's thread.</summary>
    public abstract void OnTurn();

    /// <summary>Whether this is the first to ask for the next turn.</summary>
    internal bool TrySchedule() => Interlocked.Exchange(ref _isScheduled, 1) == 0;

    internal void Turn()
    {
        Volatile.Write(ref _isScheduled, 0);
        OnTurn();
    }
}

/// <summary>
/// One thread, one epoll instance: waits for what its sockets tell, receives, and resumes inline whoever waited for it. One receive a connection a turn, so
/// that a connection with much to read does not hold up the others.
/// <code>
/// epoll_wait → events: OnEvents of each → turns that were asked for: OnTurn of each → epoll_wait
/// </code>
/// </summary>
internal sealed class EpollLoop
{
    private const int MaxEvents = 256;
    private const int BufferBytes = 64 * 1024;
    private const int RetryMilliseconds = 50;

    [ThreadStatic]
    private static EpollLoop? _current;

    private readonly int _epoll;
    private readonly int _wakeUp;
    private readonly byte[] _events = GC.AllocateArray<byte>(MaxEvents * LinuxSocket.EventBytes, pinned: true);
    private readonly ConcurrentQueue<EpollTarget> _posted = new();
    private readonly Lock _watching = new();
    private EpollTarget?[] _targets = new EpollTarget?[64];
    private List<EpollTarget> _turns = [];
    private List<EpollTarget> _running = [];
    private List<EpollTarget> _retries = [];
    private long _retryAt;
    private int _isAsleep;

    /// <summary>Starts its thread, which lives as long as the process.</summary>
    public EpollLoop(int number)
    {
        _epoll = LinuxSocket.CreateEpoll();
        _wakeUp = LinuxSocket.CreateWakeUp();
        if (_epoll < 0 || _wakeUp < 0) throw new IOException($"no epoll instance: errno {-Math.Min(_epoll, _wakeUp)}");
        LinuxSocket.Watch(_epoll, _wakeUp, LinuxSocket.Readable | LinuxSocket.EdgeTriggered);
        Buffer = ArrayPool<byte>.Shared.Rent(BufferBytes);
        new Thread(Run) { IsBackground = true, Name = $"epoll {number}" }.Start();
    }

    /// <summary>The loop whose thread this is; null on every other.</summary>
    public static EpollLoop? Current => _current;

    /// <summary>Where its thread receives: whoever is resumed reads it at once, or <see cref="GiveBuffer"/> gives it away.</summary>
    public byte[] Buffer { get; private set; }

    /// <summary>The buffer is still being read by who was resumed: it is theirs now.</summary>
    public void GiveBuffer() => Buffer = ArrayPool<byte>.Shared.Rent(BufferBytes);

    /// <summary>Watches a descriptor; 0, or a negated errno.</summary>
    public int Watch(int descriptor, EpollTarget target)
    {
        lock (_watching)
        {
            if (descriptor >= _targets.Length)
            {
                var larger = new EpollTarget?[Math.Max(descriptor + 1, _targets.Length * 2)];
                _targets.CopyTo(larger, 0);
                Volatile.Write(ref _targets, larger);
            }
            Volatile.Write(ref _targets[descriptor], target);
        }
        return LinuxSocket.Watch(_epoll, descriptor, LinuxSocket.Readable | LinuxSocket.Writable | LinuxSocket.PeerClosed | LinuxSocket.EdgeTriggered);
    }

    /// <summary>Watches it no more; the descriptor is closed next.</summary>
    public void Forget(int descriptor, EpollTarget target)
    {
        lock (_watching)
        {
            if (descriptor < _targets.Length && _targets[descriptor] == target) _targets[descriptor] = null;
        }
    }

    /// <summary>Asks for a turn: soon, and on the loop's thread. From any thread.</summary>
    public void Schedule(EpollTarget target)
    {
        if (!target.TrySchedule()) return;
        if (_current == this)
        {
            _turns.Add(target);
            return;
        }
        _posted.Enqueue(target);
        Interlocked.MemoryBarrier();
        if (Volatile.Read(ref _isAsleep) != 0 && Interlocked.Exchange(ref _isAsleep, 0) != 0) LinuxSocket.WakeUp(_wakeUp);
    }

    /// <summary>Asks for a turn after a pause, for what failed for now. On the loop's thread.</summary>
    public void Retry(EpollTarget target)
    {
        if (_retries.Count == 0) _retryAt = Environment.TickCount64 + RetryMilliseconds;
        _retries.Add(target);
    }

    private void Run()
    {
        _current = this;
        while (true)
        {
            var count = LinuxSocket.Wait(_epoll, _events, Timeout());
            Volatile.Write(ref _isAsleep, 0);
            for (var i = 0; i < count; i++) Dispatch(_events.AsSpan(i * LinuxSocket.EventBytes, LinuxSocket.EventBytes));
            while (_posted.TryDequeue(out var posted)) _turns.Add(posted);
            (_turns, _running) = (_running, _turns);
            foreach (var target in _running) target.Turn();
            _running.Clear();
            if (_retries.Count > 0 && Environment.TickCount64 >= _retryAt) RunRetries();
        }
    }

    private int Timeout()
    {
        if (_turns.Count > 0) return 0;
        Volatile.Write(ref _isAsleep, 1);
        Interlocked.MemoryBarrier();
        if (!_posted.IsEmpty) return 0;
        return _retries.Count > 0 ? RetryMilliseconds : -1;
    }

    private void RunRetries()
    {
        var retries = _retries;
        _retries = [];
        foreach (var target in retries) target.OnTurn();
    }

    // An event may be older than its descriptor, where a number was used again: so it is a hint, and only the calls that follow tell.
    private void Dispatch(ReadOnlySpan<byte> entry)
    {
        var events = MemoryMarshal.Read<uint>(entry);
        var descriptor = MemoryMarshal.Read<int>(entry[LinuxSocket.EventDataOffset..]);
        if (descriptor == _wakeUp) LinuxSocket.ClearWakeUp(_wakeUp);
        else Volatile.Read(ref Volatile.Read(ref _targets)[descriptor])?.OnEvents(events);
    }
}

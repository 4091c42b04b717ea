using System.Diagnostics;
using System.Net.Sockets;

namespace Sidecar.Load.Readiness;

/// <summary>What the loop wakes when a socket is ready.</summary>
internal interface IReady
{
    /// <summary>There is something to read, or the peer is gone.</summary>
    void OnReadable(long now);

    /// <summary>The socket takes more.</summary>
    void OnWritable(long now);
}

/// <summary>What the loop wakes at a time.</summary>
internal interface IAlarm
{
    /// <summary>The time has come.</summary>
    void OnTime(long now);
}

/// <summary>One thread that owns all its sockets and alarms: nothing in it needs a lock. Times are ticks of <see cref="Stopwatch"/>.</summary>
internal sealed class Loop : IDisposable
{
    private const long LongestWait = 100_000_000;
    private const int BufferBytes = 256 * 1024;

    private readonly Epoll _epoll = new();
    private readonly Dictionary<int, IReady> _watched = [];
    private readonly PriorityQueue<IAlarm, long> _alarms = new();
    private bool _isStopped;

    /// <summary>Serves every read of the loop; nothing in it outlives the call that read it.</summary>
    public byte[] Buffer { get; } = new byte[BufferBytes];

    /// <summary>Ticks of a duration.</summary>
    public static long Ticks(TimeSpan duration) => (long)(duration.TotalSeconds * Stopwatch.Frequency);

    /// <summary>Wakes an alarm at a time.</summary>
    public void At(long time, IAlarm alarm) => _alarms.Enqueue(alarm, time);

    /// <summary>Watches a socket for reading.</summary>
    public void Watch(Socket socket, IReady ready)
    {
        var descriptor = Descriptor(socket);
        _watched[descriptor] = ready;
        _epoll.Watch(descriptor, Epoll.Readable);
    }

    /// <summary>Changes whether a socket is watched for writing too.</summary>
    public void WatchWriting(Socket socket, bool watches) => _epoll.Change(Descriptor(socket), watches ? Epoll.Readable | Epoll.Writable : Epoll.Readable);

    /// <summary>Forgets a socket that is about to be closed.</summary>
    public void Forget(Socket socket)
    {
        var descriptor = Descriptor(socket);
        if (_watched.Remove(descriptor)) _epoll.Forget(descriptor);
    }

    /// <summary>Ends <see cref="Run"/>; any thread may.</summary>
    public void Stop() => Volatile.Write(ref _isStopped, true);

    /// <summary>Serves sockets and alarms until it is stopped.</summary>
    public void Run()
    {
        while (!Volatile.Read(ref _isStopped))
        {
            var now = Stopwatch.GetTimestamp();
            while (_alarms.TryPeek(out var alarm, out var time) && time <= now)
            {
                _alarms.Dequeue();
                alarm.OnTime(now);
                now = Stopwatch.GetTimestamp();
            }
            var wait = _alarms.TryPeek(out _, out var next) ? Math.Clamp((next - now) * 1_000_000_000 / Stopwatch.Frequency, 0, LongestWait) : LongestWait;
            Serve(_epoll.Wait(wait));
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _epoll.Dispose();

    private void Serve(int count)
    {
        for (var i = 0; i < count; i++)
        {
            var (descriptor, events) = _epoll.Ready(i);
            // Each is asked for again: the one before may have closed it.
            if ((events & Epoll.Readable) != 0 && _watched.TryGetValue(descriptor, out var readable)) readable.OnReadable(Stopwatch.GetTimestamp());
            if ((events & Epoll.Writable) != 0 && _watched.TryGetValue(descriptor, out var writable)) writable.OnWritable(Stopwatch.GetTimestamp());
        }
    }

    private static int Descriptor(Socket socket) => (int)socket.Handle;
}

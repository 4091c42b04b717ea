using System.Collections.Concurrent;

namespace Sidecar.Proxy.Transport;

/// <summary>Something with deadlines.</summary>
public interface IHeartbeatTarget
{
    /// <summary>Looks at its clocks. Must not block.</summary>
    /// <param name="now"><see cref="TimeProvider.GetTimestamp"/> of this beat.</param>
    void OnHeartbeat(long now);
}

/// <summary>The one timer behind every deadline: each beat visits everything that has clocks. A deadline fires at most one interval late.</summary>
public sealed class Heartbeat : IDisposable
{
    /// <summary>Time between two beats.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);

    private readonly ConcurrentDictionary<IHeartbeatTarget, byte> _targets = new(ReferenceEqualityComparer.Instance);
    private readonly TimeProvider _time;
    private readonly ITimer _timer;
    private int _beating;

    /// <summary>Starts it.</summary>
    public Heartbeat(TimeProvider time)
    {
        _time = time;
        _timer = time.CreateTimer(static state => ((Heartbeat)state!).Beat(), this, Interval, Interval);
    }

    /// <summary>How many are visited.</summary>
    public int Count => _targets.Count;

    /// <summary>Visits it from now on.</summary>
    public void Add(IHeartbeatTarget target) => _targets.TryAdd(target, 0);

    /// <summary>Visits it no more.</summary>
    public void Remove(IHeartbeatTarget target) => _targets.TryRemove(target, out _);

    /// <inheritdoc/>
    public void Dispose() => _timer.Dispose();

    private void Beat()
    {
        // A beat that outlasts the interval is not joined by the next.
        if (Interlocked.Exchange(ref _beating, 1) != 0) return;
        var now = _time.GetTimestamp();
        foreach (var target in _targets) target.Key.OnHeartbeat(now);
        Volatile.Write(ref _beating, 0);
    }
}

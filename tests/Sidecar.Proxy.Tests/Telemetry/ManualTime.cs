namespace Sidecar.Proxy.Tests.Telemetry;

/// <summary>A clock that moves only when told, in nanoseconds as on Linux; its timers fire on the way, on the thread that moves it.</summary>
internal sealed class ManualTime : TimeProvider
{
    private const long Origin = 1_000_000_000;
    private static readonly DateTimeOffset Start = new(2026, 1, 2, 3, 4, 5, 678, TimeSpan.Zero);

    private readonly Lock _lock = new();
    private readonly List<Timer> _timers = [];
    private long _nanoseconds = Origin;

    public override long TimestampFrequency => 1_000_000_000;

    public override long GetTimestamp() => Interlocked.Read(ref _nanoseconds);

    public override DateTimeOffset GetUtcNow() => Start.AddTicks((GetTimestamp() - Origin) / 100);

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new Timer(this, () => callback(state));
        timer.Change(dueTime, period);
        return timer;
    }

    /// <summary>Timers that are to fire.</summary>
    public int PendingTimers
    {
        get
        {
            lock (_lock) return _timers.Count;
        }
    }

    /// <summary>Moves on and returns the new timestamp.</summary>
    public long Advance(double milliseconds) => AdvanceTo(GetTimestamp() + (long)Math.Round(milliseconds * 1_000_000));

    /// <summary>Moves on.</summary>
    public void Advance(TimeSpan by) => Advance(by.TotalMilliseconds);

    private long AdvanceTo(long target)
    {
        while (TakeDue(target) is { } timer) timer.Fire();
        // A timer may have moved the clock itself; it never goes back.
        return Math.Max(target, Interlocked.Exchange(ref _nanoseconds, Math.Max(GetTimestamp(), target)));
    }

    private Timer? TakeDue(long target)
    {
        lock (_lock)
        {
            var first = _timers.MinBy(timer => timer.DueAt);
            if (first is null || first.DueAt > target) return null;
            Interlocked.Exchange(ref _nanoseconds, Math.Max(GetTimestamp(), first.DueAt));
            if (first.Period > 0) first.DueAt += first.Period;
            else _timers.Remove(first);
            return first;
        }
    }

    private sealed class Timer(ManualTime time, Action callback) : ITimer
    {
        public long DueAt { get; set; }

        public long Period { get; private set; }

        public void Fire() => callback();

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            lock (time._lock)
            {
                time._timers.Remove(this);
                Period = period > TimeSpan.Zero ? period.Ticks * 100 : 0;
                DueAt = time.GetTimestamp() + dueTime.Ticks * 100;
                if (dueTime >= TimeSpan.Zero) time._timers.Add(this);
            }
            return true;
        }

        public void Dispose()
        {
            lock (time._lock) time._timers.Remove(this);
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return default;
        }
    }
}

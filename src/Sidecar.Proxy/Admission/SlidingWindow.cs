namespace Sidecar.Proxy.Admission;

/// <summary>What is left of a limit.</summary>
/// <param name="Limit">Most in any minute.</param>
/// <param name="Remaining">What may still be taken now.</param>
/// <param name="Reset">Until all of it is there again.</param>
public readonly record struct WindowState(long Limit, long Remaining, TimeSpan Reset);

/// <summary>
/// A limit on what may be taken in any 60 seconds, wherever they begin: a bucket of tokens would let nearly twice as much through in its first
/// minute. What was taken is counted by the second, and a second counts until all of it is more than a minute ago. Of what is only
/// estimated, the difference is settled later, to either side; neither is known to System.Threading.RateLimiting.
/// </summary>
/// <param name="limit">Most in any minute.</param>
/// <param name="time">The clock.</param>
internal sealed class SlidingWindow(long limit, TimeProvider time)
{
    private const int WindowSeconds = 60;
    private const int Slots = WindowSeconds + 1;

    private readonly Lock _lock = new();
    private readonly long _origin = time.GetTimestamp();
    private readonly long[] _taken = new long[Slots];
    private long _second;
    private long _total;

    /// <summary>Most in any minute.</summary>
    public long Limit => limit;

    /// <summary>What is left now.</summary>
    public WindowState State
    {
        get
        {
            lock (_lock)
            {
                var elapsed = Advance();
                return new WindowState(limit, Math.Max(0, limit - _total), UntilFree(_total, elapsed));
            }
        }
    }

    /// <summary>Takes an amount if it is there.</summary>
    /// <param name="amount">How much.</param>
    /// <param name="second">When it was taken, for <see cref="Settle"/>.</param>
    /// <param name="wait">When it is not there: until it may be. More than the limit is never there, which is a whole window.</param>
    public bool TryTake(long amount, out long second, out TimeSpan wait)
    {
        lock (_lock)
        {
            var elapsed = Advance();
            second = _second;
            if (amount <= limit - _total)
            {
                Add(_second, amount);
                wait = TimeSpan.Zero;
                return true;
            }
            wait = amount > limit ? TimeSpan.FromSeconds(WindowSeconds) : UntilFree(_total + amount - limit, elapsed);
            return false;
        }
    }

    /// <summary>
    /// What was taken turned out to be another amount. Too much is given back where it was taken; too little is taken now, even beyond the
    /// limit, as it was used: what comes after waits for it.
    /// </summary>
    public void Settle(long second, long reserved, long actual)
    {
        lock (_lock)
        {
            Advance();
            if (actual > reserved) Add(_second, actual - reserved);
            else if (_second - second < Slots) Add(second, actual - reserved);
        }
    }

    private void Add(long second, long amount)
    {
        _taken[second % Slots] += amount;
        _total += amount;
    }

    /// <summary>Forgets what is more than a minute ago; the time since the beginning.</summary>
    private TimeSpan Advance()
    {
        var elapsed = time.GetElapsedTime(_origin);
        var now = (long)elapsed.TotalSeconds;
        for (var passed = Math.Min(now - _second, Slots); passed > 0; passed--)
        {
            ref var oldest = ref _taken[(now - passed + 1) % Slots];
            _total -= oldest;
            oldest = 0;
        }
        _second = Math.Max(_second, now);
        return elapsed;
    }

    private TimeSpan UntilFree(long amount, TimeSpan elapsed)
    {
        if (amount <= 0) return TimeSpan.Zero;
        for (var second = Math.Max(0, _second - WindowSeconds); second <= _second; second++)
        {
            amount -= _taken[second % Slots];
            if (amount <= 0) return TimeSpan.FromSeconds(second + Slots) - elapsed;
        }
        return TimeSpan.FromSeconds(Slots);
    }
}

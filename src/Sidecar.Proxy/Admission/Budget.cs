namespace Sidecar.Proxy.Admission;

/// <summary>
/// Dollars spent in a day (UTC). Asked before a request and told of its cost at its end: the requests under way when it runs out may
/// exceed it by what they cost.
/// </summary>
/// <param name="time">The clock.</param>
internal sealed class Budget(TimeProvider time)
{
    private readonly Lock _lock = new();
    private DateOnly _day;
    private decimal _spent;

    /// <summary>Whether so much, or more, was spent today.</summary>
    public bool IsSpent(decimal limit)
    {
        lock (_lock)
        {
            Turn();
            return _spent >= limit;
        }
    }

    /// <summary>Until the next day begins.</summary>
    public TimeSpan UntilTomorrow => TimeSpan.FromDays(1) - time.GetUtcNow().TimeOfDay;

    /// <summary>Counts a cost on the day on which it is known.</summary>
    public void Spend(decimal dollars)
    {
        lock (_lock)
        {
            Turn();
            _spent += dollars;
        }
    }

    private void Turn()
    {
        var today = DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime);
        if (today == _day) return;
        _day = today;
        _spent = 0;
    }
}

using System.Globalization;
using Sidecar.Providers;
using Sidecar.Proxy.Configuration;

namespace Sidecar.Proxy.Admission;

/// <summary>What one key may use, and what it has used. A reload keeps what was counted for limits that stay as they are, and the budget.</summary>
internal sealed class KeyLimits
{
    private readonly SlidingWindow? _requests;
    private readonly SlidingWindow? _tokens;
    private readonly Budget _budget;
    private readonly decimal? _dollars;

    /// <param name="options">The limits.</param>
    /// <param name="before">Those of the key before the reload; null when it is new.</param>
    /// <param name="time">The clock.</param>
    public KeyLimits(KeyOptions options, KeyLimits? before, TimeProvider time)
    {
        _requests = WindowOf(options.RequestsPerMinute, before?._requests, time);
        _tokens = WindowOf(options.TokensPerMinute, before?._tokens, time);
        _budget = before?._budget ?? new Budget(time);
        _dollars = options.BudgetUsdPerDay;
    }

    /// <summary>Takes a request and its tokens out of what is left; a grant, or why not. Nothing is taken from one limit when another refuses.</summary>
    /// <param name="estimate">Tells the tokens that it may need; asked only where they are limited.</param>
    /// <param name="grant">What was taken, to be settled at the end; null when something refused.</param>
    public Denial? TryTake(Func<long> estimate, out Grant? grant)
    {
        grant = null;
        if (_dollars is { } dollars && _budget.IsSpent(dollars)) return Spent(dollars);
        var (tokens, second) = (0L, 0L);
        if (_tokens is not null && !_tokens.TryTake(tokens = estimate(), out second, out var wait)) return Limited("tokens", _tokens.Limit, tokens, wait);
        if (_requests is not null && !_requests.TryTake(1, out _, out wait))
        {
            _tokens?.Settle(second, tokens, 0);
            return Limited("requests", _requests.Limit, 1, wait);
        }
        grant = new Grant(_tokens, second, tokens, _budget);
        return null;
    }

    private static SlidingWindow? WindowOf(int? limit, SlidingWindow? before, TimeProvider time) =>
        limit is not { } most ? null : before?.Limit == most ? before : new SlidingWindow(most, time);

    private Denial Limited(string what, long limit, long asked, TimeSpan wait) => new(
        ErrorCode.RateLimited, string.Create(CultureInfo.InvariantCulture, $"the limit of {limit} {what} per minute is reached; this request needs {asked}"))
    {
        RetryAfter = wait,
        Requests = _requests?.State,
        Tokens = _tokens?.State,
    };

    private Denial Spent(decimal dollars) => new(
        ErrorCode.BudgetExhausted, string.Create(CultureInfo.InvariantCulture, $"the budget of {dollars} dollars for this day (UTC) is spent"))
    {
        RetryAfter = _budget.UntilTomorrow,
    };
}

using Sidecar.Proxy.Telemetry;

namespace Sidecar.Proxy.Admission;

/// <summary>What a request that was let through took from the limits of its key: settled once, at its end.</summary>
public sealed class Grant
{
    private readonly SlidingWindow? _tokens;
    private readonly long _second;
    private readonly long _reserved;
    private readonly Budget _budget;

    internal Grant(SlidingWindow? tokens, long second, long reserved, Budget budget)
    {
        _tokens = tokens;
        _second = second;
        _reserved = reserved;
        _budget = budget;
    }

    /// <summary>The exchange has ended, and its record holds its usage and its cost.</summary>
    public void End(ExchangeRecord record)
    {
        _tokens?.Settle(_second, _reserved, TokensOf(record));
        if (record.CostUsd is { } dollars) _budget.Spend(dollars);
    }

    /// <summary>Without figures the estimate stands, unless the client got nothing for it.</summary>
    private long TokensOf(ExchangeRecord record)
    {
        if (record.InputTokens is not null || record.OutputTokens is not null) return (record.InputTokens ?? 0) + (record.OutputTokens ?? 0);
        return record.Status is 0 or >= 400 && record.ContentEvents == 0 ? 0 : _reserved;
    }
}

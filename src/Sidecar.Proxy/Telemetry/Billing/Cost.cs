using Sidecar.Proxy.Configuration;

namespace Sidecar.Proxy.Telemetry.Billing;

/// <summary>What an exchange cost, by the figures its record holds: an aborted one, what was delivered of it.</summary>
public static class Cost
{
    /// <summary>Dollars; null where the model has no price or there is no figure of its tokens, never zero for either.</summary>
    public static decimal? Of(ExchangeRecord record, UsageOptions options)
    {
        if (record.InputTokens is null && record.OutputTokens is null) return null;
        return (options.Prices ?? PriceTable.BuiltIn).Find(record.UpstreamModel ?? record.Model)
            ?.Cost(record.InputTokens ?? 0, record.CachedTokens ?? 0, record.OutputTokens ?? 0, record.ReasoningTokens ?? 0);
    }
}

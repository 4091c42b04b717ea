using Sidecar.Providers;
using Sidecar.Proxy.Configuration;
using Sidecar.Proxy.Telemetry;

namespace Sidecar.Proxy.Admission;

/// <summary>Who asks, once that is certain, and what they may do.</summary>
public sealed class Caller
{
    /// <summary>Attribution.</summary>
    public string? User { get; init; }

    /// <summary>Attribution.</summary>
    public string? Team { get; init; }

    /// <summary>Attribution.</summary>
    public string? Project { get; init; }

    /// <summary>Patterns of models; empty: every model and none.</summary>
    public IReadOnlyList<string> Models { get; init; } = [];

    /// <summary>Names of routes; empty: every one.</summary>
    public IReadOnlyList<string> Routes { get; init; } = [];

    /// <summary>What they may use; null for no limits.</summary>
    internal KeyLimits? Limits { get; init; }

    /// <summary>Lets a request through, whose route and model its record names, or tells why not.</summary>
    /// <param name="record">The request.</param>
    /// <param name="body">Its body.</param>
    /// <param name="grant">What it took from the limits, to be ended with it; null where there are none.</param>
    public Denial? Admit(ExchangeRecord record, ReadOnlyMemory<byte> body, out Grant? grant)
    {
        grant = null;
        if (Routes.Count > 0 && !Routes.Contains(record.Route!)) return new Denial(ErrorCode.Forbidden, "this key may not take this route");
        if (!AllowsModel(record.Model)) return new Denial(ErrorCode.Forbidden, "this key may not ask this model");
        return Limits?.TryTake(() => RequestedTokens.Estimate(body.Span), out grant);
    }

    // A request that names no model may still cost: only whoever may ask all of them may ask that.
    private bool AllowsModel(string? model) => Models.Count == 0 || Wildcard.MatchesAny(Models, model ?? "");
}

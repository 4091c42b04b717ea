using System.Collections.Frozen;
using Prometheus;

namespace Sidecar.Proxy.Telemetry.Billing;

/// <summary>
/// Dollars by route, provider, model, team and project. A team or project gets a label of its own only where the configuration names it: what clients say of
/// themselves is <see cref="BoundedLabel.Other"/>.
/// </summary>
internal sealed class CostMetrics
{
    /// <summary>Most teams, and most projects, that have a label of their own.</summary>
    public const int MaxNames = 256;

    private volatile FrozenSet<string> _teams = [];
    private volatile FrozenSet<string> _projects = [];

    public CostMetrics(MetricFamilies families, string[] labels)
    {
        Dollars = families.SparseCounter("llm_sidecar_cost_usd_total",
            "US dollars by the price table, of exchanges whose tokens and price are known.", [.. labels, "team", "project"]);
        Unpriced = families.SparseCounter("llm_sidecar_unpriced_streams_total",
            "Exchanges whose tokens are known and whose model has no price.", labels);
    }

    public Counter Dollars { get; }

    public Counter Unpriced { get; }

    /// <summary>Takes over the names that the configuration gives.</summary>
    public void Know(IEnumerable<string> teams, IEnumerable<string> projects)
    {
        _teams = teams.Distinct().Take(MaxNames).ToFrozenSet(StringComparer.Ordinal);
        _projects = projects.Distinct().Take(MaxNames).ToFrozenSet(StringComparer.Ordinal);
    }

    /// <summary>The label of a team.</summary>
    public string Team(string? name) => Label(_teams, name);

    /// <summary>The label of a project.</summary>
    public string Project(string? name) => Label(_projects, name);

    private static string Label(FrozenSet<string> known, string? name) =>
        string.IsNullOrEmpty(name) ? "" : known.TryGetValue(name, out var label) ? label : BoundedLabel.Other;
}

namespace Sidecar.Proxy.Configuration;

/// <summary>How tokens are known, what they cost, and where that is kept.</summary>
public sealed record UsageOptions
{
    /// <summary>Prices of a file; null for <see cref="PriceTable.BuiltIn"/>.</summary>
    public PriceTable? Prices { get; init; }

    /// <summary>Whether OpenAI's streams are asked for usage where the client does not ask.</summary>
    public bool InjectsIncludeUsage { get; init; } = true;

    /// <summary>Absolute path of the journal; null for none. Taken at the start.</summary>
    public string? Journal { get; init; }
}

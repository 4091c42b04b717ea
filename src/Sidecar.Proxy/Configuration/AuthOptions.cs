namespace Sidecar.Proxy.Configuration;

/// <summary>What a client must show.</summary>
public enum AuthMode : byte
{
    /// <summary>Nothing: who reaches the port may ask.</summary>
    None,
    /// <summary>A key of the configuration.</summary>
    Keys,
    /// <summary>A signed token.</summary>
    Jwt,
}

/// <summary>Who may ask, and who is asking.</summary>
public sealed record AuthOptions
{
    /// <summary>What a client must show.</summary>
    public AuthMode Mode { get; init; }
    /// <summary>The keys of mode keys.</summary>
    public IReadOnlyList<KeyOptions> Keys { get; init; } = [];
    /// <summary>The tokens of mode jwt.</summary>
    public JwtOptions Jwt { get; init; } = new();
    /// <summary>Header that names the user (mode none); lower case.</summary>
    public string? UserHeader { get; init; } = "x-sidecar-user";
    /// <summary>Header that names the team (mode none); lower case.</summary>
    public string? TeamHeader { get; init; } = "x-sidecar-team";
    /// <summary>Header that names the project (mode none); lower case.</summary>
    public string? ProjectHeader { get; init; } = "x-sidecar-project";
}

/// <summary>One key: whose it is and what it may do. The key itself is known to its owner alone.</summary>
public sealed record KeyOptions
{
    /// <summary>Its name; what was counted for it stays with the name when the key is replaced.</summary>
    public required string Id { get; init; }
    /// <summary>SHA-256 of the key, 64 hexadecimal digits, lower case.</summary>
    public required string Sha256 { get; init; }
    /// <summary>Attribution.</summary>
    public string? User { get; init; }
    /// <summary>Attribution.</summary>
    public string? Team { get; init; }
    /// <summary>Attribution.</summary>
    public string? Project { get; init; }
    /// <summary>Patterns of the models that it may ask; empty: every model and none.</summary>
    public IReadOnlyList<string> Models { get; init; } = [];
    /// <summary>Names of the routes that it may take; empty: every one.</summary>
    public IReadOnlyList<string> Routes { get; init; } = [];
    /// <summary>Most requests in any minute; null for no limit.</summary>
    public int? RequestsPerMinute { get; init; }
    /// <summary>Most tokens in any minute, input and output together; null for no limit.</summary>
    public int? TokensPerMinute { get; init; }
    /// <summary>Dollars that may be spent in a day (UTC); null for no limit.</summary>
    public decimal? BudgetUsdPerDay { get; init; }

    /// <summary>Hides the digest.</summary>
    public override string ToString() => Id;
}

/// <summary>Tokens of an issuer.</summary>
public sealed record JwtOptions
{
    /// <summary>What <c>iss</c> must be; empty: not looked at.</summary>
    public string Issuer { get; init; } = "";
    /// <summary>What <c>aud</c> must be or hold; empty: not looked at.</summary>
    public string Audience { get; init; } = "";
    /// <summary>The keys that sign them; null when there is no file.</summary>
    public KeySetFile? Jwks { get; init; }
    /// <summary>Claim that names the user; null for none.</summary>
    public string? UserClaim { get; init; } = "sub";
    /// <summary>Claim that names the team; null for none.</summary>
    public string? TeamClaim { get; init; } = "team";
    /// <summary>Claim that names the project; null for none.</summary>
    public string? ProjectClaim { get; init; } = "project";
}

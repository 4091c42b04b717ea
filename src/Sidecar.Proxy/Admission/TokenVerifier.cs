using System.Text;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using Sidecar.Proxy.Configuration;

namespace Sidecar.Proxy.Admission;

/// <summary>
/// Tokens signed by one of the issuer's keys with RS256 or ES256. The token's word for its algorithm counts only within the kind of the key
/// that it names, and no secret is ever taken for a key: neither <c>none</c> nor a public key used as a secret passes.
/// </summary>
internal sealed class TokenVerifier : IAuthenticator
{
    private const int LongestToken = 16 * 1024;
    private const int LongestClaim = 128;
    private static readonly TimeSpan Skew = TimeSpan.FromSeconds(60);

    private readonly JsonWebTokenHandler _handler = new() { MapInboundClaims = false, MaximumTokenSizeInBytes = LongestToken };
    private readonly TokenValidationParameters _parameters;
    private readonly JwtOptions _options;
    private readonly IIssuerKeys _keys;
    private readonly TimeProvider _time;

    /// <param name="options">What a token must be.</param>
    /// <param name="keys">The issuer's keys.</param>
    /// <param name="time">The clock.</param>
    public TokenVerifier(JwtOptions options, IIssuerKeys keys, TimeProvider time)
    {
        _options = options;
        _keys = keys;
        _time = time;
        _parameters = new TokenValidationParameters
        {
            IssuerSigningKeyResolver = (_, _, kid, _) => Candidates(kid),
            TryAllIssuerSigningKeys = false,
            ValidAlgorithms = [SecurityAlgorithms.RsaSha256, SecurityAlgorithms.EcdsaSha256],
            RequireSignedTokens = true,
            RequireExpirationTime = true,
            ValidIssuer = options.Issuer,
            ValidateIssuer = options.Issuer.Length > 0,
            ValidAudience = options.Audience,
            ValidateAudience = options.Audience.Length > 0,
            LifetimeValidator = IsInTime,
        };
    }

    /// <inheritdoc/>
    public Caller? Identify(ReadOnlySpan<byte> credential)
    {
        if (credential.Length > LongestToken || credential.Count((byte)'.') != 2 || !Ascii.IsValid(credential)) return null;
        // Completes at once: its keys are here.
        var result = _handler.ValidateTokenAsync(Encoding.ASCII.GetString(credential), _parameters).GetAwaiter().GetResult();
        if (!result.IsValid || result.SecurityToken is not JsonWebToken token || token.TryGetHeaderValue<object>("crit", out _)) return null;
        return new Caller { User = Claim(token, _options.UserClaim), Team = Claim(token, _options.TeamClaim), Project = Claim(token, _options.ProjectClaim) };
    }

    /// <summary>The key that the token names; without a name all that have none, or the only one.</summary>
    private IReadOnlyList<SecurityKey> Candidates(string? kid)
    {
        var keys = _keys.Current ?? [];
        JsonWebKey[] named = [.. keys.Where(key => (key.Kid ?? "") == (kid ?? ""))];
        if (named.Length == 0 && !string.IsNullOrEmpty(kid)) _keys.Miss();
        return string.IsNullOrEmpty(kid) && keys.Count == 1 ? keys : named;
    }

    private bool IsInTime(DateTime? notBefore, DateTime? expires, SecurityToken token, TokenValidationParameters parameters)
    {
        var now = _time.GetUtcNow().UtcDateTime;
        return expires is { } end && now - Skew < end && (notBefore is not { } start || now + Skew >= start);
    }

    private static string? Claim(JsonWebToken token, string? name)
    {
        if (string.IsNullOrEmpty(name) || !token.TryGetPayloadValue<string>(name, out var value) || string.IsNullOrEmpty(value)) return null;
        return value.Length > LongestClaim ? value[..LongestClaim] : value;
    }
}

using System.Text;

namespace Sidecar.Moderation.Detectors;

/// <summary>
/// JSON web tokens in compact form (RFC 7515 §3.1): base64url of a JSON object, a dot, the same of a second one. From there on it is certain, and goes
/// on as far as base64url and the dot before the signature do. Also a token that was encoded once more.
/// </summary>
internal static class JsonWebToken
{
    /// <summary>Base64 of <c>{"</c> begins with eyJ, with white space between them eyA, ewo or ew0.</summary>
    private const string Compact = "(?<![0-9A-Za-z])e(?:y[AJ]|w[0o])[0-9A-Za-z_-]{14,300}\\.e(?:y[AJ]|w[0o])[0-9A-Za-z_-]*(?:\\.[0-9A-Za-z_-]*)?";

    /// <summary>Parameters and claims that a header begins with (RFC 7515 §4.1, RFC 7516 §4.1, RFC 7519 §4.1).</summary>
    private static readonly string[] FirstNames =
        
    [
        "alg", "apu", "apv", "aud", "b64", "crit", "cty", "enc", "epk", "exp", "iat", "iss", "iv", "jku", "jwk", "key_ops", "kid", "kty", "nonce",
        "p2c", "p2s", "ppt", "sub", "svt", "tag", "typ", "url", "use", "ver", "version", "x5c", "x5t", "x5u", "zip",
    ];

    public static Detector Detector { get; } = new("jwt",
    [
        new(Compact),
        new($"(?<![0-9A-Za-z+/])(?:{string.Join('|', FirstNames.Select(EncodedTwice))})[0-9A-Za-z+/]{{30}}[0-9A-Za-z+/=_-]*"),
    ]);

    private static string EncodedTwice(string name) => Encoded(Encoded($"{{\"{name}\":"));

    // As much of it as does not change with what follows.
    private static string Encoded(string text) => Convert.ToBase64String(Encoding.ASCII.GetBytes(text))[..(text.Length * 4 / 3)];
}

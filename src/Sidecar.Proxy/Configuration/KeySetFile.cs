using System.Text;
using System.Text.Json;
using Microsoft.IdentityModel.Tokens;

namespace Sidecar.Proxy.Configuration;

/// <summary>A file of public keys (RFC 7517), as it was when the configuration was read, or the URL of one.</summary>
/// <param name="Path">Absolute path, or the URL as written.</param>
/// <param name="Keys">Those of the file's keys that can verify RS256 or ES256.</param>
public sealed record KeySetFile(string Path, IReadOnlyList<JsonWebKey> Keys)
{
    private const int LeastModulusBits = 2048;

    /// <summary>Where the keys are fetched; null for a file.</summary>
    public Uri? Url { get; init; }

    /// <summary>Reads a key set; what is wrong with it, or null.</summary>
    /// <param name="bytes">The document.</param>
    /// <param name="keys">Its keys that can verify.</param>
    public static string? Parse(ReadOnlySpan<byte> bytes, out IReadOnlyList<JsonWebKey> keys)
    {
        try
        {
            keys = [.. JsonWebKeySet.Create(Encoding.UTF8.GetString(bytes)).Keys.Where(Verifies)];
            return keys.Count == 0 ? "holds no key for RS256 or ES256" : null;
        }
        catch (Exception error) when (error is ArgumentException or JsonException or FormatException or InvalidOperationException)
        {
            keys = [];
            return "not a JSON Web Key Set";
        }
    }

    /// <summary>Public keys of the two algorithms. A secret in the set is none: whoever reads the file could sign.</summary>
    private static bool Verifies(JsonWebKey key)
    {
        if (key.Use is not (null or "" or "sig") || key.Alg is not (null or "" or "RS256" or "ES256"))
            return false;
        try
        {
            return key.Kty switch
            {
                "RSA" => key.E is not null && key.N is not null && 8 * Base64UrlEncoder.DecodeBytes(key.N).Length >= LeastModulusBits,
                "EC" => key.Crv == "P-256" && key.X is not null && key.Y is not null,
                _ => false,
            };
        }
        catch (FormatException)
        {
            return false;
        }
    }
}

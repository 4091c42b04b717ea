using System.Text;
using System.Text.Json;
using Microsoft.IdentityModel.Tokens;
using Sidecar.Proxy.Configuration.Yaml;

namespace Sidecar.Proxy.Configuration.Table;

/// <summary>The path of a JWKS file, which is read while the configuration is, and watched: a rotation of its keys is a reload.</summary>
internal sealed class KeySetKind : Kind<KeySetFile?>
{
    private const int LeastModulusBits = 2048;

    public override KeySetFile? Seed => null;

    public override KeySetFile? Read(Node node, string path, Reading reading, KeySetFile? start)
    {
        if (node.IsNull)
            return null;
        if (!reading.TryText(node, path, out var text))
            return start;
        if (text.Length == 0)
            return null;
        if (text.Contains("://", StringComparison.Ordinal))
        {
            reading.Fail(path, node.Place, "a URL: not built yet in this version, only a file is");
            return start;
        }
        IReadOnlyList<JsonWebKey> keys = [];
        var problem = reading.File(text, out var file, out var bytes)
            ?? (Parse(bytes, out keys) is { } wrong ? Reading.FileProblem(file, wrong) : null);
        if (problem is null)
            return new KeySetFile(file, keys);
        reading.Fail(path, node.Place, problem);
        return start;
    }

    protected override void Write(Utf8JsonWriter writer, KeySetFile? value, string path, IReadOnlySet<string> concealed) =>
        writer.WriteStringValue(value?.Path ?? "");

    public override void WriteSchema(Utf8JsonWriter writer) =>
        ScalarKind<string>.WriteAlternatives(writer, ["""{"type":["string","null"]}"""]);

    private static string? Parse(byte[] bytes, out IReadOnlyList<JsonWebKey> keys)
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

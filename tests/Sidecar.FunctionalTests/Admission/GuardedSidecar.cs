using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Sidecar.FunctionalTests.Product;

namespace Sidecar.FunctionalTests.Admission;

/// <summary>A sidecar that lets in whoever shows a key or a token.</summary>
public abstract class GuardedSidecar : SidecarFixture
{
    /// <summary>A credential that is let in and may do everything.</summary>
    public abstract string Credential { get; }

    /// <summary>Credentials of which none is valid.</summary>
    public abstract IEnumerable<string> Invalid { get; }

    /// <summary>One of a class by its word in a theory.</summary>
    public static async Task<GuardedSidecar> StartAsync(string mode)
    {
        GuardedSidecar sidecar = mode == "keys" ? new KeySidecar() : new JwtSidecar();
        await sidecar.InitializeAsync();
        return sidecar;
    }
}

/// <summary>Mode keys.</summary>
public sealed class KeySidecar : GuardedSidecar
{
    public const string Key = "sk-sidecar-open";
    public const string Narrow = "sk-sidecar-narrow";

    public override string Credential => Key;

    public override IEnumerable<string> Invalid => [Key + "x", Key[..^1], Key.ToUpperInvariant(), Digest(Key), "open", new string('k', 20_000)];

    protected override string Settings => $$"""
        auth:
          mode: keys
          keys:
            - { id: open, sha256: {{Digest(Key)}}, user: ann, team: search, project: web }
            - { id: narrow, sha256: {{Digest(Narrow)}}, models: ["gpt-*"], routes: [openai] }

        """;

    public static string Digest(string key) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(key)));
}

/// <summary>Mode jwt.</summary>
public sealed class JwtSidecar : GuardedSidecar
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("sidecar-jwks-");
    private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly RSA _rsa = RSA.Create(2048);

    public override string Credential => Token(_key, "e1");

    public override IEnumerable<string> Invalid
    {
        get
        {
            using var other = ECDsa.Create(ECCurve.NamedCurves.nistP256);
            yield return Token(other, "e1");
            yield return Token(_key, "e2");
            yield return Token(_key, "e1", expires: -100);
            yield return Token(_key, "e1", audience: "else");
            yield return Part(new { alg = "none" }) + "." + Token(_key, "e1").Split('.')[1] + ".";
            yield return Token(_key, "e1") + "x";
            yield return "sk-no-token";
        }
    }

    protected override string Settings
    {
        get
        {
            WriteKeys((_key, "e1"));
            return $"auth: {{ mode: jwt, jwt: {{ issuer: iss, audience: aud, jwks_file: '{JwksFile}', claims: {{ user: email }} }} }}\n";
        }
    }

    /// <summary>The key set, as its file has it.</summary>
    public string KeySet => File.ReadAllText(JwksFile);

    private string JwksFile => Path.Combine(_folder.FullName, "jwks.json");

    public void WriteKeys(params (ECDsa Key, string Kid)[] keys)
    {
        var rsa = _rsa.ExportParameters(false);
        var set = new
        {
            keys = keys.Select(pair => pair.Key.ExportParameters(false).Q).Zip(keys, (q, pair) => (object)new
            {
                kty = "EC", crv = "P-256", kid = pair.Kid, x = Base64Url.EncodeToString(q.X), y = Base64Url.EncodeToString(q.Y),
            }).Append(new { kty = "RSA", kid = "r1", n = Base64Url.EncodeToString(rsa.Modulus), e = Base64Url.EncodeToString(rsa.Exponent) }),
        };
        File.WriteAllText(JwksFile + ".next", JsonSerializer.Serialize(set));
        File.Move(JwksFile + ".next", JwksFile, overwrite: true);
    }

    public static string Token(ECDsa key, string kid, int expires = 600, string audience = "aud")
    {
        var text = Part(new { alg = "ES256", kid }) + "." + Claims(expires, audience);
        return text + "." + Base64Url.EncodeToString(key.SignData(Encoding.ASCII.GetBytes(text), HashAlgorithmName.SHA256));
    }

    /// <summary>A valid token signed with the RSA key of the set.</summary>
    public string RsaToken()
    {
        var text = Part(new { alg = "RS256", kid = "r1" }) + "." + Claims(600, "aud");
        return text + "." + Base64Url.EncodeToString(_rsa.SignData(Encoding.ASCII.GetBytes(text), HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1));
    }

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        _key.Dispose();
        _rsa.Dispose();
        _folder.Delete(recursive: true);
    }

    private static string Claims(int expires, string audience) =>
        Part(new { iss = "iss", aud = audience, exp = DateTimeOffset.UtcNow.AddSeconds(expires).ToUnixTimeSeconds(), email = "ann", team = "search", project = "web" });

    private static string Part(object value) => Base64Url.EncodeToString(JsonSerializer.SerializeToUtf8Bytes(value));
}

using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Sidecar.Proxy.Admission;
using Sidecar.Proxy.Tests.Configuration;
using ManualTime = Sidecar.Proxy.Tests.Telemetry.ManualTime;

namespace Sidecar.Proxy.Tests.Admission;

public sealed class TokenVerifierTests : IDisposable
{
    private readonly ManualTime _time = new();
    private readonly RSA _rsa = RSA.Create(2048);
    private readonly ECDsa _ec = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly TokenVerifier _verifier;

    public TokenVerifierTests() => _verifier = Verifier(JwkOf(_rsa, "r1"), JwkOf(_ec, "e1"));

    public void Dispose()
    {
        _rsa.Dispose();
        _ec.Dispose();
    }

    private long Now => _time.GetUtcNow().ToUnixTimeSeconds();

    private TokenVerifier Verifier(params string[] keys)
    {
        using var given = new Given();
        given.Write("jwks.json", $$"""{"keys":[{{string.Join(',', keys)}}]}""");
        var options = given.Options("auth: { mode: jwt, jwt: { issuer: iss, audience: aud, jwks_file: jwks.json } }\n").Auth.Jwt;
        return new TokenVerifier(options, new FixedKeys(options.Jwks!.Keys), _time);
    }

    private static string JwkOf(RSA key, string kid)
    {
        var p = key.ExportParameters(false);
        return $$"""{"kty":"RSA","kid":"{{kid}}","n":"{{Base64Url.EncodeToString(p.Modulus)}}","e":"{{Base64Url.EncodeToString(p.Exponent)}}"}""";
    }

    private static string JwkOf(ECDsa key, string kid)
    {
        var p = key.ExportParameters(false);
        return $$"""{"kty":"EC","crv":"P-256","kid":"{{kid}}","x":"{{Base64Url.EncodeToString(p.Q.X)}}","y":"{{Base64Url.EncodeToString(p.Q.Y)}}"}""";
    }

    private JsonObject Claims(params (string Name, JsonNode? Value)[] changes)
    {
        var claims = new JsonObject { ["iss"] = "iss", ["aud"] = "aud", ["exp"] = Now + 600, ["sub"] = "ann", ["team"] = "search", ["project"] = "web" };
        foreach (var (name, value) in changes)
        {
            claims.Remove(name);
            if (value is not null) claims.Add(name, value);
        }
        return claims;
    }

    private static string Encode(string header, JsonNode claims) =>
        $"{Base64Url.EncodeToString(Encoding.UTF8.GetBytes(header))}.{Base64Url.EncodeToString(Encoding.UTF8.GetBytes(claims.ToJsonString()))}";

    private string Rs256(JsonNode claims, string header = """{"alg":"RS256","kid":"r1"}""", RSA? key = null)
    {
        var text = Encode(header, claims);
        return $"{text}.{Base64Url.EncodeToString((key ?? _rsa).SignData(Encoding.ASCII.GetBytes(text), HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1))}";
    }

    private string Es256(JsonNode claims, string header = """{"alg":"ES256","kid":"e1"}""", ECDsa? key = null)
    {
        var text = Encode(header, claims);
        return $"{text}.{Base64Url.EncodeToString((key ?? _ec).SignData(Encoding.ASCII.GetBytes(text), HashAlgorithmName.SHA256))}";
    }

    private static string Hs256(string header, JsonNode claims, byte[] secret)
    {
        var text = Encode(header, claims);
        return $"{text}.{Base64Url.EncodeToString(HMACSHA256.HashData(secret, Encoding.ASCII.GetBytes(text)))}";
    }

    private Caller? Identify(string token) => _verifier.Identify(Encoding.Latin1.GetBytes(token));

    [Fact]
    public void A_token_of_the_issuer_says_who_asks()
    {
        foreach (var token in new[] { Rs256(Claims()), Es256(Claims()), Rs256(Claims(("aud", new JsonArray("x", "aud")))) })
        {
            var caller = Identify(token)!;
            Assert.Equal(("ann", "search", "web"), (caller.User, caller.Team, caller.Project));
        }
    }

    [Fact]
    public void A_claim_that_is_missing_or_no_text_names_nobody()
    {
        var caller = Identify(Rs256(Claims(("team", null), ("project", new JsonArray("a", "b")), ("sub", new string('x', 500)))))!;
        Assert.Equal((128, null), (caller.User!.Length, caller.Team));
    }

    [Theory]
    [InlineData(-59, null, true)]
    [InlineData(-61, null, false)]
    [InlineData(600, 59, true)]
    [InlineData(600, 61, false)]
    [InlineData(600, -10, true)]
    public void The_clocks_may_differ_by_a_minute(int expires, int? notBefore, bool passes) =>
        Assert.Equal(passes, Identify(Rs256(Claims(("exp", Now + expires), ("nbf", notBefore is { } start ? Now + start : null)))) is not null);

    [Fact]
    public void A_token_passes_until_it_expires()
    {
        var token = Rs256(Claims());
        Assert.NotNull(Identify(token));
        _time.Advance(TimeSpan.FromSeconds(700));
        Assert.Null(Identify(token));
    }

    [Fact]
    public void The_key_that_a_token_names_is_the_one_that_counts()
    {
        using var next = RSA.Create(2048);
        var both = Verifier(JwkOf(_rsa, "r1"), JwkOf(next, "r2"));
        bool Passes(TokenVerifier verifier, string token) => verifier.Identify(Encoding.ASCII.GetBytes(token)) is not null;
        Assert.True(Passes(both, Rs256(Claims(), """{"alg":"RS256","kid":"r2"}""", next)));
        Assert.False(Passes(both, Rs256(Claims(), """{"alg":"RS256","kid":"r1"}""", next)));
        Assert.False(Passes(both, Rs256(Claims(), """{"alg":"RS256"}""", next)));
        Assert.True(Passes(Verifier(JwkOf(next, "r2")), Rs256(Claims(), """{"alg":"RS256"}""", next)));
    }

    [Fact]
    public void Of_a_thousand_hostile_tokens_none_passes()
    {
        var hostile = Hostile().Concat(Mangled(1000)).ToList();
        Assert.True(hostile.Count >= 1000);
        Assert.All(hostile, token => Assert.Null(Identify(token)));
    }

    private IEnumerable<string> Hostile()
    {
        using var rsa = RSA.Create(2048);
        using var ec = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        foreach (var alg in new[] { "none", "None", "NONE", "nOnE", "", "null" })
        {
            yield return Encode($$"""{"alg":"{{alg}}"}""", Claims()) + ".";
            yield return Encode($$"""{"alg":"{{alg}}","kid":"r1"}""", Claims()) + "." + Rs256(Claims()).Split('.')[2];
        }
        // The public key as a secret, in every form in which it is known.
        byte[][] secrets =
        [
            _rsa.ExportSubjectPublicKeyInfo(), _rsa.ExportRSAPublicKey(), Encoding.ASCII.GetBytes(_rsa.ExportSubjectPublicKeyInfoPem()),
            Encoding.ASCII.GetBytes(_rsa.ExportRSAPublicKeyPem()), _rsa.ExportParameters(false).Modulus!, Encoding.ASCII.GetBytes(JwkOf(_rsa, "r1")), [],
        ];
        foreach (var secret in secrets) yield return Hs256("""{"alg":"HS256","kid":"r1"}""", Claims(), secret);
        yield return Rs256(Claims(), key: rsa);
        yield return Es256(Claims(), key: ec);
        yield return Rs256(Claims(), """{"alg":"RS256","kid":"nobody"}""");
        yield return Rs256(Claims(), """{"alg":"RS384","kid":"r1"}""");
        yield return Rs256(Claims(), """{"alg":"ES256","kid":"r1"}""");
        yield return Rs256(Claims(), """{"alg":"RS256","kid":"e1"}""");
        yield return Es256(Claims(), """{"alg":"RS256","kid":"e1"}""");
        yield return Rs256(Claims(), """{"alg":"RS256","kid":"r1","crit":["b64"],"b64":false}""");
        yield return Rs256(Claims(), $$"""{"alg":"RS256","kid":"x","jwk":{{JwkOf(rsa, "x")}}}""", rsa);
        yield return Rs256(Claims(), """{"alg":"RS256","kid":"x","jku":"http://127.0.0.1:9/jwks"}""", rsa);
        foreach (var (name, value) in new (string, JsonNode?)[]
        {
            ("exp", null), ("exp", Now - 100), ("exp", 0), ("exp", -1), ("exp", "tomorrow"), ("exp", new JsonArray()), ("nbf", Now + 100), ("iss", "else"), ("iss", null), ("iss", ""),
            ("iss", "ISS"), ("aud", "else"), ("aud", null), ("aud", new JsonArray()), ("aud", new JsonArray("a", "b")),
        })
        {
            yield return Rs256(Claims((name, value)));
        }
        var empty = new byte[64];
        yield return Encode("""{"alg":"ES256","kid":"e1"}""", Claims()) + "." + Base64Url.EncodeToString(empty);
        yield return Rs256(Claims()) + new string('A', 20_000);
        foreach (var text in new[] { "", ".", "..", "...", "....", "a.b.c", "é.é.é", "{}.{}.{}", new string('.', 10_000), new string('A', 100_000) }) yield return text;
    }

    /// <summary>A good token with one character changed, left out or put in, or with a part of another one.</summary>
    private IEnumerable<string> Mangled(int count)
    {
        var random = new Random(7);
        var (good, other) = (Rs256(Claims()), Rs256(Claims(("sub", "eve"))));
        for (var i = 0; i < count; i++)
        {
            // The last character of a part carries bits that mean nothing.
            var at = random.Next(good.LastIndexOf('.') - 2);
            if (good[at] == '.' || good[at + 1] == '.') at -= 2;
            var part = random.Next(3);
            yield return (i % 4) switch
            {
                0 => good[..at] + (good[at] == 'A' ? 'B' : 'A') + good[(at + 1)..],
                1 => good.Remove(at, 1),
                2 => good.Insert(at, "x"),
                _ => string.Join('.', good.Split('.').Select((text, index) => index == part ? (part == 0 ? other.Split('.')[1] : other.Split('.')[part]) : text)),
            };
        }
    }
}

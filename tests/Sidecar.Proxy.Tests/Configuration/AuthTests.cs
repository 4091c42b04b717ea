namespace Sidecar.Proxy.Tests.Configuration;

public sealed class AuthTests
{
    private const string A = "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824";
    private const string B = "3cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824";

    [Theory]
    [InlineData("mode: keys", "sidecar.yaml:2:9: `auth.mode`: `keys`, but there are no `keys`")]
    [InlineData("mode: keys\n  keys: []", "sidecar.yaml:2:9: `auth.mode`: `keys`, but there are no `keys`")]
    [InlineData("mode: jwt", "sidecar.yaml:2:9: `auth.mode`: `jwt`, but there is no `jwt.jwks_file`")]
    [InlineData("mode: jwt\n  jwt: { issuer: i, jwks_file: '' }", "sidecar.yaml:2:9: `auth.mode`: `jwt`, but there is no `jwt.jwks_file`")]
    [InlineData("mode: jwt\n  jwt: { jwks_file: 'ftp://issuer/jwks' }",
        "sidecar.yaml:3:21: `auth.jwt.jwks_file`: must be the path of a file, or a URL such as `https://host/path`")]
    [InlineData("mode: jwt\n  jwt: { jwks_file: sidecar.yaml }", "sidecar.yaml:3:21: `auth.jwt.jwks_file`: file `sidecar.yaml`: not a JSON Web Key Set")]
    [InlineData($"keys:\n  - {{ id: a, sha256: {A} }}\n  - {{ id: a, sha256: {B} }}", "sidecar.yaml:4:11: `auth.keys[1].id`: duplicate key")]
    [InlineData($"keys:\n  - {{ id: a, sha256: {A} }}\n  - {{ id: b, sha256: {A} }}", "sidecar.yaml:4:22: `auth.keys[1].sha256`: the same as another key's")]
    [InlineData($"keys:\n  - {{ id: a, sha256: {A}, routes: [opnai] }}",
        "sidecar.yaml:3:97: `auth.keys[0].routes[0]`: unknown route `opnai`; did you mean `openai`?")]
    public void What_does_not_hold_is_an_error_at_its_line_and_column(string auth, string error)
    {
        using var given = new Given();
        Assert.Equal([error], given.Errors($"auth:\n  {auth}\n"));
    }

    [Theory]
    [InlineData("""{"keys":[]}""")]
    [InlineData("""{"keys":[{"kty":"oct","k":"c2VjcmV0"}]}""")]
    [InlineData("""{"keys":[{"kty":"RSA","n":"AQAB","e":"AQAB"}]}""")]
    [InlineData("""{"keys":[{"kty":"EC","crv":"P-256","x":"AA","y":"AA","use":"enc"}]}""")]
    [InlineData("""{"keys":[{"kty":"OKP","crv":"Ed25519","x":"AA"}]}""")]
    public void A_key_set_must_hold_a_key_that_can_verify(string jwks)
    {
        using var given = new Given();
        given.Write("jwks.json", jwks);
        Assert.Equal(["sidecar.yaml:1:38: `auth.jwt.jwks_file`: file `jwks.json`: holds no key for RS256 or ES256"],
            given.Errors("auth: { mode: jwt, jwt: { jwks_file: jwks.json } }\n"));
    }

    [Fact]
    public void A_digest_is_never_shown_nor_told_in_an_error()
    {
        using var given = new Given();
        Assert.DoesNotContain(A, Given.ViewText(Given.Valid(given.Load($"auth: {{ mode: keys, keys: [ {{ id: a, sha256: {A} }} ] }}\n"))), StringComparison.Ordinal);
        Assert.DoesNotContain(A, string.Concat(given.Errors($"auth: {{ keys: [ {{ id: a, sha256: {A}0 }} ] }}\n")), StringComparison.Ordinal);
    }
}

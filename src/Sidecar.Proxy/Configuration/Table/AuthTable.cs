using static Sidecar.Proxy.Configuration.Table.Scalars;
using static Sidecar.Proxy.Configuration.Table.Texts;

namespace Sidecar.Proxy.Configuration.Table;

/// <summary>The keys of <c>auth</c>: a part of the <see cref="ConfigurationTable"/>.</summary>
internal static class AuthTable
{
    private static readonly Kind<string?> OptionalHeader = new OptionalKind<string>(Header);
    private static readonly Kind<string?> OptionalLabel = new OptionalKind<string>(Label);
    private static readonly Kind<int?> OptionalCount = new OptionalValueKind<int>(Whole(1, 1_000_000_000));

    private static readonly ObjectKind<AuthOptions> Attribution = new ObjectKind<AuthOptions>(new())
        .Key("user", OptionalHeader, o => o.UserHeader, (o, v) => o with { UserHeader = v }, "Header that names the user; null for none.")
        .Key("team", OptionalHeader, o => o.TeamHeader, (o, v) => o with { TeamHeader = v }, "Header that names the team; null for none.")
        .Key("project", OptionalHeader, o => o.ProjectHeader, (o, v) => o with { ProjectHeader = v },
            "Header that names the project; null for none.");

    private static readonly ObjectKind<KeyOptions> Key = new ObjectKind<KeyOptions>(new() { Id = "", Sha256 = "" })
        .Key("id", Name, o => o.Id, (o, v) => o with { Id = v }, "Its name; what was counted for it stays with the name.", required: true)
        .Key("sha256", Sha256, o => o.Sha256, (o, v) => o with { Sha256 = v }, "SHA-256 of the key in hexadecimal: `printf %s KEY | sha256sum`.",
            required: true, secret: true)
        .Key("user", OptionalLabel, o => o.User, (o, v) => o with { User = v }, "The user that its requests are counted for.")
        .Key("team", OptionalLabel, o => o.Team, (o, v) => o with { Team = v }, "The team that they are counted for.")
        .Key("project", OptionalLabel, o => o.Project, (o, v) => o with { Project = v }, "The project that they are counted for.")
        .Key("models", new ListKind<string>(Model), o => o.Models, (o, v) => o with { Models = v },
            "Patterns of the models that it may ask; every model, and none, when empty.")
        .Key("routes", new ListKind<string>(Name), o => o.Routes, (o, v) => o with { Routes = v }, "Routes that it may take; every route when empty.")
        .Key("requests_per_minute", OptionalCount, o => o.RequestsPerMinute, (o, v) => o with { RequestsPerMinute = v },
            "Most requests in any minute; past it 429. No limit when unset.")
        .Key("tokens_per_minute", OptionalCount, o => o.TokensPerMinute, (o, v) => o with { TokensPerMinute = v },
            "Most tokens in any minute, input and output together: an estimate is reserved, and settled at the end. No limit when unset.")
        .Key("budget_usd_per_day", new OptionalValueKind<decimal>(Dollars), o => o.BudgetUsdPerDay, (o, v) => o with { BudgetUsdPerDay = v },
            "Dollars that may be spent in a day (UTC); past it 429. No limit when unset.");

    private static readonly ObjectKind<JwtOptions> Claims = new ObjectKind<JwtOptions>(new())
        .Key("user", OptionalLabel, o => o.UserClaim, (o, v) => o with { UserClaim = v }, "Claim that names the user; null for none.")
        .Key("team", OptionalLabel, o => o.TeamClaim, (o, v) => o with { TeamClaim = v }, "Claim that names the team; null for none.")
        .Key("project", OptionalLabel, o => o.ProjectClaim, (o, v) => o with { ProjectClaim = v }, "Claim that names the project; null for none.");

    private static readonly ObjectKind<JwtOptions> Jwt = new ObjectKind<JwtOptions>(new())
        .Key("issuer", Label, o => o.Issuer, (o, v) => o with { Issuer = v }, "What `iss` must be; not looked at when empty.")
        .Key("audience", Label, o => o.Audience, (o, v) => o with { Audience = v }, "What `aud` must be or hold; not looked at when empty.")
        .Key("jwks_file", new KeySetKind(), o => o.Jwks, (o, v) => o with { Jwks = v },
            "The public keys that sign the tokens (RS256, ES256): a file, which is read again when it changes, or a URL, which is asked every ten minutes.")
        .Section("claims", Claims, "The claims that say who asks.");

    /// <summary>All of it.</summary>
    public static readonly ObjectKind<AuthOptions> Auth = new ObjectKind<AuthOptions>(new())
        .Key("mode", Choice(("none", AuthMode.None), ("keys", AuthMode.Keys), ("jwt", AuthMode.Jwt)), o => o.Mode, (o, v) => o with { Mode = v },
            "What a client must show: nothing, one of `keys`, or a token as `jwt` says. Then its credential is never passed on.")
        .Key("keys", new ListKind<KeyOptions>(Key), o => o.Keys, (o, v) => o with { Keys = v }, "Keys of clients.")
        .Key("jwt", Jwt, o => o.Jwt, (o, v) => o with { Jwt = v }, "Tokens of clients.")
        .Section("attribution_headers", Attribution, "Who asks, as the client's own headers say: in mode none only.")
        .Then(Check);

    private static AuthOptions Check(AuthOptions auth, string path, Reading reading)
    {
        if (auth.Mode == AuthMode.Keys && auth.Keys.Count == 0)
            Refuse(reading, $"{path}.mode", "`keys`, but there are no `keys`", $"{path}.keys");
        if (auth.Mode == AuthMode.Jwt && auth.Jwt.Jwks is null)
            Refuse(reading, $"{path}.mode", "`jwt`, but there is no `jwt.jwks_file`", $"{path}.jwt", $"{path}.jwt.jwks_file");
        var (ids, digests) = (new HashSet<string>(), new HashSet<string>());
        for (var i = 0; i < auth.Keys.Count; i++)
        {
            var (id, sha256) = ($"{path}.keys[{i}].id", $"{path}.keys[{i}].sha256");
            if (reading.Text(id) is not null && !ids.Add(auth.Keys[i].Id))
                Refuse(reading, id, "duplicate key");
            if (reading.Text(sha256) is not null && !reading.Failed(sha256) && !digests.Add(auth.Keys[i].Sha256))
                Refuse(reading, sha256, "the same as another key's");
        }
        return auth;
    }

    /// <summary>Refuses the value at <paramref name="path"/>, unless it or one of <paramref name="others"/> is wrong already.</summary>
    private static void Refuse(Reading reading, string path, string message, params ReadOnlySpan<string> others)
    {
        foreach (var other in others)
        {
            if (reading.Failed(other))
                return;
        }
        if (!reading.Failed(path))
            reading.Fail(path, reading.PlaceOf(path), message);
    }
}

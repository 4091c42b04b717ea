using System.Text.Json.Nodes;
using Sidecar.Proxy.Configuration;

namespace Sidecar.Proxy.Tests.Configuration;

/// <summary>Each key once: a value it takes, how that is shown, a value it refuses, and why.</summary>
public sealed class KeyTests
{
    private const string Size = "must be a size such as `64KB`, from ";
    private const string Duration = "must be a duration such as `250ms`, `5s` or `2m`, from ";
    private const string Endpoint = "must be HOST:PORT such as `0.0.0.0:8080`, `[::]:8080`, `localhost:0` or `:8080`";
    private const string Name = "must be up to 64 letters, digits, `_`, `.` or `-`";
    private const string NotBuilt = "not built yet in this version";

    private const string Digest = "2CF24DBA5FB0A30E26E83B2AC5B9E29E1B161E5C1FA7425E73043362938B9824";

    /// <summary>Path of the key, a good value in YAML, the same as shown, a bad value in YAML, its error.</summary>
    private static readonly (string Path, string Good, string Shown, string Bad, string Error)[] Cases =
    [
        ("listen", "127.0.0.1:9000", "\"127.0.0.1:9000\"", "8080", Endpoint),
        ("http.max_header_bytes", "16KB", "\"16KB\"", "100", Size + "1KB to 1MB"),
        ("http.max_headers", "50", "50", "0", "must be a whole number from 1 to 10000"),
        ("http.max_request_body", "3GB", "\"3GB\"", "5GB", Size + "1KB to 4GB"),
        ("http.max_connections", "5", "5", "many", "must be a whole number from 1 to 1000000"),
        ("admin.listen", "localhost:0", "\"127.0.0.1:0\"", "example.com:80", Endpoint + "; of names only `localhost` is known"),
        ("upstreams.u.url", "https://h:1/v", "\"https://h:1/v\"", "ftp://h", "must be a URL such as `https://host:port/path`"),
        ("upstreams.u.provider", "gemini", "\"gemini\"", "antropic",
            "must be `openai` or `azure` or `anthropic` or `gemini` or `ollama`; did you mean `anthropic`?"),
        ("upstreams.u.credential.header", "X-Api-Key", "\"x-api-key\"", "a b", "must be a header's name"),
        ("upstreams.u.credential.value", "Bearer x", "\"[redacted]\"", "\"a\\nb\"",
            "must be a header's value: visible ASCII, no line break, no space at its ends"),
        ("upstreams.u.max_connections", "7", "7", "-1", "must be a whole number from 1 to 100000"),
        ("http.socket_buffers", "32KB", "\"32KB\"", "65MB", "must be a size such as `64KB`, from 0B to 64MB"),
        ("upstreams.u.receive_buffer", "0", "\"0B\"", "65MB", "must be a size such as `64KB`, from 0B to 64MB"),
        ("upstreams.u.connect_timeout", "1500ms", "\"1500ms\"", "0", Duration + "1ms to 5m"),
        ("upstreams.u.tls.ca_file", "ca.pem", "\"ROOT/ca.pem\"", "absent.pem", "file `absent.pem`: no such file"),
        ("upstreams.u.tls.client_cert_file", "ca.pem", "\"ROOT/ca.pem\"", "\"\"", "must be the path of a file"),
        ("upstreams.u.tls.client_key_file", "ca.pem", "\"ROOT/ca.pem\"", "[]", "must be a single value"),
        ("upstreams.u.tls.server_name", "api.example", "\"api.example\"", "a/b", "must be a host name or an address"),
        ("routes[0].name", "r-1", "\"r-1\"", "a b", Name),
        ("routes[0].match.path", "/v1/*", "\"/v1/*\"", "/v1/*/x", "must be a path such as `/v1/models`, or the beginning of one with a final `*`"),
        ("routes[0].match.models", "[\"gpt-*\", o1]", "[\"gpt-*\",\"o1\"]", "gpt", "must be a list"),
        ("routes[0].match.headers", "{ X-Tier: gold }", "{\"x-tier\":\"gold\"}", "[a]", "must be a mapping"),
        ("routes[0].upstreams[0].name", "u", "\"u\"", "v", "unknown upstream `v`; did you mean `u`?"),
        ("routes[0].upstreams[0].weight", "9", "9", "0", "must be a whole number from 1 to 1000"),
        ("routes[0].upstreams[0].model", "llama3", "\"llama3\"", "[]", "must be a single value"),
        ("routes[0].fallback", "[u]", "[\"u\"]", "u", "must be a list"),
        ("routes[0].first_token_timeout", "90s", "\"90s\"", "90", Duration + "1ms to 24h"),
        ("routes[0].moderation", "p", "\"p\"", "default", "unknown policy `default`"),
        ("auth.mode", "none", "\"none\"", "key", "must be `none` or `keys` or `jwt`; did you mean `keys`?"),
        ("auth.keys[0].id", "app-1", "\"app-1\"", "a b", Name),
        ("auth.keys[0].sha256", Digest, "\"[redacted]\"", "abc", "must be the 64 hexadecimal digits of a SHA-256"),
        ("auth.keys[0].user", "null", "null", "[]", "must be a single value"),
        ("auth.keys[0].team", "search", "\"search\"", "\"a\\nb\"", "must be a text of up to 256 characters on one line"),
        ("auth.keys[0].project", "web", "\"web\"", "{}", "must be a single value"),
        ("auth.keys[0].models", "[\"gpt-*\"]", "[\"gpt-*\"]", "gpt", "must be a list"),
        ("auth.keys[0].routes", "[]", "[]", "all", "must be a list"),
        ("auth.keys[0].requests_per_minute", "600", "600", "0", "must be a whole number from 1 to 1000000000"),
        ("auth.keys[0].tokens_per_minute", "null", "null", "many", "must be a whole number from 1 to 1000000000"),
        ("auth.keys[0].budget_usd_per_day", "0.25", "0.25", "-1", "must be an amount of dollars such as `25` or `0.5`"),
        ("auth.jwt.issuer", "https://i", "\"https://i\"", "[]", "must be a single value"),
        ("auth.jwt.audience", "\"\"", "\"\"", "{}", "must be a single value"),
        ("auth.jwt.jwks_file", "jwks.json", "\"ROOT/jwks.json\"", "absent.json", "file `absent.json`: no such file"),
        ("auth.jwt.claims.user", "email", "\"email\"", "[]", "must be a single value"),
        ("auth.jwt.claims.team", "null", "null", "[]", "must be a single value"),
        ("auth.jwt.claims.project", "p", "\"p\"", "[]", "must be a single value"),
        ("auth.attribution_headers.user", "X-User", "\"x-user\"", "\"\"", "must be a header's name"),
        ("auth.attribution_headers.team", "null", "null", "a:b", "must be a header's name"),
        ("auth.attribution_headers.project", "x-p", "\"x-p\"", "{}", "must be a single value"),
        ("streaming.buffer_size", "131072", "\"128KB\"", "1KB", Size + "4KB to 1GB"),
        ("streaming.max_concurrent_streams", "10", "10", "1.5", "must be a whole number from 1 to 1000000"),
        ("streaming.max_event_bytes", "2MiB", "\"2MB\"", "1 MB", Size + "1KB to 1GB"),
        ("streaming.read_timeout", "2m", "\"2m\"", "2 min", Duration + "1ms to 24h"),
        ("streaming.stall_timeout", "1h", "\"1h\"", "25h", Duration + "1ms to 24h"),
        ("streaming.write_timeout", "90s", "\"90s\"", "-1s", Duration + "1ms to 24h"),
        ("streaming.heartbeat", "20s", "\"20s\"", "15", Duration + "0s to 24h"),
        ("streaming.backpressure.strategy", "keep_reading", "\"keep_reading\"", "keep", "must be `pause_upstream` or `keep_reading`"),
        ("streaming.backpressure.high_watermark", "90%", "\"90%\"", "101%", "must be a percentage from 1% to 100%"),
        ("streaming.backpressure.low_watermark", "0%", "\"0%\"", "20", "must be a percentage from 0% to 100%"),
        ("streaming.backpressure.on_overflow.action", "terminate", "\"terminate\"", "drop", "must be `drop_oldest` or `terminate`"),
        ("streaming.backpressure.on_overflow.log_warning", "false", "false", "no", "must be `true` or `false`"),
        ("streaming.client_timeout.initial", "1s", "\"1s\"", "", "has no value"),
        ("streaming.client_timeout.between_chunks", "250ms", "\"250ms\"", "fast", Duration + "1ms to 24h"),
        ("streaming.client_timeout.total", "10m", "\"10m\"", "99999999999999999999s", Duration + "1ms to 24h"),
        ("streaming.resume.enabled", "false", "false", "true", NotBuilt + " (only `false`)"),
        ("streaming.resume.window", "null", "null", "60s", NotBuilt),
        ("streaming.resume.buffer", "null", "null", "256KB", NotBuilt),
        ("streaming.on_client_abort", "drain", "\"drain\"", "drian", "must be `cancel` or `drain`; did you mean `drain`?"),
        ("streaming.client_half_close", "allow", "\"allow\"", "alow", "must be `abort` or `allow`; did you mean `allow`?"),
        ("moderation.policies.u.rules[0].id", "r-1", "\"r-1\"", "a b", Name),
        ("moderation.policies.u.rules[0].detect", "[email]", "[\"email\"]", "email", "must be a list"),
        ("moderation.policies.u.rules[0].terms", "[a b, c]", "[\"a b\",\"c\"]", "a", "must be a list"),
        ("moderation.policies.u.rules[0].terms_file", "terms.txt", "\"ROOT/terms.txt\"", "absent.txt", "file `absent.txt`: no such file"),
        ("moderation.policies.u.rules[0].whole_word", "false", "false", "no", "must be `true` or `false`"),
        ("moderation.policies.u.rules[0].pattern", "PRJ-[0-9]{4,8}", "\"PRJ-[0-9]{4,8}\"", "[]", "must be a single value"),
        ("moderation.policies.u.rules[0].action", "mask", "\"mask\"", "redcat",
            "must be `redact` or `mask` or `hash` or `flag` or `terminate`; did you mean `redact`?"),
        ("moderation.policies.u.rules[0].with", "\"<{TYPE}_{n}>\"", "\"<{TYPE}_{n}>\"", "\"[{typ}]\"",
            "has an unknown placeholder; there are `{type}`, `{TYPE}` and `{n}`"),
        ("moderation.policies.u.rules[0].keep_last", "4", "4", "65", "must be a whole number from 0 to 64"),
        ("moderation.policies.u.rules[0].key", "0123456789abcdef", "\"[redacted]\"", "0123456789abcde", "must be 16 to 8192 bytes"),
        ("moderation.policies.u.fold", "[zero_width, case]", "[\"case\",\"zero_width\"]", "case", "must be a list"),
        ("moderation.policies.u.scan", "[refusal, content]", "[\"content\",\"refusal\"]", "[]", "needs at least 1"),
        ("moderation.policies.u.classifier.url", "http://h/v1/moderations", "\"http://h/v1/moderations\"", "ftp://h",
            "must be a URL such as `https://host:port/path`"),
        ("moderation.policies.u.classifier.gate", "async", "\"async\"", "asynch", "must be `sync` or `async`; did you mean `async`?"),
        ("moderation.policies.u.classifier.timeout", "1s", "\"1s\"", "2m", Duration + "1ms to 1m"),
        ("moderation.policies.u.classifier.on_failure", "open", "\"open\"", "shut", "must be `closed` or `open`"),
        ("moderation.policies.u.classifier.model", "guard", "\"guard\"", "[]", "must be a single value"),
        ("moderation.policies.u.input", "true", "true", "1", "must be `true` or `false`"),
        ("transform.format", "none", "\"none\"", "html", NotBuilt + " (only `none`)"),
        ("usage.count", "provider", "\"provider\"", "auto", NotBuilt + " (only `provider`)"),
        ("usage.tokenizer", "null", "null", "o200k_base", NotBuilt),
        ("usage.prices_file", "prices.json", "\"ROOT/prices.json\"", "absent.json", "file `absent.json`: no such file"),
        ("usage.inject_include_usage", "false", "false", "no", "must be `true` or `false`"),
        ("usage.journal", "logs/usage.jsonl", "\"ROOT/logs/usage.jsonl\"", "logs/", "must be the path of a file"),
        ("limits.store", "memory", "\"memory\"", "redis", NotBuilt + " (only `memory`)"),
        ("limits.redis", "null", "null", "redis://h", NotBuilt),
        ("metrics.models", "[a, b]", "[\"a\",\"b\"]", "{}", "must be a list"),
        ("metrics.otel_names", "false", "false", "no", "must be `true` or `false`"),
        ("metrics.buckets", "{ m_seconds: [.5, 1, 2.5] }", "{\"m_seconds\":[0.5,1,2.5]}", "[]", "must be a mapping"),
        ("logging.level", "warning", "\"warning\"", "warn", "must be `debug` or `info` or `warning` or `error`"),
        ("logging.format", "json", "\"json\"", "text", "must be `json`"),
        ("logging.access_log", "false", "false", "1", "must be `true` or `false`"),
        ("drain.min_delay", "5s", "\"5s\"", "5", Duration + "0s to 24h"),
        ("drain.deadline", "0", "\"0s\"", "soon", Duration + "0s to 24h"),
    ];

    public static TheoryData<string, string, string> Good() => [.. Cases.Select(row => (row.Path, row.Good, row.Shown))];

    public static TheoryData<string, string, string> Bad() => [.. Cases.Select(row => (row.Path, row.Bad, row.Error))];

    [Theory]
    [MemberData(nameof(Good))]
    public void A_key_takes_its_value(string path, string value, string shown)
    {
        using var given = new Given();
        given.Write("ca.pem", "");
        given.Write("terms.txt", "term");
        given.Write("prices.json", """{"m":{"input":1,"output":2}}""");
        given.Write("jwks.json", """{"keys":[{"kty":"EC","crv":"P-256","x":"AA","y":"AA"}]}""");
        var (yaml, _) = Document(path, value);
        Assert.Equal(shown.Replace("ROOT", given.Root, StringComparison.Ordinal), Find(Given.View(Given.Valid(given.Load(yaml))), path));
    }

    [Theory]
    [MemberData(nameof(Bad))]
    public void A_key_refuses_another_value_at_its_line_and_column(string path, string value, string error)
    {
        using var given = new Given();
        var (yaml, place) = Document(path, value);
        Assert.Equal([$"sidecar.yaml:{place}: `{path}`: {error}"], given.Errors(yaml));
    }

    [Theory]
    [MemberData(nameof(Bad))]
    public void All_errors_are_reported_whatever_else_is_wrong(string path, string value, string error)
    {
        using var given = new Given();
        var (yaml, place) = Document(path, value);
        yaml += "drian: 1\n";
        var last = yaml.Count('\n');
        Assert.Equal(
            [$"sidecar.yaml:{place}: `{path}`: {error}", $"sidecar.yaml:{last}:1: unknown key `drian`; did you mean `drain`?"],
            given.Errors(yaml));
    }

    [Fact]
    public void Every_key_of_the_schema_has_a_case_here()
    {
        var paths = new List<string>();
        Leaves(SchemaTests.Schema(), "", paths);
        Assert.Equal(paths.Order(StringComparer.Ordinal), Cases.Select(row => row.Path).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Every_option_is_set_from_its_own_key()
    {
        using var given = new Given();
        var ca = given.Write("ca.pem", "");
        var cert = given.Write("cert.pem", "");
        var key = given.Write("key.pem", "");
        given.Write("prices.json", """{"m":{"input":24,"output":25}}""");
        var options = given.Options(
            """
            listen: "[::1]:1"
            http: { max_header_bytes: 2KB, max_headers: 3, max_request_body: 4KB, max_connections: 5 }
            admin: { listen: ":6" }
            upstreams:
              a:
                url: https://h/p
                provider: azure
                credential: { header: Api-Key, value: secret }
                max_connections: 7
                connect_timeout: 8ms
                tls: { ca_file: ca.pem, client_cert_file: cert.pem, client_key_file: key.pem, server_name: n }
            routes:
              - name: r
                match: { path: /x, models: [m], headers: { H: v } }
                upstreams: [ { name: a } ]
                first_token_timeout: 9ms
                moderation: p
            moderation: { policies: { p: { classifier: { url: "https://h" } } } }
            auth:
              mode: keys
              keys:
                - { id: k, sha256: 2CF24DBA5FB0A30E26E83B2AC5B9E29E1B161E5C1FA7425E73043362938B9824, user: ku, team: kt, project: kp, models: [km], routes: [r],
                    requests_per_minute: 24, tokens_per_minute: 25, budget_usd_per_day: 26.5 }
              jwt: { issuer: i, audience: d, claims: { user: cu, team: ct, project: cp } }
              attribution_headers: { user: A, team: B, project: C }
            streaming:
              buffer_size: 10KB
              max_concurrent_streams: 11
              max_event_bytes: 12KB
              read_timeout: 13ms
              stall_timeout: 14ms
              write_timeout: 15ms
              backpressure: { high_watermark: 16%, low_watermark: 6% }
              client_timeout: { initial: 17ms, between_chunks: 18ms, total: 19ms }
              client_half_close: allow
            metrics: { models: [k], otel_names: false, buckets: { b: [20, 21.5] } }
            logging: { level: error, access_log: false }
            drain: { min_delay: 22ms, deadline: 23ms }
            usage: { prices_file: prices.json, inject_include_usage: false, journal: j }
            """);

        Assert.Equal("[::1]:1", options.Listen.ToString());
        Assert.Equal(new HttpOptions { MaxHeaderBytes = 2048, MaxHeaders = 3, MaxRequestBody = 4096, MaxConnections = 5 }, options.Http);
        Assert.Equal("0.0.0.0:6", options.Admin.Listen.ToString());
        var upstream = Assert.Single(options.Upstreams).Value;
        Assert.Equal(
            new UpstreamOptions
            {
                Name = "a",
                Url = new Uri("https://h/p"),
                Provider = Provider.Azure,
                Credential = new CredentialOptions("api-key", "secret"),
                MaxConnections = 7,
                ConnectTimeout = TimeSpan.FromMilliseconds(8),
                Tls = new TlsOptions { CaFile = ca, ClientCertFile = cert, ClientKeyFile = key, ServerName = "n" },
            },
            upstream);
        var route = Assert.Single(options.Routes);
        Assert.Equal(("r", "/x", "a", 9.0, "p"),
            (route.Name, route.Path, Assert.Single(route.Upstreams).Name, route.FirstTokenTimeout.TotalMilliseconds, route.Moderation));
        Assert.Equal(["m"], route.Models);
        Assert.Equal([KeyValuePair.Create("h", "v")], route.Headers);
        Assert.Equal(
            new AuthOptions
            {
                Mode = AuthMode.Keys,
                Keys = options.Auth.Keys,
                Jwt = new JwtOptions { Issuer = "i", Audience = "d", UserClaim = "cu", TeamClaim = "ct", ProjectClaim = "cp" },
                UserHeader = "a",
                TeamHeader = "b",
                ProjectHeader = "c",
            },
            options.Auth);
        var own = Assert.Single(options.Auth.Keys);
        Assert.Equal(("k", Digest.ToLowerInvariant(), "ku", "kt", "kp"), (own.Id, own.Sha256, own.User, own.Team, own.Project));
        Assert.Equal((24, 25, 26.5m, "km", "r"),
            (own.RequestsPerMinute, own.TokensPerMinute, own.BudgetUsdPerDay, Assert.Single(own.Models), Assert.Single(own.Routes)));
        Assert.Equal(
            new StreamingOptions
            {
                BufferSize = 10240,
                MaxConcurrentStreams = 11,
                MaxEventBytes = 12288,
                ReadTimeout = TimeSpan.FromMilliseconds(13),
                StallTimeout = TimeSpan.FromMilliseconds(14),
                WriteTimeout = TimeSpan.FromMilliseconds(15),
                HighWatermark = 16,
                LowWatermark = 6,
                ClientInitialTimeout = TimeSpan.FromMilliseconds(17),
                ClientBetweenChunksTimeout = TimeSpan.FromMilliseconds(18),
                ClientTotalTimeout = TimeSpan.FromMilliseconds(19),
                AllowHalfClose = true,
            },
            options.Streaming);
        Assert.Equal(["k"], options.Metrics.Models);
        Assert.Equal((24, false, given.File("j")), (options.Usage.Prices!.Find("m")!.Input, options.Usage.InjectsIncludeUsage, options.Usage.Journal));
        Assert.False(options.Metrics.OtelNames);
        Assert.Equal([20, 21.5], options.Metrics.Buckets["b"]);
        Assert.Equal(new LoggingOptions { Level = LogLevel.Error, AccessLog = false }, options.Logging);
        Assert.Equal(
            new DrainOptions { MinDelay = TimeSpan.FromMilliseconds(22), Deadline = TimeSpan.FromMilliseconds(23) }, options.Drain);
    }

    /// <summary>A document with one key given a value, and LINE:COL of the value.</summary>
    private static (string Yaml, string Place) Document(string path, string value)
    {
        string[] lines = path switch
        {
            "upstreams.u.url" => ["upstreams:", "  u:", "    url: @"],
            "upstreams.u.credential.header" => ["upstreams:", "  u:", "    url: https://h", "    credential:", "      value: v", "      header: @"],
            "upstreams.u.credential.value" => ["upstreams:", "  u:", "    url: https://h", "    credential:", "      header: h", "      value: @"],
            "upstreams.u.tls.client_key_file" =>
                ["upstreams:", "  u:", "    url: https://h", "    tls:", "      client_cert_file: sidecar.yaml", "      client_key_file: @"],
            "routes[0].name" => ["upstreams: { u: { url: 'https://h' } }", "routes:", "  - upstreams: [ { name: u } ]", "    name: @"],
            "routes[0].upstreams[0].name" => ["upstreams: { u: { url: 'https://h' } }", "routes:", "  - name: r", "    upstreams:", "    - name: @"],
            "routes[0].moderation" =>
                ["upstreams: { u: { url: 'https://h' } }", "moderation: { policies: { p: { classifier: { url: 'https://h' } } } }", "routes:", "  - name: r",
                    "    upstreams: [ { name: u } ]", "    moderation: @"],
            _ when path.StartsWith("moderation.policies.u.rules[0].", StringComparison.Ordinal) =>
                ["moderation:", "  policies:", "    u:", "      rules:", "      -", .. Rule(path[31..])],
            "moderation.policies.u.classifier.url" => ["moderation:", "  policies:", "    u:", "      classifier:", "        url: @"],
            _ when path.StartsWith("moderation.policies.u.classifier.", StringComparison.Ordinal) =>
                ["moderation:", "  policies:", "    u:", "      classifier:", "        url: https://h", .. Nest(path[33..], 8)],
            _ when path.StartsWith("moderation.policies.u.", StringComparison.Ordinal) =>
                ["moderation:", "  policies:", "    u:", "      classifier: { url: 'https://h' }", .. Nest(path[22..], 6)],
            _ when path.StartsWith("routes[0].upstreams[0].", StringComparison.Ordinal) =>
                ["upstreams: { u: { url: 'https://h' } }", "routes:", "  - name: r", "    upstreams:", "    - name: u", .. Nest(path[23..], 6)],
            _ when path.StartsWith("routes[0].", StringComparison.Ordinal) =>
                ["upstreams: { u: { url: 'https://h' } }", "routes:", "  - name: r", "    upstreams: [ { name: u } ]", .. Nest(path[10..], 4)],
            "auth.keys[0].id" => ["auth:", "  keys:", $"    - sha256: {Digest}", "      id: @"],
            "auth.keys[0].sha256" => ["auth:", "  keys:", "    - id: k", "      sha256: @"],
            _ when path.StartsWith("auth.keys[0].", StringComparison.Ordinal) =>
                ["auth:", "  keys:", "    - id: k", $"      sha256: {Digest}", .. Nest(path[13..], 6)],
            _ when path.StartsWith("upstreams.u.", StringComparison.Ordinal) =>
                ["upstreams:", "  u:", "    url: https://h", .. Nest(path[12..], 4)],
            _ => [.. Nest(path, 0)],
        };
        // Nothing given stands where the colon ends.
        var column = lines[^1].IndexOf('@', StringComparison.Ordinal) + (value.Length == 0 ? 0 : 1);
        lines[^1] = lines[^1].Replace("@", value, StringComparison.Ordinal).TrimEnd();
        return (string.Join('\n', lines) + "\n", $"{lines.Length}:{column}");
    }

    /// <summary>A rule with one key to be given a value, and what it needs beside it.</summary>
    private static IEnumerable<string> Rule(string key)
    {
        if (key != "id") yield return "        id: r";
        if (key is not ("detect" or "terms" or "terms_file" or "pattern")) yield return "        terms: [t]";
        if (key != "action") yield return $"        action: {key switch { "with" => "redact", "keep_last" => "mask", "key" => "hash", _ => "flag" }}";
        yield return $"        {key}: @";
    }

    private static IEnumerable<string> Nest(string path, int indent)
    {
        var keys = path.Split('.');
        return keys.Select((key, level) => new string(' ', indent + 2 * level) + key + (level == keys.Length - 1 ? ": @" : ":"));
    }

    private static string Find(JsonNode node, string path)
    {
        JsonNode? found = node;
        foreach (var step in path.Replace("[0]", ".0", StringComparison.Ordinal).Split('.'))
            found = found is JsonArray array ? array[int.Parse(step, null)] : found![step];
        return found is null ? "null" : found.ToJsonString(new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
    }

    /// <summary>Paths of the keys that have no keys below them; `u` and [0] stand for the members of maps and lists.</summary>
    private static void Leaves(JsonNode schema, string path, List<string> paths)
    {
        if (schema["anyOf"]?[0] is { } given && given["properties"] is not null)
            schema = given;
        if (schema["properties"] is JsonObject properties)
        {
            foreach (var (key, value) in properties)
                Leaves(value!, path.Length == 0 ? key : $"{path}.{key}", paths);
        }
        else if (schema["additionalProperties"]?["properties"] is not null)
            Leaves(schema["additionalProperties"]!, $"{path}.u", paths);
        else if (schema["items"]?["properties"] is not null)
            Leaves(schema["items"]!, $"{path}[0]", paths);
        else
            paths.Add(path);
    }
}

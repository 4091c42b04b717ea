namespace Sidecar.Proxy.Tests.Configuration;

public sealed class ContractExampleTests
{
    /// <summary>The whole configuration as documented, its parts that are to come too.</summary>
    private const string Example =
        """
        listen: 0.0.0.0:8080            # HTTP/1.1, WebSocket upgrade and h2c (prior knowledge) on one port
        http: { max_header_bytes: 32KB, max_headers: 100, max_request_body: 32MiB, max_connections: 10000 }
        admin:
          listen: 0.0.0.0:9464          # GET only for remote peers; POST is answered to loopback peers only

        upstreams:
          openai:
            url: https://api.openai.com # http or https; a path prefix is kept
            provider: openai            # openai | azure | anthropic | gemini | ollama  (the dialect it speaks)
            credential: { header: authorization, value: "Bearer ${file:/var/run/secrets/openai}" }
            max_connections: 256
            connect_timeout: 2s
            tls: { ca_file: null, client_cert_file: null, client_key_file: null, server_name: null }
          local: { url: http://127.0.0.1:11434, provider: ollama }

        routes:                         # first match wins
          - name: chat
            match: { path: /v1/*, models: ["gpt-*", "o*"], headers: { x-tier: gold } }
            upstreams: [ { name: openai, weight: 9 }, { name: local, weight: 1, model: llama3 } ]
            fallback: [ local ]         # tried in order, only while the client has not been sent a byte
            first_token_timeout: 30s    # from request sent to first content delta; then fallback, else an error (120s when unset)
            moderation: default         # a policy below, or off

        auth:
          mode: none                    # none | keys | jwt
          keys:
            - { id: app-1, sha256: "…hex of the key…", user: null, team: search, project: web,
                models: ["*"], requests_per_minute: 600, tokens_per_minute: 200000, budget_usd_per_day: 25 }
          jwt: { issuer: "", audience: "", jwks_file: "", claims: { user: sub, team: team, project: project } }
          attribution_headers: { user: x-sidecar-user, team: x-sidecar-team, project: x-sidecar-project }  # mode none

        streaming:
          buffer_size: 64KB             # per stream, towards the client
          max_concurrent_streams: 1000  # past it: 503 + Retry-After, in the dialect's error shape
          max_event_bytes: 1MiB         # a longer event ends the stream with an error
          read_timeout: 60s             # longest silence of the provider once its response began: any byte is life
          stall_timeout: 120s           # longest time without an event of meaning: pings and comments are not life
          write_timeout: 30s            # longest a write to the client may make no progress
          heartbeat: 15s                # a `: keep-alive` comment on an idle SSE response; 0 turns it off
          backpressure:
            strategy: pause_upstream    # pause_upstream (lossless) | keep_reading (the provider is never slowed)
            high_watermark: 80%
            low_watermark: 50%
            on_overflow:                # when keep_reading meets a full buffer
              action: drop_oldest       # drop_oldest | terminate: whole content frames only, never a finish, usage, error or end
              log_warning: true
          client_timeout:
            initial: 5s                 # a request head and body must be in by then
            between_chunks: 10s         # largest gap between two reads of a request body
            total: 300s                 # a whole stream, from first request byte to last response byte
          resume: { enabled: false, window: 60s, buffer: 256KB }
          on_client_abort: cancel       # cancel | drain (read the provider to its end so usage is known)
          client_half_close: abort      # abort (as nginx: a FIN counts as leaving) | allow

        moderation:
          policies:
            default:
              rules:
                - { id: pii,  detect: [email, phone, credit_card, iban, us_ssn, ip_address, mac_address, crypto_wallet, api_key, jwt, private_key], action: redact, with: "[{type}]" }
                - { id: hate, terms: [ "..." ], terms_file: null, whole_word: true, action: terminate }
                - { id: code, pattern: "PRJ-[0-9]{4,8}", action: mask, keep_last: 2 }
              fold: [ case, width, zero_width, confusables ]
              scan: [ content, reasoning, refusal, tool_arguments ]
              classifier: null          # { url, gate: sync | async, timeout: 300ms, on_failure: open | closed, model: … }
              input: false              # also apply the rules to the request's messages
          # actions: redact (replace by `with`), mask (asterisks, keep_last), hash (keyed), flag (pass, count and log), terminate

        transform: { format: none }     # none | html (Markdown to HTML) | text (Markdown or JSON to plain text)

        usage:
          count: auto                   # auto: the provider's figures, a local count where it gives none | exact | provider
          tokenizer: o200k_base
          prices_file: null             # built-in table otherwise
          inject_include_usage: true    # asks the provider for usage; the extra chunk is hidden from a client that did not ask
          journal: null                 # a file: one JSON line per stream

        limits: { store: memory, redis: null }   # memory | redis://…: requests, tokens and budgets shared by a fleet

        metrics: { models: [], otel_names: true, buckets: {} }
        logging: { level: info, format: json, access_log: true }
        drain: { min_delay: 0s, deadline: 25s }

        """;

    [Fact]
    public void The_documented_example_is_refused_for_its_parts_that_are_not_built_and_for_nothing_else()
    {
        using var given = new Given();
        var secret = given.Write("openai", "sk-test\n");
        Assert.Equal(
            [
                "sidecar.yaml:27:28: `auth.keys[0].sha256`: must be the 64 hexadecimal digits of a SHA-256",
                "sidecar.yaml:51:37: `streaming.resume.window`: not built yet in this version",
                "sidecar.yaml:51:50: `streaming.resume.buffer`: not built yet in this version",
                "sidecar.yaml:71:10: `usage.count`: not built yet in this version (only `provider`)",
                "sidecar.yaml:72:14: `usage.tokenizer`: not built yet in this version",
            ],
            given.Errors(Example.Replace("/var/run/secrets/openai", secret, StringComparison.Ordinal)));
    }

    [Fact]
    public void A_secret_that_is_not_mounted_is_one_more_of_its_errors()
    {
        using var given = new Given();
        var errors = given.Errors(Example.Replace("/var/run/secrets/openai", given.File("openai"), StringComparison.Ordinal));
        Assert.Equal(6, errors.Length);
        Assert.Equal("sidecar.yaml:10:49: `upstreams.openai.credential.value`: file `openai`: no such file", errors[0]);
    }

    [Fact]
    public void Without_its_parts_that_are_not_built_it_is_what_the_defaults_are()
    {
        using var given = new Given();
        var secret = given.Write("openai", "sk-test\n");
        string[] notBuilt =
        [
            "  keys:", "    - { id: app-1", "        models: [", "  resume:", "  count:", "  tokenizer:",
        ];
        var lines = Example.Replace("/var/run/secrets/openai", secret, StringComparison.Ordinal).Split('\n').ToList();
        lines.RemoveAll(line => notBuilt.Any(line.StartsWith));
        var shown = Given.View(Given.Valid(given.Load(string.Join('\n', lines))));
        var defaults = Given.View(Given.Valid(given.LoadNoFile()));
        foreach (var key in defaults.AsObject().Select(pair => pair.Key).Except(["upstreams", "routes", "moderation"]))
            Assert.Equal(defaults[key]!.ToJsonString(), shown[key]!.ToJsonString());
        Assert.Equal("30s", shown["routes"]![0]!["first_token_timeout"]!.GetValue<string>());
        Assert.Equal("default", shown["routes"]![0]!["moderation"]!.GetValue<string>());
        Assert.Equal(3, shown["moderation"]!["policies"]!["default"]!["rules"]!.AsArray().Count);
    }
}

using static Sidecar.Proxy.Configuration.Table.Scalars;
using static Sidecar.Proxy.Configuration.Table.Texts;

namespace Sidecar.Proxy.Configuration.Table;

/// <summary>
/// Every key of the configuration, once: name, kind, where it goes, what it is for. Reading, suggestions, the schema, environment overrides
/// and <c>/config</c> all follow it. Defaults are those of the options. A key turns real when its <c>NotBuilt</c> becomes a <c>Key</c>.
/// </summary>
internal static class ConfigurationTable
{
    // What the keys below are made of stands before them: fields are set in the order of the text.
    private static readonly Uri NoUrl = new("http://unset.invalid");
    private static readonly TimeSpan Millisecond = TimeSpan.FromMilliseconds(1);
    private static readonly TimeSpan Day = TimeSpan.FromDays(1);

    private static readonly Kind<string?> OptionalFile = new FileKind();

    private static readonly ObjectKind<HttpOptions> Http = new ObjectKind<HttpOptions>(new())
        .Key("max_header_bytes", Size(1 * KB, 1 * MB), o => o.MaxHeaderBytes, (o, v) => o with { MaxHeaderBytes = (int)v },
            "Longest request head, request line included; past it 431.")
        .Key("max_headers", Whole(1, 10_000), o => o.MaxHeaders, (o, v) => o with { MaxHeaders = v },
            "Most header fields in a head; past it 431.")
        .Key("max_request_body", Size(1 * KB, 4 * GB), o => o.MaxRequestBody, (o, v) => o with { MaxRequestBody = v },
            "Longest request body; past it 413.")
        .Key("max_connections", Whole(1, 1_000_000), o => o.MaxConnections, (o, v) => o with { MaxConnections = v },
            "Most client connections at once; past it a new one is closed.")
        .Key("socket_buffers", Size(0, 64 * MB), o => o.SocketBuffers, (o, v) => o with { SocketBuffers = (int)v },
            "The kernel's buffers of a client connection, each way; 0 leaves them to the kernel. A change needs a restart.");

    private static readonly ObjectKind<AdminOptions> Admin = new ObjectKind<AdminOptions>(new())
        .Key("listen", Endpoint, o => o.Listen, (o, v) => o with { Listen = v },
            "Where metrics, probes and live views are served: GET only for remote peers. A change needs a restart.");

    private static readonly ObjectKind<CredentialOptions> Credential = new ObjectKind<CredentialOptions>(new("", ""))
        .Key("header", CredentialHeader, o => o.Header, (o, v) => o with { Header = v }, "The header that carries it.", required: true)
        .Key("value", HeaderValue, o => o.Value, (o, v) => o with { Value = v },
            "The header's whole value, such as `Bearer ${file:/var/run/secrets/openai}`.", required: true, secret: true);

    private static readonly ObjectKind<TlsOptions> Tls = new ObjectKind<TlsOptions>(new())
        .Key("ca_file", OptionalFile, o => o.CaFile, (o, v) => o with { CaFile = v }, "PEM bundle trusted instead of the system's.")
        .Key("client_cert_file", OptionalFile, o => o.ClientCertFile, (o, v) => o with { ClientCertFile = v }, "PEM client certificate.")
        .Key("client_key_file", OptionalFile, o => o.ClientKeyFile, (o, v) => o with { ClientKeyFile = v },
            "PEM key of the client certificate; not needed when the certificate's file holds it.")
        .Key("server_name", new OptionalKind<string>(ServerName), o => o.ServerName, (o, v) => o with { ServerName = v },
            "Name to send and to verify instead of the URL's host.");

    private static readonly ObjectKind<UpstreamOptions> Upstream = new ObjectKind<UpstreamOptions>(NewUpstream(""))
        .Key("url", Url, o => o.Url, (o, v) => o with { Url = v }, "http or https; a path prefix is kept.", required: true)
        .Key("provider",
            Choice(("openai", Provider.OpenAI), ("azure", Provider.Azure), ("anthropic", Provider.Anthropic), ("gemini", Provider.Gemini),
                ("ollama", Provider.Ollama)),
            o => o.Provider, (o, v) => o with { Provider = v }, "The dialect it speaks where the path does not tell.")
        .Key("credential", new OptionalKind<CredentialOptions>(Credential), o => o.Credential, (o, v) => o with { Credential = v },
            "Replaces the client's credential; without it the client's own is passed on.")
        .Key("max_connections", Whole(1, 100_000), o => o.MaxConnections, (o, v) => o with { MaxConnections = v },
            "Most connections open to it at once.")
        .Key("connect_timeout", Duration(Millisecond, TimeSpan.FromMinutes(5)), o => o.ConnectTimeout,
            (o, v) => o with { ConnectTimeout = v }, "Bound on resolve, connect and TLS handshake together.")
        .Key("receive_buffer", Size(0, 64 * MB), o => o.ReceiveBuffer, (o, v) => o with { ReceiveBuffer = (int)v },
            "The kernel's buffer for what comes from it; 0 leaves it to the kernel.")
        .Key("tls", Tls, o => o.Tls, (o, v) => o with { Tls = v }, "TLS settings, for https only.");

    private static readonly ObjectKind<RouteOptions> Match = new ObjectKind<RouteOptions>(NewRoute())
        .Key("path", new OptionalKind<string>(PathPattern), o => o.Path, (o, v) => o with { Path = v },
            "Exact, or the beginning of a path with a final `*`; every path when unset.")
        .Key("models", new ListKind<string>(Model), o => o.Models, (o, v) => o with { Models = v },
            "Patterns of models, `*` for any run of characters; every model, and none, when empty.")
        .Key("headers", new MapKind<string>(ByHeader, HeaderValue), o => o.Headers, (o, v) => o with { Headers = v },
            "Headers that must be there with exactly this value.");

    private static readonly ObjectKind<RouteTarget> Target = new ObjectKind<RouteTarget>(new RouteTarget(""))
        .Key("name", Name, o => o.Name, (o, v) => o with { Name = v }, "Name of the upstream.", required: true)
        .Key("weight", Whole(1, 1000), o => o.Weight, (o, v) => o with { Weight = v }, "Its share of the requests.")
        .Key("model", new OptionalKind<string>(Model), o => o.Model, (o, v) => o with { Model = v }, "The model asked of it instead of the client's.");

    private static readonly ObjectKind<RouteOptions> Route = new ObjectKind<RouteOptions>(NewRoute())
        .Key("name", Name, o => o.Name, (o, v) => o with { Name = v }, "Name in metrics and logs.", required: true)
        .Section("match", Match, "What a request must be; all of it.")
        .Key("upstreams", new ListKind<RouteTarget>(Target, least: 1), o => o.Upstreams, (o, v) => o with { Upstreams = v },
            "Where its requests go, one of them each, by weight.", required: true)
        .Key("fallback", new ListKind<string>(Name), o => o.Fallback, (o, v) => o with { Fallback = v },
            "Upstreams tried in order while the client has not been sent a byte.")
        .Key("first_token_timeout", Duration(Millisecond, Day), o => o.FirstTokenTimeout, (o, v) => o with { FirstTokenTimeout = v },
            "From request sent to first content delta.")
        .Key("moderation", PolicyOrOff, o => o.Moderation, (o, v) => o with { Moderation = v }, "A policy of `moderation.policies`, or off.");

    private static readonly ObjectKind<StreamingOptions> OnOverflow = new ObjectKind<StreamingOptions>(new())
        .Key("action", Choice(("drop_oldest", OverflowAction.DropOldest), ("terminate", OverflowAction.Terminate)), o => o.OnOverflow,
            (o, v) => o with { OnOverflow = v },
            "drop_oldest leaves out whole events that carry nothing but content, terminate ends the stream with an error.")
        .Key("log_warning", Bool, o => o.WarnsOfOverflow, (o, v) => o with { WarnsOfOverflow = v },
            "Whether the log tells of a stream that overflows, once.");

    private static readonly ObjectKind<StreamingOptions> Backpressure = new ObjectKind<StreamingOptions>(new())
        .Key("strategy", Choice(("pause_upstream", BackpressureStrategy.PauseUpstream), ("keep_reading", BackpressureStrategy.KeepReading)),
            o => o.Backpressure, (o, v) => o with { Backpressure = v }, "pause_upstream is lossless, keep_reading never slows the provider.")
        .Key("high_watermark", Percentage(1), o => o.HighWatermark, (o, v) => o with { HighWatermark = v },
            "Share of buffer_size at which the upstream is no longer read.")
        .Key("low_watermark", Percentage(0), o => o.LowWatermark, (o, v) => o with { LowWatermark = v },
            "Share of buffer_size at which it is read again.")
        .Section("on_overflow", OnOverflow, "What happens when keep_reading meets a full buffer.");

    private static readonly ObjectKind<StreamingOptions> ClientTimeout = new ObjectKind<StreamingOptions>(new())
        .Key("initial", Duration(Millisecond, Day), o => o.ClientInitialTimeout, (o, v) => o with { ClientInitialTimeout = v },
            "A request head and body must be in by then.")
        .Key("between_chunks", Duration(Millisecond, Day), o => o.ClientBetweenChunksTimeout,
            (o, v) => o with { ClientBetweenChunksTimeout = v }, "Largest gap between two reads of a request body.")
        .Key("total", Duration(Millisecond, Day), o => o.ClientTotalTimeout, (o, v) => o with { ClientTotalTimeout = v },
            "A whole stream, from first request byte to last response byte.");

    private static readonly ObjectKind<StreamingOptions> Resume = new ObjectKind<StreamingOptions>(new())
        .NotBuilt("enabled", "Whether a client may take a stream up again.", "false")
        .NotBuilt("window", "For how long.", "null")
        .NotBuilt("buffer", "How much of a stream is kept.", "null");

    private static readonly ObjectKind<StreamingOptions> Streaming = new ObjectKind<StreamingOptions>(new())
        .Key("buffer_size", Size(4 * KB, 1 * GB), o => o.BufferSize, (o, v) => o with { BufferSize = (int)v },
            "Bytes of one stream held towards its client.")
        .Key("max_concurrent_streams", Whole(1, 1_000_000), o => o.MaxConcurrentStreams, (o, v) => o with { MaxConcurrentStreams = v },
            "Most exchanges at once; past it 503 with Retry-After.")
        .Key("max_event_bytes", Size(1 * KB, 1 * GB), o => o.MaxEventBytes, (o, v) => o with { MaxEventBytes = (int)v },
            "Longest single event; a longer one ends its stream with an error.")
        .Key("read_timeout", Duration(Millisecond, Day), o => o.ReadTimeout, (o, v) => o with { ReadTimeout = v },
            "Longest silence of the provider once its response began; any byte is life.")
        .Key("stall_timeout", Duration(Millisecond, Day), o => o.StallTimeout, (o, v) => o with { StallTimeout = v },
            "Longest time without an event of meaning; pings and comments are not life.")
        .Key("write_timeout", Duration(Millisecond, Day), o => o.WriteTimeout, (o, v) => o with { WriteTimeout = v },
            "Longest a write to the client may make no progress.")
        .Key("heartbeat", Duration(TimeSpan.Zero, Day), o => o.Heartbeat, (o, v) => o with { Heartbeat = v },
            "A `: keep-alive` comment on an SSE response that was silent for so long; 0 turns it off.")
        .Section("backpressure", Backpressure, "What a slow client does to its provider.")
        .Section("client_timeout", ClientTimeout, "The client's clocks.")
        .Section("resume", Resume, "Taking a cut stream up again.")
        .Key("on_client_abort", Choice(("cancel", false), ("drain", true)), o => o.DrainsOnClientAbort, (o, v) => o with { DrainsOnClientAbort = v },
            "cancel closes the provider's connection, drain reads it to its end so that usage is known.")
        .Key("client_half_close", Choice(("abort", false), ("allow", true)), o => o.AllowHalfClose, (o, v) => o with { AllowHalfClose = v },
            "Whether a client's FIN counts as leaving.");

    private static readonly ObjectKind<MetricsOptions> Metrics = new ObjectKind<MetricsOptions>(new())
        .Key("models", new ListKind<string>(Model), o => o.Models, (o, v) => o with { Models = v },
            "Models that get a label value of their own; empty: the first 32 seen.")
        .Key("otel_names", Bool, o => o.OtelNames, (o, v) => o with { OtelNames = v }, "Whether the OpenTelemetry names stand beside ours.")
        .Key("buckets", new MapKind<IReadOnlyList<double>>(ByMetric, new ListKind<double>(Number, least: 1)),
            o => [.. o.Buckets.Select(pair => KeyValuePair.Create<string, IReadOnlyList<double>>(pair.Key, pair.Value))],
            (o, v) => o with { Buckets = v.ToDictionary(pair => pair.Key, pair => pair.Value.ToArray()) },
            "Bucket bounds by metric name, rising, instead of the built-in ones.");

    private static readonly ObjectKind<LoggingOptions> Logging = new ObjectKind<LoggingOptions>(new())
        .Key("level",
            Choice(("debug", LogLevel.Debug), ("info", LogLevel.Info), ("warning", LogLevel.Warning), ("error", LogLevel.Error)),
            o => o.Level, (o, v) => o with { Level = v }, "Least severe line that is written.")
        .Key("format", Choice(("json", "json")), _ => "json", (o, _) => o, "JSON lines.")
        .Key("access_log", Bool, o => o.AccessLog, (o, v) => o with { AccessLog = v }, "Whether each exchange writes a line at its end.");

    private static readonly ObjectKind<DrainOptions> Drain = new ObjectKind<DrainOptions>(new())
        .Key("min_delay", Duration(TimeSpan.Zero, Day), o => o.MinDelay, (o, v) => o with { MinDelay = v },
            "How long new connections are still accepted after readiness went off.")
        .Key("deadline", Duration(TimeSpan.Zero, Day), o => o.Deadline, (o, v) => o with { Deadline = v },
            "When the streams that are left are ended.");

    private static readonly ObjectKind<SidecarOptions> Transform = new ObjectKind<SidecarOptions>(new())
        .NotBuilt("format", "none, html or text.", "none");

    private static readonly ObjectKind<UsageOptions> Usage = new ObjectKind<UsageOptions>(new())
        .NotBuilt("count", "provider: the provider's figures; auto and exact count here.", "provider")
        .NotBuilt("tokenizer", "Which tokens are counted here.", "null")
        .Key("prices_file", new PricesFileKind(), o => o.Prices, (o, v) => o with { Prices = v },
            "JSON: dollars for a million tokens (input, output, cached, reasoning) by model; it replaces the built-in prices.")
        .Key("inject_include_usage", Bool, o => o.InjectsIncludeUsage, (o, v) => o with { InjectsIncludeUsage = v },
            "Whether streams of openai and azure are asked for usage; the extra chunk is hidden from a client that did not ask.")
        .Key("journal", new OutputFileKind(), o => o.Journal, (o, v) => o with { Journal = v },
            "A file that gets one JSON line for each stream. A change needs a restart.");

    private static readonly ObjectKind<SidecarOptions> Limits = new ObjectKind<SidecarOptions>(new())
        .NotBuilt("store", "Where requests, tokens and budgets are counted.", "memory")
        .NotBuilt("redis", "A store shared by a fleet.", "null");

    /// <summary>The whole document.</summary>
    public static readonly ObjectKind<SidecarOptions> Root = new ObjectKind<SidecarOptions>(new())
        .Key("listen", Endpoint, o => o.Listen, (o, v) => o with { Listen = v }, "The data port. A change needs a restart.")
        .Key("http", Http, o => o.Http, (o, v) => o with { Http = v }, "Bounds on what a client may send.")
        .Key("admin", Admin, o => o.Admin, (o, v) => o with { Admin = v }, "The admin port.")
        .Key("upstreams", new MapKind<UpstreamOptions>(ByName, Upstream, NewUpstream),
            o => [.. o.Upstreams], (o, v) => o with { Upstreams = v.ToDictionary() },
            "Providers by name; `openai` and `anthropic` when unset.")
        .Key("routes", new ListKind<RouteOptions>(Route), o => o.Routes, (o, v) => o with { Routes = v },
            "Which requests go where; the first match wins. May be left out with one upstream: it then gets everything.")
        .Key("auth", AuthTable.Auth, o => o.Auth, (o, v) => o with { Auth = v }, "Who is asking.")
        .Key("streaming", Streaming, o => o.Streaming, (o, v) => o with { Streaming = v }, "Buffers and clocks of a stream.")
        .Key("moderation", ModerationTable.Moderation, o => o.Moderation, (o, v) => o with { Moderation = v }, "What is done with texts.")
        .Section("transform", Transform, "The form in which texts reach the client.")
        .Key("usage", Usage, o => o.Usage, (o, v) => o with { Usage = v }, "How tokens are known, what they cost, and where that is kept.")
        .Section("limits", Limits, "Where limits are counted.")
        .Key("metrics", Metrics, o => o.Metrics, (o, v) => o with { Metrics = v }, "What /metrics shows.")
        .Key("logging", Logging, o => o.Logging, (o, v) => o with { Logging = v }, "What goes to standard error.")
        .Key("drain", Drain, o => o.Drain, (o, v) => o with { Drain = v }, "How the sidecar leaves.");

    private static UpstreamOptions NewUpstream(string name) => new() { Name = name, Url = NoUrl };

    private static RouteOptions NewRoute() => new() { Name = "", Upstreams = [] };
}

using System.Net;

namespace Sidecar.Proxy.Configuration;

/// <summary>A whole, validated configuration. Immutable: a reload makes a new one, exchanges in flight keep theirs.</summary>
public sealed record SidecarOptions
{
    /// <summary>The data port.</summary>
    public IPEndPoint Listen { get; init; } = new(IPAddress.Any, 8080);

    /// <summary>Bounds on what a client may send.</summary>
    public HttpOptions Http { get; init; } = new();

    /// <summary>The admin port.</summary>
    public AdminOptions Admin { get; init; } = new();

    /// <summary>Upstreams by name.</summary>
    public IReadOnlyDictionary<string, UpstreamOptions> Upstreams { get; init; } = new Dictionary<string, UpstreamOptions>();

    /// <summary>Routes; the first that matches wins.</summary>
    public IReadOnlyList<RouteOptions> Routes { get; init; } = [];

    /// <summary>One upstream of a route.</summary>
/// <param name="Name">Name of the upstream.</param>
public sealed record RouteTarget(string Name)
{
    /// <summary>Its share of the route's requests.</summary>
    public int Weight { get; init; } = 1;

    /// <summary>The model asked of it; null for the client's.</summary>
    public string? Model { get; init; }
}

/// <summary>Who is asking.</summary>
    public AuthOptions Auth { get; init; } = new();

    /// <summary>Buffers and clocks of a stream.</summary>
    public StreamingOptions Streaming { get; init; } = new();

    /// <summary>What is done with texts.</summary>
    public ModerationOptions Moderation { get; init; } = new();

    /// <summary>How tokens are known, what they cost, and where that is kept.</summary>
    public UsageOptions Usage { get; init; } = new();

    /// <summary>What <c>/metrics</c> shows.</summary>
    public MetricsOptions Metrics { get; init; } = new();

    /// <summary>What goes to standard error.</summary>
    public LoggingOptions Logging { get; init; } = new();

    /// <summary>How the sidecar leaves.</summary>
    public DrainOptions Drain { get; init; } = new();
}

/// <summary>Bounds on what a client may send. Sizes in bytes.</summary>
public sealed record HttpOptions
{
    /// <summary>Longest request head, request line included; past it 431.</summary>
    public int MaxHeaderBytes { get; init; } = 32 * 1024;

    /// <summary>Most header fields in a head; past it 431.</summary>
    public int MaxHeaders { get; init; } = 100;

    /// <summary>Longest request body; past it 413.</summary>
    public long MaxRequestBody { get; init; } = 32 * 1024 * 1024;

    /// <summary>Most client connections at once; past it a new one is closed.</summary>
    public int MaxConnections { get; init; } = 10_000;

    /// <summary>
    /// The kernel's buffers of a client connection, each way (SO_RCVBUF, SO_SNDBUF; it reserves twice as much). Left to itself it gives a slow stream
    /// megabytes, which count against a pod's memory. 0 leaves it to itself.
    /// </summary>
    public int SocketBuffers { get; init; } = 64 * 1024;
}

/// <summary>The admin port.</summary>
public sealed record AdminOptions
{
    /// <summary>Where metrics and probes are served.</summary>
    public IPEndPoint Listen { get; init; } = new(IPAddress.Any, 9464);
}

/// <summary>The API family an upstream speaks.</summary>
public enum Provider : byte
{
    /// <summary>OpenAI and compatible servers.</summary>
    OpenAI,
    /// <summary>Azure OpenAI.</summary>
    Azure,
    /// <summary>Anthropic.</summary>
    Anthropic,
    /// <summary>Google Gemini.</summary>
    Gemini,
    /// <summary>Ollama.</summary>
    Ollama,
}

/// <summary>A provider's endpoint.</summary>
public sealed record UpstreamOptions
{
    /// <summary>The name routes use.</summary>
    public required string Name { get; init; }

    /// <summary>http or https; a path prefix is put before the client's path.</summary>
    public required Uri Url { get; init; }

    /// <summary>The dialect it speaks.</summary>
    public Provider Provider { get; init; }

    /// <summary>Replaces the client's credential; null passes the client's on.</summary>
    public CredentialOptions? Credential { get; init; }

    /// <summary>Most connections open to it at once.</summary>
    public int MaxConnections { get; init; } = 256;

    /// <summary>Bound on resolve, connect and TLS handshake together.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>The kernel's buffer for what comes from it (SO_RCVBUF); 0 leaves it to the kernel. Requests are sent with the kernel's own.</summary>
    public int ReceiveBuffer { get; init; } = 128 * 1024;

    /// <summary>TLS settings; null fields mean the platform's.</summary>
    public TlsOptions Tls { get; init; } = new();
}

/// <summary>A header that carries a secret. Never logged, never shown.</summary>
public sealed record CredentialOptions(string Header, string Value)
{
    /// <summary>Hides the secret.</summary>
    public override string ToString() => $"{Header}: [redacted]";
}

/// <summary>TLS towards an upstream.</summary>
public sealed record TlsOptions
{
    /// <summary>PEM bundle trusted instead of the system's.</summary>
    public string? CaFile { get; init; }
    /// <summary>PEM client certificate.</summary>
    public string? ClientCertFile { get; init; }
    /// <summary>PEM key of the client certificate.</summary>
    public string? ClientKeyFile { get; init; }
    /// <summary>Name to send and to verify instead of the URL's host.</summary>
    public string? ServerName { get; init; }
}

/// <summary>Which requests go where.</summary>
public sealed record RouteOptions
{
    /// <summary>Name in metrics and logs.</summary>
    public required string Name { get; init; }

    /// <summary>Path pattern: exact, or a prefix with a final <c>*</c>; null matches every path.</summary>
    public string? Path { get; init; }

    /// <summary>Model patterns (<c>*</c> matches any run of characters); empty matches every model and none.</summary>
    public IReadOnlyList<string> Models { get; init; } = [];

    /// <summary>Headers that must be present with this exact value; names in lower case.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Headers { get; init; } = [];

    /// <summary>Where its requests go, one of them each, by weight.</summary>
    public required IReadOnlyList<RouteTarget> Upstreams { get; init; }

    /// <summary>Upstreams tried in order while the client has been sent nothing.</summary>
    public IReadOnlyList<string> Fallback { get; init; } = [];

    /// <summary>From request sent to first content delta.</summary>
    public TimeSpan FirstTokenTimeout { get; init; } = TimeSpan.FromSeconds(120);

    /// <summary>Name of the policy for its texts; null for none.</summary>
    public string? Moderation { get; init; }
}

/// <summary>One upstream of a route.</summary>
/// <param name="Name">Name of the upstream.</param>
public sealed record RouteTarget(string Name)
{
    /// <summary>Its share of the route's requests.</summary>
    public int Weight { get; init; } = 1;

    /// <summary>The model asked of it; null for the client's.</summary>
    public string? Model { get; init; }
}

/// <summary>Buffers and clocks of a stream.</summary>
public sealed record StreamingOptions
{
    /// <summary>Bytes of one stream held towards its client.</summary>
    public int BufferSize { get; init; } = 64 * 1024;
    /// <summary>Most exchanges at once; past it 503.</summary>
    public int MaxConcurrentStreams { get; init; } = 1000;
    /// <summary>Longest single event.</summary>
    public int MaxEventBytes { get; init; } = 1024 * 1024;
    /// <summary>Longest silence of the provider once its response began.</summary>
    public TimeSpan ReadTimeout { get; init; } = TimeSpan.FromSeconds(60);
    /// <summary>Longest time without an event of meaning.</summary>
    public TimeSpan StallTimeout { get; init; } = TimeSpan.FromSeconds(120);
    /// <summary>Longest a write to the client may make no progress.</summary>
    public TimeSpan WriteTimeout { get; init; } = TimeSpan.FromSeconds(30);
    /// <summary>Longest silence on an SSE response before a comment breaks it; zero for none.</summary>
    public TimeSpan Heartbeat { get; init; } = TimeSpan.FromSeconds(15);
    /// <summary>What a client that reads too slowly does to its provider.</summary>
    public BackpressureStrategy Backpressure { get; init; }
    /// <summary>What happens when <see cref="BackpressureStrategy.KeepReading"/> meets a full buffer.</summary>
    public OverflowAction OnOverflow { get; init; }
    /// <summary>Whether a stream that overflows is told of in the log.</summary>
    public bool WarnsOfOverflow { get; init; } = true;
    /// <summary>Percent of <see cref="BufferSize"/> at which the upstream is no longer read.</summary>
    public int HighWatermark { get; init; } = 80;
    /// <summary>Percent of <see cref="BufferSize"/> at which it is read again.</summary>
    public int LowWatermark { get; init; } = 50;
    /// <summary>A request head and body must be in by then.</summary>
    public TimeSpan ClientInitialTimeout { get; init; } = TimeSpan.FromSeconds(5);
    /// <summary>Largest gap between two reads of a request body.</summary>
    public TimeSpan ClientBetweenChunksTimeout { get; init; } = TimeSpan.FromSeconds(10);
    /// <summary>A whole stream, from first request byte to last response byte.</summary>
    public TimeSpan ClientTotalTimeout { get; init; } = TimeSpan.FromSeconds(300);
    /// <summary>Whether the provider is read to its end when the client has left, so that usage is known.</summary>
    public bool DrainsOnClientAbort { get; init; }
    /// <summary>Whether a client's FIN leaves its stream running.</summary>
    public bool AllowHalfClose { get; init; }
}

/// <summary>What a client that reads too slowly does to its provider.</summary>
public enum BackpressureStrategy : byte
{
    /// <summary>The provider is not read while the client's buffer is full: lossless.</summary>
    PauseUpstream,
    /// <summary>The provider is never slowed.</summary>
    KeepReading,
}

/// <summary>What happens to a stream whose buffer is full while its provider is read on.</summary>
public enum OverflowAction : byte
{
    /// <summary>The oldest events that carry nothing but content go.</summary>
    DropOldest,
    /// <summary>The stream ends with an error.</summary>
    Terminate,
}

/// <summary>What <c>/metrics</c> shows.</summary>
public sealed record MetricsOptions
{
    /// <summary>Models that get a label value of their own; empty: the first 32 seen.</summary>
    public IReadOnlyList<string> Models { get; init; } = [];
    /// <summary>Whether the OpenTelemetry names stand beside ours.</summary>
    public bool OtelNames { get; init; } = true;
    /// <summary>Bucket bounds by metric name, replacing the built-in ones.</summary>
    public IReadOnlyDictionary<string, double[]> Buckets { get; init; } = new Dictionary<string, double[]>();
}

/// <summary>Least severe line that is written.</summary>
public enum LogLevel : byte
{
    /// <summary>Everything.</summary>
    Debug,
    /// <summary>Life cycle and access lines.</summary>
    Info,
    /// <summary>What an operator should look at.</summary>
    Warning,
    /// <summary>What went wrong.</summary>
    Error,
}

/// <summary>What goes to standard error.</summary>
public sealed record LoggingOptions
{
    /// <summary>Least severe line that is written.</summary>
    public LogLevel Level { get; init; } = LogLevel.Info;
    /// <summary>Whether each exchange writes a line at its end.</summary>
    public bool AccessLog { get; init; } = true;
}

/// <summary>How the sidecar leaves.</summary>
public sealed record DrainOptions
{
    /// <summary>How long new connections are still accepted after readiness went off.</summary>
    public TimeSpan MinDelay { get; init; } = TimeSpan.Zero;
    /// <summary>When the streams that are left are ended.</summary>
    public TimeSpan Deadline { get; init; } = TimeSpan.FromSeconds(25);
}

using Sidecar.Moderation;
using Sidecar.Proxy.Configuration;

namespace Sidecar.Proxy.Telemetry;

/// <summary>How one try at an upstream went.</summary>
public enum AttemptResult : byte
{
    /// <summary>A response head came, whatever its status.</summary>
    Response,
    /// <summary>No connection: refused, unreachable, unresolved.</summary>
    ConnectFailed,
    /// <summary>No connection in time.</summary>
    ConnectTimeout,
    /// <summary>The TLS handshake failed.</summary>
    TlsFailed,
    /// <summary>A pooled connection turned out closed before anything was answered.</summary>
    Stale,
    /// <summary>The connection broke before a response head was whole.</summary>
    Reset,
    /// <summary>No response in time.</summary>
    Timeout,
    /// <summary>What came is no response we understand.</summary>
    ProtocolError,
    /// <summary>Given up by us: the client left, or the drain's deadline came.</summary>
    Cancelled,
}

/// <summary>The words that metrics, logs and views use for our enums.</summary>
public static class Vocabulary
{
    private static readonly string[] Outcomes =
    [
        "completed", "moderated", "client_abort", "upstream_error", "upstream_timeout", "upstream_truncated",
        "stream_timeout", "overflow", "budget", "rejected", "drained", "internal_error",
    ];
    private static readonly string[] Phases = ["connecting", "waiting", "streaming", "draining"];
    private static readonly string[] Providers = ["openai", "azure", "anthropic", "gemini", "ollama"];
    private static readonly string[] Attempts =
        ["response", "connect_failed", "connect_timeout", "tls_failed", "stale", "reset", "timeout", "protocol_error", "cancelled"];
    private static readonly string[] Actions = ["flag", "redact", "mask", "hash", "terminate"];
    private static readonly string[] Verdicts = ["allowed", "flagged", "timeout", "error", "skipped"];
    private static readonly string[] Levels = ["debug", "info", "warning", "error"];

    /// <summary>Number of phases.</summary>
    internal static int PhaseCount => Phases.Length;

    /// <summary>Number of outcomes.</summary>
    internal static int OutcomeCount => Outcomes.Length;

    /// <summary>The word for an outcome.</summary>
    public static string Word(this Outcome outcome) => Outcomes[(int)outcome];

    /// <summary>The word for a phase.</summary>
    public static string Word(this Phase phase) => Phases[(int)phase];

    /// <summary>The word for a provider, as in the configuration.</summary>
    public static string Word(this Provider provider) => Providers[(int)provider];

    /// <summary>The word for the result of an attempt.</summary>
    public static string Word(this AttemptResult result) => Attempts[(int)result];

    /// <summary>The word for a rule's action, as in the configuration.</summary>
    public static string Word(this RuleAction action) => Actions[(int)action];

    /// <summary>The word for a classifier's verdict.</summary>
    public static string Word(this ClassifierVerdict verdict) => Verdicts[(int)verdict];

    /// <summary>The word for a level.</summary>
    public static string Word(this LogLevel level) => Levels[(int)level];
}

using Sidecar.Providers;
using Sidecar.Proxy.Telemetry;

namespace Sidecar.Proxy.Upstream;

/// <summary>What went wrong with a provider: the phase it happened in.</summary>
public enum UpstreamError : byte
{
    /// <summary>Nothing.</summary>
    None,
    /// <summary>All of its connections were in use for too long.</summary>
    PoolExhausted,
    /// <summary>No address of it could be resolved or reached.</summary>
    ConnectFailed,
    /// <summary>It did not accept within <c>connect_timeout</c>.</summary>
    ConnectTimeout,
    /// <summary>The TLS handshake failed.</summary>
    TlsFailed,
    /// <summary>It closed the connection without a response.</summary>
    NoResponse,
    /// <summary>Its response head breaks a rule or a bound.</summary>
    BadHead,
    /// <summary>The connection ended inside the response head.</summary>
    HeadTruncated,
    /// <summary>Its body breaks the rules of its framing.</summary>
    BadBody,
    /// <summary>The connection ended inside the body.</summary>
    BodyTruncated,
    /// <summary>The exchange was interrupted from our side.</summary>
    Interrupted,
    /// <summary>It took too long, and another may be asked.</summary>
    TimedOut,
}

/// <summary>How each error is told.</summary>
public static class UpstreamErrors
{
    /// <summary>What <c>llm_sidecar_upstream_attempts_total</c> calls it.</summary>
    public static AttemptResult Result(this UpstreamError error) => error switch
    {
        UpstreamError.None => AttemptResult.Response,
        UpstreamError.ConnectFailed => AttemptResult.ConnectFailed,
        UpstreamError.ConnectTimeout or UpstreamError.PoolExhausted => AttemptResult.ConnectTimeout,
        UpstreamError.TlsFailed => AttemptResult.TlsFailed,
        UpstreamError.NoResponse or UpstreamError.HeadTruncated or UpstreamError.BodyTruncated => AttemptResult.Reset,
        UpstreamError.Interrupted => AttemptResult.Cancelled,
        UpstreamError.TimedOut => AttemptResult.Timeout,
        _ => AttemptResult.ProtocolError,
    };

    /// <summary>What a client is answered when nothing was sent to it yet.</summary>
    public static (ErrorCode Error, string Message) Answer(this UpstreamError error) => error switch
    {
        UpstreamError.PoolExhausted => (ErrorCode.Overloaded, "all connections to the provider are in use"),
        UpstreamError.ConnectFailed => (ErrorCode.UpstreamUnreachable, "the provider cannot be reached"),
        UpstreamError.ConnectTimeout => (ErrorCode.UpstreamUnreachable, "the provider did not accept a connection in time"),
        UpstreamError.TlsFailed => (ErrorCode.UpstreamUnreachable, "the TLS handshake with the provider failed"),
        UpstreamError.NoResponse => (ErrorCode.UpstreamUnreachable, "the provider closed the connection without a response"),
        UpstreamError.TimedOut => (ErrorCode.FirstTokenTimeout, "the provider sent no content in time"),
        UpstreamError.HeadTruncated => (ErrorCode.UpstreamProtocolError, "the provider's response was cut in its head"),
        _ => (ErrorCode.UpstreamProtocolError, "the provider's response is not valid HTTP/1.1"),
    };
}

using System.Buffers;
using System.Text;
using Sidecar.Protocols.Http1;
using Sidecar.Providers;
using Sidecar.Proxy.Server;
using Sidecar.Proxy.Telemetry;
using Sidecar.Proxy.Upstream;

namespace Sidecar.Proxy.Streaming;

/// <summary>How an exchange ended, and as what.</summary>
/// <param name="Outcome">The one outcome.</param>
/// <param name="Code">The contract's error code, or another word for what happened; null when nothing did.</param>
/// <param name="Message">For the client; null when it is told nothing.</param>
internal readonly record struct Ending(Outcome Outcome, string? Code, string? Message)
{
    /// <summary>The ending that an interruption asks for.</summary>
    public static Ending Of(Interruption interruption) => interruption switch
    {
        Interruption.ClientLeft => new(Outcome.ClientAbort, null, null),
        Interruption.RequestTimeout => new(Outcome.Rejected, "client_timeout", "the request did not arrive in time"),
        Interruption.FirstTokenTimeout => new(Outcome.UpstreamTimeout, "first_token_timeout", "the provider sent no content in time"),
        Interruption.ReadTimeout => new(Outcome.UpstreamTimeout, "upstream_timeout", "the provider fell silent"),
        Interruption.StallTimeout => new(Outcome.UpstreamTimeout, "upstream_timeout", "the provider sent nothing of meaning for too long"),
        Interruption.WriteTimeout => new(Outcome.StreamTimeout, "stream_timeout", null),
        Interruption.TotalTimeout => new(Outcome.StreamTimeout, "stream_timeout", "the stream lasted longer than allowed"),
        Interruption.Drained => new(Outcome.Drained, "draining", "the sidecar is shutting down"),
        Interruption.Cancelled => new(Outcome.Drained, "cancelled", "the stream was cancelled by an operator"),
        _ => throw new ArgumentOutOfRangeException(nameof(interruption), interruption, "is none"),
    };

    /// <summary>The ending of a response whose head came from the provider.</summary>
    public static Ending Of(Exchange exchange, ResponseRelay relay, StreamReading? reading, bool isDialectSure, int status)
    {
        var hasEnd = reading is { HasEnd: true };
        if (relay.IsTooLong) return new(Outcome.Overflow, "stream_overflow", "an event of the provider is longer than max_event_bytes");
        // A client may leave as soon as it has read the dialect's end; it got everything (reported failure 5).
        if (exchange.Interruption == Interruption.ClientLeft && hasEnd) return new(Outcome.Completed, null, null);
        if (exchange.Interruption != Interruption.None) return Of(exchange.Interruption);
        if (relay.BodyState == BodyState.Malformed) return new(Outcome.UpstreamError, "upstream_protocol_error", "the provider's response is malformed");
        var misses = reading is not null && isDialectSure && exchange.Record.IsEventStream && !hasEnd && reading.Error is null && status < 300;
        if (relay.BodyState == BodyState.Truncated || (misses && relay.IsUntilClose))
        {
            return new(Outcome.UpstreamTruncated, "upstream_truncated", "the provider's response was cut");
        }
        if (status >= 400) return new(Outcome.UpstreamError, $"status_{status}", null);
        if (reading?.Error is { } error) return new(Outcome.UpstreamError, error, null);
        return new(Outcome.Completed, misses ? "no_end_marker" : null, null);
    }

    /// <summary>Answers a request with an error before anything else was written.</summary>
    /// <param name="exchange">The client's side.</param>
    /// <param name="dialect">Whose shape the error has; null for the default one.</param>
    /// <param name="status">HTTP status.</param>
    /// <param name="code">The contract's code.</param>
    /// <param name="message">For people.</param>
    public static void WriteError(Exchange exchange, Dialect? dialect, int status, string code, string message)
    {
        var body = new ArrayBufferWriter<byte>();
        ErrorShape.WriteBody(dialect, body, status, code, message);
        if (!exchange.IsBodyRead) exchange.Response.KeepAlive = false;
        var head = exchange.Response.StartHead(status, ReasonPhrase.Of(status));
        head.Field("content-type"u8, "application/json"u8);
        if (status is 503) head.Field("retry-after"u8, 1);
        ExchangeIdentity.Write(head, exchange.Record, hasRequestId: false);
        exchange.Response.EndHead(BodyFraming.Length, body.WrittenCount);
        exchange.Response.Write(body.WrittenSpan);
        exchange.Record.Status = status;
    }

    /// <summary>Writes the dialect's error event into a stream that has begun.</summary>
    public void WriteErrorEvent(Exchange exchange, Dialect? dialect, StreamKind kind)
    {
        var frame = new ArrayBufferWriter<byte>();
        ErrorShape.WriteEvent(dialect, kind == StreamKind.Array, frame, Code!, Message!, exchange.Record.Chunks);
        exchange.Response.Write(frame.WrittenSpan);
    }

    /// <summary>The word for trailers.</summary>
    public byte[] StatusWord() => Encoding.ASCII.GetBytes(Outcome.Word());
}

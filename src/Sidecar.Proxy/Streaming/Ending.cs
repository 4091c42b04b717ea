using System.Buffers;
using System.Text;
using Sidecar.Protocols.Http1;
using Sidecar.Providers;
using Sidecar.Proxy.Admission;
using Sidecar.Proxy.Server;
using Sidecar.Proxy.Streaming.Moderation;
using Sidecar.Proxy.Telemetry;
using Sidecar.Proxy.Transport;
using Sidecar.Proxy.Upstream;

namespace Sidecar.Proxy.Streaming;

/// <summary>How an exchange ended, and as what.</summary>
/// <param name="Outcome">The one outcome.</param>
/// <param name="ErrorType">The contract's code, or another word for what happened; null when nothing did.</param>
/// <param name="Error">What the client is told; null when it is told nothing.</param>
/// <param name="Message">The same for people.</param>
internal readonly record struct Ending(Outcome Outcome, string? ErrorType, ErrorCode? Error, string? Message)
{
    private Ending(Outcome outcome, ErrorCode error, string message)
        : this(outcome, error.Name, error, message)
    {
    }

    /// <summary>Nothing went wrong.</summary>
    public static Ending Completed => new(Outcome.Completed, null, null, null);

    /// <summary>A policy ended the answer, in the dialect's own way.</summary>
    public static Ending Moderated => new(Outcome.Moderated, null, null, null);

    /// <summary>A policy refused the request before the provider saw it.</summary>
    public static Ending Forbidden => new(Outcome.Moderated, ErrorCode.Forbidden, "the request holds what the policy does not allow");

    /// <summary>A policy must read what cannot be read.</summary>
    public static Ending Unreadable(string message) => new(Outcome.UpstreamError, ErrorCode.UpstreamProtocolError, message);

    /// <summary>The provider's own failure was passed on.</summary>
    public static Ending Failed(int status) => new(Outcome.UpstreamError, $"status_{status}", null, null);

    /// <summary>The sidecar said no.</summary>
    public static Ending Rejected(ErrorCode error, string message) => new(Outcome.Rejected, error, message);

    /// <summary>The one who asks may not, or not now.</summary>
    public static Ending Denied(Denial denial) => Rejected(denial.Error, denial.Message) with { Denial = denial };

    /// <summary>What else the client is told of a refusal; null when nothing is.</summary>
    public Denial? Denial { get; private init; }

    /// <summary>The provider failed before its response began.</summary>
    public static Ending Of(UpstreamError upstream)
    {
        var (error, message) = upstream.Answer();
        return new Ending(upstream == UpstreamError.PoolExhausted ? Outcome.Rejected : Outcome.UpstreamError, error, message);
    }

    /// <summary>The ending that an interruption asks for.</summary>
    public static Ending Of(Interruption interruption) => interruption switch
    {
        Interruption.ClientLeft => new(Outcome.ClientAbort, null, null, null),
        Interruption.RequestTimeout => new(Outcome.Rejected, ErrorCode.ClientTimeout, "the request did not arrive in time"),
        Interruption.FirstTokenTimeout => new(Outcome.UpstreamTimeout, ErrorCode.FirstTokenTimeout, "the provider sent no content in time"),
        Interruption.ReadTimeout => new(Outcome.UpstreamTimeout, ErrorCode.UpstreamTimeout, "the provider fell silent"),
        Interruption.StallTimeout => new(Outcome.UpstreamTimeout, ErrorCode.UpstreamTimeout, "the provider sent nothing of meaning for too long"),
        Interruption.WriteTimeout => new(Outcome.StreamTimeout, ErrorCode.StreamTimeout.Name, null, null),
        Interruption.TotalTimeout => new(Outcome.StreamTimeout, ErrorCode.StreamTimeout, "the stream lasted longer than allowed"),
        Interruption.Drained => new(Outcome.Drained, ErrorCode.Draining, "the sidecar is shutting down"),
        Interruption.Cancelled => new(Outcome.Drained, ErrorCode.Draining with { Name = "cancelled" }, "the stream was cancelled by an operator"),
        _ => throw new ArgumentOutOfRangeException(nameof(interruption), interruption, "is none"),
    };

    /// <summary>The ending of a response whose head came from the provider.</summary>
    public static Ending Of(Exchange exchange, ResponseRelay relay, StreamReading? reading, int status)
    {
        var hasEnd = reading is { HasEnd: true };
        if (relay.IsTerminated) return Moderated;
        if (relay.IsOverfull) return new(Outcome.Overflow, ErrorCode.StreamOverflow, "more of the answer had to be held back than may be");
        if (relay.IsOverflown) return new(Outcome.Overflow, ErrorCode.StreamOverflow, "the client reads too slowly for its stream");
        if (relay.IsTooLong) return new(Outcome.Overflow, ErrorCode.StreamOverflow, "an event of the provider is longer than max_event_bytes");
        // A client may leave as soon as it has read the dialect's end; it got everything (reported failure 5).
        if (exchange.Interruption == Interruption.ClientLeft && hasEnd) return Completed;
        if (exchange.Interruption != Interruption.None && !HasAll(exchange, relay)) return Of(exchange.Interruption);
        if (relay.BodyState == BodyState.Malformed) return new(Outcome.UpstreamError, ErrorCode.UpstreamProtocolError, "the provider's response is malformed");
        var misses = reading is { IsSure: true } && exchange.Record.IsEventStream && !hasEnd && reading.Error is null && status < 300;
        if (relay.BodyState == BodyState.Truncated || (misses && relay.IsUntilClose))
        {
            return new(Outcome.UpstreamTruncated, ErrorCode.UpstreamTruncated, "the provider's response was cut");
        }
        if (status >= 400) return Failed(status);
        if (reading?.Error is { } error) return new(Outcome.UpstreamError, error, null, null);
        return new(Outcome.Completed, misses ? "no_end_marker" : null, null, null);
    }

    /// <summary>A client that knows the length closes as soon as it has read it, which may be seen before our last flush returns.</summary>
    private static bool HasAll(Exchange exchange, ResponseRelay relay) => exchange.Interruption == Interruption.ClientLeft &&
        relay.BodyState == BodyState.Ended && exchange.Response.HasLength && exchange.Client.End == ConnectionEnd.Closed;

    /// <summary>Answers a request with the error, before anything else was written.</summary>
    /// <param name="exchange">The client's side.</param>
    /// <param name="dialect">Whose shape the error has; null for the default one.</param>
    public void WriteAnswer(Exchange exchange, Dialect? dialect)
    {
        if (Error is not { } error) return;
        var body = new ArrayBufferWriter<byte>();
        ErrorShape.WriteBody(dialect, body, error, Message!);
        if (!exchange.IsBodyRead) exchange.Response.KeepAlive = false;
        var head = exchange.Response.StartHead(error.Status, ReasonPhrase.Of(error.Status));
        head.Field("content-type"u8, "application/json"u8);
        if (error.Status == 503) head.Field("retry-after"u8, 1);
        Denial?.WriteFields(head);
        ExchangeIdentity.Write(head, exchange.Record, hasRequestId: false);
        exchange.Response.EndHead(BodyFraming.Length, body.WrittenCount);
        exchange.Response.Write(body.WrittenSpan);
        exchange.Record.Status = error.Status;
    }

    /// <summary>Writes the dialect's error event into a stream that has begun.</summary>
    /// <param name="exchange">The client's side.</param>
    /// <param name="dialect">Whose shape the event has.</param>
    /// <param name="kind">How the stream is framed.</param>
    /// <param name="sequenceNumber">The number after that of the last event, where the dialect counts.</param>
    public void WriteEvent(Exchange exchange, Dialect? dialect, StreamKind kind, long sequenceNumber)
    {
        var frame = new ArrayBufferWriter<byte>();
        ErrorShape.WriteEvent(dialect, FramingOf(exchange, kind), frame, Error!.Value, Message!, sequenceNumber);
        exchange.Response.Write(frame.WrittenSpan);
    }

    /// <summary>Writes the dialect's own ending of an answer that a policy ended.</summary>
    /// <param name="exchange">The client's side.</param>
    /// <param name="held">Knows what was sent.</param>
    /// <param name="kind">How the stream is framed.</param>
    public static void WriteModerated(Exchange exchange, HeldEvents held, StreamKind kind)
    {
        // A text of no dialect just ends.
        if (kind == StreamKind.Text) return;
        var frames = new ArrayBufferWriter<byte>();
        held.WriteEnding(frames, FramingOf(exchange, kind));
        exchange.Response.Write(frames.WrittenSpan);
    }

    /// <summary>The word for trailers.</summary>
    public byte[] StatusWord() => Encoding.ASCII.GetBytes(Outcome.Word());

    private static ErrorFraming FramingOf(Exchange exchange, StreamKind kind) => kind switch
    {
        StreamKind.Lines => ErrorFraming.Ndjson,
        StreamKind.Array => exchange.Record.Chunks > 0 ? ErrorFraming.JsonArrayNext : ErrorFraming.JsonArrayOnly,
        _ => ErrorFraming.Sse,
    };
}

using Sidecar.Protocols.Http1;
using Sidecar.Proxy.Server;

namespace Sidecar.Proxy.Streaming;

/// <summary>Passes a provider's response head on to the client: what concerns the provider's connection is left out, the framing is ours.</summary>
internal static class ResponseForwarding
{
    private static ReadOnlySpan<byte> TrailerNames => "sidecar-status, sidecar-output-tokens"u8;

    /// <summary>Writes the head.</summary>
    /// <param name="exchange">The client's side.</param>
    /// <param name="head">The provider's head.</param>
    /// <param name="bytes">Its bytes.</param>
    /// <param name="keepsLength">Whether the body is sure to keep its length: an event stream may get an error event at its end.</param>
    public static void WriteHead(Exchange exchange, ResponseHead head, ReadOnlySpan<byte> bytes, bool keepsLength)
    {
        WriteFields(exchange, head, bytes, out var hasLength);
        var framing = FramingOf(exchange, head, keepsLength);
        var length = hasLength && framing != BodyFraming.Chunked && head.Status is not 204 ? head.ContentLength : -1;
        exchange.Response.EndHead(framing, length, exchange.Head.AcceptsTrailers ? TrailerNames : default);
    }

    /// <summary>Writes the head of a body that is not the provider's any more.</summary>
    /// <param name="exchange">The client's side.</param>
    /// <param name="head">The provider's head.</param>
    /// <param name="bytes">Its bytes.</param>
    /// <param name="length">Bytes of the body.</param>
    public static void WriteHead(Exchange exchange, ResponseHead head, ReadOnlySpan<byte> bytes, long length)
    {
        WriteFields(exchange, head, bytes, out _);
        var isLength = !exchange.Head.AcceptsTrailers;
        exchange.Response.EndHead(isLength ? BodyFraming.Length : BodyFraming.Chunked, isLength ? length : -1, isLength ? default : TrailerNames);
    }

    private static void WriteFields(Exchange exchange, ResponseHead head, ReadOnlySpan<byte> bytes, out bool hasLength)
    {
        var output = exchange.Response.StartHead(head.Status, head.Reason.Of(bytes));
        var hasRequestId = false;
        hasLength = false;
        foreach (ref readonly var field in head.Fields)
        {
            hasLength |= field.Known == KnownHeader.ContentLength;
            if (field.IsHopByHop || field.Known == KnownHeader.ContentLength) continue;
            hasRequestId |= field.Known == KnownHeader.RequestId;
            output.Field(field.Name.Of(bytes), field.Value.Of(bytes));
        }
        ExchangeIdentity.Write(output, exchange.Record, hasRequestId);
        exchange.Record.Status = head.Status;
    }

    /// <summary>Ends the body as its framing asks.</summary>
    public static void WriteEnd(Exchange exchange, ReadOnlySpan<byte> status)
    {
        if (!exchange.Response.TryEnd(out var trailers)) return;
        if (exchange.Head.AcceptsTrailers)
        {
            trailers.Field("sidecar-status"u8, status);
            if (exchange.Record.OutputTokens is { } tokens) trailers.Field("sidecar-output-tokens"u8, tokens);
        }
        trailers.End();
    }

    private static BodyFraming FramingOf(Exchange exchange, ResponseHead head, bool keepsLength)
    {
        if (head.Framing == BodyFraming.None) return BodyFraming.None;
        // Trailers need the chunked coding.
        var isLength = head.Framing == BodyFraming.Length && keepsLength && !exchange.Head.AcceptsTrailers;
        return isLength ? BodyFraming.Length : BodyFraming.Chunked;
    }
}

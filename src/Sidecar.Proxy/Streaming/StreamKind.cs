using System.Text;
using Sidecar.Protocols;
using Sidecar.Protocols.Http1;
using Sidecar.Protocols.Ndjson;
using Sidecar.Protocols.Sse;

namespace Sidecar.Proxy.Streaming;

/// <summary>How a response's body is to be read.</summary>
internal enum StreamKind : byte
{
    /// <summary>As bytes, passed on as they come.</summary>
    Bytes,
    /// <summary>As one JSON document, passed on as it comes and understood at its end.</summary>
    Document,
    /// <summary>As an event stream (SSE).</summary>
    Events,
    /// <summary>As newline-delimited JSON.</summary>
    Lines,
    /// <summary>As one JSON array that grows.</summary>
    Array,
    /// <summary>As one text, of which a policy must see every byte.</summary>
    Text,
}

/// <summary>Tells the kind of a body from its head.</summary>
internal static class StreamKinds
{
    /// <summary>The kind.</summary>
    /// <param name="head">The response.</param>
    /// <param name="bytes">Its bytes.</param>
    /// <param name="isArrayPath">Whether the request asked for a JSON array that grows (Gemini's stream without <c>alt=sse</c>).</param>
    /// <param name="isUnderstood">Whether a document of this request means anything to us.</param>
    /// <param name="isModerated">Whether a policy must see all that is text.</param>
    public static StreamKind Of(ResponseHead head, ReadOnlySpan<byte> bytes, bool isArrayPath, bool isUnderstood, bool isModerated)
    {
        if (IsEncoded(head, bytes)) return StreamKind.Bytes;
        if (!head.TryGet(KnownHeader.ContentType, bytes, out var type)) return isModerated ? StreamKind.Text : StreamKind.Bytes;
        var semicolon = type.IndexOf((byte)';');
        if (semicolon >= 0) type = type[..semicolon];
        type = type.TrimEnd(" \t"u8);
        if (Ascii.EqualsIgnoreCase(type, "text/event-stream"u8)) return StreamKind.Events;
        if (Ascii.EqualsIgnoreCase(type, "application/x-ndjson"u8) || Ascii.EqualsIgnoreCase(type, "application/ndjson"u8) ||
            Ascii.EqualsIgnoreCase(type, "application/jsonl"u8))
        {
            return StreamKind.Lines;
        }
        var isJson = Ascii.EqualsIgnoreCase(type, "application/json"u8);
        if (isJson && isArrayPath) return StreamKind.Array;
        if (isJson && (isUnderstood || isModerated)) return StreamKind.Document;
        if (!isModerated) return StreamKind.Bytes;
        if (EndsWithIgnoreCase(type, "json"u8)) return StreamKind.Document;
        return StartsWithIgnoreCase(type, "text/"u8) || EndsWithIgnoreCase(type, "xml"u8) ? StreamKind.Text : StreamKind.Bytes;
    }

    private static bool StartsWithIgnoreCase(ReadOnlySpan<byte> type, ReadOnlySpan<byte> start) =>
        type.Length >= start.Length && Ascii.EqualsIgnoreCase(type[..start.Length], start);

    private static bool EndsWithIgnoreCase(ReadOnlySpan<byte> type, ReadOnlySpan<byte> end) =>
        type.Length >= end.Length && Ascii.EqualsIgnoreCase(type[^end.Length..], end);

    /// <summary>Whether the body is compressed: its bytes mean nothing to us.</summary>
    public static bool IsEncoded(ResponseHead head, ReadOnlySpan<byte> bytes) =>
        head.TryGet(KnownHeader.ContentEncoding, bytes, out var encoding) && !encoding.IsEmpty && !Ascii.EqualsIgnoreCase(encoding, "identity"u8);

    /// <summary>The scanner of a kind that has frames.</summary>
    public static FrameScanner ScannerOf(this StreamKind kind, int maxEventBytes) => kind switch
    {
        StreamKind.Events => new SseScanner(maxEventBytes),
        StreamKind.Lines => new NdjsonScanner(maxEventBytes),
        StreamKind.Array => new JsonArrayScanner(maxEventBytes),
        StreamKind.Text => new UnframedScanner(),
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "has no frames"),
    };

    /// <summary>Whether it has frames.</summary>
    public static bool HasFrames(this StreamKind kind) => kind is StreamKind.Events or StreamKind.Lines or StreamKind.Array or StreamKind.Text;
}

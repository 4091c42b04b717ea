using System.Text;
using Sidecar.Protocols.Http1;
using Sidecar.Proxy.Configuration;
using Sidecar.Proxy.Server;
using Sidecar.Proxy.Telemetry;

namespace Sidecar.Proxy.Streaming;

/// <summary>Names an exchange: what its request says of itself, and the ids that we add.</summary>
internal static class ExchangeIdentity
{
    private const int MaxRequestIdBytes = 128;
    private const int MaxNameBytes = 128;

    /// <summary>Fills in the record's names.</summary>
    public static void Read(Exchange exchange, AuthOptions auth)
    {
        var record = exchange.Record;
        var head = exchange.Head;
        var bytes = exchange.HeadBytes;
        record.Stream = Guid.NewGuid().ToString("N");
        record.RequestId = record.Stream;
        if (exchange.Refusal is not null) return;
        record.Method = Encoding.ASCII.GetString(head.Method.Of(bytes));
        record.Path = head.Path.IsEmpty ? "/" : Encoding.ASCII.GetString(head.Path.Of(bytes));
        if (head.TryGet(KnownHeader.RequestId, bytes, out var id) && !id.IsEmpty && id.Length <= MaxRequestIdBytes) record.RequestId = Encoding.Latin1.GetString(id);
        if (head.TryGet(KnownHeader.TraceParent, bytes, out var trace)) record.TraceId = TraceIdOf(trace);
        if (auth.Mode != AuthMode.None) return;
        record.User = Attribution(exchange, auth.UserHeader);
        record.Team = Attribution(exchange, auth.TeamHeader);
        record.Project = Attribution(exchange, auth.ProjectHeader);
    }

    /// <summary>Writes the fields that name the stream into a response head.</summary>
    public static void Write(HeadWriter head, ExchangeRecord record, bool hasRequestId)
    {
        Span<byte> text = stackalloc byte[MaxRequestIdBytes];
        if (!hasRequestId) head.Field("x-request-id"u8, text[..Encoding.Latin1.GetBytes(record.RequestId, text)]);
        head.Field("x-sidecar-stream"u8, text[..Encoding.Latin1.GetBytes(record.Stream, text)]);
    }

    /// <summary>The trace id of <c>version "-" trace-id "-" parent-id "-" flags</c> (W3C Trace Context §3.2), or null.</summary>
    private static string? TraceIdOf(ReadOnlySpan<byte> value)
    {
        const int Start = 3, Length = 32;
        if (value.Length < Start + Length + 1 || value[2] != (byte)'-' || value[Start + Length] != (byte)'-') return null;
        var id = value.Slice(Start, Length);
        foreach (var c in id)
        {
            if (c is not ((>= (byte)'0' and <= (byte)'9') or (>= (byte)'a' and <= (byte)'f'))) return null;
        }
        return Encoding.ASCII.GetString(id);
    }

    private static string? Attribution(Exchange exchange, string? header)
    {
        if (header is null) return null;
        Span<byte> name = stackalloc byte[MaxNameBytes];
        if (header.Length > name.Length || !Encoding.ASCII.TryGetBytes(header, name, out var length)) return null;
        return exchange.Head.TryGet(name[..length], exchange.HeadBytes, out var value) && !value.IsEmpty
            ? Encoding.UTF8.GetString(value[..Math.Min(value.Length, MaxNameBytes)])
            : null;
    }
}

using System.Buffers;
using System.Text;
using Sidecar.Protocols.Http1;

namespace Sidecar.Proxy.Admission;

/// <summary>Where clients of the providers' SDKs put their key, and how it is left out of what goes on.</summary>
public static class Credentials
{
    private const int LongestName = 64;

    /// <summary>The credential that a request shows; empty when it shows none. Of several the first kind counts.</summary>
    public static byte[] Find(RequestHead head, ReadOnlySpan<byte> bytes)
    {
        if (head.TryGet(KnownHeader.Authorization, bytes, out var value) && Bearer(value) is { IsEmpty: false } bearer) return bearer.ToArray();
        if (head.TryGet(KnownHeader.ApiKey, bytes, out value)) return value.ToArray();
        if (head.TryGet("x-goog-api-key"u8, bytes, out value)) return value.ToArray();
        if (head.TryGet("api-key"u8, bytes, out value)) return value.ToArray();
        return FromQuery(head.PathAndQuery.Of(bytes));
    }

    /// <summary>Whether a header is one under which a provider takes a key.</summary>
    public static bool IsCredential(in HeaderField field, ReadOnlySpan<byte> name) =>
        field.Known is KnownHeader.Authorization or KnownHeader.ApiKey || Ascii.EqualsIgnoreCase(name, "x-goog-api-key"u8) || Ascii.EqualsIgnoreCase(name, "api-key"u8);

    /// <summary>The target without its <c>key</c> parameters, however they are spelled; the rest is as it was.</summary>
    public static ReadOnlySpan<byte> Without(ReadOnlySpan<byte> target)
    {
        var start = target.IndexOf((byte)'?') + 1;
        if (start == 0) return target;
        var kept = new ArrayBufferWriter<byte>(target.Length);
        kept.Write(target[..(start - 1)]);
        var query = target[start..];
        var separator = (byte)'?';
        foreach (var range in query.Split((byte)'&'))
        {
            var parameter = query[range];
            if (IsKey(parameter)) continue;
            kept.Write([separator]);
            kept.Write(parameter);
            separator = (byte)'&';
        }
        return kept.WrittenSpan;
    }

    private static ReadOnlySpan<byte> Bearer(ReadOnlySpan<byte> value)
    {
        var space = value.IndexOf((byte)' ');
        return space > 0 && Ascii.EqualsIgnoreCase(value[..space], "bearer"u8) ? value[(space + 1)..].Trim((byte)' ') : default;
    }

    private static byte[] FromQuery(ReadOnlySpan<byte> target)
    {
        var query = target[(target.IndexOf((byte)'?') + 1)..];
        if (query.Length == target.Length) return [];
        foreach (var range in query.Split((byte)'&'))
        {
            var parameter = query[range];
            if (IsKey(parameter)) return Unescape(parameter[(parameter.IndexOf((byte)'=') + 1)..]);
        }
        return [];
    }

    private static bool IsKey(ReadOnlySpan<byte> parameter)
    {
        var end = parameter.IndexOf((byte)'=');
        if (end is < 0 or > LongestName) return false;
        var name = parameter[..end];
        return name.SequenceEqual("key"u8) || (name.Contains((byte)'%') && Unescape(name).AsSpan().SequenceEqual("key"u8));
    }

    private static byte[] Unescape(ReadOnlySpan<byte> text) => Encoding.UTF8.GetBytes(Uri.UnescapeDataString(Encoding.Latin1.GetString(text)));
}

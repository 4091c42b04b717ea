using System.Text;

namespace Sidecar.Protocols.Http1;

/// <summary>Fields whose meaning the sidecar knows.</summary>
public enum KnownHeader : byte
{
    /// <summary>Any other.</summary>
    Other,
#pragma warning disable CS1591 // named as the field is
    Host,
    ContentLength,
    TransferEncoding,
    Connection,
    KeepAlive,
    ProxyConnection,
    ProxyAuthenticate,
    ProxyAuthorization,
    TE,
    Trailer,
    Upgrade,
    Expect,
    AcceptEncoding,
    ContentType,
    ContentEncoding,
    Authorization,
    ApiKey,
    RequestId,
    TraceParent,
    Date,
#pragma warning restore CS1591
}

/// <summary>One field line: ranges into the head's buffer, the value without its surrounding white space.</summary>
public struct HeaderField
{
    /// <summary>The name as sent.</summary>
    public ByteRange Name;

    /// <summary>The value.</summary>
    public ByteRange Value;

    /// <summary>Which field it is.</summary>
    public KnownHeader Known;

    /// <summary>Whether it concerns this connection alone and is not forwarded (RFC 9110 §7.6.1).</summary>
    public bool IsHopByHop;

    internal static KnownHeader Identify(ReadOnlySpan<byte> name) => name.Length switch
    {
        2 when Is(name, "te"u8) => KnownHeader.TE,
        4 when Is(name, "host"u8) => KnownHeader.Host,
        4 when Is(name, "date"u8) => KnownHeader.Date,
        6 when Is(name, "expect"u8) => KnownHeader.Expect,
        7 when Is(name, "upgrade"u8) => KnownHeader.Upgrade,
        7 when Is(name, "trailer"u8) => KnownHeader.Trailer,
        9 when Is(name, "x-api-key"u8) => KnownHeader.ApiKey,
        10 when Is(name, "connection"u8) => KnownHeader.Connection,
        10 when Is(name, "keep-alive"u8) => KnownHeader.KeepAlive,
        11 when Is(name, "traceparent"u8) => KnownHeader.TraceParent,
        12 when Is(name, "content-type"u8) => KnownHeader.ContentType,
        12 when Is(name, "x-request-id"u8) => KnownHeader.RequestId,
        13 when Is(name, "authorization"u8) => KnownHeader.Authorization,
        14 when Is(name, "content-length"u8) => KnownHeader.ContentLength,
        15 when Is(name, "accept-encoding"u8) => KnownHeader.AcceptEncoding,
        16 when Is(name, "content-encoding"u8) => KnownHeader.ContentEncoding,
        16 when Is(name, "proxy-connection"u8) => KnownHeader.ProxyConnection,
        17 when Is(name, "transfer-encoding"u8) => KnownHeader.TransferEncoding,
        18 when Is(name, "proxy-authenticate"u8) => KnownHeader.ProxyAuthenticate,
        19 when Is(name, "proxy-authorization"u8) => KnownHeader.ProxyAuthorization,
        _ => KnownHeader.Other,
    };

    internal static bool IsConnectionSpecific(KnownHeader known) => known is
        KnownHeader.Connection or KnownHeader.KeepAlive or KnownHeader.ProxyConnection or KnownHeader.ProxyAuthenticate or
        KnownHeader.ProxyAuthorization or KnownHeader.TE or KnownHeader.Trailer or KnownHeader.TransferEncoding or KnownHeader.Upgrade;

    private static bool Is(ReadOnlySpan<byte> name, ReadOnlySpan<byte> lower) => Ascii.EqualsIgnoreCase(name, lower);
}

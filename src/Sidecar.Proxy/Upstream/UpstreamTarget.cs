using System.Buffers;
using System.Text;
using Sidecar.Protocols.Http1;
using Sidecar.Proxy.Admission;
using Sidecar.Proxy.Configuration;

namespace Sidecar.Proxy.Upstream;

/// <summary>
/// Writes a client's request as a provider is to see it: Host and path prefix are the provider's, fields that concern the client's connection or
/// the sidecar are left out, the credential may be replaced, the body's length is certain. All else is as the client sent it.
/// </summary>
public sealed class UpstreamTarget
{
    private readonly byte[] _host;
    private readonly byte[] _prefix;
    private readonly bool _isGemini;
    private readonly byte[]? _credentialName;
    private readonly byte[]? _credentialValue;

    /// <param name="options">The provider.</param>
    public UpstreamTarget(UpstreamOptions options)
    {
        var url = options.Url;
        _host = Encoding.ASCII.GetBytes(url.IsDefaultPort ? HostOf(url) : $"{HostOf(url)}:{url.Port}");
        _prefix = Encoding.ASCII.GetBytes(url.AbsolutePath.TrimEnd('/'));
        _isGemini = options.Provider == Provider.Gemini;
        if (options.Credential is not { } credential) return;
        _credentialName = Encoding.ASCII.GetBytes(credential.Header);
        _credentialValue = Encoding.UTF8.GetBytes(credential.Value);
    }

    /// <summary>The Host field's value.</summary>
    public ReadOnlySpan<byte> Host => _host;

    /// <summary>Writes the head.</summary>
    /// <param name="output">The upstream connection.</param>
    /// <param name="request">The client's head.</param>
    /// <param name="bytes">Its bytes.</param>
    /// <param name="target">Path and query instead of the client's; empty for the client's.</param>
    /// <param name="bodyLength">Bytes of the body, or -1 when there is none.</param>
    /// <param name="requestId">The client's where it sent a usable one, else ours.</param>
    /// <param name="readsEvents">Whether the response must come unencoded, because its events are read.</param>
    /// <param name="hidesCredential">Whether the client's credential was the sidecar's own: none is sent then but the provider's, if there is one.</param>
    public void WriteHead(
        IBufferWriter<byte> output, RequestHead request, ReadOnlySpan<byte> bytes, ReadOnlySpan<byte> target, long bodyLength, ReadOnlySpan<byte> requestId,
        bool readsEvents, bool hidesCredential = false)
    {
        var head = new HeadWriter(output);
        if (target.IsEmpty) target = request.PathAndQuery.Of(bytes);
        if (hidesCredential || (_isGemini && _credentialName is not null)) target = Credentials.Without(target);
        hidesCredential |= _credentialName is not null;
        if (request.IsRootPath) head.RequestLine(request.Method.Of(bytes), [.. _prefix, (byte)'/'], target);
        else head.RequestLine(request.Method.Of(bytes), _prefix, target);
        head.Field("host"u8, _host);
        foreach (ref readonly var field in request.Fields)
        {
            if (IsOurs(field, field.Name.Of(bytes), readsEvents, hidesCredential)) continue;
            head.Field(field.Name.Of(bytes), field.Value.Of(bytes));
        }
        if (_credentialName is not null) head.Field(_credentialName, _credentialValue);
        if (readsEvents) head.Field("accept-encoding"u8, "identity"u8);
        head.Field("x-request-id"u8, requestId);
        if (bodyLength >= 0) head.Field("content-length"u8, bodyLength);
        head.End();
    }

    private bool IsOurs(in HeaderField field, ReadOnlySpan<byte> name, bool readsEvents, bool hidesCredential)
    {
        if (field.IsHopByHop) return true;
        return field.Known switch
        {
            KnownHeader.Host or KnownHeader.ContentLength or KnownHeader.Expect or KnownHeader.RequestId => true,
            KnownHeader.AcceptEncoding => readsEvents,
            _ => StartsWith(name, "x-sidecar-"u8) || (hidesCredential && IsCredential(field, name)),
        };
    }

    /// <summary>The other names under which providers take a key; a client's key goes nowhere when ours does.</summary>
    private bool IsCredential(in HeaderField field, ReadOnlySpan<byte> name) =>
        Credentials.IsCredential(field, name) || (_credentialName is not null && Ascii.EqualsIgnoreCase(name, _credentialName));

    private static bool StartsWith(ReadOnlySpan<byte> name, ReadOnlySpan<byte> prefix) =>
        name.Length > prefix.Length && Ascii.EqualsIgnoreCase(name[..prefix.Length], prefix);

    private static string HostOf(Uri url) => url.HostNameType == UriHostNameType.IPv6 ? $"[{url.IdnHost}]" : url.IdnHost;
}

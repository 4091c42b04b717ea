using Sidecar.Protocols.Http1;
using Sidecar.Proxy.Server;
using Sidecar.Proxy.Upstream;

namespace Sidecar.Proxy.Streaming;

/// <summary>
/// What a provider sends before its first content, while another could still be asked instead: it is kept, and neither its head nor anything else reaches the
/// client. A role alone is no content.
/// </summary>
/// <param name="exchange">The client's side.</param>
/// <param name="upstream">The provider's side, its head read.</param>
internal sealed class Prelude(Exchange exchange, UpstreamExchange upstream) : IBodySink
{
    /// <summary>Bytes that are kept; past it the provider has said enough to be believed.</summary>
    public const int MaxBytes = 64 * 1024;

    private readonly Carry _kept = new();

    /// <summary>Whether the response has reached the client.</summary>
    public bool IsOpen { get; private set; }

    /// <summary>Whether more is kept than may be.</summary>
    public bool IsFull => _kept.Length > MaxBytes;

    /// <inheritdoc/>
    public void Write(ReadOnlySpan<byte> bytes) => _kept.Append(bytes);

    /// <summary>Begins to keep.</summary>
    public void Begin() => exchange.Response.Diversion = this;

    /// <summary>The response is this provider's: from now on no other is asked.</summary>
    public void Open()
    {
        if (IsOpen) return;
        IsOpen = true;
        exchange.Commit();
        exchange.Response.Diversion = null;
        ResponseForwarding.WriteHead(exchange, upstream.Head, upstream.HeadBytes, keepsLength: false);
        exchange.Response.Write(_kept.Bytes);
        Forget();
    }

    /// <summary>The response is nobody's.</summary>
    public void Drop()
    {
        exchange.Response.Diversion = null;
        Forget();
    }

    private void Forget() => _kept.Remove(_kept.Length);
}

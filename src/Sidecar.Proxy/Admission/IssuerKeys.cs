using Microsoft.IdentityModel.Tokens;

namespace Sidecar.Proxy.Admission;

/// <summary>The public keys of an issuer, as they are now.</summary>
public interface IIssuerKeys : IDisposable
{
    /// <summary>The keys; null as long as they are not known.</summary>
    IReadOnlyList<JsonWebKey>? Current { get; }

    /// <summary>Begins to follow their changes.</summary>
    void Follow();

    /// <summary>A token named a key that is not among them: they may have changed.</summary>
    void Miss();
}

/// <summary>Keys that change with the configuration alone.</summary>
/// <param name="keys">The keys.</param>
internal sealed class FixedKeys(IReadOnlyList<JsonWebKey> keys) : IIssuerKeys
{
    /// <inheritdoc/>
    public IReadOnlyList<JsonWebKey> Current => keys;

    /// <inheritdoc/>
    public void Follow()
    {
    }

    /// <inheritdoc/>
    public void Miss()
    {
    }

    /// <inheritdoc/>
    public void Dispose()
    {
    }
}

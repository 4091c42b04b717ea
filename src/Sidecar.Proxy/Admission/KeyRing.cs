using System.Security.Cryptography;
using Sidecar.Proxy.Configuration;

namespace Sidecar.Proxy.Admission;

/// <summary>Finds out whose a credential is.</summary>
internal interface IAuthenticator
{
    /// <summary>Whose it is; null when it is nobody's.</summary>
    Caller? Identify(ReadOnlySpan<byte> credential);
}

/// <summary>The keys of the configuration. How long an answer takes depends on their number, not on the key that is shown.</summary>
internal sealed class KeyRing : IAuthenticator
{
    private readonly byte[] _digests;
    private readonly Caller[] _callers;

    /// <param name="keys">The keys.</param>
    /// <param name="limits">What each may use, by its id.</param>
    public KeyRing(IReadOnlyList<KeyOptions> keys, IReadOnlyDictionary<string, KeyLimits> limits)
    {
        _digests = [.. keys.SelectMany(key => Convert.FromHexString(key.Sha256))];
        _callers =
        [
            .. keys.Select(key => new Caller
            {
                User = key.User,
                Team = key.Team,
                Project = key.Project,
                Models = key.Models,
                Routes = key.Routes,
                Limits = limits[key.Id],
            }),
        ];
    }

    /// <inheritdoc/>
    public Caller? Identify(ReadOnlySpan<byte> credential)
    {
        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(credential, digest);
        var found = -1;
        for (var i = 0; i < _callers.Length; i++)
        {
            if (CryptographicOperations.FixedTimeEquals(digest, _digests.AsSpan(i * digest.Length, digest.Length))) found = i;
        }
        return found < 0 ? null : _callers[found];
    }
}

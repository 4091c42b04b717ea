using Sidecar.Proxy.Configuration;
using Sidecar.Proxy.Server;

namespace Sidecar.Proxy.Admission;

/// <summary>Knows who may ask, by one configuration. Immutable but for what was counted, which the next one takes over, and an issuer's keys.</summary>
public sealed class Doorkeeper
{
    private static readonly Dictionary<string, KeyLimits> NoLimits = [];

    private readonly IAuthenticator? _authenticator;
    private readonly IReadOnlyDictionary<string, KeyLimits> _limits;

    private Doorkeeper(IAuthenticator? authenticator, IReadOnlyDictionary<string, KeyLimits> limits, IIssuerKeys? keys = null)
    {
        Keys = keys;
        _authenticator = authenticator;
        _limits = limits;
    }

    /// <summary>Lets everyone in.</summary>
    public static Doorkeeper Open { get; } = new(null, NoLimits);

    /// <summary>The keys of an issuer; null where none are needed.</summary>
    public IIssuerKeys? Keys { get; }

    /// <summary>The doorkeeper of a configuration.</summary>
    /// <param name="auth">Who may ask.</param>
    /// <param name="running">The one at work; null at the start.</param>
    /// <param name="remote">The keys of an issuer that are fetched; null where they stand in a file.</param>
    /// <param name="time">The clock.</param>
    public static Doorkeeper Build(AuthOptions auth, Doorkeeper? running, IIssuerKeys? remote, TimeProvider time)
    {
        switch (auth.Mode)
        {
            case AuthMode.Keys:
                var limits = auth.Keys.ToDictionary(key => key.Id, key => new KeyLimits(key, running?._limits.GetValueOrDefault(key.Id), time));
                return new Doorkeeper(new KeyRing(auth.Keys, limits), limits);
            case AuthMode.Jwt:
                var keys = remote ?? new FixedKeys(auth.Jwt.Jwks!.Keys);
                return new Doorkeeper(new TokenVerifier(auth.Jwt, keys, time), NoLimits, keys);
            default:
                return Open;
        }
    }

    /// <summary>
    /// Finds out who asks, by the head alone, and fills in the attribution; why not, when that is not certain. Null both ways: everyone may ask.
    /// From then on the credential goes no further.
    /// </summary>
    public Denial? Identify(Exchange exchange, out Caller? caller)
    {
        caller = null;
        if (_authenticator is null) return null;
        exchange.HidesCredential = true;
        if (Keys is { Current: null }) return Denial.NotReady;
        var credential = Credentials.Find(exchange.Head, exchange.HeadBytes);
        caller = credential.Length == 0 ? null : _authenticator.Identify(credential);
        if (caller is null) return Denial.Unauthorized;
        (exchange.Record.User, exchange.Record.Team, exchange.Record.Project) = (caller.User, caller.Team, caller.Project);
        return null;
    }
}

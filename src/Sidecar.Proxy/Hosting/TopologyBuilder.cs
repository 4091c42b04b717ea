using System.Security.Cryptography;
using Sidecar.Moderation;
using Sidecar.Proxy.Admission;
using Sidecar.Proxy.Classification;
using Sidecar.Proxy.Configuration;
using Sidecar.Proxy.Routing;
using Sidecar.Proxy.Streaming;
using Sidecar.Proxy.Streaming.Moderation;
using Sidecar.Proxy.Telemetry;
using Sidecar.Proxy.Transport;
using Sidecar.Proxy.Upstream;

namespace Sidecar.Proxy.Hosting;

/// <summary>Makes a configuration usable. Pools whose settings did not change are kept, and with them their connections.</summary>
/// <param name="transport">Where connections come from.</param>
/// <param name="heartbeat">Ticks the pools.</param>
/// <param name="time">The clock.</param>
/// <param name="onVerdict">Told of each verdict of a classifier.</param>
/// <param name="onKeysMissed">Told why an issuer's keys could not be fetched.</param>
internal sealed class TopologyBuilder(NetworkTransport transport, Heartbeat heartbeat, TimeProvider time, Action<ClassifierVerdict, TimeSpan> onVerdict,
    Action<string>? onKeysMissed = null)
{
    /// <summary>The new topology, or why there is none (a certificate that cannot be read, a key that is not its own, rules that are too large).</summary>
    public (Topology? Topology, string? Error) Build(SidecarOptions options, Topology? running)
    {
        if (BuildPolicies(options, running, out var error) is not { } policies) return (null, error);
        var upstreams = new Dictionary<string, UpstreamPool>();
        try
        {
            foreach (var (name, upstream) in options.Upstreams)
            {
                var kept = running?.Upstreams.GetValueOrDefault(name);
                upstreams[name] = kept is not null && IsSame(kept.Options, upstream) ? kept : new UpstreamPool(upstream, transport, heartbeat, time);
            }
            var door = Doorkeeper.Build(options.Auth, running?.Door, KeysOf(options.Auth, running), time);
            return (new Topology(options, new RouteTable(options.Routes), upstreams, policies) { Door = door }, null);
        }
        catch (Exception e) when (e is CryptographicException or IOException or UnauthorizedAccessException or ArgumentException)
        {
            DisposeUnshared(upstreams, running?.Upstreams);
            DisposeUnshared(policies, running?.Policies);
            return (null, $"tls: {e.Message}");
        }
    }

    /// <summary>Closes the connections that only the old topology used.</summary>
    public static void Retire(Topology old, Topology current)
    {
        DisposeUnshared(old.Upstreams, current.Upstreams);
        DisposeUnshared(old.Policies, current.Policies);
        if (old.Door.Keys != current.Door.Keys) old.Door.Keys?.Dispose();
    }

    /// <summary>The keys at an issuer's URL, those that are followed already where it is the same.</summary>
    private RemoteKeys? KeysOf(AuthOptions auth, Topology? running)
    {
        if (auth.Mode != AuthMode.Jwt || auth.Jwt.Jwks?.Url is not { } url) return null;
        if (running?.Door.Keys is RemoteKeys kept && kept.Url == url) return kept;
        var issuer = new UpstreamOptions { Name = "issuer", Url = url, MaxConnections = 1 };
        return new RemoteKeys(url, new UpstreamPool(issuer, transport, heartbeat, time), time, onKeysMissed ?? (_ => { }));
    }

    private Dictionary<string, Policy>? BuildPolicies(SidecarOptions options, Topology? running, out string? error)
    {
        error = null;
        var policies = new Dictionary<string, Policy>();
        foreach (var (name, policy) in options.Moderation.Policies)
        {
            var kept = running?.Policies.GetValueOrDefault(name);
            if (kept is not null && IsSame(kept.Options, policy))
            {
                policies[name] = kept;
                continue;
            }
            if (RuleSet.Build(policy.Rules, policy.Fold, out var wrong) is not { } rules)
            {
                error = $"moderation.policies.{name}: {wrong}";
                DisposeUnshared(policies, running?.Policies);
                return null;
            }
            policies[name] = new Policy(policy, rules, policy.Classifier is { } classifier ? new Classifier(classifier, transport, heartbeat, time, onVerdict) : null);
        }
        return policies;
    }

    private static void DisposeUnshared<T>(IReadOnlyDictionary<string, T> parts, IReadOnlyDictionary<string, T>? other)
        where T : class, IDisposable
    {
        foreach (var (name, part) in parts)
        {
            if (other?.GetValueOrDefault(name) != part) part.Dispose();
        }
    }

    /// <summary>Rules hold lists, which are equal only when they are the same: a reload that did not touch them keeps them.</summary>
    private static bool IsSame(PolicyOptions a, PolicyOptions b) => ReferenceEquals(a, b) || (a with { Rules = [] } == b with { Rules = [] } && a.Rules.SequenceEqual(b.Rules));

    /// <summary>Files may have changed behind equal paths.</summary>
    private static bool IsSame(UpstreamOptions a, UpstreamOptions b) => a == b && a.Tls is { CaFile: null, ClientCertFile: null };
}

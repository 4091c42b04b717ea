using Sidecar.Proxy.Admission;
using Sidecar.Proxy.Configuration;
using Sidecar.Proxy.Routing;
using Sidecar.Proxy.Streaming.Moderation;
using Sidecar.Proxy.Upstream;

namespace Sidecar.Proxy.Streaming;

/// <summary>One configuration, ready to be used. An exchange keeps the one it began with.</summary>
/// <param name="Options">The configuration.</param>
/// <param name="Routes">Its routes.</param>
/// <param name="Upstreams">Its providers by name.</param>
/// <param name="Policies">Its policies by name.</param>
public sealed record Topology(
    SidecarOptions Options, RouteTable Routes, IReadOnlyDictionary<string, UpstreamPool> Upstreams, IReadOnlyDictionary<string, Policy> Policies)
{
    /// <summary>Knows who may ask.</summary>
    public Doorkeeper Door { get; init; } = Doorkeeper.Open;
}

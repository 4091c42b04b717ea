using Sidecar.Proxy.Configuration;
using Sidecar.Proxy.Upstream;

namespace Sidecar.Proxy.Streaming;

/// <summary>
/// The providers that one request may go to, in order: one of its route's upstreams, by weight, then the route's fallbacks. One that is left alone is passed
/// over for another of the route's upstreams, then for a fallback; where all are, the first is asked all the same.
/// </summary>
internal sealed class Candidates
{
    private readonly RouteOptions _route;
    private readonly IReadOnlyDictionary<string, UpstreamPool> _upstreams;
    private readonly List<RouteTarget> _first;
    private int _next;
    private int _nextFallback;

    /// <param name="route">The route.</param>
    /// <param name="upstreams">Providers by name.</param>
    public Candidates(RouteOptions route, IReadOnlyDictionary<string, UpstreamPool> upstreams)
    {
        _route = route;
        _upstreams = upstreams;
        _first = ByWeight(route.Upstreams);
        Upstream = upstreams[_first[0].Name];
    }

    /// <summary>The provider to ask now.</summary>
    public UpstreamPool Upstream { get; private set; }

    /// <summary>The model asked of it; null for the client's.</summary>
    public string? Model { get; private set; }

    /// <summary>Whether another could be asked.</summary>
    public bool HasNext => _nextFallback < _route.Fallback.Count;

    /// <summary>The first is asked now; later, the one that was moved on to.</summary>
    public void Begin()
    {
        if (_next > 0) return;
        while (_next < _first.Count)
        {
            Take(_first[_next++]);
            if (Upstream.Health.TryEnter()) return;
        }
        if (!MoveNext()) Take(_first[0]);
    }

    /// <summary>Goes on to the next fallback that may be asked; false when there is none.</summary>
    public bool MoveNext()
    {
        while (HasNext)
        {
            var name = _route.Fallback[_nextFallback++];
            if (Upstream.Options.Name == name) continue;
            Take(_route.Upstreams.FirstOrDefault(target => target.Name == name) ?? new RouteTarget(name));
            if (Upstream.Health.TryEnter()) return true;
        }
        return false;
    }

    private void Take(RouteTarget target) => (Upstream, Model) = (_upstreams[target.Name], target.Model);

    /// <summary>All of them, the one that was drawn in front.</summary>
    private static List<RouteTarget> ByWeight(IReadOnlyList<RouteTarget> targets)
    {
        List<RouteTarget> order = [.. targets];
        if (order.Count == 1) return order;
        var drawn = Random.Shared.Next(targets.Sum(target => target.Weight));
        var index = 0;
        while ((drawn -= targets[index].Weight) >= 0) index++;
        (order[0], order[index]) = (order[index], order[0]);
        return order;
    }
}

using System.Text;
using Sidecar.Protocols.Http1;
using Sidecar.Proxy.Configuration;

namespace Sidecar.Proxy.Routing;

/// <summary>The routes of one configuration. Immutable.</summary>
/// <param name="routes">In the order of the configuration.</param>
public sealed class RouteTable(IReadOnlyList<RouteOptions> routes)
{
    /// <summary>The first route that matches, or null.</summary>
    /// <param name="path">Path without query, ASCII.</param>
    /// <param name="model">The model that the request names, or null.</param>
    /// <param name="head">The request's fields.</param>
    /// <param name="headBytes">Their bytes.</param>
    public RouteOptions? Find(string path, string? model, RequestHead head, ReadOnlySpan<byte> headBytes)
    {
        foreach (var route in routes)
        {
            if (route.Path is not null && !Wildcard.Matches(route.Path, path)) continue;
            if (route.Models.Count > 0 && !MatchesModel(route.Models, model)) continue;
            if (MatchesHeaders(route.Headers, head, headBytes)) return route;
        }
        return null;
    }

    private static bool MatchesModel(IReadOnlyList<string> patterns, string? model) => model is not null && Wildcard.MatchesAny(patterns, model);

    private static bool MatchesHeaders(IReadOnlyList<KeyValuePair<string, string>> headers, RequestHead head, ReadOnlySpan<byte> headBytes)
    {
        foreach (var (name, value) in headers)
        {
            if (!HasField(head, headBytes, name, value)) return false;
        }
        return true;
    }

    private static bool HasField(RequestHead head, ReadOnlySpan<byte> headBytes, string name, string value)
    {
        foreach (ref readonly var field in head.Fields)
        {
            if (Ascii.EqualsIgnoreCase(field.Name.Of(headBytes), name) && Ascii.Equals(field.Value.Of(headBytes), value)) return true;
        }
        return false;
    }
}

using System.Globalization;
using Sidecar.FunctionalTests.Dialects;

namespace Sidecar.FunctionalTests.Faults;

/// <summary>A configuration with an upstream and a route for each dialect, named as it.</summary>
public static class DialectRoutes
{
    private sealed record Limits(string Connect, string FirstToken, string Streaming);

    private static readonly Dictionary<Clocks, Limits> Of = new()
    {
        [Clocks.Patient] = new("10s", "20s", "read_timeout: 60s"),
        [Clocks.Hasty] = new("300ms", "500ms", "read_timeout: 300ms, stall_timeout: 700ms, write_timeout: 500ms"),
        [Clocks.Brisk] = new("2s", "2s", "read_timeout: 1500ms, stall_timeout: 2500ms, write_timeout: 2s"),
    };

    /// <summary>The YAML.</summary>
    /// <param name="provider">Where all upstreams are.</param>
    /// <param name="clocks">Its clocks.</param>
    /// <param name="maxConnections">Of each upstream; another number makes other pools.</param>
    /// <param name="policy">That of each route.</param>
    /// <param name="streaming">More keys of <c>streaming</c>, each behind a comma.</param>
    public static string Yaml(Uri provider, Clocks clocks, int maxConnections = 256, string policy = "off", string streaming = "")
    {
        var limits = Of[clocks];
        var upstreams = Scenario.Dialects.Select(d => string.Create(CultureInfo.InvariantCulture,
            $"  {d.Name}: {{ url: \"{provider}\", provider: {d.Provider}, connect_timeout: {limits.Connect}, max_connections: {maxConnections} }}\n"));
        var routes = Scenario.Dialects.Select(d =>
            $"  - {{ name: {d.Name}, match: {{ path: \"{PatternOf(d)}\" }}, upstreams: [ {{ name: {d.Name} }} ], first_token_timeout: {limits.FirstToken}, moderation: {policy} }}\n");
        return $"upstreams:\n{string.Concat(upstreams)}routes:\n{string.Concat(routes)}"
            + $"drain: {{ deadline: 300ms }}\nstreaming: {{ {limits.Streaming}{streaming} }}\n";
    }

    /// <summary>Whether a target is that of a dialect.</summary>
    public static bool Takes(ApiDialect dialect, string target) => target.Split('?')[0] == dialect.Path(true, ModelOf(target)).Split('?')[0];

    private static string ModelOf(string target) => target.Split('/')[^1].Split(':')[0];

    private static string PatternOf(ApiDialect dialect) => dialect is Gemini ? "/v1beta/*" : dialect.Path(true, "");
}

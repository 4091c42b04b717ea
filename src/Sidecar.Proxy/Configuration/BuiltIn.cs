using Sidecar.Proxy.Configuration.Yaml;

namespace Sidecar.Proxy.Configuration;

/// <summary>The upstreams and routes of a configuration that names none.</summary>
internal static class BuiltIn
{
    private const string Text =
        """
        upstreams:
          openai: { url: https://api.openai.com, provider: openai }
          anthropic: { url: https://api.anthropic.com, provider: anthropic }
        routes:
          - { name: anthropic, match: { path: "/v1/messages*" }, upstreams: [ { name: anthropic } ] }
          - { name: openai, match: { path: "/v1/*" }, upstreams: [ { name: openai } ] }
        """;

    /// <summary>Adds the built-in upstreams where none are given, and their routes where none of either are.</summary>
    public static MapNode Complete(MapNode root, ICollection<ConfigurationError> errors)
    {
        if (root.Find("upstreams") is not null || YamlReader.ReadText(Text, new Place("built-in", 1, 1), errors) is not MapNode builtIn)
            return root;
        foreach (var member in builtIn.Members.Where(member => root.Find(member.Key) is null))
            root = root.With(member);
        return root;
    }
}

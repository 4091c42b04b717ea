using Sidecar.Proxy.Configuration.Table;
using Sidecar.Proxy.Configuration.Yaml;

namespace Sidecar.Proxy.Configuration;

/// <summary><c>SIDECAR__STREAMING__BUFFER_SIZE=128KB</c> stands where <c>streaming.buffer_size</c> would.</summary>
internal static class EnvironmentOverlay
{
    private const string Prefix = "SIDECAR__";

    /// <summary>The document with the overrides of the environment in it.</summary>
    public static MapNode Apply(MapNode root, Reading reading)
    {
        var names = reading.Environment.Keys.Where(name => name.StartsWith(Prefix, StringComparison.Ordinal));
        foreach (var name in names.Order(StringComparer.Ordinal))
        {
            var source = new Override(new Place($"env {Shown.Text(name)}"), reading.Environment[name], reading);
            root = source.Put(root, ConfigurationTable.Root, name[Prefix.Length..].Split("__"), "") as MapNode ?? root;
        }
        return root;
    }

    private readonly record struct Override(Place Place, string Text, Reading Reading)
    {
        /// <summary>
        /// What stands <paramref name="here"/>, with the value at the end of the path of <paramref name="parts"/>; null after an error.
        /// </summary>
        public Node? Put(Node? here, Kind kind, ReadOnlySpan<string> parts, string path)
        {
            if (kind.Member(parts[0], here, out var key) is not { } member)
            {
                Reading.FailUnknown(path, key, Place, kind.Members);
                return null;
            }
            // What is no mapping here is wrong already, and is reported as such.
            if (here is { IsNull: false } and not MapNode)
                return here;
            var map = here as MapNode ?? new MapNode([], Place);
            var value = parts.Length == 1
                ? member.FromEnvironment(Text, Place, Reading.Errors)
                : Put(map.Find(key), member, parts[1..], Reading.Join(path, key));
            return value is null ? null : map.With(new Member(key, Place, value));
        }
    }
}

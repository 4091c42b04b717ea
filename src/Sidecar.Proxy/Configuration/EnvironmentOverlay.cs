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
        foreach (var name in reading.Environment.Keys.Where(name => name.StartsWith(Prefix, StringComparison.Ordinal)).Order(StringComparer.Ordinal))
        {
            var source = new Override(new Place($"env {Shown.Text(name)}"), reading.Environment[name], reading);
            root = source.Put(root, ConfigurationTable.Root, name[Prefix.Length..].Split("__"), "");
        }
        return root;
    }

    private readonly record struct Override(Place Place, string Text, Reading Reading)
    {
        /// <summary>The mapping with the value at the end of the path of <paramref name="parts"/>.</summary>
        public MapNode Put(MapNode map, Kind kind, ReadOnlySpan<string> parts, string path)
        {
            if (kind.Member(parts[0], map, out var key) is not { } member)
            {
                Reading.FailUnknown(path, key, Place, kind.Members);
                return map;
            }
            var here = map.Find(key);
            var value = parts.Length == 1
                ? member.FromEnvironment(Text, Place, Reading.Errors)
                : Below(here, member, parts[1..], Reading.Join(path, key));
            return value is null ? map : map.With(new Member(key, Place, value));
        }

        private Node? Below(Node? here, Kind kind, ReadOnlySpan<string> parts, string path) => here switch
        {
            null or { IsNull: true } => Put(new MapNode([], Place), kind, parts, path),
            MapNode map => Put(map, kind, parts, path),
            // What the file has here is wrong already, and is reported as such.
            _ => here,
        };
    }
}

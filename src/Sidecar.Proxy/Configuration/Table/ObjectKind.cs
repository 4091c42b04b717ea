using System.Text.Json;
using Sidecar.Proxy.Configuration.Yaml;

namespace Sidecar.Proxy.Configuration.Table;

/// <summary>A mapping with known keys, which make up a <typeparamref name="T"/>. Its defaults are what the options start with.</summary>
internal sealed class ObjectKind<T>(T seed) : Kind<T>
{
    private readonly List<Key<T>> _keys = [];
    private Func<T, string, Reading, T>? _complete;

    public override T Seed => seed;

    public override bool ShowsDefault => false;

    public override IEnumerable<string> Members => _keys.Select(key => key.Name);

    /// <summary>Adds a key.</summary>
    public ObjectKind<T> Key<V>(
        string name, Kind<V> kind, Func<T, V> get, Func<T, V, T> set, string doc, bool required = false, bool secret = false)
    {
        _keys.Add(new Key<T, V>(name, kind, get, set) { Doc = doc, Required = required, Secret = secret });
        return this;
    }

    /// <summary>Adds a key that groups others of the same options.</summary>
    public ObjectKind<T> Section(string name, ObjectKind<T> kind, string doc) =>
        Key(name, kind, options => options, (_, section) => section, doc);

    /// <summary>Adds a key whose part of the product is not there yet; <paramref name="held"/> is all that it may hold till then.</summary>
    public ObjectKind<T> NotBuilt(string name, string doc, params string[] held) =>
        Key(name, new NotBuiltKind(held), _ => held[0], (options, _) => options, $"{doc} Not built yet in this version.");

    /// <summary>Has a value completed and checked once all its keys are read, for what one key means depends on another.</summary>
    public ObjectKind<T> Then(Func<T, string, Reading, T> complete)
    {
        _complete = complete;
        return this;
    }

    public override Kind? Member(string part, Node? here, out string key)
    {
        var found = _keys.Find(known => known.Name.Equals(part, StringComparison.OrdinalIgnoreCase));
        key = found?.Name ?? part.ToLowerInvariant();
        return found?.Kind;
    }

    public override T Read(Node node, string path, Reading reading, T start)
    {
        if (node is not MapNode && !node.IsNull)
        {
            reading.Fail(path, node.Place, "must be a mapping");
            return start;
        }
        var value = start;
        var members = node is MapNode map ? map.Members : [];
        foreach (var member in members)
        {
            if (_keys.Find(key => key.Name == member.Key) is { } known)
                value = known.Read(value, member.Value, Reading.Join(path, known.Name), reading);
            else
                reading.FailUnknown(path, member.Key, member.Place, Members);
        }
        foreach (var key in _keys.Where(key => key.Required && !members.Any(member => member.Key == key.Name)))
            reading.Fail(Reading.Join(path, key.Name), node.Place, "required");
        return _complete is null ? value : _complete(value, path, reading);
    }

    protected override void Write(Utf8JsonWriter writer, T value, string path, IReadOnlySet<string> concealed)
    {
        writer.WriteStartObject();
        foreach (var key in _keys)
        {
            writer.WritePropertyName(key.Name);
            key.Show(writer, value, Reading.Join(path, key.Name), concealed);
        }
        writer.WriteEndObject();
    }

    public override void WriteSchema(Utf8JsonWriter writer)
    {
        writer.WritePropertyName("type"u8);
        writer.WriteRawValue(_keys.Exists(key => key.Required) ? "\"object\"" : """["object","null"]""");
        writer.WriteStartObject("properties"u8);
        foreach (var key in _keys)
        {
            writer.WriteStartObject(key.Name);
            key.WriteSchema(writer, seed);
            writer.WriteEndObject();
        }
        writer.WriteEndObject();
        if (_keys.Exists(key => key.Required))
        {
            writer.WriteStartArray("required"u8);
            foreach (var key in _keys.Where(key => key.Required))
                writer.WriteStringValue(key.Name);
            writer.WriteEndArray();
        }
        writer.WriteBoolean("additionalProperties"u8, false);
    }
}

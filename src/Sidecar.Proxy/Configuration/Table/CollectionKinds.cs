using System.Text.Json;
using Sidecar.Proxy.Configuration.Yaml;

namespace Sidecar.Proxy.Configuration.Table;

/// <summary>A value or nothing.</summary>
internal sealed class OptionalKind<V>(Kind<V> inner) : Kind<V?>
    where V : class
{
    public override V? Seed => null;

    public override bool ShowsDefault => inner.ShowsDefault;

    public override IEnumerable<string> Members => inner.Members;

    public override Kind? Member(string part, Node? here, out string key) => inner.Member(part, here, out key);

    public override V? Read(Node node, string path, Reading reading, V? start) =>
        node.IsNull ? null : inner.Read(node, path, reading, start ?? inner.Seed);

    protected override void Write(Utf8JsonWriter writer, V? value, string path, IReadOnlySet<string> concealed)
    {
        if (value is null)
            writer.WriteNullValue();
        else
            inner.Show(writer, value, path, concealed);
    }

    public override void WriteSchema(Utf8JsonWriter writer) => WriteSchema(writer, inner);

    /// <summary>The schema of what may be null instead.</summary>
    public static void WriteSchema(Utf8JsonWriter writer, Kind inner)
    {
        writer.WriteStartArray("anyOf"u8);
        writer.WriteStartObject();
        inner.WriteSchema(writer);
        writer.WriteEndObject();
        writer.WriteRawValue("""{"type":"null"}""");
        writer.WriteEndArray();
    }
}

/// <summary>A value or nothing, where nothing is no value of the type.</summary>
internal sealed class OptionalValueKind<V>(Kind<V> inner) : Kind<V?>
    where V : struct
{
    public override V? Seed => null;

    public override V? Read(Node node, string path, Reading reading, V? start) =>
        node.IsNull ? null : inner.Read(node, path, reading, start ?? inner.Seed);

    protected override void Write(Utf8JsonWriter writer, V? value, string path, IReadOnlySet<string> concealed)
    {
        if (value is { } given)
            inner.Show(writer, given, path, concealed);
        else
            writer.WriteNullValue();
    }

    public override void WriteSchema(Utf8JsonWriter writer) => OptionalKind<object>.WriteSchema(writer, inner);
}

/// <summary>A list of values.</summary>
/// <param name="item">What each is.</param>
/// <param name="least">How many there must be.</param>
internal sealed class ListKind<V>(Kind<V> item, int least = 0) : Kind<IReadOnlyList<V>>
{
    public override IReadOnlyList<V> Seed => [];

    public override bool ShowsDefault => least == 0 && item.ShowsDefault;

    public override Node? FromEnvironment(string text, Place place, ICollection<ConfigurationError> errors)
    {
        if (text.StartsWith('['))
            return YamlReader.ReadText(text, place, errors);
        var items = text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        return new ListNode([.. items.Select(Node (part) => new ScalarNode(part, place))], place);
    }

    public override IReadOnlyList<V> Read(Node node, string path, Reading reading, IReadOnlyList<V> start)
    {
        if (node is not ListNode && !node.IsNull)
        {
            reading.Fail(path, node.Place, "must be a list");
            return start;
        }
        var nodes = node is ListNode list ? list.Items : [];
        var items = new V[nodes.Count];
        for (var i = 0; i < items.Length; i++)
        {
            // What cannot be read keeps its position, so that a path still names the item it means.
            reading.Give($"{path}[{i}]", nodes[i]);
            items[i] = item.Read(nodes[i], $"{path}[{i}]", reading, item.Seed);
        }
        if (items.Length < least)
            reading.Fail(path, node.Place, $"needs at least {least}");
        return items;
    }

    protected override void Write(Utf8JsonWriter writer, IReadOnlyList<V> value, string path, IReadOnlySet<string> concealed)
    {
        writer.WriteStartArray();
        for (var i = 0; i < value.Count; i++)
            item.Show(writer, value[i], $"{path}[{i}]", concealed);
        writer.WriteEndArray();
    }

    public override void WriteSchema(Utf8JsonWriter writer)
    {
        writer.WritePropertyName("type"u8);
        writer.WriteRawValue(least == 0 ? """["array","null"]""" : "\"array\"");
        if (least > 0)
            writer.WriteNumber("minItems"u8, least);
        writer.WriteStartObject("items"u8);
        item.WriteSchema(writer);
        writer.WriteEndObject();
    }
}

/// <summary>What the names of a map may be.</summary>
/// <param name="Parse">A name to the form it gets.</param>
/// <param name="Pattern">The same as a regular expression.</param>
internal sealed record Names(Parse<string> Parse, string Pattern);

/// <summary>Values by a name of the operator's choice, in the order given.</summary>
/// <param name="names">What a name may be.</param>
/// <param name="item">What each value is.</param>
/// <param name="named">What the value of a name starts from.</param>
internal sealed class MapKind<V>(Names names, Kind<V> item, Func<string, V>? named = null)
    : Kind<IReadOnlyList<KeyValuePair<string, V>>>
{
    public override IReadOnlyList<KeyValuePair<string, V>> Seed => [];

    public override bool ShowsDefault => false;

    public override Kind? Member(string part, Node? here, out string key)
    {
        var existing = (here as MapNode)?.Members.FirstOrDefault(member => member.Key.Equals(part, StringComparison.OrdinalIgnoreCase)).Key;
        key = existing ?? part.ToLowerInvariant();
        return item;
    }

    public override IReadOnlyList<KeyValuePair<string, V>> Read(
        Node node, string path, Reading reading, IReadOnlyList<KeyValuePair<string, V>> start)
    {
        if (node is not MapNode && !node.IsNull)
        {
            reading.Fail(path, node.Place, "must be a mapping");
            return start;
        }
        var members = new OrderedDictionary<string, V>();
        foreach (var member in node is MapNode map ? map.Members : [])
        {
            if (names.Parse(member.Key, out var key) is { } problem)
            {
                reading.Fail(path, member.Place, $"a name {problem}");
                continue;
            }
            var memberPath = Reading.Join(path, key);
            reading.Give(memberPath, member.Value);
            if (!members.TryAdd(key, item.Read(member.Value, memberPath, reading, named is null ? item.Seed : named(key))))
                reading.Fail(path, member.Place, $"duplicate name `{key}`");
        }
        return [.. members];
    }

    protected override void Write(
        Utf8JsonWriter writer, IReadOnlyList<KeyValuePair<string, V>> value, string path, IReadOnlySet<string> concealed)
    {
        writer.WriteStartObject();
        foreach (var (key, member) in value)
        {
            writer.WritePropertyName(key);
            item.Show(writer, member, Reading.Join(path, key), concealed);
        }
        writer.WriteEndObject();
    }

    public override void WriteSchema(Utf8JsonWriter writer)
    {
        writer.WritePropertyName("type"u8);
        writer.WriteRawValue("""["object","null"]""");
        writer.WriteStartObject("propertyNames"u8);
        writer.WriteString("pattern"u8, names.Pattern);
        writer.WriteEndObject();
        writer.WriteStartObject("additionalProperties"u8);
        item.WriteSchema(writer);
        writer.WriteEndObject();
    }
}

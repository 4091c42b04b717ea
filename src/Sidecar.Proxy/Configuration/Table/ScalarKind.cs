using System.Text.Json;
using Sidecar.Proxy.Configuration.Yaml;

namespace Sidecar.Proxy.Configuration.Table;

/// <summary>Reads a text; what is wrong with it, or null.</summary>
internal delegate string? Parse<V>(string text, out V value);

/// <summary>A single value.</summary>
/// <param name="parse">Text to value. Its problem never repeats the text, which may be a secret.</param>
/// <param name="write">Value to JSON, in the form it would be configured.</param>
/// <param name="alternatives">JSON Schemas of which a value fits one.</param>
internal sealed class ScalarKind<V>(Parse<V> parse, Action<Utf8JsonWriter, V> write, params string[] alternatives) : Kind<V>
{
    public override V Seed => default!;

    public override V Read(Node node, string path, Reading reading, V start)
    {
        if (!reading.TryText(node, path, out var text))
            return start;
        if (parse(text, out var value) is not { } problem)
            return value;
        reading.Fail(path, node.Place, problem);
        return start;
    }

    protected override void Write(Utf8JsonWriter writer, V value, string path, IReadOnlySet<string> concealed) => write(writer, value);

    public override void WriteSchema(Utf8JsonWriter writer) => WriteAlternatives(writer, alternatives);

    /// <summary>The schemas given, or a text with a reference in it.</summary>
    public static void WriteAlternatives(Utf8JsonWriter writer, IEnumerable<string> alternatives)
    {
        writer.WriteStartArray("anyOf"u8);
        foreach (var alternative in alternatives.Append(ConfigurationSchema.Reference))
            writer.WriteRawValue(alternative);
        writer.WriteEndArray();
    }
}

/// <summary>The path of a file that is read while the configuration is, and watched.</summary>
internal sealed class FileKind : Kind<string?>
{
    public override string? Seed => null;

    public override string? Read(Node node, string path, Reading reading, string? start)
    {
        if (node.IsNull)
            return null;
        if (!reading.TryText(node, path, out var text))
            return start;
        if (reading.File(text, out var file, out _) is not { } problem)
            return file;
        reading.Fail(path, node.Place, problem);
        return start;
    }

    protected override void Write(Utf8JsonWriter writer, string? value, string path, IReadOnlySet<string> concealed) =>
        writer.WriteStringValue(value);

    public override void WriteSchema(Utf8JsonWriter writer) => WritePathSchema(writer);

    /// <summary>The schema of a file's path, or none.</summary>
    public static void WritePathSchema(Utf8JsonWriter writer) =>
        ScalarKind<string>.WriteAlternatives(writer, ["""{"type":["string","null"],"minLength":1}"""]);
}

/// <summary>A key whose part of the product is not there yet: only what holds anyway may be given.</summary>
/// <param name="held">
/// What may be given, as text; <c>null</c>, <c>[]</c> and <c>{}</c> mean what they mean in YAML. The first is shown.
/// </param>
internal sealed class NotBuiltKind(string[] held) : Kind<string>
{
    public override string Seed => held[0];

    // Keys below it are not built either, whatever they are called.
    public override Kind? Member(string part, Node? here, out string key)
    {
        key = part.ToLowerInvariant();
        return this;
    }

    public override string Read(Node node, string path, Reading reading, string start)
    {
        string? given = node switch
        {
            { IsNull: true } => "null",
            ScalarNode => reading.TryText(node, path, out var text) ? text : held[0],
            ListNode { Items.Count: 0 } => "[]",
            MapNode { Members.Count: 0 } => "{}",
            _ => null,
        };
        if (given is not null && held.Contains(given))
            return start;
        var only = held[0] is "null" or "[]" or "{}" ? "" : $" (only `{held[0]}`)";
        reading.Fail(path, node.Place, $"not built yet in this version{only}");
        return start;
    }

    protected override void Write(Utf8JsonWriter writer, string value, string path, IReadOnlySet<string> concealed) =>
        writer.WriteRawValue(Json(value));

    public override void WriteSchema(Utf8JsonWriter writer)
    {
        writer.WriteStartArray("enum"u8);
        foreach (var value in held)
            writer.WriteRawValue(Json(value));
        writer.WriteEndArray();
    }

    private static string Json(string value) =>
        value is "null" or "[]" or "{}" or "true" or "false" or "0" ? value : $"\"{JsonEncodedText.Encode(value)}\"";
}

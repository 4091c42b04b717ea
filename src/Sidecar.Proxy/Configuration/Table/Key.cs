using System.Text.Json;
using Sidecar.Proxy.Configuration.Yaml;

namespace Sidecar.Proxy.Configuration.Table;

/// <summary>One key of an object that makes up a <typeparamref name="T"/>.</summary>
internal abstract class Key<T>(string name)
{
    public string Name { get; } = name;

    /// <summary>What it is for, in the schema.</summary>
    public required string Doc { get; init; }

    /// <summary>Whether the object is nothing without it.</summary>
    public bool Required { get; init; }

    /// <summary>Whether its value is never shown.</summary>
    public bool Secret { get; init; }

    public abstract Kind Kind { get; }

    /// <summary>The owner with the value in it.</summary>
    public abstract T Read(T owner, Node node, string path, Reading reading);

    /// <summary>Writes the owner's value.</summary>
    public abstract void Show(Utf8JsonWriter writer, T owner, string path, IReadOnlySet<string> concealed);

    /// <summary>Writes the key's schema into an object that is open; <paramref name="seed"/> has the default.</summary>
    public abstract void WriteSchema(Utf8JsonWriter writer, T seed);
}

internal sealed class Key<T, V>(string name, Kind<V> kind, Func<T, V> get, Func<T, V, T> set) : Key<T>(name)
{
    private static readonly IReadOnlySet<string> NothingConcealed = new HashSet<string>();

    public override Kind Kind => kind;

    public override T Read(T owner, Node node, string path, Reading reading)
    {
        reading.Give(path, node);
        return set(owner, kind.Read(node, path, reading, get(owner)));
    }

    public override void Show(Utf8JsonWriter writer, T owner, string path, IReadOnlySet<string> concealed)
    {
        var value = get(owner);
        if (Secret && value is not null)
            writer.WriteStringValue(Shown.Redacted);
        else
            kind.Show(writer, value, path, concealed);
    }

    public override void WriteSchema(Utf8JsonWriter writer, T seed)
    {
        writer.WriteString("description"u8, Doc);
        if (kind.ShowsDefault && !Required)
        {
            writer.WritePropertyName("default"u8);
            kind.Show(writer, get(seed), "", NothingConcealed);
        }
        kind.WriteSchema(writer);
    }
}

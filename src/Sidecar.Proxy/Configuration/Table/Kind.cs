using System.Text.Json;
using Sidecar.Proxy.Configuration.Yaml;

namespace Sidecar.Proxy.Configuration.Table;

/// <summary>What may stand at a key.</summary>
internal abstract class Kind
{
    /// <summary>Whether a default is worth showing in the schema: not for what has keys or members of its own.</summary>
    public virtual bool ShowsDefault => true;

    /// <summary>
    /// The kind and real name of the member that a part of an environment variable's name means; null when there is none.
    /// </summary>
    public virtual Kind? Member(string part, Node? here, out string key)
    {
        key = part.ToLowerInvariant();
        return null;
    }

    /// <summary>The names that <see cref="Member"/> takes, for suggestions.</summary>
    public virtual IEnumerable<string> Members => [];

    /// <summary>The value an environment variable stands for; null after an error.</summary>
    public virtual Node? FromEnvironment(string text, Place place, ICollection<ConfigurationError> errors) => new ScalarNode(text, place);

    /// <summary>Writes the keywords of JSON Schema into an object that is open.</summary>
    public abstract void WriteSchema(Utf8JsonWriter writer);
}

/// <summary>What may stand at a key, and becomes a <typeparamref name="V"/>.</summary>
internal abstract class Kind<V> : Kind
{
    /// <summary>What a value starts from before its keys are read.</summary>
    public abstract V Seed { get; }

    /// <summary>Reads a value; after an error it is <paramref name="start"/>, with what could be read of it.</summary>
    public abstract V Read(Node node, string path, Reading reading, V start);

    /// <summary>Writes a value as it would be configured, but for what is concealed.</summary>
    public void Show(Utf8JsonWriter writer, V value, string path, IReadOnlySet<string> concealed)
    {
        if (concealed.Contains(path))
            writer.WriteStringValue(Shown.Redacted);
        else
            Write(writer, value, path, concealed);
    }

    protected abstract void Write(Utf8JsonWriter writer, V value, string path, IReadOnlySet<string> concealed);
}

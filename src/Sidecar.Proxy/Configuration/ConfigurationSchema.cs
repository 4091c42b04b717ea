using System.Text.Json;
using Sidecar.Proxy.Configuration.Table;

namespace Sidecar.Proxy.Configuration;

/// <summary>The configuration as a JSON Schema, draft 2020-12.</summary>
public static class ConfigurationSchema
{
    /// <summary>What any single value may be instead of itself.</summary>
    internal const string Reference = """{"$ref":"#/$defs/reference"}""";

    /// <summary>
    /// Writes the schema. Keys that are not built yet are in it with all that they may hold till then, and say so in their description:
    /// an editor refuses exactly what the sidecar refuses.
    /// </summary>
    public static void Write(Stream stream)
    {
        using var writer = new Utf8JsonWriter(stream, new JsonWriterOptions { Indented = true, NewLine = "\n" });
        writer.WriteStartObject();
        writer.WriteString("$schema"u8, "https://json-schema.org/draft/2020-12/schema"u8);
        writer.WriteString("title"u8, "LLM streaming sidecar"u8);
        ConfigurationTable.Root.WriteSchema(writer);
        writer.WriteStartObject("$defs"u8);
        writer.WriteStartObject("reference"u8);
        writer.WriteString("description"u8, "A text with `${env:NAME}` or `${file:PATH}` in it."u8);
        writer.WriteString("type"u8, "string"u8);
        writer.WriteString("pattern"u8, @"\$\{(env|file):[^}]+\}"u8);
        writer.WriteEndObject();
        writer.WriteEndObject();
        writer.WriteEndObject();
    }
}

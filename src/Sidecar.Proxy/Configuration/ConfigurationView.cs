using System.Buffers;
using System.Text.Json;
using Sidecar.Proxy.Configuration.Table;

namespace Sidecar.Proxy.Configuration;

/// <summary>The configuration in effect, as <c>/config</c> shows it.</summary>
public static class ConfigurationView
{
    /// <summary>
    /// Writes every key with its value, defaults too, as one JSON object that is itself a configuration. Credentials, a URL's user, and all
    /// that came from <c>${file:}</c> or <c>${env:}</c> stand as <c>[redacted]</c>.
    /// </summary>
    public static void Write(IBufferWriter<byte> output, LoadedConfiguration configuration)
    {
        using var writer = new Utf8JsonWriter(output, new JsonWriterOptions { Indented = true, NewLine = "\n" });
        ConfigurationTable.Root.Show(writer, configuration.Options, "", configuration.Concealed);
    }
}

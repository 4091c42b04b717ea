using System.Buffers;
using System.Text;
using System.Text.Json.Nodes;
using Sidecar.Proxy.Configuration;

namespace Sidecar.Proxy.Tests.Configuration;

/// <summary>A configuration directory of one test.</summary>
internal sealed class Given : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("sidecar-configuration-");

    public string Root => _directory.FullName;

    public Dictionary<string, string> Environment { get; } = [];

    public string File(string name) => Path.Combine(Root, name);

    public string Write(string name, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(File(name))!);
        System.IO.File.WriteAllText(File(name), text);
        return File(name);
    }

    public LoadResult Load(string yaml) => ConfigurationLoader.Load(Write("sidecar.yaml", yaml), Environment);

    public LoadResult Load(byte[] yaml)
    {
        System.IO.File.WriteAllBytes(File("sidecar.yaml"), yaml);
        return ConfigurationLoader.Load(File("sidecar.yaml"), Environment);
    }

    public LoadResult LoadNoFile() => ConfigurationLoader.Load(null, Environment, File("absent.yaml"));

    public SidecarOptions Options(string yaml) => Valid(Load(yaml)).Options;

    /// <summary>The errors without the directory of the test.</summary>
    public string[] Errors(string yaml) => Errors(Load(yaml));

    public string[] Errors(LoadResult result)
    {
        Assert.Equal(result.Errors.Count > 0, !result.Success);
        return [.. result.Errors.Select(error => error.ToString().Replace(Root + "/", "", StringComparison.Ordinal))];
    }

    public static LoadedConfiguration Valid(LoadResult result)
    {
        Assert.Empty(result.Errors);
        Assert.True(result.Success);
        return result.Configuration;
    }

    public static string ViewText(LoadedConfiguration configuration)
    {
        var output = new ArrayBufferWriter<byte>();
        ConfigurationView.Write(output, configuration);
        return Encoding.UTF8.GetString(output.WrittenSpan);
    }

    public static JsonNode View(LoadedConfiguration configuration) => JsonNode.Parse(ViewText(configuration))!;

    public void Dispose() => _directory.Delete(recursive: true);
}

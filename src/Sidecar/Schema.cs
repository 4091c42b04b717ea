using Sidecar.Proxy.Configuration;

namespace Sidecar;

/// <summary><c>sidecar schema</c>: the JSON Schema of the configuration, for editors and pipelines.</summary>
internal static class Schema
{
    public static int Run()
    {
        using var output = Console.OpenStandardOutput();
        ConfigurationSchema.Write(output);
        return ExitCode.Clean;
    }
}

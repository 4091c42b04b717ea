using Sidecar.Proxy.Configuration;
using Sidecar.Proxy.Hosting;

namespace Sidecar;

/// <summary><c>sidecar check</c>: every error of a configuration, nothing started.</summary>
internal static class Check
{
    public static int Run(string path)
    {
        var loaded = ConfigurationLoader.Load(path, ConfigurationLoader.ProcessEnvironment());
        foreach (var error in loaded.Errors) Console.Error.WriteLine(error.ToString());
        if (!loaded.Success) return ExitCode.Usage;
        if (SidecarHost.Verify(loaded.Configuration!.Options) is { } wrong)
        {
            Console.Error.WriteLine($"{path}:1:1: {wrong}");
            return ExitCode.Usage;
        }
        Console.Out.WriteLine($"{path}: ok");
        return ExitCode.Clean;
    }
}

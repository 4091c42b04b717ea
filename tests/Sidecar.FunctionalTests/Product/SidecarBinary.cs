namespace Sidecar.FunctionalTests.Product;

/// <summary>Which build of the product is driven: the binary named by <c>SIDECAR_BINARY</c>, else the assembly built beside these tests.</summary>
public static class SidecarBinary
{
    /// <summary>The command that starts it: a file and its first arguments.</summary>
    public static (string File, string[] Arguments) Command { get; } = Find();

    /// <summary>Whether it is a published binary.</summary>
    public static bool IsPublished => Environment.GetEnvironmentVariable("SIDECAR_BINARY") is { Length: > 0 };

    private static (string, string[]) Find()
    {
        if (Environment.GetEnvironmentVariable("SIDECAR_BINARY") is { Length: > 0 } binary)
        {
            return File.Exists(binary) ? (Path.GetFullPath(binary), []) : throw new FileNotFoundException("SIDECAR_BINARY", binary);
        }
        var output = new DirectoryInfo(AppContext.BaseDirectory);
        var configuration = output.Parent!.Name;
        var root = output;
        while (!File.Exists(Path.Combine(root.FullName, "sidecar.sln")))
        {
            root = root.Parent ?? throw new DirectoryNotFoundException($"no sidecar.sln above {output}");
        }
        var assembly = Path.Combine(root.FullName, "src", "Sidecar", "bin", configuration, output.Name, "sidecar.dll");
        if (!File.Exists(assembly)) throw new FileNotFoundException("the product is not built", assembly);
        return (Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet", ["exec", assembly]);
    }
}

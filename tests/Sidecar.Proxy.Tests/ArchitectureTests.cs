using System.Text.RegularExpressions;

namespace Sidecar.Proxy.Tests;

/// <summary>The one place that says who may know whom.</summary>
public sealed partial class ArchitectureTests
{
    private static readonly string Root = FindRoot();

    /// <summary>In the order in which a request meets them: a folder may use those before it, never those after it.</summary>
    private static readonly string[] Folders = ["Transport", "Server", "Admission", "Routing", "Upstream", "Classification", "Streaming", "Hosting"];

    /// <summary>Everyone may use these; Telemetry may use Configuration, and neither uses anybody else.</summary>
    private static readonly string[] Shared = ["Configuration", "Telemetry"];

    [Theory]
    [InlineData("Sidecar.Protocols", "")]
    [InlineData("Sidecar.Providers", "Sidecar.Protocols")]
    [InlineData("Sidecar.Moderation", "")]
    [InlineData("Sidecar.Proxy", "Sidecar.Protocols Sidecar.Providers Sidecar.Moderation")]
    [InlineData("Sidecar", "Sidecar.Proxy")]
    public void A_project_references_only_what_stands_below_it(string project, string allowed)
    {
        var file = Path.Combine(Root, "src", project, project + ".csproj");
        if (!File.Exists(file))
        {
            Assert.Equal("Sidecar.Moderation", project);
            return;
        }
        var references = ProjectReference().Matches(File.ReadAllText(file)).Select(match => match.Groups[1].Value);
        Assert.Subset(allowed.Split(' ').ToHashSet(), references.ToHashSet());
    }

    [Fact]
    public void A_folder_of_the_proxy_uses_only_folders_that_a_request_met_before()
    {
        var wrong = new List<string>();
        foreach (var file in Directory.EnumerateFiles(Path.Combine(Root, "src", "Sidecar.Proxy"), "*.cs", SearchOption.AllDirectories))
        {
            if (file.Contains($"{Path.DirectorySeparatorChar}obj{Path.DirectorySeparatorChar}", StringComparison.Ordinal)) continue;
            var folder = Path.GetRelativePath(Path.Combine(Root, "src", "Sidecar.Proxy"), file).Split(Path.DirectorySeparatorChar)[0];
            foreach (Match match in ProxyNamespace().Matches(File.ReadAllText(file)))
            {
                if (!MayUse(folder, match.Groups[1].Value)) wrong.Add($"{folder} uses {match.Groups[1].Value}: {Path.GetFileName(file)}");
            }
        }
        Assert.Empty(wrong);
    }

    [Fact]
    public void Only_one_file_knows_the_pipelines_library()
    {
        var files = Directory.EnumerateFiles(Path.Combine(Root, "src"), "*.cs", SearchOption.AllDirectories)
            .Where(file => File.ReadAllText(file).Contains("using Pipelines.Sockets", StringComparison.Ordinal))
            .Select(Path.GetFileName);
        Assert.Equal(["PortableConnection.cs"], files);
    }

    [Fact]
    public void The_wire_formats_know_no_sockets_tasks_clocks_or_logs()
    {
        var wrong = Directory.EnumerateFiles(Path.Combine(Root, "src", "Sidecar.Protocols"), "*.cs", SearchOption.AllDirectories)
            .Concat(Directory.EnumerateFiles(Path.Combine(Root, "src", "Sidecar.Providers"), "*.cs", SearchOption.AllDirectories))
            .Where(file => !file.Contains($"{Path.DirectorySeparatorChar}obj{Path.DirectorySeparatorChar}", StringComparison.Ordinal))
            .Where(file => Impure().IsMatch(File.ReadAllText(file)))
            .Select(Path.GetFileName);
        Assert.Empty(wrong);
    }

    private static bool MayUse(string folder, string used)
    {
        if (folder == used) return true;
        if (Shared.Contains(folder)) return folder == "Telemetry" && used == "Configuration";
        return Shared.Contains(used) || (Array.IndexOf(Folders, used) is >= 0 and var index && index < Array.IndexOf(Folders, folder));
    }

    private static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "sidecar.sln"))) folder = folder.Parent;
        return folder?.FullName ?? throw new InvalidOperationException("The tests run outside the checkout.");
    }

    [GeneratedRegex(@"<ProjectReference Include=""[^""]*/([^/""]+)\.csproj""")]
    private static partial Regex ProjectReference();

    [GeneratedRegex(@"Sidecar\.Proxy\.([A-Z][A-Za-z]+)\s*;")]
    private static partial Regex ProxyNamespace();

    [GeneratedRegex(@"System\.Net\.(Sockets|Security|Http)|System\.Threading|\basync\b|\bTask\b|TimeProvider|DateTime|Stopwatch|Console\.")]
    private static partial Regex Impure();
}

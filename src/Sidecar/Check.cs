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
        foreach (var (name, policy) in loaded.Configuration.Options.Moderation.Policies) Console.Out.WriteLine(Describe(name, policy, null));
        return ExitCode.Clean;
    }

    /// <summary>One line on a policy: what it holds, and what its tables cost.</summary>
    private static string Describe(string name, PolicyOptions policy, (int States, long Bytes, TimeSpan Time)? tables)
    {
        var line = $"policy {name}: {policy.Rules.Count} rules, {policy.Rules.Sum(rule => rule.Terms.Count)} terms";
        return tables is not { } built ? line : $"{line}, {built.States} states, {(built.Bytes + 1023) / 1024} KB, built in {built.Time.TotalMilliseconds:0} ms";
    }
}

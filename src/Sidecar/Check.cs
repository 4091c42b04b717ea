using System.Globalization;
using Sidecar.Moderation;
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
        foreach (var (name, policy) in loaded.Configuration.Options.Moderation.Policies) Console.Out.WriteLine(Describe(name, policy));
        return ExitCode.Clean;
    }

    /// <summary>One line on a policy that was verified: what it holds, and what its tables cost.</summary>
    private static string Describe(string name, PolicyOptions policy)
    {
        var built = RuleSet.Build(policy.Rules, policy.Fold, out var error) ?? throw new InvalidOperationException(error);
        return string.Create(CultureInfo.InvariantCulture,
            $"policy {name}: {built.Rules.Count} rules, {built.TermCount} terms, {built.StateCount} states, {(built.ByteCount + 1023) / 1024} KB, " +
            $"built in {built.BuildTime.TotalMilliseconds:0} ms");
    }
}

namespace Sidecar.Compare.Running;

/// <summary>
/// Which core runs what: the proxy has one to itself, load and provider share another, or have one each where there are four. A load generator that waits
/// for its core tells its own queue as the proxy's, so it goes ahead of the provider; all of them go ahead of what else runs, where we may say so.
/// </summary>
internal static class Cores
{
    private static readonly bool CanPin = Environment.ProcessorCount > 1 && Commands.Has("taskset");

    /// <summary>What stands in front of a proxy's command.</summary>
    public static string[] Proxy => [.. Ahead(10), .. Pinned(1)];

    /// <summary>What stands in front of the load generator's command.</summary>
    public static string[] Load => [.. Ahead(15), .. Pinned(Environment.ProcessorCount >= 4 ? 2 : 0)];

    /// <summary>What stands in front of the provider's command.</summary>
    public static string[] Provider => [.. Ahead(10), .. Pinned(Environment.ProcessorCount >= 4 ? 3 : 0)];

    /// <summary>As a report tells it.</summary>
    public static string Meaning => !CanPin ? "nothing is pinned (one core, or no taskset)"
        : Environment.ProcessorCount >= 4 ? "proxy, load generator and provider on a core each"
        : "the proxy on one core, load generator and provider on the other, the load generator ahead of the provider";

    private static string[] Ahead(int steps) => Environment.IsPrivilegedProcess ? ["nice", "-n", $"-{steps}"] : [];

    private static string[] Pinned(int core) => CanPin ? ["taskset", "-c", $"{core}"] : [];
}

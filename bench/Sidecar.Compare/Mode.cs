namespace Sidecar.Compare;

/// <summary>How much is measured.</summary>
/// <param name="Name">As on the command line; empty for the report.</param>
/// <param name="Rounds">Times that every load is put on every proxy.</param>
/// <param name="Scale">Times of a load, as a share of its own.</param>
/// <param name="Starts">Times that every proxy is started.</param>
/// <param name="Contenders">Names of <see cref="Contender.All"/>.</param>
/// <param name="Loads">Names of <see cref="Workload.All"/>.</param>
internal sealed record Mode(string Name, int Rounds, double Scale, int Starts, string[] Contenders, string[] Loads)
{
    /// <summary>All there is, in under 30 minutes.</summary>
    public static readonly Mode Report = new("", 4, 1, 5, [.. Contender.All.Select(one => one.Name)], [.. Workload.All.Select(one => one.Name)]);

    /// <summary>For each change, in under 5 minutes: without what is slow to start, and without the loads that change least.</summary>
    public static readonly Mode Quick = new("quick", 2, 0.4, 2,
        ["direct", "sidecar", "sidecar-moderated", "sidecar-tls", "nginx", "haproxy", "yarp"], ["paced", "busy", "flood", "first", "slow"]);

    /// <summary>Whether all of it works; its figures mean nothing.</summary>
    public static readonly Mode Smoke = new("smoke", 1, 0.25, 1, ["direct", "sidecar"], ["paced", "flood"]);

    /// <summary>What the command line asks for; null where it cannot be read. What is less than a mode is a part, which nothing is compared with.</summary>
    public static Mode? Read(ReadOnlySpan<string> words) => words switch
    {
        [] => Report,
        ["--quick", .. var rest] => Read(Quick, rest),
        ["--smoke", .. var rest] => Read(Smoke, rest),
        _ => Read(Report, words),
    };

    private static Mode? Read(Mode mode, ReadOnlySpan<string> words) => words switch
    {
        [] => mode,
        ["--rounds", var count, .. var rest] when int.TryParse(count, out var rounds) && rounds > 0 => Read(mode with { Name = "part", Rounds = rounds }, rest),
        // Without direct there is nothing to subtract.
        ["--only", var names, .. var rest] => Read(mode with { Name = "part", Contenders = [Contender.Direct, .. names.Split(',')] }, rest),
        _ => null,
    };
}

using Sidecar.Compare.Running;

namespace Sidecar.Compare.Reporting;

/// <summary>The sources that were measured.</summary>
internal static class Repository
{
    /// <summary>The commit, short; a plus behind it where the product's sources differ from it.</summary>
    public static async Task<string> CommitAsync(string root)
    {
        var (code, commit, _) = await Commands.RunAsync("git", "-C", root, "rev-parse", "--short", "HEAD");
        if (code != 0) return "unknown";
        var (_, changes, _) = await Commands.RunAsync("git", "-C", root, "status", "--porcelain", "--", "src", "bench");
        return commit.Trim() + (changes.Length > 0 ? "+" : "");
    }
}

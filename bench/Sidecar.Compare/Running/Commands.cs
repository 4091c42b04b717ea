using System.Diagnostics;

namespace Sidecar.Compare.Running;

/// <summary>Runs other programs to their end.</summary>
internal static class Commands
{
    /// <summary>Whether a program is on the path.</summary>
    public static bool Has(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Any(folder => File.Exists(Path.Combine(folder, program)));

    /// <summary>Runs a program; its exit code and what it wrote.</summary>
    public static async Task<(int Code, string Output, string Error)> RunAsync(params string[] words)
    {
        using var process = Start(words, captures: true);
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, await output, await error);
    }

    /// <summary>Starts a program.</summary>
    /// <param name="words">It and its arguments.</param>
    /// <param name="captures">Whether what it writes is read; else it goes to ours.</param>
    public static Process Start(string[] words, bool captures)
    {
        var start = new ProcessStartInfo(words[0], words[1..]) { RedirectStandardOutput = captures, RedirectStandardError = captures };
        return Process.Start(start) ?? throw new InvalidOperationException($"{words[0]} did not start");
    }
}

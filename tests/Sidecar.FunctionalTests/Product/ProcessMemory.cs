using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;

namespace Sidecar.FunctionalTests.Product;

/// <summary>What a process costs a machine's memory, in bytes, as the kernel tells it.</summary>
public static partial class ProcessMemory
{
    /// <summary>Resident memory.</summary>
    public static async Task<long> ResidentAsync(int process)
    {
        var line = (await File.ReadAllLinesAsync($"/proc/{process}/status")).Single(line => line.StartsWith("VmRSS:", StringComparison.Ordinal));
        return 1024 * long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture);
    }

    /// <summary>What the kernel holds for its TCP sockets: received and unread, written and unacknowledged, and set aside for more.</summary>
    public static async Task<long> SocketsAsync(int process)
    {
        using var ss = Process.Start(new ProcessStartInfo("ss", "-tmnpHO") { RedirectStandardOutput = true })!;
        var lines = (await ss.StandardOutput.ReadToEndAsync()).Split('\n').Where(line => line.Contains($"pid={process},", StringComparison.Ordinal));
        await ss.WaitForExitAsync();
        return lines.Sum(line => Held().Matches(line).Sum(held => long.Parse(held.Groups[1].Value, CultureInfo.InvariantCulture)));
    }

    // skmem:(r0,rb131072,t0,tb87040,f0,w0,o0,bl0,d0)
    [GeneratedRegex("[(,](?:r|f|w|bl)([0-9]+)")]
    private static partial Regex Held();
}

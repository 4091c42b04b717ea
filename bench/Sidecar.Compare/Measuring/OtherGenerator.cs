using System.Globalization;
using System.Text.RegularExpressions;
using Sidecar.Compare.Running;

namespace Sidecar.Compare.Measuring;

/// <summary>The same small documents asked for by <c>wrk</c>, as a check of our own generator.</summary>
internal static partial class OtherGenerator
{
    /// <summary>Responses in a second; NaN where it is not installed.</summary>
    public static async Task<double> SmallAsync(int port, string[] headers)
    {
        if (!Commands.Has("wrk")) return double.NaN;
        var (_, output, _) = await Commands.RunAsync([.. Cores.Load, "wrk", "-t1", "-c64", "-d2", .. headers.SelectMany(header => new[] { "-H", header }), $"http://127.0.0.1:{port}/v1/models"]);
        return Rate().Match(output) is { Success: true } match ? double.Parse(match.Groups[1].ValueSpan, CultureInfo.InvariantCulture) : double.NaN;
    }

    [GeneratedRegex(@"Requests/sec:\s+([0-9.]+)")]
    private static partial Regex Rate();
}

using System.Globalization;
using Prometheus;

namespace Sidecar.Proxy.Telemetry;

/// <summary>The formats of <c>/metrics</c>: Prometheus text 0.0.4 and OpenMetrics 1.0, negotiated by <c>Accept</c>.</summary>
public static class MetricsExposition
{
    /// <summary>Chooses a format by RFC 9110 §12.5.1: OpenMetrics where it is asked for by name and liked no less than text.</summary>
    /// <param name="accept">The value of <c>Accept</c>, repeated fields joined by commas; null or empty when there is none.</param>
    public static ExpositionFormat Negotiate(string? accept)
    {
        // Quality and how closely the range names the text format; the closest range decides.
        (double Quality, int Closeness) text = (0, 0);
        var openMetrics = 0.0;
        foreach (var part in accept.AsSpan().Split(','))
        {
            var range = accept.AsSpan()[part];
            var end = range.IndexOf(';');
            var type = (end < 0 ? range : range[..end]).Trim();
            var quality = Quality(end < 0 ? [] : range[(end + 1)..], out var version);
            if (Is(type, "application/openmetrics-text"))
            {
                if (version is "" or "1.0.0") openMetrics = Math.Max(openMetrics, quality);
                continue;
            }
            var closeness = Is(type, "text/plain") && version is "" or "0.0.4" ? 3 : Is(type, "text/*") ? 2 : Is(type, "*/*") ? 1 : 0;
            if (closeness == 0) continue;
            if (closeness > text.Closeness || (closeness == text.Closeness && quality > text.Quality)) text = (quality, closeness);
        }
        return openMetrics > 0 && openMetrics >= text.Quality ? ExpositionFormat.OpenMetricsText : ExpositionFormat.PrometheusText;
    }

    /// <summary>The media type of a format.</summary>
    public static string ContentType(ExpositionFormat format) => format == ExpositionFormat.OpenMetricsText
        ? "application/openmetrics-text; version=1.0.0; charset=utf-8"
        : "text/plain; version=0.0.4; charset=utf-8";

    /// <summary>Collects every metric and writes it.</summary>
    public static Task WriteAsync(SidecarMetrics metrics, Stream output, ExpositionFormat format, CancellationToken cancel) =>
        metrics.Registry.CollectAndExportAsTextAsync(output, format, cancel);

    private static bool Is(ReadOnlySpan<char> type, string name) => type.Equals(name, StringComparison.OrdinalIgnoreCase);

    // Media type parameters, of which only version and q mean something here.
    private static double Quality(ReadOnlySpan<char> parameters, out string version)
    {
        var quality = 1.0;
        version = "";
        foreach (var part in parameters.Split(';'))
        {
            var parameter = parameters[part];
            var equals = parameter.IndexOf('=');
            if (equals < 0) continue;
            var name = parameter[..equals].Trim();
            var value = parameter[(equals + 1)..].Trim().Trim('"');
            if (Is(name, "version")) version = value.ToString();
            if (Is(name, "q")) quality = ParseQuality(value);
        }
        return quality;
    }

    private static double ParseQuality(ReadOnlySpan<char> value) =>
        double.TryParse(value, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var quality) ? Math.Min(quality, 1) : 0;
}

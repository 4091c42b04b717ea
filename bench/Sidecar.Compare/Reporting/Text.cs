using System.Globalization;
using System.Text;
using Sidecar.Compare.Measuring;

namespace Sidecar.Compare.Reporting;

/// <summary>How figures and tables are written.</summary>
internal static class Text
{
    /// <summary>Three digits or so.</summary>
    public static string Number(double value) => value switch
    {
        double.NaN => "–",
        _ => value.ToString(Math.Abs(value) switch { >= 100 => "N0", >= 10 => "0.#", _ => "0.##" }, CultureInfo.InvariantCulture),
    };

    /// <summary>A share in percent.</summary>
    public static string Percent(double share) => $"{100 * share:F0} %";

    /// <summary>A figure with its spread and what else ran.</summary>
    public static string Cell(Figure figure)
    {
        if (!figure.IsKnown) return "–";
        var spread = double.IsNaN(figure.Spread) ? "" : $" ±{Percent(figure.Spread)}";
        var foreign = figure.Foreign > 0 ? string.Create(CultureInfo.InvariantCulture, $" ({figure.Foreign:F2})") : "";
        return Number(figure.Value) + spread + foreign;
    }

    /// <summary>Adds a table.</summary>
    public static void Table(this StringBuilder page, IEnumerable<string> columns, IEnumerable<IEnumerable<string>> rows)
    {
        string[] heads = [.. columns];
        page.AppendLine($"| {string.Join(" | ", heads)} |");
        page.AppendLine($"|{string.Concat(heads.Select(_ => "---|"))}");
        foreach (var row in rows) page.AppendLine($"| {string.Join(" | ", row)} |");
        page.AppendLine();
    }
}

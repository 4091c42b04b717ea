using System.Globalization;
using System.Text;
using System.Text.Json;
using Sidecar.Proxy.Configuration;
using Sidecar.Proxy.Telemetry.Billing;

namespace Sidecar;

/// <summary><c>sidecar usage</c>: what a journal tells, summed up; the dearest first.</summary>
internal static class UsageReport
{
    /// <summary>What can be summed up by.</summary>
    public static readonly string[] Fields = ["user", "team", "project", "model", "route", "upstream", "provider", "outcome"];

    private sealed class Sums
    {
        public long Requests, Input, Cached, Output, WithoutCost;
        public decimal Cost;

        public void Add(JsonElement line)
        {
            Requests++;
            Input += Tokens(line, "input_tokens");
            Cached += Tokens(line, "cached_tokens");
            Output += Tokens(line, "output_tokens");
            if (line.TryGetProperty("cost_usd", out var cost) && cost.ValueKind == JsonValueKind.Number && cost.TryGetDecimal(out var dollars)) Cost += dollars;
            else WithoutCost++;
        }

        private static long Tokens(JsonElement line, string name) =>
            line.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out var count) ? count : 0;
    }

    /// <summary>Prints the table.</summary>
    /// <param name="by">Columns, of <see cref="Fields"/>.</param>
    /// <param name="path">The journal; null for that of the configuration that <c>serve</c> would take.</param>
    public static async Task<int> RunAsync(string[] by, string? path)
    {
        path ??= ConfigurationLoader.Load(null, ConfigurationLoader.ProcessEnvironment()).Configuration?.Options.Usage.Journal;
        var files = path is null ? [] : Journal.Files(path).ToList();
        if (files.Count == 0)
        {
            await Console.Error.WriteLineAsync(path is null ? "sidecar: no journal is configured; name one with --journal FILE" : $"sidecar: there is no journal {path}").ConfigureAwait(false);
            return ExitCode.Failed;
        }
        var rows = new Dictionary<string, Sums>();
        var total = new Sums();
        var unreadable = 0;
        try
        {
            foreach (var line in files.SelectMany(File.ReadLines))
            {
                if (!TryAdd(line, by, rows, total)) unreadable++;
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            await Console.Error.WriteLineAsync($"sidecar: {e.Message}").ConfigureAwait(false);
            return ExitCode.Failed;
        }
        Console.Out.Write(Table(by, rows, total));
        if (unreadable > 0) await Console.Error.WriteLineAsync($"sidecar: {unreadable} lines are no lines of a journal").ConfigureAwait(false);
        return ExitCode.Clean;
    }

    private static bool TryAdd(string text, string[] by, Dictionary<string, Sums> rows, Sums total)
    {
        try
        {
            using var document = JsonDocument.Parse(text);
            var line = document.RootElement;
            if (line.ValueKind != JsonValueKind.Object) return false;
            var key = string.Join('\t', by.Select(field => Name(line, field)));
            if (!rows.TryGetValue(key, out var row)) rows.Add(key, row = new Sums());
            row.Add(line);
            total.Add(line);
            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    // What a client named may hold anything, and a terminal obeys.
    private static string Name(JsonElement line, string field) =>
        line.TryGetProperty(field, out var value) && value.ValueKind == JsonValueKind.String
            ? string.Concat(value.GetString()!.Select(c => char.IsControl(c) ? '?' : c))
            : "-";

    private static string Table(string[] by, Dictionary<string, Sums> rows, Sums total)
    {
        var lines = new List<string[]> { (string[])[.. by, "requests", "input", "cached", "output", "cost_usd", "without_cost"] };
        foreach (var (key, sums) in rows.OrderByDescending(row => row.Value.Cost).ThenByDescending(row => row.Value.Requests).ThenBy(row => row.Key, StringComparer.Ordinal))
            lines.Add(Row(key.Split('\t'), sums));
        lines.Add(Row([.. by.Select((_, i) => i == 0 ? "total" : "")], total));
        var widths = lines[0].Select((_, column) => lines.Max(line => line[column].Length)).ToArray();
        var table = new StringBuilder();
        foreach (var line in lines)
        {
            var cells = line.Select((cell, column) => column < by.Length ? cell.PadRight(widths[column]) : cell.PadLeft(widths[column]));
            table.Append(string.Join("  ", cells).TrimEnd()).Append('\n');
        }
        return table.ToString();
    }

    private static string[] Row(string[] names, Sums sums) =>
    [
        .. names, Whole(sums.Requests), Whole(sums.Input), Whole(sums.Cached), Whole(sums.Output),
        sums.Cost.ToString("0.000000", CultureInfo.InvariantCulture), Whole(sums.WithoutCost),
    ];

    private static string Whole(long number) => number.ToString(CultureInfo.InvariantCulture);
}

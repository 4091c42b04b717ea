using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Sidecar;

/// <summary><c>sidecar top</c>: the streams of a running sidecar, again every second, oldest first. In a terminal it stays in one place.</summary>
internal static class Top
{
    private const int MaxRows = 40;
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    /// <summary>Runs until it is stopped, or until the sidecar does not answer.</summary>
    public static async Task<int> RunAsync(Uri url)
    {
        using var leave = new LeaveSignals();
        var table = new StringBuilder();
        while (!leave.Asked.IsCompleted)
        {
            var (status, text) = await AdminRequest.SendAsync(url, "GET", "/streams").ConfigureAwait(false);
            if (status != 200)
            {
                await Console.Error.WriteLineAsync($"sidecar: {text}").ConfigureAwait(false);
                return ExitCode.Failed;
            }
            table.Clear();
            // Home, the table, and nothing of the last one behind it.
            if (!Console.IsOutputRedirected) table.Append("\e[H\e[J");
            Write(table, text, url, Console.IsOutputRedirected ? int.MaxValue : MaxRows);
            Console.Out.Write(table);
            await Task.WhenAny(leave.Asked, Task.Delay(Interval, TimeProvider.System)).ConfigureAwait(false);
        }
        return ExitCode.Clean;
    }

    private static void Write(StringBuilder table, string json, Uri url, int maxRows)
    {
        using var document = JsonDocument.Parse(json);
        var streams = document.RootElement.GetProperty("streams");
        var total = document.RootElement.GetProperty("total").GetInt32();
        table.Append(CultureInfo.InvariantCulture, $"{total} stream{(total == 1 ? "" : "s")} at {url.Authority}\n");
        Row(table, "STREAM", "AGE", "PHASE", "ROUTE", "MODEL", "TOKENS", "LAST", "BUFFERED", "HELD");
        var rows = 0;
        foreach (var stream in streams.EnumerateArray())
        {
            if (rows++ == maxRows) break;
            Row(table, Text(stream, "id"), Seconds(stream, "age_ms"), Text(stream, "phase"), Text(stream, "route"), Text(stream, "model"),
                Text(stream, "tokens"), Seconds(stream, "last_chunk_age_ms"), Text(stream, "buffered_bytes"), Text(stream, "held_bytes"));
        }
        if (total > rows) table.Append(CultureInfo.InvariantCulture, $"and {total - rows} more\n");
    }

    private static void Row(StringBuilder table, string id, string age, string phase, string route, string model, string tokens, string last, string buffered, string held) =>
        table.Append(CultureInfo.InvariantCulture, $"{Cut(id, 24),-24} {age,8} {phase,-10} {Cut(route, 16),-16} {Cut(model, 24),-24} {tokens,8} {last,8} {buffered,10} {held,8}\n");

    // What a client named may hold anything, and a terminal obeys.
    private static string Cut(string text, int length)
    {
        var shown = text.Length > length ? text[..(length - 1)] + "…" : text;
        return shown.Any(char.IsControl) ? string.Concat(shown.Select(c => char.IsControl(c) ? '?' : c)) : shown;
    }

    private static string Text(JsonElement stream, string name) => stream.GetProperty(name) is { ValueKind: not JsonValueKind.Null } value ? value.ToString() : "-";

    private static string Seconds(JsonElement stream, string name) =>
        stream.GetProperty(name) is { ValueKind: JsonValueKind.Number } value ? (value.GetDouble() / 1000).ToString("0.0s", CultureInfo.InvariantCulture) : "-";
}

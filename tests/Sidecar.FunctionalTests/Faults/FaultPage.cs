using System.Text;

namespace Sidecar.FunctionalTests.Faults;

/// <summary><c>docs/faults.md</c>: a section for each scenario, written from what was seen.</summary>
public static class FaultPage
{
    private const string Head = """
        # What comes of a fault

        Each scenario of `tests/Sidecar.FunctionalTests/Faults/Scenarios` as the tests see it, once by a client of raw bytes and once by the official
        .NET SDK of the dialect (there is none for Gemini). Every row stands for one stream of that outcome in `llm_sidecar_streams_total`, and
        `llm_sidecar_streams_active` is back at 0 after it. *Then* is what the client gets behind the events that the provider sent whole, which come
        unchanged; *cut* is a response without the end that its framing promises. `SIDECAR_WRITE_DOCS=1` makes the tests write this page; otherwise
        they fail when it is out of date.

        """;

    private const string TableHead = "| dialect | status | then | end | SDK | outcome | error_type |\n|---|---|---|---|---|---|---|\n";
    private const int LongestRest = 420;
    private static readonly Lock Writing = new();

    /// <summary>Whether the tests write the page.</summary>
    public static bool IsWritten { get; } = Environment.GetEnvironmentVariable("SIDECAR_WRITE_DOCS") == "1";

    private static string File { get; } = Path.Combine(Root(), "docs", "faults.md");

    /// <summary>The page as it stands, in sections by their headings; the first has none.</summary>
    public static IReadOnlyList<(string Heading, string Text)> Sections()
    {
        if (!System.IO.File.Exists(File)) return [];
        return [.. ("\n" + System.IO.File.ReadAllText(File)).Split("\n## ").Select(section => (section.Split('\n')[0], section))];
    }

    /// <summary>The section of a scenario; null when the page has none.</summary>
    public static string? SectionOf(Scenario scenario) => Sections().FirstOrDefault(section => section.Heading == scenario.Name).Text?.TrimEnd();

    /// <summary>Puts a section in its place.</summary>
    public static void Write(Scenario scenario, string section)
    {
        lock (Writing)
        {
            var sections = Sections().Skip(1).ToDictionary(one => one.Heading, one => one.Text.TrimEnd());
            sections[scenario.Name] = section;
            var known = Scenario.ByName.Keys.Where(sections.ContainsKey);
            System.IO.File.WriteAllText(File, Head + string.Concat(known.Select(name => $"\n## {sections[name]}\n")));
        }
    }

    /// <summary>What the page must say of a scenario.</summary>
    public static string Section(Scenario scenario, IReadOnlyList<Seen> seen)
    {
        var text = new StringBuilder($"{scenario.Name}\n\n{scenario.About}\n\n{TableHead}");
        foreach (var row in seen)
        {
            var end = row.Answer.End.ToString().ToLowerInvariant();
            text.AppendJoin(" | ", $"| {row.Dialect.Name}", row.Line.GetProperty("status").GetRawText(), Spell(scenario, row), end, row.Sdk, row.Text("outcome"), row.Text("error_type"))
                .Append(" |\n");
        }
        return text.ToString().TrimEnd();
    }

    private static string Spell(Scenario scenario, Seen row)
    {
        if (row.Answer.End == ResponseEnd.Unseen || row.Rest.Length == 0) return "";
        if (scenario.Provider.Any(step => step.StartsWith("flood", StringComparison.Ordinal))) return "some of the flood";
        var (rest, pings) = (row.Rest, "");
        // How many there are is a matter of milliseconds.
        while (rest.StartsWith(row.Dialect.Ping, StringComparison.Ordinal)) (rest, pings) = (rest[row.Dialect.Ping.Length..], "pings, ");
        if (rest.Length > LongestRest) rest = rest[..LongestRest] + "…";
        rest = rest.Replace("\r", "␍", StringComparison.Ordinal).Replace("\n", "␊", StringComparison.Ordinal);
        return $"{pings}`{rest.Replace("|", "\\|", StringComparison.Ordinal)}`";
    }

    private static string Root()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!System.IO.File.Exists(Path.Combine(folder.FullName, "sidecar.sln"))) folder = folder.Parent!;
        return folder.FullName;
    }
}

using System.Text;
using Sidecar.Moderation.Patterns;

namespace Sidecar.Moderation.Tests.Patterns;

/// <summary>Texts on their way through a table.</summary>
internal static class Walk
{
    public static PatternTable Build(params Pattern[] patterns)
    {
        var table = PatternTable.Build(patterns, 60_000, out var error);
        Assert.Null(error);
        return table!;
    }

    public static PatternTable Build(PatternOptions options, params string[] texts) => Build([.. texts.Select(text => Parse(text, options))]);

    public static Pattern Parse(string text, PatternOptions options = PatternOptions.None) =>
        Pattern.Parse(text, options, out var error) ?? throw new ArgumentException($"{text}: {error}");

    /// <summary>The state after a text that stands at the start of all.</summary>
    public static int After(PatternTable table, string text) =>
        text.EnumerateRunes().Aggregate(table.Start(table.EdgeClass), (state, rune) => table.Next(state, table.ClassOf(rune.Value)));

    /// <summary>All matches of a text of the basic plane: pattern, start, end.</summary>
    public static IEnumerable<(int Pattern, int Start, int End)> Matches(PatternTable table, string text)
    {
        int ClassAt(int at) => at >= 0 && at < text.Length ? table.ClassOf(text[at]) : table.EdgeClass;
        for (var start = 0; start <= text.Length; start++)
        {
            var state = table.Start(ClassAt(start - 1));
            for (var end = start; end <= text.Length; state = table.Next(state, ClassAt(end++)))
                foreach (var accept in table.Accepts(state).ToArray())
                    if (table.MayFollow(accept.Follow, ClassAt(end))) yield return (accept.Pattern, start, end);
        }
    }

    /// <summary>Every state that an attempt can come to.</summary>
    public static IReadOnlySet<int> States(PatternTable table)
    {
        var seen = new HashSet<int>();
        var pending = new Stack<int>(Enumerable.Range(0, table.ClassCount).Select(table.Start));
        while (pending.TryPop(out var state))
        {
            if (!seen.Add(state)) continue;
            for (var c = 0; c < table.ClassCount; c++) pending.Push(table.Next(state, c));
        }
        return seen;
    }

    /// <summary>The texts, and whatever one of them begins with.</summary>
    public static IReadOnlySet<string> Prefixes(IEnumerable<string> texts) =>
        texts.SelectMany(text => Enumerable.Range(0, text.Length + 1).Select(length => text[..length])).ToHashSet();

    /// <summary>All texts over an alphabet up to a length.</summary>
    public static IEnumerable<string> Texts(string alphabet, int maxLength)
    {
        List<string> texts = [""];
        for (var length = 0; length <= maxLength; length++)
        {
            foreach (var text in texts) yield return text;
            texts = [.. texts.SelectMany(text => alphabet.Select(c => text + c))];
        }
    }
}

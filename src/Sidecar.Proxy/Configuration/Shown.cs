using System.Text;

namespace Sidecar.Proxy.Configuration;

/// <summary>Texts of others in our messages.</summary>
internal static class Shown
{
    private const int MaxLength = 80;

    /// <summary>What stands where a secret would.</summary>
    public const string Redacted = "[redacted]";

    /// <summary>The text on one line and not too long.</summary>
    public static string Text(string text, int most = MaxLength)
    {
        var shown = new StringBuilder(int.Min(text.Length, most));
        foreach (var c in text.AsSpan(0, int.Min(text.Length, most)))
            shown.Append(char.IsControl(c) || char.IsSurrogate(c) || c is '\u2028' or '\u2029' ? '?' : c);
        return text.Length > most ? shown.Append('…').ToString() : shown.ToString();
    }

    /// <summary><c>; did you mean `x`?</c> for the nearest candidate, or nothing when none is near.</summary>
    public static string Suggestion(string word, IEnumerable<string> candidates)
    {
        if (word.Length > MaxLength)
            return "";
        var limit = int.Max(1, word.Length / 3);
        var nearest = candidates.Select(candidate => (candidate, distance: Distance(word, candidate)))
            .Where(pair => pair.distance <= limit)
            .DefaultIfEmpty()
            .MinBy(pair => pair.distance).candidate;
        return nearest is null ? "" : $"; did you mean `{nearest}`?";
    }

    /// <summary>Edits (insert, delete, replace, swap neighbours) from one word to the other, letters' case aside.</summary>
    private static int Distance(string a, string b)
    {
        var rows = new int[a.Length + 1, b.Length + 1];
        for (var i = 0; i <= a.Length; i++)
        {
            for (var j = 0; j <= b.Length; j++)
            {
                if (i == 0 || j == 0)
                {
                    rows[i, j] = i + j;
                    continue;
                }
                var same = Same(a[i - 1], b[j - 1]);
                var best = int.Min(rows[i - 1, j - 1] + (same ? 0 : 1), 1 + int.Min(rows[i - 1, j], rows[i, j - 1]));
                if (i > 1 && j > 1 && Same(a[i - 1], b[j - 2]) && Same(a[i - 2], b[j - 1]))
                    best = int.Min(best, rows[i - 2, j - 2] + 1);
                rows[i, j] = best;
            }
        }
        return rows[a.Length, b.Length];
    }

    private static bool Same(char a, char b) => char.ToLowerInvariant(a) == char.ToLowerInvariant(b);
}

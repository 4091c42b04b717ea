using System.Text;
using Sidecar.Moderation.Fold;

namespace Sidecar.Moderation.Tests.Fold;

/// <summary>The fold of whole texts, as the moderator makes it: code point by code point, then lower case.</summary>
internal static class Folding
{
    public const int CodePoints = 0x110000;

    public static List<int> Fold(FoldKinds kinds, params IEnumerable<int> codePoints)
    {
        FoldTable table = FoldTable.For(kinds);
        List<int> folded = [];
        foreach (int codePoint in codePoints)
        {
            if (codePoint < 0x80)
            {
                folded.Add(table.Lower(codePoint));
                continue;
            }
            foreach (int one in table.Fold(codePoint))
                folded.Add(table.Lower(one));
        }
        return folded;
    }

    public static string Fold(FoldKinds kinds, string text)
    {
        StringBuilder folded = new();
        foreach (int codePoint in Fold(kinds, text.EnumerateRunes().Select(rune => rune.Value)))
            folded.Append(new Rune(codePoint).ToString());
        return folded.ToString();
    }

    /// <summary>Whether the table leaves a code point as it is, its case apart.</summary>
    public static bool IsItself(FoldTable table, int codePoint) => table.Fold(codePoint) is [int one] && one == codePoint;
}

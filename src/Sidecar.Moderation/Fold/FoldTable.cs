using System.Globalization;
using System.Text;

namespace Sidecar.Moderation.Fold;

/// <summary>
/// The fold of single code points. A text's fold is that of its code points one after the other, a homomorphism: it commutes with
/// splitting, which normalisation of a whole text does not. Folding twice changes nothing more.
/// </summary>
/// <remarks>
/// Its data are folds.txt. Precomposed Hangul stays as it is; other precomposed letters fall apart with <see cref="FoldKinds.Width"/>, those of
/// Latin, Greek and Cyrillic with <see cref="FoldKinds.Confusables"/> as well, which drops their marks. Marks that spell a sound stay (Indic,
/// Thai, kana, hamza), those that readers do without go (accents, strokes, Arabic and Hebrew vowel points). Decimal digits of every script are
/// lookalikes. With <see cref="FoldKinds.Case"/> a lookalike's other case becomes the same ASCII letter, except in four Greek pairs that look like
/// two (Ηη, Νν, Υυ, Μμ): <see cref="FoldTerm"/> gives what a term becomes in its usual cases.
/// </remarks>
public sealed class FoldTable
{
    private static readonly FoldTable?[] Tables = new FoldTable?[(int)FoldKinds.All + 1];

    private readonly PagedMap _offsets;
    private readonly int[] _sequences;
    private readonly bool _lower;

    internal FoldTable(FoldKinds kinds)
    {
        _lower = (kinds & FoldKinds.Case) != 0;
        (_offsets, _sequences) = FoldData.Read(kinds);
    }

    /// <summary>Bytes of the tables together.</summary>
    internal long ByteCount => _offsets.ByteCount + ((long)_sequences.Length * sizeof(int));

    /// <summary>The table of a set of kinds; one instance each.</summary>
    public static FoldTable For(FoldKinds kinds)
    {
        ref FoldTable? table = ref Tables[(int)kinds];
        return Volatile.Read(ref table) ?? Interlocked.CompareExchange(ref table, new FoldTable(kinds), null) ?? table;
    }

    /// <summary>
    /// What a code point at or above U+0080 becomes, its case apart: itself, others (at most 18), or nothing. ASCII is always itself. Where it is
    /// itself the answer is the argument's own place, so the variable must not change while the answer is read.
    /// </summary>
    public ReadOnlySpan<int> Fold(in int codePoint)
    {
        int offset = _offsets[codePoint];
        return offset == 0 ? new ReadOnlySpan<int>(in codePoint) : _sequences.AsSpan(offset + 1, _sequences[offset]);
    }

    /// <summary>The lower case of a code point where <see cref="FoldKinds.Case"/> is among the kinds, else the code point.</summary>
    public int Lower(int codePoint)
    {
        if (!_lower)
            return codePoint;
        if (codePoint < 0x80)
            return codePoint is >= 'A' and <= 'Z' ? codePoint | 0x20 : codePoint;
        // Σ has two small letters.
        return codePoint == 'ς' ? 'σ' : Rune.TryCreate(codePoint, out Rune rune) ? Rune.ToLowerInvariant(rune).Value : codePoint;
    }

    /// <summary>
    /// What a term becomes in the cases that it may be written in: as it stands, small, capital, each word with a capital. One fold, or a few where
    /// letters of a pair look like different ones. Empty where nothing of the term is seen.
    /// </summary>
    public IReadOnlyList<int[]> FoldTerm(string term)
    {
        List<int[]> folds = [];
        for (Casing casing = Casing.AsIs; casing <= (_lower ? Casing.Words : Casing.AsIs); casing++)
        {
            int[] fold = FoldAs(term, casing);
            if (!folds.Exists(other => other.AsSpan().SequenceEqual(fold)))
                folds.Add(fold);
        }
        return folds;
    }

    /// <summary>Whether a folded code point is part of a word: a letter, a digit, a letter's mark, or a low line.</summary>
    public static bool IsWord(int codePoint)
    {
        if (codePoint < 0x80)
            return char.IsAsciiLetterOrDigit((char)codePoint) || codePoint == '_';
        return CharUnicodeInfo.GetUnicodeCategory(codePoint) is <= UnicodeCategory.LetterNumber;
    }

    private int[] FoldAs(string term, Casing casing)
    {
        List<int> fold = [];
        bool inWord = false;
        foreach (Rune rune in term.EnumerateRunes())
        {
            bool capital = casing == Casing.Capital || (casing == Casing.Words && !inWord);
            int codePoint = (casing == Casing.AsIs ? rune : capital ? Rune.ToUpperInvariant(rune) : Rune.ToLowerInvariant(rune)).Value;
            inWord = IsWord(codePoint);
            if (codePoint < 0x80)
            {
                fold.Add(Lower(codePoint));
                continue;
            }
            foreach (int one in Fold(codePoint))
                fold.Add(Lower(one));
        }
        return [.. fold];
    }

    private enum Casing
    {
        AsIs,
        Small,
        Capital,
        Words,
    }
}

using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;

namespace Sidecar.Moderation.Patterns;

/// <summary>Code points from the first to the last, both included.</summary>
internal readonly record struct CodePointRange(int First, int Last);

/// <summary>
/// An immutable set of Unicode scalar values: surrogates are in no set, so that what is not empty can be met in a text. Equal sets have equal
/// ranges.
/// </summary>
internal sealed class CodePointSet
{
    /// <summary>The last code point.</summary>
    public const int LastCodePoint = 0x10FFFF;

    private const int LastBeforeSurrogates = 0xD7FF;
    private const int FirstAfterSurrogates = 0xE000;

    /// <summary>Where letters, marks, digits and white space are: not in planes 4 to 13, nor in those for private use.</summary>
    private static readonly CodePointRange[] Assigned =
        [new(0, LastBeforeSurrogates), new(FirstAfterSurrogates, 0x3FFFF), new(0xE0000, 0xE0FFF)];

    private readonly CodePointRange[] _ranges;

    private CodePointSet(CodePointRange[] ranges) => _ranges = ranges;

    /// <summary><c>[0-9]</c>.</summary>
    public static CodePointSet Digit { get; } = Of([new('0', '9')]);

    /// <summary>All that is not of <see cref="Digit"/>.</summary>
    public static CodePointSet NonDigit { get; } = Digit.Complement();

    /// <summary>All but the line feed.</summary>
    public static CodePointSet AnyButNewline { get; } = Of([new('\n', '\n')]).Complement();

    /// <summary>ASCII white space, U+0085, and the separators (Zs, Zl, Zp).</summary>
    public static CodePointSet Space => field ??= Where(Rune.IsWhiteSpace);

    /// <summary>All that is not of <see cref="Space"/>.</summary>
    public static CodePointSet NonSpace => field ??= Space.Complement();

    /// <summary>Letters, marks, decimal digits and <c>_</c>.</summary>
    public static CodePointSet Word => field ??= Where(rune => rune.Value == '_' || Rune.GetUnicodeCategory(rune) is
        <= UnicodeCategory.OtherLetter or (>= UnicodeCategory.NonSpacingMark and <= UnicodeCategory.DecimalDigitNumber));

    /// <summary>All that is not of <see cref="Word"/>.</summary>
    public static CodePointSet NonWord => field ??= Word.Complement();

    /// <summary>Sorted; between two of them is at least one code point of none.</summary>
    public ReadOnlySpan<CodePointRange> Ranges => _ranges;

    /// <summary>The ranges as a sequence of first, last, first, last.</summary>
    public ReadOnlySpan<int> Bounds => MemoryMarshal.Cast<CodePointRange, int>(_ranges);

    /// <summary>Whether nothing is in it.</summary>
    public bool IsEmpty => _ranges.Length == 0;

    /// <summary>The set of the ranges, in any order, overlapping or not.</summary>
    public static CodePointSet Of(List<CodePointRange> ranges)
    {
        ranges.Sort((a, b) => a.First.CompareTo(b.First));
        var merged = new List<CodePointRange>(ranges.Count);
        foreach (var (first, last) in ranges) Add(merged, first, last);
        var scalars = new List<CodePointRange>(merged.Count + 1);
        foreach (var (first, last) in merged)
        {
            Add(scalars, first, Math.Min(last, LastBeforeSurrogates));
            Add(scalars, Math.Max(first, FirstAfterSurrogates), last);
        }
        return new CodePointSet([.. scalars]);
    }

    private static void Add(List<CodePointRange> sorted, int first, int last)
    {
        if (first > last) return;
        if (sorted.Count > 0 && sorted[^1].Last >= first - 1) sorted[^1] = sorted[^1] with { Last = Math.Max(sorted[^1].Last, last) };
        else sorted.Add(new(first, last));
    }

    /// <summary>All that is not in this set.</summary>
    public CodePointSet Complement()
    {
        var gaps = new List<CodePointRange>(_ranges.Length + 1);
        var from = 0;
        foreach (var (first, last) in _ranges)
        {
            if (first > from) gaps.Add(new(from, first - 1));
            from = last + 1;
        }
        if (from <= LastCodePoint) gaps.Add(new(from, LastCodePoint));
        return Of(gaps);
    }

    private static CodePointSet Where(Predicate<Rune> isMember)
    {
        var members = new List<CodePointRange>();
        foreach (var (first, last) in Assigned.AsSpan())
            for (var c = first; c <= last; c++)
                if (isMember(new Rune(c))) Add(members, c, c);
        return new CodePointSet([.. members]);
    }
}

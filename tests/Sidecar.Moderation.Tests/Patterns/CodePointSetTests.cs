using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using CsCheck;
using Sidecar.Moderation.Patterns;

namespace Sidecar.Moderation.Tests.Patterns;

/// <summary>Sets of code points, against the platform's own over the whole of Unicode.</summary>
public class CodePointSetTests
{
    private static readonly Gen<CodePointRange> Range =
        from first in Gen.OneOf(Gen.Int[0, 40], Gen.Int[0xD7F0, 0xE010], Gen.Int[0x10FFF0, 0x10FFFF])
        from length in Gen.OneOf(Gen.Int[0, 5], Gen.Const(0x2000))
        select new CodePointRange(first, Math.Min(first + length, 0x10FFFF));

    [Fact]
    public void Words_are_letters_marks_digits_and_the_underscore() => HasAll(CodePointSet.Word, c => c == '_' || CharUnicodeInfo.GetUnicodeCategory(c) is
        UnicodeCategory.UppercaseLetter or UnicodeCategory.LowercaseLetter or UnicodeCategory.TitlecaseLetter or UnicodeCategory.ModifierLetter or
        UnicodeCategory.OtherLetter or UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark or UnicodeCategory.EnclosingMark or
        UnicodeCategory.DecimalDigitNumber);

    [Fact]
    public void Space_is_that_of_the_platform()
    {
        var space = new Regex(@"\s", RegexOptions.CultureInvariant);
        HasAll(CodePointSet.Space, c => c <= char.MaxValue && space.IsMatch(((char)c).ToString()));
    }

    [Fact]
    public void Digits_are_those_of_ASCII() => HasAll(CodePointSet.Digit, c => c is >= '0' and <= '9');

    [Fact]
    public void A_dot_is_all_but_the_line_feed() => HasAll(CodePointSet.AnyButNewline, c => c != '\n');

    [Fact]
    public void Sets_of_the_same_members_are_the_same_and_a_complement_is_all_else() => Range.List[0, 8].Sample(ranges =>
    {
        var set = CodePointSet.Of([.. ranges]);
        var complement = set.Complement();
        int[] probes = [0, 0xD7FF, 0xD800, 0xDFFF, 0xE000, 0x10FFFF, .. ranges.SelectMany(r => new[] { r.First - 1, r.First, r.Last, r.Last + 1 })];
        foreach (var c in probes)
        {
            var isMember = Rune.IsValid(c) && ranges.Any(r => r.First <= c && c <= r.Last);
            Assert.Equal((isMember, Rune.IsValid(c) && !isMember), (Has(set, c), Has(complement, c)));
        }
        Assert.True(set.Bounds.SequenceEqual(set.Complement().Complement().Bounds));
        Assert.True(set.Bounds.SequenceEqual(CodePointSet.Of([.. ranges, .. ranges.Reverse<CodePointRange>()]).Bounds));
    });

    [Fact]
    public void What_differs_in_case_only_is_what_the_platform_s_expressions_think()
    {
        var all = string.Concat(Enumerable.Range(0, char.MaxValue + 1).Where(Rune.IsValid).Select(c => (char)c));
        foreach (int c in all)
        {
            var (upper, lower) = (Rune.ToUpperInvariant(new Rune(c)).Value, Rune.ToLowerInvariant(new Rune(c)).Value);
            if (upper == c && lower == c) continue;
            var regex = new Regex($"\\u{c:x4}", RegexOptions.CultureInvariant | RegexOptions.IgnoreCase);
            Assert.Equal(regex.Matches(all).Select(m => (int)m.Value[0]), Orbit(c));
        }
    }

    [Fact]
    public void Case_is_known_beyond_the_basic_plane()
    {
        for (var c = char.MaxValue + 1; c <= CodePointSet.LastCodePoint; c++)
        {
            var lower = Rune.ToLowerInvariant(new Rune(c)).Value;
            if (lower != c) Assert.Equal([c, lower], Orbit(c).Order());
        }
    }

    private static bool Has(CodePointSet set, int codePoint) => set.Ranges.ToArray().Any(r => r.First <= codePoint && codePoint <= r.Last);

    private static int[] Orbit(int codePoint) =>
        [.. CaseOrbits.Close([new(codePoint, codePoint)]).Select(r => r.First).Distinct().Order()];

    private static void HasAll(CodePointSet set, Predicate<int> isMember)
    {
        var members = new bool[CodePointSet.LastCodePoint + 1];
        foreach (var (first, last) in set.Ranges) members.AsSpan(first..(last + 1)).Fill(true);
        for (var c = 0; c < members.Length; c++)
            if (members[c] != (Rune.IsValid(c) && isMember(c))) Assert.Fail($"U+{c:X4}");
    }
}

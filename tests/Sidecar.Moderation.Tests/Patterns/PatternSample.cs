using System.Text.RegularExpressions;
using CsCheck;

namespace Sidecar.Moderation.Tests.Patterns;

/// <summary>A random pattern: its text in the syntax under test, and its parts in that of the platform's regular expressions.</summary>
/// <param name="Text">The pattern's text.</param>
/// <param name="Head">The platform's option and look-behind.</param>
/// <param name="Body">What a match is.</param>
/// <param name="Tail">The platform's look-ahead.</param>
public sealed record PatternSample(string Text, string Head, string Body, string Tail)
{
    /// <summary>Characters of the texts: cases (the Kelvin sign is a K), a digit, word and other characters, ends of lines.</summary>
    public const string Alphabet = "aAbk\u212a1_- .\u00e9\n\r";

    private static readonly Gen<string> Literal = Gen.Char["aAbk1_\u00e9 "].Select(c => c.ToString());

    private static readonly Gen<string> Escape = OneOf(
        "\\d", "\\D", "\\w", "\\W", "\\s", "\\S", "\\n", "\\r", "\\-", "\\.", "\\x41", "\\u00e9", "\\u212A");

    private static readonly Gen<string> Member = Gen.Frequency(
        (3, Literal), (2, Escape), (2, OneOf("a-b", "A-Z", "a-k", "0-1", "\\x20-a", "\u00e0-\u212a", ".")));

    private static readonly Gen<string> Class =
        from negative in OneOf("", "", "^")
        from first in OneOf("", "", "-")
        from members in Member.Array[1, 3]
        select $"[{negative}{first}{string.Concat(members)}]";

    private static readonly Gen<string> Single = Gen.Frequency((4, Literal), (2, Escape), (3, Class), (1, Gen.Const(".")));

    private static readonly Gen<string> Repeat = Gen.Frequency(
        (6, Gen.Const("")),
        (2, Gen.Const("?")),
        (1, Gen.Int[0, 3].Select(n => $"{{{n}}}")),
        (2, Gen.Select(Gen.Int[0, 2], Gen.Int[0, 2]).Select((min, more) => $"{{{min},{min + more}}}")));

    private static readonly Gen<(string Text, string Platform)> LookBehind = Gen.Frequency(
        (4, Gen.Const(("", ""))),
        (1, Gen.Const(("\\b", "(?<!\\w)"))),
        (2, Single.Select(s => ($"(?<!{s})", $"(?<!{s})"))),
        (1, Single.Select(s => ($"(?<={s})", $"(?<={s})"))));

    private static readonly Gen<(string Text, string Platform)> LookAhead = Gen.Frequency(
        (4, Gen.Const(("", ""))),
        (1, Gen.Const(("\\b", "(?!\\w)"))),
        (2, Single.Select(s => ($"(?!{s})", $"(?!{s})"))),
        (1, Single.Select(s => ($"(?={s})", $"(?={s})"))));

    /// <summary>Whole patterns; some match the empty text, and so are none.</summary>
    public static Gen<PatternSample> Any { get; } =
        from option in OneOf("", "", "(?i)")
        from before in LookBehind
        from body in Alternatives(2)
        from after in LookAhead
        let isGrouped = before.Text.Length + after.Text.Length > 0 && body.Contains('|', StringComparison.Ordinal)
        select new PatternSample(
            option + before.Text + (isGrouped ? $"(?:{body})" : body) + after.Text, option + before.Platform, $"(?:{body})", after.Platform);

    /// <summary>Bodies without an end in sight or with one, of a and b.</summary>
    public static Gen<string> Open { get; } =
        from parts in Gen.Select(
            OneOf("a", "b", "[ab]", "(?:ab)", "(?:a|bb)", "(?:ab?)"), OneOf("", "", "?", "*", "+", "{2,}"), (p, r) => p + r).Array[1, 3]
        from isChoice in Gen.Bool
        select string.Join(isChoice ? "|" : "", parts);

    /// <summary>Bounded bodies of a and b, in which a dot or a negation means any other character too.</summary>
    public static Gen<string> Small { get; } =
        from parts in Gen.Select(
            OneOf("a", "b", "[ab]", "[^a]", ".", "(?:ab?|ba)", "(?:a|)"), OneOf("", "", "?", "{2}", "{0,2}"), (p, r) => p + r).Array[1, 3]
        from isChoice in Gen.Bool
        select string.Join(isChoice ? "|" : "", parts);

    /// <summary>The platform's expressions for a match that ends so many characters before the end of a text, from 0 to its length.</summary>
    public Regex[] ByDistanceFromEnd(int textLength) =>
        [.. Enumerable.Range(0, textLength + 1).Select(rest =>
            new Regex($"{Head}\\G{Body}{Tail}(?=[\\s\\S]{{{rest}}}\\z)", RegexOptions.CultureInvariant))];

    private static Gen<string> OneOf(params string[] texts) => Gen.Int[0, texts.Length - 1].Select(i => texts[i]);

    private static Gen<string> Alternatives(int depth) =>
        Sequence(depth).Array[1, 2].Select(parts => string.Join('|', parts));

    private static Gen<string> Sequence(int depth) => Gen.Select(Atom(depth), Repeat, (a, r) => a + r).Array[1, 3].Select(string.Concat);

    private static Gen<string> Atom(int depth) => depth == 0
        ? Single
        : Gen.Frequency((4, Single), (2, Alternatives(depth - 1).Select(body => $"(?:{body})")), (1, Alternatives(depth - 1).Select(body => $"({body})")));
}

namespace Sidecar.Moderation.Patterns;

/// <summary>Why a pattern is refused.</summary>
/// <param name="Position">Index in the pattern's text, from 0, in UTF-16 code units.</param>
/// <param name="Message">For people.</param>
public readonly record struct PatternError(int Position, string Message);

/// <summary>What a pattern may do besides the common syntax.</summary>
[Flags]
public enum PatternOptions : byte
{
    /// <summary>Nothing.</summary>
    None = 0,
    /// <summary>Upper and lower case are one.</summary>
    IgnoreCase = 1,
    /// <summary>
    /// An unbounded repeat is allowed where the pattern accepts at once and whatever follows only makes the match longer. Of our own detectors
    /// only: a pattern of the configuration is bounded.
    /// </summary>
    OpenEnd = 2,
}

/// <summary>
/// A parsed pattern: a bounded regular expression over code points. What it accepts means the same as in .NET with <c>CultureInvariant</c>, but
/// for these: a character is a code point, never half of a surrogate pair; <c>\d</c> is <c>[0-9]</c>; <c>\w</c> is letters, marks, decimal digits
/// and <c>_</c>; and <c>\b</c>, which stands at the start or the end only, looks outward: no word character is before the match, none behind it.
/// <para>
/// Syntax: literals; <c>.</c> (all but <c>\n</c>); <c>[...]</c> with ranges and <c>^</c>; <c>\d \D \w \W \s \S \t \n \r \f \v \xHH \uHHHH</c> and
/// escaped punctuation; <c>( )</c>, <c>(?: )</c>, <c>|</c>; <c>?</c>, <c>{n}</c>, <c>{n,m}</c>; <c>(?i)</c> as the first thing; then one
/// look-behind, at the end one look-ahead, each <c>\b</c> or of one set: <c>(?&lt;!s) (?&lt;=s) (?!s) (?=s)</c>. The negative ones hold at an edge of
/// the text, the others do not.
/// </para>
/// </summary>
public sealed class Pattern
{
    /// <summary>Most UTF-16 code units of a pattern's text.</summary>
    public const int MaxTextLength = 4096;

    /// <summary>Most times that a repeat may ask for.</summary>
    public const int MaxRepeat = 1000;

    /// <summary>Most groups inside each other.</summary>
    public const int MaxNesting = 50;

    /// <summary>Most code points of a match of a pattern without an open end.</summary>
    public const int MaxMatchLength = 4096;

    /// <summary>Most states of one pattern's nondeterministic automaton: repeats are written out in it.</summary>
    internal const int MaxSize = 16_384;

    private Pattern(string text, Node body, Neighbour? before, Neighbour? after)
    {
        Text = text;
        Body = body;
        Before = before;
        After = after;
    }

    /// <summary>Parses a pattern; null and an error where it is none or cannot be bounded.</summary>
    public static Pattern? Parse(string text, PatternOptions options, out PatternError error)
    {
        var parser = new PatternParser(text, options);
        var pattern = parser.Parse() is { } body ? new Pattern(text, body, parser.Before, parser.After) : null;
        if (pattern is { IsOpen: true } && !Automaton.IsCertainOnceOpen(pattern))
        {
            parser.Refuse(parser.OpenAt, "cannot be bounded: the text may go on for ever before it is a match");
            pattern = null;
        }
        error = parser.Error;
        return pattern;
    }

    /// <summary>As written.</summary>
    public string Text { get; }

    /// <summary>Most code points of a match; <see cref="int.MaxValue"/> when its end is open.</summary>
    public int MaxLength => Body.MaxLength;

    internal bool IsOpen => MaxLength == Node.Open;

    internal Node Body { get; }

    /// <summary>What may stand before a match; null for anything.</summary>
    internal Neighbour? Before { get; }

    /// <summary>What may stand behind a match; null for anything.</summary>
    internal Neighbour? After { get; }
}

/// <summary>What may adjoin a match.</summary>
/// <param name="Set">The code points that may.</param>
/// <param name="OrEdge">Whether the edge of the text may, too.</param>
internal sealed record Neighbour(CodePointSet Set, bool OrEdge);

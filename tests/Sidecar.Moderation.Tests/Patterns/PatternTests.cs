using Sidecar.Moderation.Patterns;

namespace Sidecar.Moderation.Tests.Patterns;

/// <summary>What is a pattern, and what a text is told that is none.</summary>
public class PatternTests
{
    private const string LookAroundOfSet = "a look-around holds one character, escape or class, and then a )";
    private const string LookAheadElsewhere = "a look-ahead or \\b stands at the very end of a pattern, or a \\b at its start";
    private const string LookBehindElsewhere = "a look-behind stands at the very start of a pattern, and only one";
    private const string NoEscape =
        "an escape \\b is not supported; there are \\d \\D \\w \\W \\s \\S \\t \\n \\r \\f \\v \\xHH \\uHHHH and escaped punctuation";
    private const string InGroup = "a look-around is of the whole pattern: its alternatives go into a group (?:a|b)";
    private const string Counts = "a repeat is written {n} or {n,m}; the character is written \\{";
    private const string Hyphen = "a - that is no range stands first or last in a class, or is written \\-";
    private const string Endless = "cannot be bounded: the text may go on for ever before it is a match";

    [Theory]
    [InlineData("a", 1)]
    [InlineData("a{3}b?", 4)]
    [InlineData("(?i)abc|de{2,5}", 6)]
    [InlineData("(?:a|bc{2}(d|e{0,7}))[^x]", 11)]
    [InlineData(@"(?<!\d)\d{3}(?:[ -]\d{2}){2,4}(?![\w-])", 15)]
    [InlineData(@"\b\u00e9\uD83D\uDE00😀\x41\-\b", 5)]
    [InlineData("(?<=x)(?:)a(?:b|)(?=.)", 2)]
    [InlineData("a{0}b{0,0}c(?:d{0}){1000}", 1)]
    [InlineData("[-a][a-][+--][ --/]", 4)]
    [InlineData(@"[\]\[^$.*+?{}()|\\]", 1)]
    [InlineData("a{1000}b{1000}c{1000}d{1000}e{96}", 4096)]
    public void A_pattern_knows_how_long_a_match_can_be(string text, int maxLength)
    {
        var pattern = Pattern.Parse(text, PatternOptions.None, out var error);
        Assert.Equal(default, error);
        Assert.NotNull(pattern);
        Assert.Equal((text, maxLength), (pattern.Text, pattern.MaxLength));
    }

    [Theory]
    [InlineData("", 0, "it matches the empty text")]
    [InlineData("a?|b", 0, "it matches the empty text")]
    [InlineData(@"\b", 0, "it matches the empty text")]
    [InlineData("a{0,3}(?:b|)", 0, "it matches the empty text")]
    [InlineData("ab)", 2, "a ) without its (; the character is written \\)")]
    [InlineData("a(b", 1, "a ( without its ); the character is written \\(")]
    [InlineData("a(?:b(c)", 1, "a ( without its ); the character is written \\(")]
    [InlineData("a]", 1, "the character is written \\]")]
    [InlineData("a}", 1, "the character is written \\}")]
    [InlineData("^a", 0, "an anchor is not supported: a pattern is searched for anywhere; the character is written \\^")]
    [InlineData("a$", 1, "an anchor is not supported: a pattern is searched for anywhere; the character is written \\$")]
    [InlineData("*a", 0, "nothing to repeat; the character is written \\*")]
    [InlineData("(?:+)", 3, "nothing to repeat; the character is written \\+")]
    [InlineData("a|?", 2, "nothing to repeat; the character is written \\?")]
    [InlineData("{2}", 0, "nothing to repeat; the character is written \\{")]
    public void Stray_characters_are_refused(string text, int position, string message) => Refuses(text, position, message);

    [Theory]
    [InlineData("a??", 2, "a lazy repeat is not supported: all lengths of a match are found")]
    [InlineData("a{2}?", 4, "a lazy repeat is not supported: all lengths of a match are found")]
    [InlineData("a{2}{3}", 4, "a repeat of a repeat; a group makes it one: (?:a{2}){3}")]
    [InlineData("a?+", 2, "a repeat of a repeat; a group makes it one: (?:a{2}){3}")]
    [InlineData("a{", 1, Counts)]
    [InlineData("a{2", 1, Counts)]
    [InlineData("a{x}", 1, Counts)]
    [InlineData("a{,3}", 1, Counts)]
    [InlineData("a{1, 3}", 1, Counts)]
    [InlineData("a{1,3", 1, Counts)]
    [InlineData("ab{3,2}", 2, "a repeat whose limits are the wrong way round")]
    [InlineData("ab{1001}", 2, "a repeat of more than 1000")]
    [InlineData("a{1,99999999999}", 1, "a repeat of more than 1000")]
    [InlineData("a{99999999999,1}", 1, "a repeat of more than 1000")]
    public void Repeats_are_strict(string text, int position, string message) => Refuses(text, position, message);

    [Theory]
    [InlineData("ab*", 2, "cannot be bounded: * has no upper limit; {0,n} with a number n up to 1000 has")]
    [InlineData("(?:ab)+c", 6, "cannot be bounded: + has no upper limit; {1,n} with a number n up to 1000 has")]
    [InlineData("a{20,}", 1, "cannot be bounded: {20,} has no upper limit; {20,n} with a number n up to 1000 has")]
    public void Repeats_without_a_limit_are_refused(string text, int position, string message) => Refuses(text, position, message);

    [Theory]
    [InlineData("a*b", 1, Endless)]
    [InlineData("xa+b", 2, Endless)]
    [InlineData("a(?:bc)*", 7, Endless)]
    [InlineData("ab+c{2}d*", 2, Endless)]
    [InlineData("a*", 0, "it matches the empty text")]
    [InlineData("a+(?!b)", 1, "cannot be bounded: a look-ahead stands behind the open end")]
    [InlineData(@"a+\b", 1, "cannot be bounded: a look-ahead stands behind the open end")]
    [InlineData("(?:a{1000}b*){1000}", 13, "with its repeats written out it has more than 16384 parts")]
    public void An_open_end_is_refused_where_a_match_is_not_certain(string text, int position, string message) =>
        Refuses(text, position, message, PatternOptions.OpenEnd);

    [Theory]
    [InlineData("a+")]
    [InlineData("sk-[A-Za-z0-9]{20,}")]
    [InlineData("ab*c?")]
    [InlineData("a(?:b(?:c)?)*")]
    [InlineData("(?:ab|c+d*)")]
    [InlineData("x(?:a?){3,}b?c*|y+")]
    public void An_open_end_is_allowed_where_each_text_that_follows_matches(string text)
    {
        var pattern = Pattern.Parse(text, PatternOptions.OpenEnd, out var error);
        Assert.Equal(default, error);
        Assert.Equal(int.MaxValue, pattern!.MaxLength);
    }

    [Theory]
    [InlineData("a(?<!b)c", 1, LookBehindElsewhere)]
    [InlineData("(?<!a)(?<!b)c", 6, LookBehindElsewhere)]
    [InlineData("(?:(?<=a)b)", 3, LookBehindElsewhere)]
    [InlineData("(?!a)b", 0, LookAheadElsewhere)]
    [InlineData("a(?=b)c", 1, LookAheadElsewhere)]
    [InlineData("a(?!b)(?!c)", 1, LookAheadElsewhere)]
    [InlineData(@"a\bc", 1, LookAheadElsewhere)]
    [InlineData(@"(?:a\b)", 4, LookAheadElsewhere)]
    [InlineData("a(?!b)?", 1, LookAheadElsewhere)]
    [InlineData("(?<!ab)c", 5, LookAroundOfSet)]
    [InlineData("(?<!a", 5, LookAroundOfSet)]
    [InlineData("a(?!b{2})", 5, LookAroundOfSet)]
    [InlineData("a(?!b|c)", 5, LookAroundOfSet)]
    [InlineData("a(?!", 4, "the pattern ends too early")]
    [InlineData("a(?!)", 4, "the character is written \\)")]
    [InlineData("a(?!(b))", 4, "the character is written \\(")]
    [InlineData(@"(?<=\b)a", 4, NoEscape)]
    [InlineData(@"\ba|b", 0, InGroup)]
    [InlineData("(?<!x)a|b", 0, InGroup)]
    [InlineData("a|b(?!x)", 3, InGroup)]
    [InlineData(@"a\b|b", 1, LookAheadElsewhere)]
    public void Look_around_is_of_one_set_at_the_ends(string text, int position, string message) => Refuses(text, position, message);

    [Theory]
    [InlineData("a(?i)b", 1, "(?i) stands at the very start of a pattern")]
    [InlineData("(?i)(?i)b", 4, "(?i) stands at the very start of a pattern")]
    [InlineData("(?i:a)", 0, "this group is not supported; a group is ( ) or (?: )")]
    [InlineData("(?-i)a", 0, "this group is not supported; a group is ( ) or (?: )")]
    [InlineData("(?", 0, "this group is not supported; a group is ( ) or (?: )")]
    [InlineData("a(?<n>b)", 1, "a named group is not supported; a group is ( ) or (?: )")]
    [InlineData("a(?'n'b)", 1, "a named group is not supported; a group is ( ) or (?: )")]
    [InlineData("a(?>b)", 1, "an atomic group (?> is not supported")]
    [InlineData("a(?#b)", 1, "a comment (?# is not supported")]
    [InlineData("a(?(b)c|d)", 1, "a conditional group (?( is not supported")]
    [InlineData(@"(a)\1", 3, "a back-reference \\1 is not supported")]
    [InlineData(@"(a)\k<n>", 3, "a back-reference \\k is not supported")]
    [InlineData(@"a\<b>", 1, "\\< can begin a back-reference; the character is written <")]
    [InlineData(@"\p{L}", 0, "a Unicode category \\p is not supported")]
    [InlineData(@"[a\P{L}]", 2, "a Unicode category \\P is not supported")]
    [InlineData(@"a\B", 1, "an anchor \\B is not supported")]
    [InlineData(@"\Aa", 0, "an anchor \\A is not supported")]
    [InlineData(@"a\0", 1, "an octal escape \\0 is not supported; the character is written \\x00")]
    [InlineData(@"a\", 1, "a \\ at the end; the character is written \\\\")]
    [InlineData(@"a\x4", 1, "the escape needs 2 hexadecimal digits")]
    [InlineData(@"a\x+1", 1, "the escape needs 2 hexadecimal digits")]
    [InlineData(@"a\u00g0", 1, "the escape needs 4 hexadecimal digits")]
    [InlineData(@"a\uD83D", 1, "half of a surrogate pair")]
    [InlineData(@"a\uDE00\uD83D", 1, "half of a surrogate pair")]
    [InlineData(@"a\uD83D\u0041", 1, "half of a surrogate pair")]
    public void What_a_bounded_automaton_cannot_say_is_named(string text, int position, string message) => Refuses(text, position, message);

    [Fact]
    public void Half_of_a_surrogate_pair_is_no_character() => Refuses("a\uD83Db", 1, "half of a surrogate pair");

    [Theory]
    [InlineData("a[", 1, "a [ without its ]; the character is written \\[")]
    [InlineData("a[b", 1, "a [ without its ]; the character is written \\[")]
    [InlineData("[^", 0, "a [ without its ]; the character is written \\[")]
    [InlineData("[a-", 0, "a [ without its ]; the character is written \\[")]
    [InlineData("[]a]", 1, "in a class the character is written \\]")]
    [InlineData("[^]", 2, "in a class the character is written \\]")]
    [InlineData("[a[b]", 2, "in a class the character is written \\[")]
    [InlineData("[a-z-[b]]", 4, Hyphen)]
    [InlineData("[[:alpha:]]", 1, "a POSIX class is not supported; the character is written \\[")]
    [InlineData("[z-a]", 1, "a range whose ends are the wrong way round")]
    [InlineData("[a-c-e]", 4, Hyphen)]
    [InlineData(@"[\d-x]", 1, "a range begins and ends with one character")]
    [InlineData(@"[+-\d]", 1, "a range begins and ends with one character")]
    [InlineData(@"[\b]", 1, "\\b in a class is not supported; the character is written \\x08")]
    [InlineData(@"a[^\w\W]", 1, "a class of nothing")]
    [InlineData(@"a[^\0-x]", 3, "an octal escape \\0 is not supported; the character is written \\x00")]
    public void Classes_are_strict(string text, int position, string message) => Refuses(text, position, message);

    [Theory]
    [InlineData(4096, "a", "", "", -1, "")]
    [InlineData(4097, "a", "", "", 4096, "longer than 4096 characters")]
    [InlineData(50, "(", "a", ")", -1, "")]
    [InlineData(51, "(", "a", ")", 50, "more than 50 groups inside each other")]
    [InlineData(51, "(?:", "a", ")", 150, "more than 50 groups inside each other")]
    [InlineData(4, "a{1000}", "b{97}", "", 28, "a match could be longer than 4096 characters")]
    [InlineData(1, "(?:a{100}){41}", "", "", 10, "a match could be longer than 4096 characters")]
    [InlineData(1, "(?:a{1,600}bc|d){7}", "", "", 16, "a match could be longer than 4096 characters")]
    [InlineData(1, "(?:a|b|c|d|e|f|g|h){1000}", "", "", 19, "with its repeats written out it has more than 16384 parts")]
    [InlineData(1, "(?:(?:(?:(?:a{0}){1000}){1000}){1000}){1000}a", "", "", -1, "")]
    public void Bounds_hold(int times, string head, string middle, string tail, int position, string message)
    {
        var text = string.Concat(Enumerable.Repeat(head, times)) + middle + string.Concat(Enumerable.Repeat(tail, times));
        if (position >= 0) Refuses(text, position, message);
        else Assert.NotNull(Pattern.Parse(text, PatternOptions.None, out _));
    }

    private static void Refuses(string text, int position, string message, PatternOptions options = PatternOptions.None)
    {
        Assert.Null(Pattern.Parse(text, options, out var error));
        Assert.Equal(new PatternError(position, message), error);
    }
}

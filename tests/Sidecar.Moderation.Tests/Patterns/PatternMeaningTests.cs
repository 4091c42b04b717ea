using System.Text.RegularExpressions;
using CsCheck;
using Sidecar.Moderation.Patterns;

namespace Sidecar.Moderation.Tests.Patterns;

/// <summary>What patterns mean, against the platform's regular expressions, asked about each substring.</summary>
public class PatternMeaningTests
{
    /// <summary>Larger patterns of chance can be too ambiguous for a table, and are no different.</summary>
    private const int LargestSize = 50;

    private static readonly Gen<string> Text = Gen.String[Gen.Char[PatternSample.Alphabet], 0, 7];

    [Fact]
    public void A_table_finds_every_match_that_the_platform_knows_and_no_other() =>
        Gen.Select(PatternSample.Any.Array[1, 3], Text.Array[4]).Sample((samples, texts) =>
        {
            var known = samples.Where(IsPattern).ToArray();
            var table = Walk.Build([.. known.Select(s => Walk.Parse(s.Text))]);
            var regexes = Array.ConvertAll(known, s => s.ByDistanceFromEnd(texts.Max(t => t.Length)));
            foreach (var text in texts)
            {
                var expected =
                    from start in Enumerable.Range(0, text.Length + 1)
                    from end in Enumerable.Range(start, text.Length - start + 1)
                    from pattern in Enumerable.Range(0, known.Length)
                    where regexes[pattern][text.Length - end].IsMatch(text, start)
                    select (pattern, start, end);
                Assert.Equal(expected, Walk.Matches(table, text));
            }
        }, iter: 1000, print: s => string.Join("\n", s.Item1.Select(x => x.Text)) + "\n" + string.Join("\n", s.Item2.Select(Regex.Escape)));

    [Fact]
    public void The_longest_match_is_as_long_as_the_pattern_says()
    {
        PatternSample.Small.Sample(body =>
        {
            if (Pattern.Parse(body, PatternOptions.None, out _) is not { } pattern) return;
            var regex = new Regex($"\\A(?:{body})\\z", RegexOptions.CultureInvariant);
            Assert.InRange(pattern.MaxLength, 1, 12);
            Assert.DoesNotContain(Walk.Texts("ab", pattern.MaxLength + 1), text => text.Length > pattern.MaxLength && regex.IsMatch(text));
            if (pattern.MaxLength > 8) return;
            Assert.Contains(Walk.Texts("ab", pattern.MaxLength), text => text.Length == pattern.MaxLength && regex.IsMatch(text));
        }, iter: 100);
    }

    [Fact]
    public void A_state_lives_exactly_while_some_text_leads_to_a_match() => PatternSample.Small.Array[1, 2].Sample(bodies =>
    {
        var known = bodies.Where(b => Pattern.Parse(b, PatternOptions.None, out _) is { MaxLength: <= 6 }).ToArray();
        var table = Walk.Build(PatternOptions.None, known);
        var regex = new Regex($"\\A(?:{string.Join('|', known.Append("\\b\\B"))})\\z", RegexOptions.CultureInvariant);
        var live = Walk.Prefixes(Walk.Texts("abc", 6).Where(text => regex.IsMatch(text)));
        foreach (var text in Walk.Texts("abc", 6)) Assert.Equal(live.Contains(text), Walk.After(table, text) != PatternTable.Dead);
    }, iter: 100);

    [Fact]
    public void An_open_end_is_allowed_exactly_where_long_texts_that_can_match_do() => PatternSample.Open.Sample(body =>
    {
        var pattern = Pattern.Parse(body, PatternOptions.OpenEnd, out var error);
        var regex = new Regex($"\\A(?:{body})\\z", RegexOptions.CultureInvariant);
        if (regex.IsMatch(""))
        {
            Assert.Equal(new PatternError(0, "it matches the empty text"), error);
            return;
        }
        var isOpen = body.AsSpan().ContainsAny("*+,");
        var matches = Walk.Texts("ab", 11).Where(text => regex.IsMatch(text)).ToHashSet();
        var live = Walk.Prefixes(matches);
        Assert.Equal(!isOpen || live.Where(text => text.Length is 7 or 8).All(matches.Contains), pattern is not null);
        if (pattern is not null) Assert.Equal(isOpen, pattern.MaxLength == int.MaxValue);
    }, iter: 200);

    private static bool IsPattern(PatternSample sample)
    {
        if (Pattern.Parse(sample.Text, PatternOptions.None, out var error) is { } pattern) return pattern.Body.Size <= LargestSize;
        if (error.Message == "it matches the empty text") Assert.Matches(new Regex($"\\A{sample.Body}\\z", RegexOptions.CultureInvariant), "");
        else Assert.Equal("a class of nothing", error.Message);
        return false;
    }
}

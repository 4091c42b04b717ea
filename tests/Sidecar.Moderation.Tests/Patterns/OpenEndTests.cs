using CsCheck;
using Sidecar.Moderation.Patterns;

namespace Sidecar.Moderation.Tests.Patterns;

/// <summary>Where a match is certain although its end is not known.</summary>
public class OpenEndTests
{
    private const string Body = "abcDEF+/=\nx\n";

    // Put together here, so that no file holds what looks like a key.
    private static readonly string Header = "-----BEGIN RSA PRIVATE " + "KEY-----";

    [Fact]
    public void A_key_is_certain_from_its_least_length_on()
    {
        var table = Walk.Build(PatternOptions.OpenEnd, Realistic.Key);
        var text = "sk-" + new string('a', 17) + "B0z";
        for (var length = 0; length < text.Length; length++) Assert.Equal(-1, table.SettledPattern(Walk.After(table, text[..length])));
        for (var more = 0; more < 100; more++) Assert.Equal(0, table.SettledPattern(Walk.After(table, text + new string('Z', more))));
        Assert.Equal(PatternTable.Dead, Walk.After(table, text + "-"));
        Assert.Equal(-1, table.SettledPattern(PatternTable.Dead));
    }

    [Fact]
    public void A_private_key_is_certain_from_its_header_on()
    {
        var table = Walk.Build(PatternOptions.OpenEnd, Realistic.PrivateKey);
        var text = Header + Body + "-----END RSA PRIVATE KEY-----";
        for (var length = 0; length <= text.Length; length++)
        {
            var state = Walk.After(table, text[..length]);
            Assert.NotEqual(PatternTable.Dead, state);
            Assert.Equal(length < Header.Length ? -1 : 0, table.SettledPattern(state));
        }
        Assert.Equal(PatternTable.Dead, Walk.After(table, Header + Body + "{"));
    }

    [Fact]
    public void A_match_is_not_certain_while_another_pattern_could_outgrow_it()
    {
        var table = Walk.Build(PatternOptions.OpenEnd, "ab{3,}", "ab{3,5}c");
        Assert.Equal(-1, table.SettledPattern(Walk.After(table, "abbb")));
        Assert.Equal(-1, table.SettledPattern(Walk.After(table, "abbbbb")));
        Assert.Equal(0, table.SettledPattern(Walk.After(table, "abbbbbb")));
        Assert.Equal(-1, table.SettledPattern(Walk.After(table, "abbbc")));
    }

    [Fact]
    public void Of_several_patterns_that_are_certain_the_first_is_told()
    {
        var table = Walk.Build(PatternOptions.OpenEnd, "a[bc]{4,}", "ab{2,}", "ab?");
        Assert.Equal(-1, table.SettledPattern(Walk.After(table, "abb")));
        Assert.Equal(0, table.SettledPattern(Walk.After(table, "abbbb")));
        Assert.Equal(0, table.SettledPattern(Walk.After(table, "abbbbc")));
        var swapped = Walk.Build(PatternOptions.OpenEnd, "ab{2,}", "a[bc]{4,}");
        Assert.Equal(1, swapped.SettledPattern(Walk.After(swapped, "abbbb")));
    }

    [Fact]
    public void A_bounded_pattern_is_never_told_as_certain()
    {
        var table = Walk.Build(PatternOptions.OpenEnd, "ab?", "cd{2}");
        foreach (var state in Walk.States(table)) Assert.Equal(-1, table.SettledPattern(state));
    }

    [Fact]
    public void A_state_is_settled_exactly_where_every_text_that_can_follow_is_a_match() =>
        Gen.Select(PatternSample.Open, PatternSample.Small.Array[0, 2]).Sample((open, others) =>
        {
            if (Pattern.Parse(open, PatternOptions.OpenEnd, out _) is not { MaxLength: int.MaxValue } first) return;
            Pattern[] rest = [.. others.Select(o => Pattern.Parse(o, PatternOptions.None, out _)).OfType<Pattern>()];
            var table = Walk.Build([first, .. rest]);
            foreach (var state in Walk.States(table)) Assert.Equal(AcceptsForEver(table, state) ? 0 : -1, table.SettledPattern(state));
        }, iter: 300);

    private static bool AcceptsForEver(PatternTable table, int from)
    {
        var seen = new HashSet<int>();
        var pending = new Stack<int>([from]);
        if (from == PatternTable.Dead) return false;
        while (pending.TryPop(out var state))
        {
            if (state == PatternTable.Dead || !seen.Add(state)) continue;
            if (!table.Accepts(state).Contains(new PatternAccept(0, 0))) return false;
            for (var c = 0; c < table.ClassCount; c++) pending.Push(table.Next(state, c));
        }
        return true;
    }
}

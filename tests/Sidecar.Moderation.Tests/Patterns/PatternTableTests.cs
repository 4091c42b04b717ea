using CsCheck;
using Sidecar.Moderation.Patterns;

namespace Sidecar.Moderation.Tests.Patterns;

/// <summary>Tables: what they share, where they end, how large they are.</summary>
public class PatternTableTests
{
    [Fact]
    public void A_table_of_no_patterns_is_dead_from_the_start()
    {
        var table = Walk.Build();
        Assert.Equal((1, 1), (table.StateCount, table.EdgeClass));
        Assert.Equal(PatternTable.Dead, table.Start(table.EdgeClass));
        Assert.Equal(PatternTable.Dead, table.Start(table.ClassOf('a')));
        Assert.True(table.Accepts(PatternTable.Dead).IsEmpty);
    }

    [Fact]
    public void What_a_state_accepts_comes_in_the_order_of_the_patterns()
    {
        var table = Walk.Build(PatternOptions.None, "ab?", "b", "a", "a(?!b)", "[ab]", "a(?!c)");
        var accepts = table.Accepts(Walk.After(table, "a")).ToArray();
        Assert.Equal([0, 2, 3, 4, 5], accepts.Select(a => a.Pattern));
        Assert.Equal([0, 0, accepts[2].Follow, 0, accepts[4].Follow], accepts.Select(a => a.Follow));
        Assert.Equal(3, accepts.Select(a => a.Follow).Distinct().Count());
    }

    [Fact]
    public void Patterns_with_the_same_look_ahead_share_it()
    {
        var table = Walk.Build(PatternOptions.None, "a(?![0-9])", "ab?(?!\\d)", @"a(?=\D)", @"a\b");
        var follows = table.Accepts(Walk.After(table, "a")).ToArray().Select(a => a.Follow).ToArray();
        Assert.Equal(follows[0], follows[1]);
        Assert.Equal(3, follows.Distinct().Count());
    }

    [Theory]
    [InlineData("x(?!y)", true, false, true)]
    [InlineData("x(?=y)", false, true, false)]
    [InlineData("x(?=[^y])", false, false, true)]
    [InlineData("x(?![^y])", true, true, false)]
    [InlineData("x\\b", true, false, false)]
    [InlineData("x", true, true, true)]
    public void Only_what_is_not_asked_for_holds_at_the_end_of_a_text(string pattern, bool atEdge, bool beforeY, bool beforeZ)
    {
        var table = Walk.Build(PatternOptions.None, pattern, "[yz]");
        var accept = table.Accepts(Walk.After(table, "x"))[0];
        int[] next = [table.EdgeClass, table.ClassOf('y'), table.ClassOf('z')];
        Assert.Equal([atEdge, beforeY, beforeZ], next.Select(c => table.MayFollow(accept.Follow, c)));
    }

    [Theory]
    [InlineData("(?<!y)x", true, false, true)]
    [InlineData("(?<=y)x", false, true, false)]
    [InlineData("(?<=[^y])x", false, false, true)]
    [InlineData("(?<![^y])x", true, true, false)]
    [InlineData("\\bx", true, false, false)]
    [InlineData("x", true, true, true)]
    public void Only_what_is_not_asked_for_holds_at_the_start_of_a_text(string pattern, bool atEdge, bool behindY, bool behindZ)
    {
        var table = Walk.Build(PatternOptions.None, pattern, "(?<=q)[yz]");
        int[] previous = [table.EdgeClass, table.ClassOf('y'), table.ClassOf('z')];
        Assert.Equal([atEdge, behindY, behindZ], previous.Select(c => table.Start(c) != PatternTable.Dead));
    }

    [Fact]
    public void A_boundary_looks_outward_only()
    {
        var table = Walk.Build(PatternOptions.None, @"\b-x-\b");
        Assert.Equal([(0, 0, 3), (0, 5, 8)], Walk.Matches(table, "-x-.,-x- a-x-b"));
    }

    [Fact]
    public void Nothing_goes_on_behind_the_edge()
    {
        var table = Walk.Build(PatternOptions.None, @"[\w\W]{3}", "a.b");
        foreach (var state in Walk.States(table)) Assert.Equal(PatternTable.Dead, table.Next(state, table.EdgeClass));
    }

    [Fact]
    public void Code_points_are_of_one_class_exactly_where_no_set_parts_them()
    {
        var table = Walk.Build(PatternOptions.None, "[a-f0-9]{2}", @"\w-", "[\u0430-\u044f]é😀", "(?<![x\u4e00])a(?!é)");
        string[] sets = ["[a-f0-9]", "\\w", "-", "[\u0430-\u044f]", "é", "[^é]", "😀", "[x\u4e00]", "[^x\u4e00]", "a"];
        var parts = sets.Select(set => Walk.Build(PatternOptions.None, set)).ToArray();
        var keys = new Dictionary<int, string>();
        for (var c = 0; c <= 0x10FFFF; c++)
        {
            var key = string.Concat(parts.Select(part => part.Next(part.Start(part.EdgeClass), part.ClassOf(c)) == PatternTable.Dead ? '0' : '1'));
            if (!keys.TryAdd(table.ClassOf(c), key)) Assert.Equal(keys[table.ClassOf(c)], key);
        }
        Assert.Equal(keys.Count, keys.Values.Distinct().Count());
        Assert.Equal(keys.Count, table.EdgeClass);
        Assert.Equal(keys.Count + 1, table.ClassCount);
    }

    [Fact]
    public void Case_is_ignored_in_literals_classes_and_look_around()
    {
        var table = Walk.Build(PatternOptions.IgnoreCase, @"(?<!k)st\u00e9[a-c][^d-f](?!é)");
        var matching = new[] { "stéax", "STÉCX", "sTébk", "stÉB\u212a" };
        foreach (var text in matching) Assert.Equal([(0, 1, 6)], Walk.Matches(table, " " + text));
        foreach (var text in new[] { "KSTÉAX", "\u212aSTÉAX", " STÉAD", " stéae", " stéaxÉ" }) Assert.Empty(Walk.Matches(table, text));
        Assert.Empty(Walk.Matches(Walk.Build(PatternOptions.None, "sté[a-c]"), "STéA stéA STÉa"));
        Assert.Equal([(0, 0, 4)], Walk.Matches(Walk.Build(PatternOptions.None, "(?i)sté[a-c]"), "STÉB"));
    }

    [Fact]
    public void A_table_is_refused_when_it_needs_more_states_than_allowed()
    {
        Pattern[] patterns = [Walk.Parse("a{10}(?:bcd|efg)"), Walk.Parse("[a-z]{3}x")];
        for (var max = 1; max < 40; max++)
        {
            var table = PatternTable.Build(patterns, max, out var error);
            if (table is null) Assert.Equal($"the patterns together need more than {max} states", error);
            else Assert.InRange(table.StateCount, 2, max);
        }
        Assert.NotNull(PatternTable.Build(patterns, 40, out var none));
        Assert.Null(none);
    }

    [Theory]
    [InlineData("(?:[ab]{0,40}a[ab]{30})", "the patterns together need more than 60000 states")]
    [InlineData("[a-z]{1,500}[a-z0-9]{1,500}", "the patterns together can match a text in too many ways at once")]
    [InlineData("(?:(?:ab?|a|ac?|abc?){0,10}){100}b", "the patterns together can match a text in too many ways at once")]
    public void A_pattern_that_would_cost_too_much_is_refused(string pattern, string message)
    {
        Assert.Null(PatternTable.Build([Walk.Parse(pattern)], 60_000, out var error));
        Assert.Equal(message, error);
    }

    [Fact]
    public void A_table_of_many_classes_is_bounded_too()
    {
        var wide = string.Concat(Enumerable.Range(0, 4000).Select(i => (char)(0x3400 + i)));
        var patterns = new[] { Walk.Parse(wide), Walk.Parse("[a-z]{1,64}@[a-z]{64}") };
        Assert.True(PatternTable.Build(patterns[..1], 60_000, out _) is { ClassCount: 4002 });
        Assert.Null(PatternTable.Build([.. patterns, Walk.Parse("[a-z]{200}")], 60_000, out var error));
        Assert.Equal("the patterns together need more than 16777216 transitions", error);
    }

    [Fact]
    public void States_that_accept_the_same_and_lead_to_the_same_are_one()
    {
        static int States(string text) => Walk.Build(PatternOptions.OpenEnd, text).StateCount;
        Assert.Equal(States("[abc]x{40}"), States("ax{40}|bx{40}|cx{20}x{20}"));
        Assert.Equal(States("[ab]x+"), States("a(?:x)+|bxx*"));
    }

    [Fact]
    public void The_same_patterns_give_the_same_table()
    {
        var (one, other) = (Realistic.Build(), Realistic.Build());
        Assert.Equal((one.StateCount, one.ClassCount, one.ByteCount), (other.StateCount, other.ClassCount, other.ByteCount));
        for (var c = 0; c <= 0x10FFFF; c++) Assert.Equal(one.ClassOf(c), other.ClassOf(c));
        for (var c = 0; c < one.ClassCount; c++) Assert.Equal(one.Start(c), other.Start(c));
        foreach (var state in Walk.States(one))
        {
            Assert.True(one.Accepts(state).SequenceEqual(other.Accepts(state)));
            Assert.Equal((one.SettledPattern(state), one.IsFinal(state)), (other.SettledPattern(state), other.IsFinal(state)));
            for (var c = 0; c < one.ClassCount; c++) Assert.Equal(one.Next(state, c), other.Next(state, c));
        }
    }

    [Fact]
    public void Realistic_patterns_need_some_thousand_states()
    {
        var table = Realistic.Build();
        Assert.Equal(table.StateCount, Walk.States(table).Append(PatternTable.Dead).Distinct().Count());
        Assert.InRange(table.StateCount, 1000, 12_000);
        Assert.InRange(table.ByteCount, table.StateCount * table.ClassCount * sizeof(int), 4 << 20);
    }

    [Fact]
    public void A_state_is_final_exactly_when_nothing_that_comes_next_changes_what_is_accepted()
    {
        var table = Walk.Build(PatternOptions.OpenEnd, "ab?", "bc", "d(?!e)", "fg*", "h", "h(?=i)");
        var final = new[] { "", "a", "ab", "b", "bc", "d", "f", "h" }.Where(text => table.IsFinal(Walk.After(table, text)));
        Assert.Equal(["ab", "bc"], final);
        foreach (var state in Walk.States(table))
        {
            var leadsOn = Enumerable.Range(0, table.ClassCount).Any(c => table.Next(state, c) != PatternTable.Dead);
            Assert.Equal(!leadsOn && table.Accepts(state).ToArray().All(a => a.Follow == 0), table.IsFinal(state));
        }
    }
}

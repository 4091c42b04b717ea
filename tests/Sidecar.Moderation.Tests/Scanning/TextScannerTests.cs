using System.Text;
using CsCheck;
using Sidecar.Moderation.Fold;
using Sidecar.Moderation.Text;

namespace Sidecar.Moderation.Tests.Scanning;

public sealed class TextScannerTests
{
    private const string SmallAlphabet = "aabbcc1 -.\u200bА\u0301ａ";

    private static readonly Gen<string> SmallText = Gen.Char[SmallAlphabet].Array[0, 24].Select(chars => new string(chars));

    public static TheoryData<string> SmallPolicies => [.. RuleSets.Small.Select(policy => policy.Name)];

    [Theory, MemberData(nameof(SmallPolicies))]
    public void What_is_found_is_what_trying_every_substring_finds(string policy)
    {
        var (rules, set, judge) = Policy(policy);
        SmallText.Sample(text => Assert.Equal(judge.Apply(text), Streamed.Apply(set, Encoding.UTF8.GetBytes(text), [])), iter: 3_000);
        Assert.NotEmpty(rules);
    }

    [Theory, MemberData(nameof(SmallPolicies))]
    public void However_a_text_is_split_the_client_gets_the_same_and_never_more_than_its_beginning(string policy)
    {
        var (_, set, judge) = Policy(policy);
        Gen.Select(SmallText, Gen.Int[1, 9]).Sample((text, most) =>
        {
            var expected = judge.Apply(text);
            var bytes = Encoding.UTF8.GetBytes(text);
            using var streamed = new Streamed(set);
            for (var at = 0; at < bytes.Length;)
            {
                var length = Math.Min(1 + ((at * 7 + most) % most), bytes.Length - at);
                streamed.Append(bytes.AsSpan(at, length));
                at += length;
                Assert.StartsWith(streamed.Sent, expected, StringComparison.Ordinal);
            }
            streamed.End();
            Assert.Equal(expected, streamed.Sent);
        }, iter: 3_000);
    }

    [Theory, MemberData(nameof(SmallPolicies))]
    public void What_is_held_is_just_what_may_still_become_part_of_a_match(string policy)
    {
        var (_, set, judge) = Policy(policy);
        var continuations = Continuations("abc1- ", 5).ToArray();
        Gen.Char["abc1 -"].Array[0, 8].Select(chars => new string(chars)).Sample(text =>
        {
            using var streamed = new Streamed(set);
            streamed.Append(Encoding.UTF8.GetBytes(text));
            if (streamed.IsTerminated) return;
            Assert.Equal(text.Length - FirstUndecided(judge, text, continuations), streamed.Held);
        }, iter: 40);
    }

    [Theory]
    [InlineData(TextForm.JsonString, """mail \u006aohn\u0040x.com \ud83d\ude00 now""", """mail [email] \ud83d\ude00 now""")]
    [InlineData(TextForm.JsonString, "a\\nb john@x.com\\\"", "a\\nb [email]\\\"")]
    [InlineData(TextForm.JsonInJson, """{\"to\":\"john\\u0040x.com\",\"n\":4111111111111111}""", """{\"to\":\"[email]\",\"n\":\"[credit_card]\"}""")]
    [InlineData(TextForm.JsonValue, """{"to":["john\u0040x.com"],"n":4111111111111111}""", """{"to":["[email]"],"n":"[credit_card]"}""")]
    [InlineData(TextForm.Plain, """C:\new john@x.com""", """C:\new [email]""")]
    public void A_text_is_seen_through_the_form_it_is_written_in_and_replaced_in_it(TextForm form, string text, string expected)
    {
        var set = RuleSets.Build([RuleSets.Detectors(RuleAction.Redact, "email", "credit_card")]);
        var bytes = Encoding.UTF8.GetBytes(text);
        for (var i = 0; i <= bytes.Length; i++) Assert.Equal(expected, Streamed.Apply(set, bytes, [i], form));
        Assert.Equal(expected, Streamed.Apply(set, bytes, Enumerable.Range(1, bytes.Length - 1), form));
    }

    [Fact]
    public void Replacing_twice_changes_nothing_more()
    {
        var set = RuleSets.Build([RuleSets.AllDetectors]);
        var once = Streamed.Apply(set, "write john@x.com or 4111 1111 1111 1111"u8.ToArray(), []);
        Assert.Equal(once, Streamed.Apply(set, Encoding.UTF8.GetBytes(once), []));
        Assert.Equal("write [email] or [credit_card]", once);
    }

    [Fact]
    public void The_same_text_has_the_same_number_in_a_stream_and_another_text_the_next()
    {
        var rule = RuleSets.Detectors(RuleAction.Redact, "email") with { With = "<{TYPE}_{n}>" };
        var set = RuleSets.Build([rule]);
        Assert.Equal("<EMAIL_1> <EMAIL_2> <EMAIL_1>", Streamed.Apply(set, "a@x.com b@x.com a@x.com"u8.ToArray(), []));
    }

    [Fact]
    public void A_hash_is_the_same_for_the_same_text_and_key_and_tells_nothing_else()
    {
        var rule = RuleSets.Detectors(RuleAction.Hash, "email") with { Key = [1, 2, 3] };
        var first = Streamed.Apply(RuleSets.Build([rule]), "a@x.com b@x.com a@x.com"u8.ToArray(), []).Split(' ');
        Assert.Equal(first[0], first[2]);
        Assert.NotEqual(first[0], first[1]);
        Assert.Matches(@"^\[email:[0-9a-f]{16}\]$", first[0]);
        Assert.Equal(first, Streamed.Apply(RuleSets.Build([rule]), "a@x.com b@x.com a@x.com"u8.ToArray(), [3, 9]).Split(' '));
        Assert.NotEqual(first[0], Streamed.Apply(RuleSets.Build([rule with { Key = [4] }]), "a@x.com"u8.ToArray(), []));
    }

    [Fact]
    public void An_attempt_that_grows_past_its_bound_is_replaced_and_not_passed()
    {
        var set = RuleSets.Build([RuleSets.Detectors(RuleAction.Redact, "email")]);
        var text = "x john" + string.Concat(Enumerable.Repeat("\u200b", 8000)) + "@x.com y";
        var whole = Streamed.Apply(set, Encoding.UTF8.GetBytes(text), []);
        Assert.Contains("[hold_back]", whole, StringComparison.Ordinal);
        Assert.DoesNotContain("john", whole, StringComparison.Ordinal);
        Assert.Equal(whole, Streamed.Apply(set, Encoding.UTF8.GetBytes(text), Enumerable.Range(1, 20_000)));
    }

    private static (Rule[] Rules, RuleSet Set, Judge Judge) Policy(string name)
    {
        var rules = RuleSets.Small.Single(policy => policy.Name == name).Rules;
        return (rules, RuleSets.Build(rules), new Judge(rules, FoldKinds.All));
    }

    // The first place at which it depends on the continuation what is found.
    private static int FirstUndecided(Judge judge, string text, string[] continuations)
    {
        var common = judge.Find(text);
        var first = text.Length;
        foreach (var more in continuations)
        {
            var found = judge.Find(text + more);
            var same = common.Zip(found).TakeWhile(pair => pair.First == pair.Second).Count();
            if (same < common.Count) first = Math.Min(first, common[same].Start);
            if (same < found.Count) first = Math.Min(first, found[same].Start);
        }
        return first;
    }

    private static IEnumerable<string> Continuations(string alphabet, int length)
    {
        IEnumerable<string> all = [""];
        var last = all;
        for (var i = 0; i < length - 1; i++)
        {
            last = last.SelectMany(text => alphabet.Select(c => text + c)).ToArray();
            all = all.Concat(last);
        }
        return all;
    }
}

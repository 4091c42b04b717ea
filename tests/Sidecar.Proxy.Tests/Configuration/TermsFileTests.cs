using Sidecar.Moderation;
using Sidecar.Proxy.Configuration;

namespace Sidecar.Proxy.Tests.Configuration;

/// <summary>Files of terms: what is read from them, what is refused, and that they are followed.</summary>
public sealed class TermsFileTests : Following
{
    private const string At = "sidecar.yaml:4:42: `moderation.policies.p.rules[0].terms_file`: ";

    [Fact]
    public void Its_lines_follow_the_terms_that_are_written()
    {
        Given.Write("lists/terms.txt", "\uFEFF# comment\r\none\r\n\r\n  two words \t\n#three\n\u3000\nvier é\n\u200bfive\n");
        var rule = Rule("terms: [zero], terms_file: lists/terms.txt");
        Assert.Equal(["zero", "one", "two words", "vier é", "\u200bfive"], rule.Terms);
        Assert.Equal((5, "two words"), (rule.Terms.Count, rule.Terms[2]));
    }

    [Fact]
    public void What_is_shown_is_the_path_and_the_terms_that_are_written_and_means_the_same()
    {
        Given.Write("terms.txt", "hidden\n");
        Given.Write("key", "0123456789abcdef\n");
        var configuration = Given.Valid(Given.Load(
            """
            moderation:
              policies:
                p:
                  rules:
                    - { id: a, terms: [shown], terms_file: terms.txt, whole_word: false, action: redact, with: "" }
                    - { id: b, detect: [email], action: mask, keep_last: 3 }
                    - { id: c, pattern: "a{2,3}", action: flag }
                  fold: []
                  classifier: { url: https://h }
            """));
        var text = Given.ViewText(configuration);
        Assert.DoesNotContain("hidden", text, StringComparison.Ordinal);
        var again = Given.Valid(Given.Load(text));
        Assert.Equal(text, Given.ViewText(again));
        Assert.Equal(["shown", "hidden"], again.Options.Moderation.Policies["p"].Rules[0].Terms);
    }

    [Theory]
    [InlineData("", "holds no term")]
    [InlineData("# a\n\n  \n", "holds no term")]
    [InlineData("one\n\u200b\u200d\n", "line 2 folds to nothing")]
    public void A_file_that_cannot_be_meant_is_refused(string content, string problem)
    {
        Given.Write("terms.txt", content);
        Assert.Equal([$"{At}file `terms.txt`: {problem}"], Given.Errors(Yaml("terms_file: terms.txt")));
    }

    [Fact]
    public void A_file_that_cannot_be_read_is_refused()
    {
        Assert.Equal([$"{At}file `absent`: no such file"], Given.Errors(Yaml("terms_file: absent")));
        File.WriteAllBytes(Given.File("terms.txt"), [(byte)'a', 0xFF]);
        Assert.Equal([$"{At}file `terms.txt`: not UTF-8"], Given.Errors(Yaml("terms_file: terms.txt")));
        Given.Write("terms.txt", "x\n" + new string('a', 1025));
        Assert.Equal([$"{At}file `terms.txt`: line 2 is longer than 1024 characters"], Given.Errors(Yaml("terms_file: terms.txt")));
    }

    [Fact]
    public void A_file_has_16_MiB_and_a_million_lines_at_most()
    {
        var line = new string('a', 1023) + "\n";
        Given.Write("terms.txt", string.Concat(Enumerable.Repeat(line, 16 * 1024)));
        Assert.Equal(16 * 1024, Rule("terms_file: terms.txt").Terms.Count);
        Given.Write("terms.txt", string.Concat(Enumerable.Repeat(line, 16 * 1024)) + "b");
        Assert.Equal([$"{At}file `terms.txt`: larger than 16 MiB"], Given.Errors(Yaml("terms_file: terms.txt")));
        var lines = string.Concat(Enumerable.Repeat("a\n", 1_000_000));
        Given.Write("terms.txt", lines);
        Assert.Equal(1_000_000, Rule("terms_file: terms.txt").Terms.Count);
        Given.Write("terms.txt", lines + "b");
        Assert.Equal([$"{At}file `terms.txt`: more than 1000000 lines"], Given.Errors(Yaml("terms_file: terms.txt")));
    }

    [Fact]
    public async Task It_is_followed_and_a_broken_one_is_refused()
    {
        var terms = Given.Write("lists/terms.txt", "one\n");
        using var source = Follow(Given.Write("config/sidecar.yaml", Start + Yaml($"terms_file: {terms}")));
        Given.Write("lists/terms.txt", "one\ntwo\n");
        await Watched();
        Assert.Equal(["one", "two"], source.Current.Moderation.Policies["p"].Rules[0].Terms);
        File.Delete(terms);
        await Watched();
        Assert.False(Reloads[^1].Success);
        Assert.Equal(["one", "two"], source.Current.Moderation.Policies["p"].Rules[0].Terms);
    }

    [Fact]
    public void A_large_file_that_did_not_change_is_not_taken_for_a_change()
    {
        Given.Write("terms.txt", string.Concat(Enumerable.Repeat(new string('a', 1023) + "\n", 2 * 1024)));
        using var source = Follow(Given.Write("sidecar.yaml", Start + Yaml("terms_file: terms.txt")));
        Time.Advance(ConfigurationSource.PollInterval * 3);
        Assert.Empty(Reloads);
    }

    private Rule Rule(string keys) => Given.Options(Yaml(keys)).Moderation.Policies["p"].Rules[0];

    private static string Yaml(string keys) => $"moderation:\n  policies:\n    p: {{ rules: [\n      {{ id: a, action: flag, {keys} }} ] }}\n";
}

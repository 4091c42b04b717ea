using System.Text;
using Sidecar.Moderation;
using Sidecar.Moderation.Fold;
using Sidecar.Moderation.Patterns;
using Sidecar.Proxy.Configuration;

namespace Sidecar.Proxy.Tests.Configuration;

/// <summary>Policies and their rules: what becomes of the keys, and what is refused where.</summary>
public sealed class ModerationTests
{
    [Fact]
    public void A_policy_is_what_its_keys_say()
    {
        using var given = new Given();
        var policy = given.Options(
            """
            moderation:
              policies:
                p:
                  rules:
                    - { id: pii, detect: [email, jwt], action: redact, with: "<{TYPE}_{n}>" }
                    - { id: words, terms: [a b, É], whole_word: false, action: terminate }
                    - { id: code, pattern: "PRJ-[0-9]{4,8}", action: mask, keep_last: 2 }
                    - { id: name, terms: [x], action: hash, key: 0123456789abcdé }
                    - { id: seen, terms: [y], action: flag }
                  fold: [width, case]
                  scan: [reasoning]
                  classifier: { url: "https://h/v1/moderations", gate: async, timeout: 7ms, on_failure: open, model: m }
                  input: true
            """).Moderation.Policies["p"];

        Assert.Equal(
            [("pii", RuleAction.Redact), ("words", RuleAction.Terminate), ("code", RuleAction.Mask), ("name", RuleAction.Hash), ("seen", RuleAction.Flag)],
            policy.Rules.Select(rule => (rule.Id, rule.Action)));
        Assert.Equal(["email", "jwt"], policy.Rules[0].Detect.Select(detector => detector.Name));
        Assert.Equal("<{TYPE}_{n}>", policy.Rules[0].With);
        Assert.Equal(["a b", "É"], policy.Rules[1].Terms);
        Assert.False(policy.Rules[1].WholeWord);
        Assert.Equal("PRJ-[0-9]{4,8}", policy.Rules[2].Pattern!.Text);
        Assert.Equal(2, policy.Rules[2].KeepLast);
        Assert.Equal("0123456789abcdé", Encoding.UTF8.GetString(policy.Rules[3].Key!));
        Assert.True(policy.Rules[4].WholeWord);
        Assert.Equal(FoldKinds.Case | FoldKinds.Width, policy.Fold);
        Assert.Equal(ScanKinds.Reasoning, policy.Scan);
        Assert.Equal(
            new ClassifierOptions
            {
                Url = new Uri("https://h/v1/moderations"), Gate = ClassifierGate.Async, Timeout = TimeSpan.FromMilliseconds(7), FailOpen = true, Model = "m",
            },
            policy.Classifier);
        Assert.True(policy.Input);
    }

    [Fact]
    public void What_is_not_said_is_the_default()
    {
        using var given = new Given();
        var policies = given.Options(Rules("{ id: a, terms: [x], action: redact }") + "    q: { classifier: { url: https://h } }\n").Moderation.Policies;

        var (policy, rule, classifier) = (policies["p"], policies["p"].Rules[0], policies["q"].Classifier!);
        Assert.Equal((FoldKinds.All, ScanKinds.All, false), (policy.Fold, policy.Scan, policy.Input));
        Assert.Null(policy.Classifier);
        Assert.Equal((true, "[{type}]", 0), (rule.WholeWord, rule.With, rule.KeepLast));
        Assert.Null(rule.Key);
        Assert.Null(rule.Pattern);
        Assert.Equal((ClassifierGate.Sync, TimeSpan.FromMilliseconds(300), false), (classifier.Gate, classifier.Timeout, classifier.FailOpen));
        Assert.Null(classifier.Model);
    }

    [Theory]
    [InlineData("", null)]
    [InlineData(", moderation: off", null)]
    [InlineData(", moderation: false", null)]
    [InlineData(", moderation: p", "p")]
    public void A_route_has_the_policy_that_it_names(string moderation, string? policy)
    {
        using var given = new Given();
        var options = given.Options(
            Rules("{ id: a, terms: [x], action: flag }") + $"upstreams: {{ u: {{ url: https://h }} }}\nroutes: [ {{ name: r, upstreams: [ {{ name: u }} ]{moderation} }} ]\n");
        Assert.Equal(policy, Assert.Single(options.Routes).Moderation);
    }

    [Fact]
    public void A_route_to_an_unknown_policy_is_refused()
    {
        using var given = new Given();
        const string upstream = "upstreams: { u: { url: https://h } }\n";
        Assert.Equal(
            [
                "sidecar.yaml:7:62: `routes[0].moderation`: unknown policy `pp`; did you mean `p`?",
                "sidecar.yaml:7:119: `routes[1].moderation`: unknown policy `strict`",
            ],
            given.Errors(
                Rules("{ id: a, terms: [x], action: flag }") + upstream
                + "routes: [ { name: r, upstreams: [ { name: u } ], moderation: pp }, { name: s, upstreams: [ { name: u } ], moderation: strict } ]\n"));
        Assert.Equal(
            ["sidecar.yaml:2:62: `routes[0].moderation`: unknown policy `p`"],
            given.Errors(upstream + "routes: [ { name: r, upstreams: [ { name: u } ], moderation: p } ]\n"));
    }

    [Theory]
    [InlineData("{ id: a, action: flag }", "5:9: `R`: needs `detect`, `terms`, `terms_file` or `pattern`")]
    [InlineData("{ id: a, detect: [], terms: [], pattern: null, action: flag }", "5:9: `R`: needs `detect`, `terms`, `terms_file` or `pattern`")]
    [InlineData("{ id: a, detect: [email], terms: [x], action: flag }",
        "5:42: `R.terms`: beside `detect`: a rule has `detect`, or `terms` and `terms_file`, or `pattern`")]
    [InlineData("{ id: a, terms: [x], pattern: x, action: flag }",
        "5:39: `R.pattern`: beside `terms`: a rule has `detect`, or `terms` and `terms_file`, or `pattern`")]
    [InlineData("{ id: a, detect: [emial], action: flag }", "5:27: `R.detect[0]`: must be ...; did you mean `email`?")]
    [InlineData("{ id: a, terms: [x] }", "5:9: `R.action`: required")]
    [InlineData("{ terms: [x], action: flag }", "5:9: `R.id`: required")]
    [InlineData("{ id: a, terms: [x, \"\"], action: flag }", "5:29: `R.terms[1]`: must be a text of up to 1024 characters that is not blank")]
    [InlineData("{ id: a, terms: [\" \"], action: flag }", "5:26: `R.terms[0]`: must be a text of up to 1024 characters that is not blank")]
    [InlineData("{ id: a, terms: [x, ], action: flag, with: x }", "5:52: `R.with`: only for the action `redact`")]
    [InlineData("{ id: a, terms: [x], action: redact, keep_last: 1 }", "5:57: `R.keep_last`: only for the action `mask`")]
    [InlineData("{ id: a, terms: [x], action: mask, key: 0123456789abcdef }", "5:49: `R.key`: only for the action `hash`")]
    [InlineData("{ id: a, detect: [email], action: flag, whole_word: false }", "5:61: `R.whole_word`: only for a rule with terms")]
    [InlineData("{ id: a, terms: [x], action: redact, with: \"{name}\" }",
        "5:52: `R.with`: has an unknown placeholder; there are `{type}`, `{TYPE}` and `{n}`")]
    [InlineData("{ id: a, terms: [\"\\u200b\\u200d\"], action: flag }", "5:26: `R.terms[0]`: folds to nothing")]
    [InlineData("{ id: a, terms: [\"\\u3000\"], action: flag }", "5:26: `R.terms[0]`: must be a text of up to 1024 characters that is not blank")]
    public void A_rule_that_does_not_hold_is_refused_where_it_is_wrong(string rule, string error)
    {
        using var given = new Given();
        var only = Assert.Single(given.Errors(Rules(rule)));
        Assert.Equal("sidecar.yaml:" + error.Replace("R", "moderation.policies.p.rules[0]", StringComparison.Ordinal), Shorten(only));
    }

    [Fact]
    public void All_that_is_wrong_is_told_at_once()
    {
        using var given = new Given();
        Assert.Equal(
            [
                "sidecar.yaml:5:38: `moderation.policies.p.rules[0].action`: must be `redact` or `mask` or `hash` or `flag` or `terminate`",
                "sidecar.yaml:6:15: `moderation.policies.p.rules[1].id`: duplicate rule `a`",
                "sidecar.yaml:7:8: `moderation.policies.q`: needs `rules` or a `classifier`",
                "sidecar.yaml:8:5: `moderation.policies`: a name cannot be `off`",
            ],
            given.Errors(
                """
                moderation:
                  policies:
                    p:
                      rules:
                      - { id: a, terms: [x], action: erase }
                      - { id: a, terms: [y], action: flag }
                    q: {}
                    off: { classifier: { url: https://h } }
                """));
    }

    [Theory]
    [InlineData("{type}", true)]
    [InlineData("", true)]
    [InlineData("{", true)]
    [InlineData("a } b {n}{TYPE}", true)]
    [InlineData("{}", false)]
    [InlineData("{{type}}", false)]
    [InlineData("{Type}", false)]
    public void A_replacement_has_known_placeholders_only(string with, bool isFine)
    {
        using var given = new Given();
        Assert.Equal(isFine, given.Load(Rules($"{{ id: a, terms: [x], action: redact, with: \"{with}\" }}")).Success);
    }

    [Theory]
    [InlineData("a(b", "a(b", 0)]
    [InlineData("\"a(b\"", "a(b", 1)]
    [InlineData("'abc[d'", "abc[d", 1)]
    [InlineData("xyz*", "xyz*", 0)]
    [InlineData("\"xyz{2,}\"", "xyz{2,}", 1)]
    // With escapes, or references replaced, a place in the text is none in the file.
    [InlineData("\"\\x61*\"", "a*", null)]
    [InlineData("\"${env:A}b*\"", "ab*", null)]
    public void A_pattern_that_cannot_be_read_or_bounded_is_refused_within_its_text(string written, string text, int? lead)
    {
        using var given = new Given();
        given.Environment["A"] = "a";
        Assert.Null(Pattern.Parse(text, PatternOptions.IgnoreCase, out var expected));

        var error = Assert.Single(given.Load(Rules($"{{ id: a, pattern: {written}, action: flag }}")).Errors);

        var column = "      - { id: a, pattern: ".Length + 1;
        Assert.Equal((5, lead is null ? column : column + lead + expected.Position), (error.Place.Line, error.Place.Column));
        var message = written.Contains("${", StringComparison.Ordinal) ? $"not a pattern, at its character {expected.Position + 1}" : expected.Message;
        Assert.Equal($"`moderation.policies.p.rules[0].pattern`: {message}", error.Message);
    }

    [Theory]
    [InlineData("fold: [case], rules: [ R ]", true)]
    [InlineData("rules: [ R ], fold: [width, case]", true)]
    [InlineData("rules: [ R ]", true)]
    [InlineData("rules: [ R ], fold: [width]", false)]
    [InlineData("fold: [], rules: [ R ]", false)]
    public void Whether_case_counts_in_a_pattern_is_its_policys_fold_wherever_that_stands(string policy, bool isFolded)
    {
        using var given = new Given();
        policy = policy.Replace("R", "{ id: a, pattern: AB, action: flag }", StringComparison.Ordinal);
        var pattern = given.Options($"moderation: {{ policies: {{ p: {{ {policy} }} }} }}\n").Moderation.Policies["p"].Rules[0].Pattern!;

        var table = PatternTable.Build([pattern], maxStates: 100, out _)!;

        Assert.Equal(isFolded, table.Next(table.Start(table.EdgeClass), table.ClassOf('a')) != PatternTable.Dead);
    }

    private static string Rules(params string[] rules) =>
        "moderation:\n  policies:\n    p:\n      rules:\n" + string.Concat(rules.Select(rule => $"      - {rule}\n"));

    private static string Shorten(string error)
    {
        var (start, end) = (error.IndexOf("must be `", StringComparison.Ordinal), error.IndexOf("; did you", StringComparison.Ordinal));
        return start < 0 || end < start ? error : error[..(start + 8)] + "..." + error[end..];
    }
}

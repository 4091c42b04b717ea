using Sidecar.Moderation.Detectors;
using Sidecar.Moderation.Fold;
using Sidecar.Moderation.Patterns;

namespace Sidecar.Moderation.Tests.Scanning;

/// <summary>Policies that the scanner is tried with.</summary>
internal static class RuleSets
{
    public static Rule Terms(string id, RuleAction action, params string[] terms) => new(id, action) { Terms = terms, WholeWord = false };

    public static Rule Words(string id, RuleAction action, params string[] terms) => new(id, action) { Terms = terms };

    public static Rule Pattern(string id, RuleAction action, string text) =>
        new(id, action) { Pattern = Moderation.Patterns.Pattern.Parse(text, PatternOptions.IgnoreCase, out var error) ?? throw new ArgumentException(error.ToString()) };

    public static Rule Detectors(RuleAction action, params string[] names) =>
        new("pii", action) { Detect = [.. names.Select(name => DetectorCatalogue.Find(name) ?? throw new ArgumentException(name))] };

    public static Rule AllDetectors { get; } = new("pii", RuleAction.Redact) { Detect = DetectorCatalogue.All };

    /// <summary>Small policies over a small alphabet, in which texts overlap, nest, adjoin and begin alike.</summary>
    public static IReadOnlyList<(string Name, Rule[] Rules)> Small { get; } =
    [
        ("terms that begin alike", [Terms("t", RuleAction.Redact, "ab", "abcab", "ca", "bcb")]),
        ("whole words", [Words("w", RuleAction.Redact, "ab", "a b", "abc", "c-a")]),
        ("words and terms", [Words("w", RuleAction.Redact, "abc", "b"), Terms("t", RuleAction.Redact, "cab")]),
        ("a bounded pattern", [Pattern("p", RuleAction.Redact, "a[bc]{1,4}a")]),
        ("a pattern with edges", [Pattern("p", RuleAction.Redact, @"(?<![a])b[bc]{1,3}(?![c])")]),
        ("a pattern of words", [Pattern("p", RuleAction.Redact, @"\ba{2,3}(?:-b{1,2})?\b")]),
        ("patterns that overlap", [Pattern("p", RuleAction.Redact, "ab{1,3}"), Pattern("q", RuleAction.Redact, "b{2}c"), Terms("t", RuleAction.Redact, "abbc")]),
        ("the end of the answer", [Terms("t", RuleAction.Terminate, "abca"), Pattern("p", RuleAction.Redact, "b{1,2}c")]),
        ("a mask", [new Rule("m", RuleAction.Mask) { Pattern = Moderation.Patterns.Pattern.Parse("a[bc1]{2,5}", PatternOptions.IgnoreCase, out _), KeepLast = 2 }]),
        ("a replacement that matches", [new Rule("r", RuleAction.Redact) { Terms = ["ab"], WholeWord = false, With = "xab" }]),
    ];

    public static RuleSet Build(IReadOnlyList<Rule> rules, FoldKinds kinds = FoldKinds.All) =>
        RuleSet.Build(rules, kinds, out var error) ?? throw new ArgumentException(error);
}

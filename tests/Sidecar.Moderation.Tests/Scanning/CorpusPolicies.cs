using Sidecar.Moderation.Detectors;

namespace Sidecar.Moderation.Tests.Scanning;

/// <summary>A policy that the corpora are tried with.</summary>
internal sealed record CorpusPolicy(string Name, Rule[] Rules);

/// <summary>Policies as people write them.</summary>
internal static class CorpusPolicies
{
    private static readonly Rule Project = RuleSets.Pattern("project", RuleAction.Mask, "PRJ-[0-9]{4,8}") with { KeepLast = 2 };

    public static IReadOnlyList<CorpusPolicy> All { get; } =
    [
        new("every detector", [RuleSets.AllDetectors]),
        new("10,000 words", [RuleSets.Words("words", RuleAction.Redact, [.. MadeTexts.Words, .. Corpora.ListedWords])]),
        new("10,000 terms anywhere", [RuleSets.Terms("terms", RuleAction.Redact, [.. MadeTexts.Words, .. Corpora.ListedWords.Where(word => word.Length > 3)])]),
        new("patterns",
        [
            Project,
            RuleSets.Pattern("number", RuleAction.Redact, @"\b[0-9]{2,5}(?:[-. ][0-9]{2,5}){0,3}\b"),
            RuleSets.Pattern("pair", RuleAction.Redact, "[a-z]{2,9}=[a-z@]{1,9}"),
            RuleSets.Pattern("capital", RuleAction.Redact, "(?<![a-z])(?:da|ten|sol)[^ ]{1,6}a"),
        ]),
        new("detectors, words, patterns, a mask and an end",
        [
            RuleSets.Detectors(RuleAction.Redact, "email", "phone", "ip_address", "private_key") with { With = "<{TYPE}>" },
            RuleSets.Detectors(RuleAction.Mask, "credit_card", "iban") with { Id = "money", KeepLast = 4 },
            RuleSets.Detectors(RuleAction.Terminate, "api_key", "jwt") with { Id = "keys" },
            Project,
            RuleSets.Words("words", RuleAction.Redact, [.. MadeTexts.Words.Take(1000)]) with { With = "…" },
            RuleSets.Words("end", RuleAction.Terminate, [.. MadeTexts.Words.Skip(9_900)]),
        ]),
        new("numbers, hashes and flags",
        [
            RuleSets.Detectors(RuleAction.Redact, "email", "api_key", "jwt") with { With = "<{TYPE}_{n}>" },
            RuleSets.Detectors(RuleAction.Hash, "credit_card", "iban", "phone") with { Id = "hashed", Key = [1, 2, 3] },
            RuleSets.Words("seen", RuleAction.Flag, [.. MadeTexts.Words]),
        ]),
    ];
}

using Sidecar.Moderation.Detectors;

namespace Sidecar.Moderation;

/// <summary>One thing that a rule finds: one of its detectors' forms, its pattern, or any of its terms.</summary>
/// <param name="Rule">The rule.</param>
/// <param name="Order">Place of the rule in its policy: of two matches of the same text the earlier rule's counts.</param>
/// <param name="Type">The detector's name, or the rule's id.</param>
/// <param name="Test">What a candidate must pass besides its form, or null.</param>
public sealed record Hit(Rule Rule, int Order, string Type, CandidateTest? Test)
{
    /// <summary>The hit of a text that grew past what may be held while it was still undecided: it fails closed.</summary>
    public static Hit HoldBack { get; } = new(new Rule("hold_back", RuleAction.Redact), int.MaxValue, "hold_back", null);

    /// <summary>The hit of the end of a text that was cut while it could still become part of a match: nothing takes its place.</summary>
    public static Hit Cut { get; } = new(new Rule("cut", RuleAction.Redact) { With = "" }, int.MaxValue, "cut", null);

    /// <summary>Whether the text in its place can be told before the end of the match is known.</summary>
    internal bool IsEarly { get; } = Rule.Action is RuleAction.Flag or RuleAction.Terminate ||
        (Rule.Action == RuleAction.Redact && !Rule.With.Contains("{n}", StringComparison.Ordinal));
}

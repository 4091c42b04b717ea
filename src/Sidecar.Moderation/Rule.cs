using Sidecar.Moderation.Detectors;
using Sidecar.Moderation.Patterns;

namespace Sidecar.Moderation;

/// <summary>What becomes of a text that a rule matches.</summary>
public enum RuleAction : byte
{
    /// <summary>It passes, counted and logged.</summary>
    Flag,
    /// <summary>Another text takes its place.</summary>
    Redact,
    /// <summary>Asterisks take the place of its characters, but for the last ones.</summary>
    Mask,
    /// <summary>A keyed digest takes its place, the same for the same text.</summary>
    Hash,
    /// <summary>It and all that follows is withheld: the answer ends.</summary>
    Terminate,
}

/// <summary>One rule of a policy: what it finds, and what happens then. Exactly one of detectors, terms and pattern is given.</summary>
/// <param name="Id">Unique in its policy; a label in metrics.</param>
/// <param name="Action">What happens.</param>
public sealed record Rule(string Id, RuleAction Action)
{
    /// <summary>Detectors.</summary>
    public IReadOnlyList<Detector> Detect { get; init; } = [];

    /// <summary>Literal texts, none of them empty.</summary>
    public IReadOnlyList<string> Terms { get; init; } = [];

    /// <summary>Whether a term counts only where no letter or digit adjoins it.</summary>
    public bool WholeWord { get; init; } = true;

    /// <summary>A bounded regular expression.</summary>
    public Pattern? Pattern { get; init; }

    /// <summary>
    /// For <see cref="RuleAction.Redact"/>: the text in its place. <c>{type}</c> is the detector's name or the rule's id, <c>{TYPE}</c> the same in
    /// upper case, <c>{n}</c> a number that is the same for the same text of a stream.
    /// </summary>
    public string With { get; init; } = "[{type}]";

    /// <summary>For <see cref="RuleAction.Mask"/>: code points at the end that stay.</summary>
    public int KeepLast { get; init; }

    /// <summary>For <see cref="RuleAction.Hash"/>: the key of the digest, never shown; null for one of this process's own.</summary>
    public byte[]? Key { get; init; }
}

using Sidecar.Moderation;
using Sidecar.Moderation.Fold;

namespace Sidecar.Proxy.Configuration;

/// <summary>What is done with texts.</summary>
public sealed record ModerationOptions
{
    /// <summary>Policies by name; routes name them.</summary>
    public IReadOnlyDictionary<string, PolicyOptions> Policies { get; init; } = new Dictionary<string, PolicyOptions>();
}

/// <summary>Texts of a message that rules are applied to.</summary>
[Flags]
public enum ScanKinds : byte
{
    /// <summary>None.</summary>
    None = 0,
    /// <summary>The answer, what it says aloud and what it cites.</summary>
    Content = 1,
    /// <summary>Thoughts.</summary>
    Reasoning = 2,
    /// <summary>A refusal spoken by the model.</summary>
    Refusal = 4,
    /// <summary>Arguments of tool calls.</summary>
    ToolArguments = 8,
    /// <summary>All of them.</summary>
    All = Content | Reasoning | Refusal | ToolArguments,
}

/// <summary>One policy: rules, and a classifier beside or instead of them.</summary>
public sealed record PolicyOptions
{
    /// <summary>Its rules, in the order given; ids are unique.</summary>
    public IReadOnlyList<Rule> Rules { get; init; } = [];

    /// <summary>Differences in writing that do not count.</summary>
    public FoldKinds Fold { get; init; } = FoldKinds.All;

    /// <summary>Texts that the rules are applied to.</summary>
    public ScanKinds Scan { get; init; } = ScanKinds.All;

    /// <summary>A model that is asked too; null for none.</summary>
    public ClassifierOptions? Classifier { get; init; }

    /// <summary>Whether the rules are applied to a request's messages too.</summary>
    public bool Input { get; init; }
}

using Sidecar.Moderation;
using Sidecar.Moderation.Text;
using Sidecar.Providers;
using Sidecar.Proxy.Classification;
using Sidecar.Proxy.Configuration;

namespace Sidecar.Proxy.Streaming.Moderation;

/// <summary>A policy of the configuration, ready to be used: its rules compiled, and which texts they concern. Immutable.</summary>
/// <param name="options">As configured.</param>
/// <param name="rules">Its rules.</param>
/// <param name="classifier">Who is asked besides; null for nobody.</param>
public sealed class Policy(PolicyOptions options, RuleSet rules, Classifier? classifier) : IDisposable
{
    /// <summary>As configured.</summary>
    public PolicyOptions Options => options;

    /// <summary>Its rules.</summary>
    public RuleSet Rules => rules;

    /// <summary>Who is asked besides; null for nobody.</summary>
    public Classifier? Classifier => classifier;

    /// <summary>Whether an answer may end early.</summary>
    public bool CanTerminate { get; } = options.Classifier is not null || options.Rules.Any(rule => rule.Action == RuleAction.Terminate);

    /// <summary>Whether a text is looked at. What has no word of its own in the configuration goes with the content.</summary>
    public bool Concerns(in TextRange text) => text.Channel.Kind switch
    {
        ChannelKind.Reasoning => (options.Scan & ScanKinds.Reasoning) != 0,
        ChannelKind.Refusal => (options.Scan & ScanKinds.Refusal) != 0,
        ChannelKind.ToolArguments => (options.Scan & ScanKinds.ToolArguments) != 0,
        _ => (options.Scan & ScanKinds.Content) != 0,
    };

    /// <summary>How a text is written.</summary>
    public static TextForm FormOf(in TextRange text) =>
        text.Json ? TextForm.JsonValue : text.Channel.Kind == ChannelKind.ToolArguments ? TextForm.JsonInJson : TextForm.JsonString;

    /// <summary>Whether nothing of its channel comes before it or after it.</summary>
    public static bool StandsAlone(in TextRange text) => text.Complete || text.Whole;

    /// <summary>Closes the connections to the classifier.</summary>
    public void Dispose() => classifier?.Dispose();
}

namespace Sidecar.FunctionalTests.Dialects;

/// <summary>What a model says, free of any provider's spelling. Each string is a delta of its own.</summary>
public sealed record Completion
{
    public string Model { get; init; } = "test-model";
    public IReadOnlyList<string> Reasoning { get; init; } = [];
    public IReadOnlyList<string> Text { get; init; } = [];
    public IReadOnlyList<string> Refusal { get; init; } = [];
    public IReadOnlyList<ToolCall> Tools { get; init; } = [];
    public Finish Finish { get; init; } = Finish.Stop;
    public int InputTokens { get; init; } = 11;
    public int OutputTokens { get; init; } = 7;

    /// <summary>Two short words.</summary>
    public static Completion Hello { get; } = new() { Text = ["Hello", " world"] };

    /// <summary>Letters of two, three and four bytes, quotes, line ends and markup.</summary>
    public static Completion Letters { get; } = new() { Text = ["Grüße ", "\"漢字\"\n", "👩‍🚀 done\\", " <b>&amp;</b>\u2028"] };

    /// <summary>Thoughts before the answer.</summary>
    public static Completion Thoughtful { get; } = new() { Reasoning = ["Let me", " think"], Text = ["42"] };

    /// <summary>Two calls, the arguments of the second in pieces.</summary>
    public static Completion Calls { get; } = new()
    {
        Tools =
        [
            new("call_1", "now", ["{}"]),
            new("call_2", "weather", ["{\"city\":", "\"Köln\",", "\"days\":3}"]),
        ],
        Finish = Finish.ToolCalls,
    };

    /// <summary>A refusal spoken by the model.</summary>
    public static Completion Refused { get; } = new() { Refusal = ["I cannot", " do that."] };

    /// <summary>Cut at the token limit.</summary>
    public static Completion AtLimit { get; } = new() { Text = [.. Enumerable.Range(0, 200).Select(i => $" word{i}")], Finish = Finish.Length, OutputTokens = 200 };

    /// <summary>All of them by name.</summary>
    public static IReadOnlyDictionary<string, Completion> ByName { get; } = new Dictionary<string, Completion>
    {
        ["hello"] = Hello, ["letters"] = Letters, ["thoughtful"] = Thoughtful, ["calls"] = Calls, ["refused"] = Refused, ["at-limit"] = AtLimit,
    };

    /// <summary>The whole text.</summary>
    public string WholeText => string.Concat(Text);
}

/// <summary>A tool call; its arguments are the deltas of one JSON text.</summary>
public sealed record ToolCall(string Id, string Name, IReadOnlyList<string> Arguments)
{
    /// <summary>The whole arguments.</summary>
    public string WholeArguments => string.Concat(Arguments);
}

/// <summary>Why a completion ended.</summary>
public enum Finish
{
    Stop,
    Length,
    ToolCalls,
    ContentFilter,
}

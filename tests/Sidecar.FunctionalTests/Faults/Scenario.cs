using System.Text.Json;
using System.Text.Json.Serialization;
using Sidecar.FunctionalTests.Dialects;

namespace Sidecar.FunctionalTests.Faults;

/// <summary>What stands where the provider should.</summary>
public enum Origin
{
    /// <summary>One that plays <see cref="Scenario.Provider"/>.</summary>
    Answers,
    /// <summary>Nothing listens.</summary>
    Refuses,
    /// <summary>The queue of the listener is full: the kernel answers no SYN.</summary>
    Hangs,
    /// <summary>Plain HTTP where TLS is expected.</summary>
    SpeaksNoTls,
    /// <summary>TLS with a certificate of an authority that nobody knows.</summary>
    ShowsUnknownCertificate,
}

/// <summary>What the client does.</summary>
public enum Behaviour
{
    /// <summary>Reads to the end.</summary>
    Reads,
    /// <summary>Leaves in the middle of its request.</summary>
    LeavesInItsRequest,
    /// <summary>Reads what comes and leaves at the moment.</summary>
    LeavesAtTheMoment,
    /// <summary>Reads nothing until the sidecar is held back by it, then leaves.</summary>
    LeavesUnread,
    /// <summary>Reads nothing until the stream was given up.</summary>
    Stalls,
}

/// <summary>What is done to the sidecar, at the moment or around the requests.</summary>
public enum Operation
{
    None,
    /// <summary>It is told to leave, and its deadline comes.</summary>
    Drains,
    /// <summary>It takes a new configuration.</summary>
    Reloads,
    /// <summary>It has no file descriptors left while the requests come, and has some again at the moment.</summary>
    Starves,
}

/// <summary>Which clocks the sidecar runs by.</summary>
public enum Clocks
{
    /// <summary>Those of the defaults: none fires here.</summary>
    Patient,
    /// <summary>Short ones.</summary>
    Hasty,
    /// <summary>Short ones that a busy machine keeps all the same.</summary>
    Brisk,
}

/// <summary>How the response ends for the client.</summary>
public enum ResponseEnd
{
    /// <summary>There is nobody left to see it.</summary>
    Unseen,
    /// <summary>As its framing says.</summary>
    Whole,
    /// <summary>Before its framing says so.</summary>
    Cut,
}

/// <summary>What must come of a fault.</summary>
/// <param name="Status">Of the response and in the access line; 499 where there was no response.</param>
/// <param name="End">How the response ends.</param>
/// <param name="Outcome">The one outcome.</param>
/// <param name="Code">The contract's code, as the client is told it by the sidecar; null when the sidecar tells it nothing.</param>
/// <param name="ErrorType">Of the access line and the counter.</param>
public sealed record Expectation(int Status, ResponseEnd End, string Outcome, string? Code = null, string? ErrorType = null);

/// <summary>A scenario file that cannot be read as one.</summary>
public sealed class BadScenarioException(string message) : Exception(message);

/// <summary>
/// One fault, in a file that anybody can add: what the provider, the client and the operator do, and what must come of it. The provider's steps are
/// those of <see cref="ScenarioScript"/>.
/// </summary>
public sealed record Scenario
{
    private static readonly JsonSerializerOptions Strict = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower, UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        ReadCommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true, AllowDuplicateProperties = false,
        RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower, allowIntegerValues: false) },
    };

    /// <summary>The dialects that every fault is played in.</summary>
    public static IReadOnlyList<ApiDialect> Dialects { get; } =
        [.. new[] { "openai-chat", "openai-responses", "anthropic", "gemini-sse", "ollama-chat" }.Select(ApiDialect.Of)];

    /// <summary>All scenarios by the names of their files.</summary>
    public static IReadOnlyDictionary<string, Scenario> ByName { get; } = Load();

    /// <summary>The name of its file.</summary>
    [JsonIgnore]
    public string Name { get; private init; } = "";

    /// <summary>The fault in a few words, and what is special about it.</summary>
    public required string About { get; init; }

    public Origin Origin { get; init; }
    public Behaviour Client { get; init; }
    public Operation Operation { get; init; }
    public Clocks Clocks { get; init; }

    /// <summary>What the provider does, step by step.</summary>
    public IReadOnlyList<string> Provider { get; init; } = [];

    /// <summary>What must come of it in every dialect.</summary>
    public required Expectation Expect { get; init; }

    /// <summary>What must come of it in the dialects that differ.</summary>
    public IReadOnlyDictionary<string, Expectation> Except { get; init; } = new Dictionary<string, Expectation>();

    /// <summary>Whether it is the provider alone that does something, in a few bytes.</summary>
    public bool IsOfTheProvider =>
        Origin == Origin.Answers && Client == Behaviour.Reads && Operation == Operation.None && !Provider.Any(step => step.StartsWith("flood", StringComparison.Ordinal));

    /// <summary>What must come of it in a dialect.</summary>
    public Expectation In(ApiDialect dialect) => Except.GetValueOrDefault(dialect.Name, Expect);

    /// <summary>Reads a scenario; whatever is not understood is an error.</summary>
    public static Scenario Parse(string name, string json)
    {
        try
        {
            var scenario = JsonSerializer.Deserialize<Scenario>(json, Strict)! with { Name = name };
            foreach (var dialect in scenario.Except.Keys)
            {
                if (Dialects.All(known => known.Name != dialect)) throw new BadScenarioException($"{name}: except: no dialect {dialect}");
            }
            foreach (var dialect in Dialects) _ = ScenarioScript.Of(scenario, dialect);
            return scenario;
        }
        catch (JsonException e)
        {
            throw new BadScenarioException($"{name}: {e.Message}");
        }
    }

    private static SortedDictionary<string, Scenario> Load()
    {
        var all = new SortedDictionary<string, Scenario>(StringComparer.Ordinal);
        foreach (var file in Directory.EnumerateFiles(Path.Combine(AppContext.BaseDirectory, "Faults", "Scenarios"), "*.json"))
        {
            var name = Path.GetFileNameWithoutExtension(file);
            all.Add(name, Parse(name, File.ReadAllText(file)));
        }
        return all;
    }
}

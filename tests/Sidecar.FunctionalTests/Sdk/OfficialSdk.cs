using Sidecar.FunctionalTests.Dialects;

namespace Sidecar.FunctionalTests.Sdk;

/// <summary>What an application learned from its SDK: every typed event spelled out, and the parts that applications read.</summary>
public sealed record Told(IReadOnlyList<string> Events, string Text, string? Finish, long? InputTokens, long? OutputTokens);

/// <summary>An SDK as its vendor ships it: nothing is changed but the endpoint, and retries are off so that a failure is seen as it came.</summary>
public abstract class OfficialSdk
{
    /// <summary>The model every request names.</summary>
    protected const string Model = "test-model";

    /// <summary>What every request says.</summary>
    protected const string Prompt = "Say it";

    /// <summary>Name of the case in a test.</summary>
    public abstract string Name { get; }

    /// <summary>What it speaks on the wire.</summary>
    public abstract ApiDialect Dialect { get; }

    /// <summary>Streams one completion to its end.</summary>
    public abstract Task<Told> StreamAsync(Uri endpoint, CancellationToken cancel = default);

    /// <summary>Asks for one completion in a whole.</summary>
    public abstract Task<Told> AskAsync(Uri endpoint);

    /// <summary>The HTTP status that a failure carries; null when it is no failure of the API.</summary>
    public abstract int? Status(Exception failure);

    /// <inheritdoc />
    public override string ToString() => Name;

    /// <summary>All SDKs.</summary>
    public static IReadOnlyList<OfficialSdk> All { get; } =
    [
        new OpenAIChatSdk(), new OpenAIResponsesSdk(), new ExtensionsAISdk(), new AnthropicSdk(), new OllamaSdk(chat: true), new OllamaSdk(chat: false),
    ];

    /// <summary>The SDK of a name.</summary>
    public static OfficialSdk Of(string name) => All.Single(sdk => sdk.Name == name);

    /// <summary>All names, for theories.</summary>
    public static TheoryData<string> Names => new(All.Select(sdk => sdk.Name));

    /// <summary>Each SDK with each completion its dialect can say.</summary>
    public static TheoryData<string, string> Cases
    {
        get
        {
            var cases = new TheoryData<string, string>();
            foreach (var sdk in All)
            {
                foreach (var (name, completion) in Completion.ByName)
                {
                    if (sdk.Dialect.CanSay(completion)) cases.Add(sdk.Name, name);
                }
            }
            return cases;
        }
    }

    /// <summary>Sums up a stream: texts joined, the last given of everything else.</summary>
    protected sealed class Listener
    {
        private readonly List<string> _events = [];
        private string _text = "";

        public string? Finish { get; set; }
        public long? Input { get; set; }
        public long? Output { get; set; }

        public void Hear(string typedEvent, string? text = null)
        {
            _events.Add(typedEvent);
            _text += text;
        }

        public Told Told => new(_events, _text, Finish, Input, Output);
    }
}

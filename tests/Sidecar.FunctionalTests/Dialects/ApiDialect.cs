using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Sidecar.FunctionalTests.Provider;

namespace Sidecar.FunctionalTests.Dialects;

/// <summary>One event as it stands on the wire, and whether it carries text that a user waits for.</summary>
public sealed record Frame(string Wire, bool Content);

/// <summary>How one provider's API spells requests, answers, events and errors.</summary>
public abstract class ApiDialect
{
    private static readonly JsonSerializerOptions Spelling = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    };

    /// <summary>Name of the case in a test.</summary>
    public abstract string Name { get; }

    /// <summary>The <c>provider</c> of an upstream that speaks it.</summary>
    public abstract string Provider { get; }

    /// <summary>Request target.</summary>
    public abstract string Path(bool stream, string model);

    /// <summary>Content type of the streamed answer.</summary>
    public virtual string StreamType => "text/event-stream";

    /// <summary>Request body.</summary>
    public abstract string Request(bool stream, string model);

    /// <summary>The streamed answer.</summary>
    public abstract IEnumerable<Frame> Stream(Completion completion);

    /// <summary>The answer that is not streamed.</summary>
    public abstract string Body(Completion completion);

    /// <summary>The body of an error response.</summary>
    public abstract string Error(int status, string message);

    /// <summary>An error as the provider itself sends it in a stream.</summary>
    public virtual string ErrorEvent(string message) => $"data: {Error(500, message)}\n\n";

    /// <summary>A sign of life that means nothing.</summary>
    public virtual string Ping => ": ping\n\n";

    /// <summary>Whether the dialect has a spelling for all that is said.</summary>
    public virtual bool CanSay(Completion completion) => true;

    /// <inheritdoc />
    public override string ToString() => Name;

    /// <summary>The streamed answer as bytes.</summary>
    public byte[] StreamBytes(Completion completion) => Encoding.UTF8.GetBytes(string.Concat(Stream(completion).Select(frame => frame.Wire)));

    /// <summary>A script of the streamed answer, a chunk an event.</summary>
    public Script Streamed(Completion completion, Framing framing = Framing.Chunked) =>
        Script.Response(StreamType, framing, Stream(completion).Select(frame => (Step)frame.Wire));

    /// <summary>A script that streams, or does not, as the request asks.</summary>
    public Script Answer(Completion completion, bool stream) =>
        stream ? Streamed(completion) : Script.Json(200, Body(completion));

    /// <summary>All dialects.</summary>
    public static IReadOnlyList<ApiDialect> All { get; } =
    [
        new OpenAIChat(), new OpenAICompletions(), new OpenAIResponses(), new AnthropicMessages(),
        new Gemini(sse: true), new Gemini(sse: false), new Ollama(chat: true), new Ollama(chat: false),
    ];

    /// <summary>The dialect of a name.</summary>
    public static ApiDialect Of(string name) => All.Single(dialect => dialect.Name == name);

    /// <summary>All names, for theories.</summary>
    public static TheoryData<string> Names => new(All.Select(dialect => dialect.Name));

    /// <summary>JSON text with raw letters; null members are left out.</summary>
    protected static string Json(object value) => JsonSerializer.Serialize(value, Spelling);

    /// <summary>An SSE event of one data line.</summary>
    protected static Frame Data(object value, bool content = false) => new($"data: {Json(value)}\n\n", content);

    /// <summary>An SSE event with a name.</summary>
    protected static Frame Event(string name, object value, bool content = false) => new($"event: {name}\ndata: {Json(value)}\n\n", content);
}

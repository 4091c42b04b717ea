using System.Text.Json;
using BenchmarkDotNet.Attributes;
using Sidecar.Providers;
using Sidecar.Proxy.Streaming;
using Sidecar.Proxy.Telemetry;

namespace Sidecar.Microbenchmarks;

/// <summary>
/// Where an event's content is, and what else it says. <c>Dialect</c> reads all of it anew; <c>Stream</c> is what a stream does with it, which may know from
/// its last event where the content stands. Beside them every token looked at, nothing kept, and a document made of it.
/// </summary>
public class DialectBenchmark
{
    private readonly EventMeaning _meaning = new();
    private byte[] _event = [];
    private Dialect _dialect = OpenAIChat.Instance;
    private StreamReading _reading = null!;

    /// <summary>Which dialect.</summary>
    [Params("openai", "anthropic", "ollama")]
    public string Name { get; set; } = "";

    /// <summary>Makes the event.</summary>
    [GlobalSetup]
    public void Setup()
    {
        (_dialect, _event) = Name switch
        {
            "openai" => ((Dialect)OpenAIChat.Instance, Messages.Data(Messages.ChatEvent).ToArray()),
            "anthropic" => (AnthropicMessages.Instance, Messages.Data(Messages.MessagesEvent).ToArray()),
            _ => (Ollama.Instance, Messages.Data(Messages.OllamaRecord).ToArray()),
        };
        _reading = new StreamReading(_dialect, true, new ExchangeRecord());
        if (!Stream()) throw new InvalidOperationException("the event has no content");
    }

    /// <summary>The stream's reading.</summary>
    [Benchmark]
    public bool Stream() => _reading.Event(_event, EventName, out _);

    /// <summary>The dialect's.</summary>
    [Benchmark(Baseline = true)]
    public int Dialect()
    {
        _dialect.ReadEvent(_event, EventName, _meaning);
        return _meaning.TextCount;
    }

    /// <summary><see cref="Utf8JsonReader"/>.</summary>
    [Benchmark, AlternativeTo(nameof(Dialect), "it keeps nothing of what it sees")]
    public int JsonReader()
    {
        var tokens = 0;
        var reader = new Utf8JsonReader(_event);
        while (reader.Read()) tokens++;
        return tokens;
    }

    /// <summary><see cref="JsonDocument"/>.</summary>
    [Benchmark, AlternativeTo(nameof(Dialect), "nothing of it has been looked up")]
    public JsonValueKind Document()
    {
        using var document = JsonDocument.Parse(_event);
        return document.RootElement.ValueKind;
    }

    private ReadOnlySpan<byte> EventName => Name == "anthropic" ? "content_block_delta"u8 : default;
}

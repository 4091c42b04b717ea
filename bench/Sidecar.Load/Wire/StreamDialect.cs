using System.Text;

namespace Sidecar.Load.Wire;

/// <summary>How an API asks for a stream and how its events look, as far as a bench has to know it.</summary>
internal sealed class StreamDialect
{
    private const string ChunkStart = "{\"id\":\"chatcmpl-bench\",\"object\":\"chat.completion.chunk\",\"created\":1764000000,\"model\":\"gpt-4o-mini\"," +
        "\"choices\":[{\"index\":0,\"delta\":{";
    private const string OllamaStart = "{\"model\":\"llama3.2\",\"created_at\":\"2026-11-24T12:00:00.000000Z\",\"message\":{\"role\":\"assistant\",\"content\":\"";

    /// <summary>OpenAI's chat completions.</summary>
    public static readonly StreamDialect OpenAI = new()
    {
        Name = "openai",
        Path = "/v1/chat/completions",
        ContentType = "text/event-stream",
        Model = "gpt-4o-mini",
        EventEnd = "\n\n"u8.ToArray(),
        Opening = Ascii($"data: {ChunkStart}\"role\":\"assistant\",\"content\":\"\"}},\"finish_reason\":null}}]}}\n\n"),
        BeforeText = Ascii($"data: {ChunkStart}\"content\":\""),
        BehindText = Ascii($"\"}},\"finish_reason\":null}}],\"obfuscation\":\""),
        Last = "[DONE]"u8.ToArray(),
        Ending = Ascii($"data: {ChunkStart}}},\"finish_reason\":\"stop\"}}]}}\n\ndata: [DONE]\n\n"),
    };

    /// <summary>Anthropic's messages.</summary>
    public static readonly StreamDialect Anthropic = new()
    {
        Name = "anthropic",
        Path = "/v1/messages",
        ContentType = "text/event-stream",
        Model = "claude-sonnet-4-5",
        EventEnd = "\n\n"u8.ToArray(),
        Opening = Ascii(
            "event: message_start\ndata: {\"type\":\"message_start\",\"message\":{\"id\":\"msg_bench\",\"type\":\"message\",\"role\":\"assistant\"," +
            "\"model\":\"claude-sonnet-4-5\",\"content\":[],\"usage\":{\"input_tokens\":9,\"output_tokens\":1}}}\n\n" +
            "event: content_block_start\ndata: {\"type\":\"content_block_start\",\"index\":0,\"content_block\":{\"type\":\"text\",\"text\":\"\"}}\n\n"),
        BeforeText = Ascii("event: content_block_delta\ndata: {\"type\":\"content_block_delta\",\"index\":0,\"delta\":{\"type\":\"text_delta\",\"text\":\""),
        BehindText = Ascii("\"},\"padding\":\""),
        Last = "{\"type\":\"message_stop\"}"u8.ToArray(),
        Ending = Ascii(
            "event: content_block_stop\ndata: {\"type\":\"content_block_stop\",\"index\":0}\n\n" +
            "event: message_delta\ndata: {\"type\":\"message_delta\",\"delta\":{\"stop_reason\":\"end_turn\"},\"usage\":{\"output_tokens\":9}}\n\n" +
            "event: message_stop\ndata: {\"type\":\"message_stop\"}\n\n"),
    };

    /// <summary>Ollama's chat.</summary>
    public static readonly StreamDialect Ollama = new()
    {
        Name = "ollama",
        Path = "/api/chat",
        ContentType = "application/x-ndjson",
        Model = "llama3.2",
        EventEnd = "\n"u8.ToArray(),
        Opening = [],
        BeforeText = Ascii(OllamaStart),
        BehindText = Ascii("\"},\"done\":false,\"padding\":\""),
        Last = "\"done\":true,\"done_reason\":\"stop\"}"u8.ToArray(),
        Ending = Ascii(OllamaStart + "\"},\"done\":true,\"done_reason\":\"stop\"}\n"),
    };

    /// <summary>All of them.</summary>
    public static readonly StreamDialect[] All = [OpenAI, Anthropic, Ollama];

    /// <summary>Its name on the command line.</summary>
    public required string Name { get; init; }

    /// <summary>Where it is asked.</summary>
    public required string Path { get; init; }

    /// <summary>Of the response.</summary>
    public required string ContentType { get; init; }

    /// <summary>A model it has.</summary>
    public required string Model { get; init; }

    /// <summary>What ends an event.</summary>
    public required byte[] EventEnd { get; init; }

    /// <summary>Events before the first with content; empty where there are none.</summary>
    public required byte[] Opening { get; init; }

    /// <summary>What the last event ends with.</summary>
    public required byte[] Last { get; init; }

    /// <summary>Events behind the last with content.</summary>
    public required byte[] Ending { get; init; }

    private byte[] BeforeText { get; init; } = [];

    private byte[] BehindText { get; init; } = [];

    /// <summary>The one of a path; OpenAI's where none has it.</summary>
    public static StreamDialect OfRequest(string head) => Array.Find(All, dialect => head.Contains(dialect.Path, StringComparison.Ordinal)) ?? OpenAI;

    /// <summary>The one of a name.</summary>
    public static StreamDialect Named(string name) =>
        Array.Find(All, dialect => dialect.Name == name) ?? throw new ArgumentException($"openai, anthropic or ollama, not {name}");

    /// <summary>A request's body.</summary>
    public string Request(StreamPlan plan) => $"{{\"model\":\"{Model}\",\"stream\":true,\"max_tokens\":1024,\"messages\":[{{\"role\":\"user\",\"content\":\"{plan}\"}}]}}";

    /// <summary>Writes an event with content, filled up to its size; bytes written. The same arguments make the same bytes.</summary>
    /// <param name="output">At least <paramref name="size"/> and 512 bytes more.</param>
    /// <param name="marks">What it tells of itself.</param>
    /// <param name="text">Its content, as it stands in JSON.</param>
    /// <param name="size">Bytes of all of it.</param>
    public int WriteEvent(Span<byte> output, in Marks marks, ReadOnlySpan<byte> text, int size)
    {
        Span<byte> written = stackalloc byte[128];
        written = written[..marks.Write(written)];
        var at = 0;
        Copy(BeforeText, output, ref at);
        Copy(text, output, ref at);
        Copy(BehindText, output, ref at);
        var padding = Math.Max(0, size - at - 1 - written.Length - 1 - EventEnd.Length);
        output.Slice(at, padding).Fill((byte)'x');
        at += padding;
        output[at++] = (byte)'"';
        Copy(written, output, ref at);
        output[at++] = (byte)'}';
        Copy(EventEnd, output, ref at);
        return at;
    }

    private static void Copy(ReadOnlySpan<byte> bytes, Span<byte> output, ref int at)
    {
        bytes.CopyTo(output[at..]);
        at += bytes.Length;
    }

    private static byte[] Ascii(string text) => Encoding.ASCII.GetBytes(text);
}

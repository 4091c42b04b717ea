using System.Text;
using System.Text.Json;

namespace Sidecar.Providers.Tests;

/// <summary>One event of a recorded stream.</summary>
internal readonly record struct Recorded(string Name, byte[] Data)
{
    public bool IsJson
    {
        get
        {
            try
            {
                using var document = JsonDocument.Parse(Data);
                return document.RootElement.ValueKind == JsonValueKind.Object;
            }
            catch (JsonException)
            {
                return false;
            }
        }
    }
}

/// <summary>
/// The recorded streams of shared/data, when they lie above the test's folder (they are no part of this repository), and beside
/// them a few written here, which are always there.
/// </summary>
internal static class RecordedStreams
{
    public static readonly string? Folder = Find();

    private static readonly Dictionary<string, string> Own = new()
    {
        ["own-chat.sse"] = """
            : comment

            data: {"choices":[{"index":0,"delta":{"role":"assistant","content":""},"finish_reason":null}]}

            data: {"choices":[{"index":0,"delta":{"content":"caf\u00e9","tool_calls":[{"index":1,"function":{"arguments":"{}"}}]}}]}

            data: {"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}

            data: {"choices":[],"usage":{"prompt_tokens":7,"completion_tokens":3}}

            data: [DONE]

            """,
        ["own-responses.sse"] = """
            event: response.output_text.delta
            data: {"type":"response.output_text.delta","output_index":0,"content_index":0,"delta":"a"}

            event: response.output_text.delta
            data: {"type":"response.output_text.delta","output_index":0,"content_index":0,"delta":"b"}

            event: response.output_text.done
            data: {"type":"response.output_text.done","output_index":0,"content_index":0,"text":"ab"}

            event: response.completed
            data: {"type":"response.completed","response":{"status":"completed","output":[{"type":"message","content":[{"type":"output_text","text":"ab"}]}],"usage":{"input_tokens":1,"output_tokens":2}}}

            """,
        ["own-text.sse"] = "data: plain words\n\ndata: {\"ok\":true}\n\n",
    };

    /// <summary>Files that hold SSE or NDJSON; AWS event streams are binary.</summary>
    public static IEnumerable<string> Files => Own.Keys.Concat(Folder is null ? [] : Directory.GetFiles(Folder)
        .Where(f => f.EndsWith(".sse", StringComparison.Ordinal) || f.EndsWith(".ndjson", StringComparison.Ordinal))
        .Select(f => Path.GetFileName(f)).Order(StringComparer.Ordinal));

    /// <summary>Whether the stream can be read here.</summary>
    public static bool Has(string file) => Own.ContainsKey(file) || Folder is not null;

    /// <summary>The events, by the dialect that their first JSON object speaks; null when it is none of ours.</summary>
    public static Dialect? DialectOf(List<Recorded> events)
    {
        var first = events.FirstOrDefault(e => e.IsJson);
        if (first.Data is null) return null;
        using var document = JsonDocument.Parse(first.Data);
        var root = document.RootElement;
        if (root.TryGetProperty("choices", out _)) return OpenAIChat.Instance;
        if (root.TryGetProperty("candidates", out _) || root.TryGetProperty("promptFeedback", out _)) return Gemini.Instance;
        if (root.TryGetProperty("done", out _)) return Ollama.Instance;
        return root.TryGetProperty("type", out var type) ? type.GetString() switch
        {
            "message_start" => AnthropicMessages.Instance,
            ['r', 'e', 's', 'p', 'o', 'n', 's', 'e', '.', ..] => OpenAIResponses.Instance,
            _ => null,
        } : null;
    }

    public static List<Recorded> Read(string file)
    {
        var text = Own.TryGetValue(file, out var own) ? own : File.ReadAllText(Path.Combine(Folder!, file));
        var lines = text.ReplaceLineEndings("\n").Split('\n');
        if (file.EndsWith(".ndjson", StringComparison.Ordinal))
        {
            return [.. lines.Where(line => line.Length > 0).Select(line => new Recorded("", Encoding.UTF8.GetBytes(line)))];
        }
        return Split(lines);
    }

    // WHATWG HTML §9.2.6, enough of it for whole files. A file may lack the last blank line: its event is kept for what it says.
    private static List<Recorded> Split(string[] lines)
    {
        var events = new List<Recorded>();
        var data = new List<string>();
        var name = "";
        foreach (var line in lines.Append(""))
        {
            if (line.Length == 0)
            {
                if (data.Count > 0) events.Add(new Recorded(name, Encoding.UTF8.GetBytes(string.Join('\n', data))));
                data.Clear();
                name = "";
                continue;
            }
            var colon = line.IndexOf(':', StringComparison.Ordinal);
            var (field, value) = colon < 0 ? (line, "") : (line[..colon], line[(colon + 1)..]);
            if (value.StartsWith(' ')) value = value[1..];
            if (field == "data") data.Add(value);
            else if (field == "event") name = value;
        }
        return events;
    }

    private static string? Find()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var streams = Path.Combine(folder.FullName, "shared", "data", "streams");
            if (Directory.Exists(streams)) return streams;
        }
        return null;
    }
}

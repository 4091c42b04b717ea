using System.Text;
using System.Text.Json;

namespace Sidecar.Providers.Tests;

/// <summary>That recorded streams hide no string, and go on with no text that has ended.</summary>
public class RecordedTextTests(ITestOutputHelper output)
{
    private static readonly string[] Metadata =
    [
        "b64_json", "blockReason", "call_id", "category", "code", "created", "createTime", "created_at", "data", "done_reason", "encrypted_content",
        "encrypted_index", "expires_at", "file_id", "finishReason", "finish_reason", "id", "item_id", "mimeType", "modality", "model", "modelVersion",
        "native_finish_reason", "obfuscation", "object", "partial_image_b64", "probability", "provider", "responseId", "result", "role",
        "service_tier", "severity", "signature", "status", "stop_reason", "system_fingerprint", "thoughtSignature", "tool_use_id", "trafficType",
        "type", "uri", "url",
    ];

    private static readonly string[] Echoes =
    [
        "input", "instructions", "metadata", "prompt", "prompt_cache_key", "reasoning", "safety_identifier", "text", "tool_choice", "tools", "user",
    ];

    [Fact]
    public void Every_string_of_every_event_is_a_text_or_known_metadata()
    {
        TellWhatIsAbsent();
        var meaning = new EventMeaning();
        var (texts, others, bytes) = (0, 0, 0);
        foreach (var file in RecordedStreams.Files)
        {
            var recorded = RecordedStreams.Read(file);
            if (RecordedStreams.DialectOf(recorded) is not { } dialect) continue;
            foreach (var e in recorded.Where(e => e.IsJson))
            {
                dialect.ReadEvent(e.Data, Encoding.UTF8.GetBytes(e.Name), meaning);
                foreach (var (start, path) in Strings(e.Data)) Assert.True(IsToldOf(meaning, dialect, start, path), $"{file}: {string.Join('.', path)}");
                foreach (var text in meaning.Texts)
                {
                    if (text.Channel.Kind != ChannelKind.Other) texts++;
                    else (others, bytes) = (others + 1, bytes + text.Length);
                }
            }
        }
        output.WriteLine($"{texts} texts, {others} other strings of {bytes} bytes");
        Assert.True(texts > 0);
    }

    [Fact]
    public void No_text_follows_the_event_that_closes_its_channel()
    {
        TellWhatIsAbsent();
        var meaning = new EventMeaning();
        var closings = 0;
        foreach (var file in RecordedStreams.Files)
        {
            var recorded = RecordedStreams.Read(file);
            if (RecordedStreams.DialectOf(recorded) is not { } dialect) continue;
            var closed = new List<Closing>();
            foreach (var e in recorded)
            {
                dialect.ReadEvent(e.Data, Encoding.UTF8.GetBytes(e.Name), meaning);
                foreach (var text in meaning.Texts.ToArray().Where(t => t is { Whole: false, Complete: false, Channel.Kind: not ChannelKind.Other }))
                {
                    Assert.DoesNotContain(closed, c => c.Closes(text.Channel));
                }
                closed.AddRange(meaning.Closings);
            }
            closings += closed.Count;
        }
        output.WriteLine($"{closings} closings");
        Assert.True(closings > 0);
    }

    private void TellWhatIsAbsent()
    {
        if (RecordedStreams.Folder is null) output.WriteLine("The recorded streams (shared/data/streams) are not there: only streams written here are read.");
    }

    private static bool IsToldOf(EventMeaning meaning, Dialect dialect, int start, string[] path)
    {
        foreach (var text in meaning.Texts)
        {
            if (start >= text.Start && start < text.Start + text.Length) return true;
        }
        foreach (var spelling in meaning.Spellings)
        {
            if (start >= spelling.Start && start < spelling.Start + spelling.Length) return true;
        }
        return Metadata.Contains(path[^1]) || (dialect is OpenAIResponses && path[0] == "response" && Echoes.Contains(path[1]));
    }

    // Where each non-empty string value's text starts, and the names of the members around it.
    private static List<(int Start, string[] Path)> Strings(byte[] data)
    {
        var strings = new List<(int, string[])>();
        var names = new List<string>();
        var json = new Utf8JsonReader(data);
        while (json.Read())
        {
            // A name stands one level deeper than the object that has it; arrays add a level without a name.
            if (json.TokenType == JsonTokenType.PropertyName)
            {
                names.RemoveRange(Math.Min(names.Count, json.CurrentDepth - 1), names.Count - Math.Min(names.Count, json.CurrentDepth - 1));
                while (names.Count < json.CurrentDepth - 1) names.Add(names[^1]);
                names.Add(json.GetString()!);
            }
            else if (json.TokenType == JsonTokenType.String && json.ValueSpan.Length > 0)
            {
                strings.Add(((int)json.TokenStartIndex + 1, [.. names]));
            }
        }
        return strings;
    }
}

using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Sidecar.FunctionalTests.Moderation;

/// <summary>What a body tells whoever puts it together again, in any way: every string of its events joined with those of the same place, as people read it.</summary>
internal static partial class Told
{
    /// <summary>All texts: of each place in the JSON, and of what is no JSON.</summary>
    public static IReadOnlyList<string> By(string body)
    {
        var texts = new Dictionary<string, StringBuilder>();
        foreach (var document in Documents(body))
        {
            try
            {
                using var json = JsonDocument.Parse(document);
                Add(texts, "", json.RootElement);
            }
            catch (JsonException)
            {
                At(texts, "").Append(document);
            }
        }
        return [.. texts.Values.Select(text => Read(text.ToString()))];
    }

    /// <summary>A text as people read it: escapes resolved (JSON in JSON too), wide letters narrow, Cyrillic ones Latin, and nothing that shows nothing.</summary>
    public static string Read(string text)
    {
        var resolved = Escape().Replace(text, match => ((char)int.Parse(match.ValueSpan[^4..], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture)).ToString());
        var read = new StringBuilder();
        foreach (var rune in resolved.EnumerateRunes())
        {
            if (Rune.GetUnicodeCategory(rune) is UnicodeCategory.NonSpacingMark or UnicodeCategory.EnclosingMark or UnicodeCategory.Format || rune == Rune.ReplacementChar) continue;
            read.Append(rune.Value switch
            {
                >= 0xFF01 and <= 0xFF5E => new Rune(rune.Value - 0xFEE0),
                'о' => new Rune('o'),
                'е' => new Rune('e'),
                'а' => new Rune('a'),
                _ => rune,
            });
        }
        return read.ToString();
    }

    // Events of SSE, an array, lines, or one text.
    private static IEnumerable<string> Documents(string body)
    {
        var lines = body.ReplaceLineEndings("\n");
        if (body.Contains("data:", StringComparison.Ordinal))
        {
            return lines.Split("\n\n").Select(text => string.Join('\n', text.Split('\n').Select(line => line.StartsWith("data:", StringComparison.Ordinal) ? line[5..] : "")));
        }
        return body.StartsWith('[') || !lines.Contains("}\n{", StringComparison.Ordinal) ? [body] : lines.Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }

    private static void Add(Dictionary<string, StringBuilder> texts, string place, JsonElement value)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                foreach (var member in value.EnumerateObject()) Add(texts, $"{place}/{member.Name}", member.Value);
                break;
            case JsonValueKind.Array:
                foreach (var item in value.EnumerateArray()) Add(texts, place, item);
                break;
            case JsonValueKind.String:
                At(texts, place).Append(value.GetRawText().AsSpan()[1..^1]);
                break;
        }
    }

    private static StringBuilder At(Dictionary<string, StringBuilder> texts, string place)
    {
        if (!texts.TryGetValue(place, out var text)) texts.Add(place, text = new StringBuilder());
        return text;
    }

    [GeneratedRegex(@"\\+u[0-9a-fA-F]{4}")]
    private static partial Regex Escape();
}

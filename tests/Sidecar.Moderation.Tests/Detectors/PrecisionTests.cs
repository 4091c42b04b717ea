using System.Text;
using System.Text.Json;

namespace Sidecar.Moderation.Tests.Detectors;

public sealed class PrecisionTests(ITestOutputHelper output)
{
    [Fact]
    public void Nothing_is_found_in_harmless_texts()
    {
        Assert.True(HarmlessTexts.Lines.Count >= 150);
        var found = HarmlessTexts.Lines.SelectMany(Found).ToArray();
        Assert.True(found.Length == 0, string.Join('\n', found));
    }

    [Fact]
    public void Nothing_is_found_in_harmless_texts_that_follow_each_other() => Assert.Empty(Found(string.Join('\n', HarmlessTexts.Lines)));

    [Fact]
    public void Nothing_is_found_in_recorded_streams()
    {
        if (Corpora.Streams is null)
        {
            output.WriteLine("shared/data/streams is not here: no stream was read");
            return;
        }
        var streams = Directory.GetFiles(Corpora.Streams).Where(file => Path.GetExtension(file) is ".sse" or ".ndjson" or ".awses").ToArray();
        var found = streams.SelectMany(file => Texts(File.ReadAllText(file)).SelectMany(Found).Select(finding => $"{Path.GetFileName(file)}: {finding}")).ToArray();
        Assert.NotEmpty(streams);
        Assert.True(found.Length == 0, string.Join('\n', found));
    }

    private static IEnumerable<string> Found(string text) =>
        ScannerFinder.All.Find(text).Select(finding => $"{finding.Type} {text[finding.Start..finding.End]} in {text[..Math.Min(text.Length, 120)]}");

    // Each line, each string in the JSON of a line, and for each place in the JSON the strings of all lines put together, as the texts of a channel are.
    private static IEnumerable<string> Texts(string stream)
    {
        var together = new Dictionary<string, StringBuilder>();
        foreach (var line in stream.Split('\n'))
        {
            yield return line;
            if (Json(line) is not { } json) continue;
            foreach (var (place, text) in Strings(json.RootElement, ""))
            {
                yield return text;
                if (!together.TryGetValue(place, out var builder)) together.Add(place, builder = new StringBuilder());
                builder.Append(text);
            }
        }
        foreach (var text in together.Values) yield return text.ToString();
    }

    private static JsonDocument? Json(string line)
    {
        var start = line.IndexOf('{', StringComparison.Ordinal);
        try
        {
            return start < 0 ? null : JsonDocument.Parse(line[start..(line.LastIndexOf('}') + 1)]);
        }
        catch (Exception e) when (e is JsonException or ArgumentOutOfRangeException)
        {
            return null;
        }
    }

    private static IEnumerable<(string Place, string Text)> Strings(JsonElement element, string place) => element.ValueKind switch
    {
        JsonValueKind.String => [(place, element.GetString()!)],
        JsonValueKind.Array => element.EnumerateArray().SelectMany(item => Strings(item, place + "[]")),
        JsonValueKind.Object => element.EnumerateObject().SelectMany(property => Strings(property.Value, $"{place}.{property.Name}")),
        _ => [],
    };
}

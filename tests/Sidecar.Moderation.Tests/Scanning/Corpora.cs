using System.IO.Compression;
using System.Text;
using System.Text.Json;

namespace Sidecar.Moderation.Tests.Scanning;

/// <summary>Texts of a kind.</summary>
internal sealed record Corpus(string Name, IReadOnlyList<string> Texts);

/// <summary>
/// Texts that policies are tried with: the ones made here are always there; those of shared/data, which are no part of this repository, when they lie
/// above the test's folder.
/// </summary>
internal static class Corpora
{
    // Of a longer text its beginning: the judge tries all that is in it.
    private const int MaxLength = 600;

    private static readonly string? Folder = Find();

    public static IReadOnlyList<Corpus> All { get; } = [new Corpus("made here", MadeTexts.All), .. Shared()];

    /// <summary>Words of shared/data that policies name; none where they are absent.</summary>
    public static IReadOnlyList<string> ListedWords { get; } = Folder is null ? [] : [.. WordFiles().Distinct(StringComparer.Ordinal)];

    /// <summary>Says plainly what could not be tried.</summary>
    public static void TellAbsence(ITestOutputHelper output)
    {
        if (Folder is null) output.WriteLine("shared/data/moderation is absent: only the texts and words made here were tried");
    }

    private static IEnumerable<Corpus> Shared()
    {
        if (Folder is null) yield break;
        yield return new Corpus("presidio sentences", [.. Sentences().Select(Cut)]);
        foreach (var name in new[] { "presidio-recognizer-cases-even", "gitleaks-cases-even", "secretlint-cases-even" }) yield return new Corpus(name, [.. Cases(name).Select(Cut)]);
    }

    private static IEnumerable<string> Sentences()
    {
        using var document = JsonDocument.Parse(Read("presidio-research-first-500.json.gz"));
        return [.. document.RootElement.EnumerateArray().Select(item => item.GetProperty("full_text").GetString()!)];
    }

    private static IEnumerable<string> Cases(string name) =>
        from line in Read(name + ".jsonl.gz").Split('\n', StringSplitOptions.RemoveEmptyEntries)
        select JsonElement.Parse(line).GetProperty("text").GetString();

    private static IEnumerable<string> WordFiles()
    {
        foreach (var file in Directory.GetFiles(Path.Combine(Folder!, "wordlists"), "*.json").Order(StringComparer.Ordinal))
        {
            using var document = JsonDocument.Parse(File.ReadAllText(file));
            foreach (var word in Strings(document.RootElement)) yield return word;
        }
    }

    private static IEnumerable<string> Strings(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => [value.GetString()!],
        JsonValueKind.Array => value.EnumerateArray().SelectMany(Strings),
        JsonValueKind.Object => value.EnumerateObject().SelectMany(member => Strings(member.Value)),
        _ => [],
    };

    // Not in the middle of a pair, and no lone half of one, which is no text.
    private static string Cut(string text)
    {
        var cut = text.Length <= MaxLength ? text : text[..(char.IsHighSurrogate(text[MaxLength - 1]) ? MaxLength - 1 : MaxLength)];
        return string.Concat(cut.EnumerateRunes().Where(rune => rune != Rune.ReplacementChar).Select(rune => rune.ToString()));
    }

    private static string Read(string file)
    {
        using var reader = new StreamReader(new GZipStream(File.OpenRead(Path.Combine(Folder!, file)), CompressionMode.Decompress), Encoding.UTF8);
        return reader.ReadToEnd();
    }

    private static string? Find()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var data = Path.Combine(folder.FullName, "shared", "data", "moderation");
            if (Directory.Exists(data)) return data;
        }
        return null;
    }
}

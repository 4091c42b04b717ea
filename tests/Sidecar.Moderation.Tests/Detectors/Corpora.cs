using System.IO.Compression;
using System.Text;
using System.Text.Json;

namespace Sidecar.Moderation.Tests.Detectors;

/// <summary>A text and what is to be found in it.</summary>
/// <param name="Corpus">Where it is from.</param>
/// <param name="Entity">What the corpus calls the thing, or its rule.</param>
/// <param name="Number">Place in the corpus, from 1.</param>
/// <param name="Text">The text.</param>
/// <param name="Count">How many things are in it.</param>
/// <param name="Spans">Where, in UTF-16 code units; empty when the corpus does not say.</param>
/// <param name="Types">Detectors that claim the entity.</param>
internal sealed record LabelledText(
    string Corpus, string Entity, int Number, string Text, int Count, IReadOnlyList<(int Start, int End)> Spans, IReadOnlyList<string> Types)
{
    /// <summary>The text's name in reports, which quote no text.</summary>
    public string Name => $"{Entity} #{Number}";

    /// <summary>Whether it is of a rule for secrets: these are many, with few texts each.</summary>
    public bool IsSecret => Corpus is Corpora.Gitleaks or Corpora.Secretlint;
}

/// <summary>
/// The labelled texts of shared/data, when they lie above the test's folder: they are no part of this repository. Of each, what the detectors claim.
/// </summary>
internal static class Corpora
{
    public const string Recognizers = "Presidio recognizers";
    public const string Sentences = "Presidio sentences";
    public const string Gitleaks = "gitleaks rules";
    public const string Secretlint = "secretlint rules";

    private static readonly string[] Secrets = ["api_key", "jwt", "private_key"];

    private static readonly Dictionary<string, string[]> PersonalData = new()
    {
        ["CREDIT_CARD"] = ["credit_card"],
        ["CRYPTO"] = ["crypto_wallet"],
        ["EMAIL_ADDRESS"] = ["email"],
        ["IBAN_CODE"] = ["iban"],
        ["IP_ADDRESS"] = ["ip_address"],
        ["MAC_ADDRESS"] = ["mac_address"],
        ["PHONE_NUMBER"] = ["phone"],
        ["US_SSN"] = ["us_ssn"],
    };

    /// <summary>Rules of secretlint for identifiers, passwords in addresses, the configuration's own patterns, and what a folder is called.</summary>
    private static readonly HashSet<string> OtherRules =
    [
        "azure", "basicauth", "database-connection-string", "example", "filter-comments", "no-dotenv", "no-homedir", "no-k8s-kind-secret", "pattern",
        "secp256k1-privatekey",
    ];

    public static readonly string? Folder = Find("moderation");

    public static readonly string? Streams = Find("streams");

    /// <summary>All that is there and claimed.</summary>
    public static IReadOnlyList<LabelledText> All { get; } =
        Folder is null ? [] : [.. ReadRecognizers(), .. ReadSentences(), .. ReadGitleaks(), .. ReadSecretlint()];

    private static IEnumerable<LabelledText> ReadRecognizers()
    {
        foreach (var (line, number) in Lines("presidio-recognizer-cases*.jsonl.gz"))
        {
            var entity = line.GetProperty("entity").GetString()!;
            if (entity.Contains("phone", StringComparison.Ordinal)) entity = "PHONE_NUMBER";
            if (!PersonalData.TryGetValue(entity, out var types)) continue;
            var text = line.GetProperty("text").GetString()!;
            var spans = line.GetProperty("spans").EnumerateArray().Select(span => InUtf16(text, span[0].GetInt32(), span[1].GetInt32()));
            yield return new LabelledText(Recognizers, entity, number, text, line.GetProperty("expected_len").GetInt32(), [.. spans], types);
        }
    }

    private static IEnumerable<LabelledText> ReadSentences()
    {
        var number = 0;
        foreach (var document in Read("presidio-research*.json.gz").SelectMany(text => JsonDocument.Parse(text).RootElement.EnumerateArray()))
        {
            number++;
            var text = document.GetProperty("full_text").GetString()!;
            foreach (var (entity, types) in PersonalData)
            {
                var spans = document.GetProperty("spans").EnumerateArray().Where(span => span.GetProperty("entity_type").GetString() == entity)
                    .Select(span => InUtf16(text, span.GetProperty("start_position").GetInt32(), span.GetProperty("end_position").GetInt32())).ToArray();
                yield return new LabelledText(Sentences, entity, number, text, spans.Length, spans, types);
            }
        }
    }

    private static IEnumerable<LabelledText> ReadGitleaks()
    {
        var rules = new GitleaksRules(string.Concat(Read("gitleaks.toml.gz")));
        foreach (var (line, number) in Lines("gitleaks-cases*.jsonl.gz"))
        {
            var (rule, text, isPositive) = (line.GetProperty("rule").GetString()!, line.GetProperty("text").GetString()!, line.GetProperty("positive").GetBoolean());
            // A text that another rule finds is one of ours, though not of this rule.
            if (!rules.IsClaimed(rule) || (!isPositive && rules.IsFoundByAnother(rule, text))) continue;
            yield return new LabelledText(Gitleaks, rule, number, text, isPositive ? 1 : 0, [], Secrets);
        }
    }

    private static IEnumerable<LabelledText> ReadSecretlint()
    {
        foreach (var (line, number) in Lines("secretlint-cases*.jsonl.gz"))
        {
            var (rule, text) = (line.GetProperty("rule").GetString()!, line.GetProperty("text").GetString()!);
            // What a configuration allows is a key nevertheless; a PKCS #12 file is no text.
            var isOther = line.GetProperty("case").GetString()!.Contains("allows", StringComparison.Ordinal) || text.Contains('\u0001', StringComparison.Ordinal);
            if (isOther || OtherRules.Contains(rule)) continue;
            var ranges = line.GetProperty("spans").EnumerateArray().Select(span => span.GetProperty("range"));
            var spans = ranges.Select(range => (range[0].GetInt32(), range[1].GetInt32())).ToArray();
            yield return new LabelledText(Secretlint, rule, number, text, spans.Length, spans, Secrets);
        }
    }

    private static IEnumerable<(JsonElement Line, int Number)> Lines(string pattern) =>
        Read(pattern).SelectMany(text => text.Split('\n')).Where(line => line.Length > 0).Select((line, i) => (JsonDocument.Parse(line).RootElement, i + 1));

    private static IEnumerable<string> Read(string pattern)
    {
        foreach (var file in Directory.GetFiles(Folder!, pattern).Order(StringComparer.Ordinal))
        {
            using var reader = new StreamReader(new GZipStream(File.OpenRead(file), CompressionMode.Decompress), Encoding.UTF8);
            yield return reader.ReadToEnd();
        }
    }

    // Presidio counts code points.
    private static (int Start, int End) InUtf16(string text, int start, int end)
    {
        var positions = new List<int>();
        for (var i = 0; i < text.Length; i += char.IsSurrogatePair(text, i) ? 2 : 1) positions.Add(i);
        positions.Add(text.Length);
        return (positions[start], positions[end]);
    }

    private static string? Find(string name)
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var found = Path.Combine(folder.FullName, "shared", "data", name);
            if (Directory.Exists(found)) return found;
        }
        return null;
    }
}

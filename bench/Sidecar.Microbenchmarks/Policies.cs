using Sidecar.Moderation;
using Sidecar.Moderation.Detectors;
using Sidecar.Moderation.Fold;
using Sidecar.Moderation.Scanning;
using Sidecar.Moderation.Text;

namespace Sidecar.Microbenchmarks;

/// <summary>The rules that are measured.</summary>
internal static class Policies
{
    // What one read brings at most, about.
    private const int PieceBytes = 4096;

    /// <summary>Every detector, or none, and made-up terms.</summary>
    public static IReadOnlyList<Rule> Rules(bool detectors, int terms)
    {
        var rules = new List<Rule>();
        if (detectors) rules.Add(new Rule("pii", RuleAction.Redact) { Detect = DetectorCatalogue.All });
        if (terms > 0) rules.Add(new Rule("terms", RuleAction.Redact) { Terms = Texts.Terms(terms) });
        return rules;
    }

    /// <summary>The same, compiled.</summary>
    public static RuleSet Build(IReadOnlyList<Rule> rules) => RuleSet.Build(rules, FoldKinds.All, out var error) ?? throw new InvalidOperationException(error);

    /// <summary>A scanner for them.</summary>
    public static RuleScanner Scanner(bool detectors, int terms) => new(Build(Rules(detectors, terms)), new StreamNumbers(), _ => { });

    /// <summary>Scans a text in pieces; the most bytes that were held at once.</summary>
    public static long Scan(RuleScanner scanner, ReadOnlySpan<byte> text, int pieceBytes = PieceBytes)
    {
        long held = 0;
        scanner.Reset(TextForm.Plain);
        for (; !text.IsEmpty; text = text[Math.Min(pieceBytes, text.Length)..])
        {
            scanner.Append(text[..Math.Min(pieceBytes, text.Length)]);
            held = Math.Max(held, scanner.Length - scanner.Decided);
            scanner.Forget(scanner.Decided);
        }
        scanner.End();
        return held;
    }
}

using System.Text;
using Sidecar.Moderation.Detectors;
using Sidecar.Moderation.Fold;
using Sidecar.Moderation.Scanning;
using Sidecar.Moderation.Text;

namespace Sidecar.Moderation.Tests.Detectors;

/// <summary>The scanner of the product.</summary>
internal sealed class ScannerFinder(RuleSet rules) : IFinder
{
    private static readonly Rule[] Rules = [new("pii", RuleAction.Redact) { Detect = DetectorCatalogue.All }];

    public static RuleSet AllDetectors { get; } = RuleSet.Build(Rules, FoldKinds.All, out var error) ?? throw new InvalidOperationException(error);

    public static ScannerFinder All { get; } = new(AllDetectors);

    public IReadOnlyList<Finding> Find(string text)
    {
        using var scanner = new RuleScanner(rules, new StreamNumbers(), _ => { });
        scanner.Reset(TextForm.Plain);
        var bytes = Encoding.UTF8.GetBytes(text);
        scanner.Append(bytes);
        scanner.End();
        var findings = new List<Finding>();
        foreach (ref readonly var edit in scanner.Edits)
        {
            var end = (int)Math.Min(edit.End, bytes.Length);
            findings.Add(new(Encoding.UTF8.GetCharCount(bytes, 0, (int)edit.Start), Encoding.UTF8.GetCharCount(bytes, 0, end), edit.Hit.Type));
        }
        return findings;
    }
}

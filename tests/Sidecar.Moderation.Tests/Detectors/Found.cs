namespace Sidecar.Moderation.Tests.Detectors;

/// <summary>What all detectors together find in a text, as a test reads best.</summary>
internal static class Found
{
    /// <summary>What a detector found, one after the other.</summary>
    public static string[] By(string type, string text) =>
        [.. ScannerFinder.All.Find(text).Where(finding => finding.Type == type).Select(finding => text[finding.Start..finding.End])];

    /// <summary>All that was found, as type and text.</summary>
    public static string[] All(string text) => [.. ScannerFinder.All.Find(text).Select(finding => $"{finding.Type} {text[finding.Start..finding.End]}")];
}

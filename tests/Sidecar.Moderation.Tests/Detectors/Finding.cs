namespace Sidecar.Moderation.Tests.Detectors;

/// <summary>What a detector found in a text.</summary>
/// <param name="Start">Index of the first UTF-16 code unit.</param>
/// <param name="End">One past the last one.</param>
/// <param name="Type">The detector's name.</param>
internal readonly record struct Finding(int Start, int End, string Type);

/// <summary>Finds what the detectors of the catalogue find.</summary>
internal interface IFinder
{
    /// <summary>Leftmost first, of those that start together the longest, none in another.</summary>
    IReadOnlyList<Finding> Find(string text);
}

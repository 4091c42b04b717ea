namespace Sidecar.Moderation.Detectors;

/// <summary>Decides whether a candidate that has the form is the thing: a checksum, an exclusion, a measure of randomness.</summary>
/// <param name="text">The candidate, folded but for its case, in UTF-8.</param>
public delegate bool CandidateTest(ReadOnlySpan<byte> text);

/// <summary>One form of what a detector finds.</summary>
/// <param name="Text">A pattern in the syntax of <see cref="Patterns.Pattern"/>, open ends allowed.</param>
/// <param name="IgnoreCase">Whether upper and lower case are one.</param>
/// <param name="Test">What a candidate must pass besides; null when the form is enough. Never with an open end.</param>
public sealed record DetectorPattern(string Text, bool IgnoreCase = false, CandidateTest? Test = null);

/// <summary>Finds one kind of personal data or secret.</summary>
/// <param name="Name">As in the configuration, and as <c>{type}</c> in replacements.</param>
/// <param name="Patterns">Its forms.</param>
public sealed record Detector(string Name, IReadOnlyList<DetectorPattern> Patterns);

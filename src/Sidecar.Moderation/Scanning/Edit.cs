namespace Sidecar.Moderation.Scanning;

/// <summary>A run of a text that another text takes the place of. Positions count the text's bytes as written, from its first one.</summary>
/// <param name="Start">First byte.</param>
/// <param name="End">One past the last byte; <see cref="long.MaxValue"/> while it may go on.</param>
/// <param name="Hit">What was found.</param>
public readonly record struct Edit(long Start, long End, Hit Hit)
{
    /// <summary>Range of the text in its place, written in the text's form, in <see cref="TextScanner.Replacement"/>'s buffer.</summary>
    internal (int Start, int Length) Replacement { get; init; }
}

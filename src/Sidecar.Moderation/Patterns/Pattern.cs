namespace Sidecar.Moderation.Patterns;

/// <summary>Why a pattern is refused.</summary>
/// <param name="Position">Index in the pattern's text, from 0.</param>
/// <param name="Message">For people.</param>
public readonly record struct PatternError(int Position, string Message);

/// <summary>What a pattern may do besides the common syntax.</summary>
[Flags]
public enum PatternOptions : byte
{
    /// <summary>Nothing.</summary>
    None = 0,
    /// <summary>Upper and lower case are one.</summary>
    IgnoreCase = 1,
    /// <summary>
    /// An unbounded repeat is allowed where the pattern accepts at once and whatever follows in the repeat only makes the match longer. Of our own
    /// detectors only: a pattern of the configuration is bounded.
    /// </summary>
    OpenEnd = 2,
}

/// <summary>A parsed pattern: a bounded regular expression.</summary>
public sealed class Pattern
{
    /// <summary>Parses a pattern; null and an error where it is none or cannot be bounded.</summary>
    public static Pattern? Parse(string text, PatternOptions options, out PatternError error) => throw new InvalidOperationException();

    /// <summary>As written.</summary>
    public string Text => throw new InvalidOperationException();

    /// <summary>Most code points of a match; <see cref="int.MaxValue"/> when its end is open.</summary>
    public int MaxLength => throw new InvalidOperationException();
}

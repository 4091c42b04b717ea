namespace Sidecar.Moderation.Patterns;

/// <summary>A pattern that a state accepts, and what may follow the match.</summary>
/// <param name="Pattern">Index in the list that the table was built from.</param>
/// <param name="Follow">A set of classes of the next code point, for <see cref="PatternTable.MayFollow"/>; 0 is "anything".</param>
public readonly record struct PatternAccept(int Pattern, int Follow);

/// <summary>
/// Patterns as one deterministic automaton over classes of code points, anchored at the start of an attempt. Immutable. A state from which no
/// pattern can be completed any more is <see cref="Dead"/>: a live state has a continuation that ends in a match.
/// </summary>
public sealed class PatternTable
{
    /// <summary>The state of an attempt that cannot succeed.</summary>
    public const int Dead = 0;

    /// <summary>Builds the table; null and a message for people where it would need more states than <paramref name="maxStates"/>.</summary>
    public static PatternTable? Build(IReadOnlyList<Pattern> patterns, int maxStates, out string? error) => throw new InvalidOperationException();

    /// <summary>Number of states.</summary>
    public int StateCount => throw new InvalidOperationException();

    /// <summary>Bytes of all tables together.</summary>
    public long ByteCount => throw new InvalidOperationException();

    /// <summary>The class of "no code point": before the first and after the last one of a text.</summary>
    public int EdgeClass => throw new InvalidOperationException();

    /// <summary>Number of classes.</summary>
    public int ClassCount => throw new InvalidOperationException();

    /// <summary>The class of a code point.</summary>
    public int ClassOf(int codePoint) => throw new InvalidOperationException();

    /// <summary>The state in which an attempt starts, by the class of the code point before it.</summary>
    public int Start(int previousClass) => throw new InvalidOperationException();

    /// <summary>The state after a code point of the class.</summary>
    public int Next(int state, int codePointClass) => throw new InvalidOperationException();

    /// <summary>What is accepted in the state.</summary>
    public ReadOnlySpan<PatternAccept> Accepts(int state) => throw new InvalidOperationException();

    /// <summary>Whether a code point of the class may follow a match.</summary>
    public bool MayFollow(int follow, int nextClass) => throw new InvalidOperationException();

    /// <summary>
    /// Whether the match of an open-ended pattern is certain in this state and only grows from here: every state that can follow is dead or settled
    /// for the same pattern too, so that the text need not be held for a decision. -1, or the pattern's index.
    /// </summary>
    public int SettledPattern(int state) => throw new InvalidOperationException();
}

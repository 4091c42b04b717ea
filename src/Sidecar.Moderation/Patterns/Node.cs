namespace Sidecar.Moderation.Patterns;

/// <summary>A part of a parsed pattern.</summary>
/// <param name="minLength">Fewest code points that it matches.</param>
/// <param name="maxLength">Most code points that it matches, or <see cref="Open"/>.</param>
/// <param name="size">Most states that it becomes.</param>
internal abstract class Node(int minLength, int maxLength, int size)
{
    /// <summary>The greatest length of what has no upper limit.</summary>
    public const int Open = int.MaxValue;

    /// <summary>The part that matches nothing but the empty text.</summary>
    public static Node Empty { get; } = new SequenceNode([]);

    public int MinLength => minLength;

    public int MaxLength => maxLength;

    public int Size => size;

    /// <summary>Adds the states of this part to the automaton.</summary>
    /// <returns>The state in front of this part.</returns>
    /// <param name="automaton">Grows.</param>
    /// <param name="behind">The state behind this part.</param>
    public abstract int AddTo(PositionAutomaton automaton, int behind);
}

/// <summary>One code point of a set.</summary>
internal sealed class SetNode(CodePointSet set) : Node(1, 1, 1)
{
    public override int AddTo(PositionAutomaton automaton, int behind) => automaton.AddSet(set, behind);
}

/// <summary>Parts in a row.</summary>
internal sealed class SequenceNode(Node[] parts)
    : Node(parts.Sum(p => p.MinLength), parts.Any(p => p.MaxLength == Open) ? Open : parts.Sum(p => p.MaxLength), parts.Sum(p => p.Size))
{
    public override int AddTo(PositionAutomaton automaton, int behind)
    {
        for (var i = parts.Length - 1; i >= 0; i--) behind = parts[i].AddTo(automaton, behind);
        return behind;
    }
}

/// <summary>One part of several, at least two.</summary>
internal sealed class AlternativesNode(Node[] parts)
    : Node(parts.Min(p => p.MinLength), parts.Max(p => p.MaxLength), parts.Sum(p => p.Size) + parts.Length)
{
    public override int AddTo(PositionAutomaton automaton, int behind)
    {
        var entry = parts[^1].AddTo(automaton, behind);
        for (var i = parts.Length - 2; i >= 0; i--) entry = automaton.AddFork(parts[i].AddTo(automaton, behind), entry);
        return entry;
    }
}

/// <summary>A part several times in a row.</summary>
/// <param name="part">May match more than the empty text.</param>
/// <param name="min">Fewest times.</param>
/// <param name="max">Most times, or <see cref="Node.Open"/>.</param>
internal sealed class RepeatNode(Node part, int min, int max) : Node(
    part.MinLength * min,
    max == Open || part.MaxLength == Open ? Open : part.MaxLength * max,
    (part.Size + 1) * (max == Open ? min + 1 : max))
{
    public override int AddTo(PositionAutomaton automaton, int behind)
    {
        var entry = behind;
        if (max == Open)
        {
            entry = automaton.AddFork(behind, behind);
            automaton.Redirect(entry, part.AddTo(automaton, entry));
        }
        else
            for (var i = min; i < max; i++) entry = automaton.AddFork(part.AddTo(automaton, entry), behind);
        for (var i = 0; i < min; i++) entry = part.AddTo(automaton, entry);
        return entry;
    }
}

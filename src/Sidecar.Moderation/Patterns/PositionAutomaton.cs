namespace Sidecar.Moderation.Patterns;

/// <summary>A state of a <see cref="PositionAutomaton"/>.</summary>
/// <param name="Set">The number of the set of which it takes a code point; <see cref="Fork"/> or <see cref="Accept"/> for none.</param>
/// <param name="Next">The state behind it; for an accepting one the pattern.</param>
/// <param name="Other">For a fork, another state behind it.</param>
internal readonly record struct Position(int Set, int Next, int Other)
{
    /// <summary>Takes nothing and goes on in two states.</summary>
    public const int Fork = -1;

    /// <summary>Takes nothing: here a match of a pattern ends.</summary>
    public const int Accept = -2;
}

/// <summary>Patterns as one nondeterministic automaton, repeats written out (Thompson's construction, from the end to the start).</summary>
internal sealed class PositionAutomaton
{
    private readonly List<Position> _positions = [];
    private readonly int[] _entries;

    /// <summary>Writes the patterns out.</summary>
    /// <param name="patterns">In the order of their numbers.</param>
    public PositionAutomaton(IReadOnlyList<Pattern> patterns)
    {
        Patterns = patterns;
        _entries = new int[patterns.Count];
        for (var i = 0; i < _entries.Length; i++)
        {
            _entries[i] = patterns[i].Body.AddTo(this, Add(new(Position.Accept, i, -1)));
            if (patterns[i].Before is { } before) SetOf(before.Set);
            if (patterns[i].After is { } after) SetOf(after.Set);
        }
    }

    /// <summary>The patterns.</summary>
    public IReadOnlyList<Pattern> Patterns { get; }

    /// <summary>Distinct sets of code points in the patterns, look-around included, by their bounds.</summary>
    public SequenceTable Sets { get; } = new();

    /// <summary>The states.</summary>
    public Position[] ToArray() => [.. _positions];

    /// <summary>The state in front of a pattern.</summary>
    public int Entry(int pattern) => _entries[pattern];

    /// <summary>The number of a set of code points.</summary>
    public int SetOf(CodePointSet set) => Sets.Add(set.Bounds);

    /// <summary>Adds a state that takes a code point.</summary>
    public int AddSet(CodePointSet set, int next) => Add(new(SetOf(set), next, -1));

    /// <summary>Adds a state that goes on in two.</summary>
    public int AddFork(int next, int other) => Add(new(Position.Fork, next, other));

    /// <summary>Gives a fork another state behind it: the part whose repeat it ends.</summary>
    public void Redirect(int fork, int next) => _positions[fork] = _positions[fork] with { Next = next };

    private int Add(Position position)
    {
        _positions.Add(position);
        return _positions.Count - 1;
    }
}

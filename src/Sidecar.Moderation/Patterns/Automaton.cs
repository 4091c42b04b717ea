namespace Sidecar.Moderation.Patterns;

/// <summary>A deterministic automaton for patterns. State 0 accepts nothing and leads nowhere.</summary>
/// <param name="classes">The classes of code points that it reads.</param>
/// <param name="neighbours">The look-around of the patterns.</param>
/// <param name="next">By state and class, the state behind.</param>
/// <param name="accepts">By state, which of the lists holds the patterns that it accepts; 0 for none.</param>
/// <param name="acceptLists">Lists of patterns, ascending.</param>
/// <param name="starts">By the class before an attempt, the edge last, the state in which it starts.</param>
internal sealed class Automaton(
    CodePointClasses classes, NeighbourTable neighbours, int[] next, int[] accepts, SequenceTable acceptLists, int[] starts)
{
    /// <summary>Most states of a pattern with an open end by itself.</summary>
    private const int MaxOpenStates = 20_000;

    public CodePointClasses Classes => classes;

    public NeighbourTable Neighbours => neighbours;

    public int StateCount => accepts.Length;

    public ReadOnlySpan<int> Starts => starts;

    /// <summary>By class, the state behind.</summary>
    public ReadOnlySpan<int> Next(int state) => next.AsSpan(state * classes.Count, classes.Count);

    /// <summary>Which of the lists holds the patterns that a state accepts; 0 for none.</summary>
    public int AcceptList(int state) => accepts[state];

    /// <summary>The patterns that a state accepts, ascending.</summary>
    public ReadOnlySpan<int> Accepts(int state) => acceptLists[accepts[state]];

    /// <summary>Builds the automaton; null and a message when it would be too large.</summary>
    public static Automaton? Build(IReadOnlyList<Pattern> patterns, int maxStates, out string? error)
    {
        var positions = new PositionAutomaton(patterns);
        if (CodePointClasses.Find(positions.Sets) is { } classes)
            return SubsetConstruction.Run(positions, classes, new NeighbourTable(positions, classes), maxStates, out error) is { } automaton
                ? new StateMerger(automaton).Run()
                : null;
        error = $"the patterns together tell more than {CodePointClasses.MaxCount} classes of characters apart";
        return null;
    }

    /// <summary>Whether a pattern with an open end matches as soon as its text may go on for ever, and from then on whatever follows.</summary>
    public static bool IsCertainOnceOpen(Pattern pattern)
    {
        if (Build([pattern], MaxOpenStates, out _) is not { } automaton) return false;
        var isSettled = automaton.Settled(0);
        for (var state = 1; state < automaton.StateCount; state++)
        {
            if (isSettled[state]) continue;
            // States are numbered from the ends: each way round in circles has a step that does not go down.
            foreach (var target in automaton.Next(state))
                if (target >= state && !isSettled[target]) return false;
        }
        return true;
    }

    /// <summary>By state, whether it and every state that can follow it, but the dead one, accept a pattern whatever adjoins.</summary>
    public bool[] Settled(int pattern)
    {
        var isSettled = new bool[StateCount];
        if (neighbours.After[pattern] != 0) return isSettled;
        for (var state = 1; state < StateCount; state++) isSettled[state] = Accepts(state).BinarySearch(pattern) >= 0;
        bool isStable;
        do
        {
            isStable = true;
            for (var state = 1; state < StateCount; state++)
            {
                if (!isSettled[state] || LeadsOnlyTo(isSettled, state)) continue;
                isSettled[state] = isStable = false;
            }
        }
        while (!isStable);
        return isSettled;
    }

    private bool LeadsOnlyTo(bool[] isSettled, int state)
    {
        foreach (var target in Next(state))
            if (target != PatternTable.Dead && !isSettled[target]) return false;
        return true;
    }

    /// <summary>The same patterns with other states.</summary>
    public Automaton With(int[] mergedNext, int[] mergedAccepts, int[] mergedStarts) =>
        new(classes, neighbours, mergedNext, mergedAccepts, acceptLists, mergedStarts);
}

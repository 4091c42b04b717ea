using System.Runtime.InteropServices;

namespace Sidecar.Moderation.Patterns;

/// <summary>
/// Makes patterns deterministic. A state is the set of positions that an attempt can be in. Each position has a way to the end of its pattern, for no
/// set of code points is empty; so the only state without a match ahead is the empty one, <see cref="PatternTable.Dead"/>.
/// </summary>
internal sealed class SubsetConstruction
{
    /// <summary>Most positions visited: what a hostile pattern can cost, about a second.</summary>
    private const int MaxSteps = 20_000_000;

    /// <summary>Most cells of a table.</summary>
    private const int MaxCells = 1 << 24;

    private readonly PositionAutomaton _positions;
    private readonly CodePointClasses _classes;
    private readonly Partition _local;
    private readonly SequenceTable _states = new();
    private readonly SequenceTable _acceptLists = new();
    private readonly List<int> _accepts = [];
    private readonly List<int> _next = [];
    private readonly List<int> _subset = [];
    private readonly Stack<int> _pending = [];
    private readonly int[] _seen;
    private int _turn;
    private long _steps;

    private SubsetConstruction(PositionAutomaton positions, CodePointClasses classes)
    {
        _positions = positions;
        _classes = classes;
        _local = new Partition(classes.Count);
        _seen = new int[positions.Count];
    }

    /// <summary>Builds the automaton; null and a message when it would be too large.</summary>
    public static Automaton? Run(PositionAutomaton positions, CodePointClasses classes, NeighbourTable neighbours, int maxStates, out string? error) =>
        new SubsetConstruction(positions, classes).Run(neighbours, maxStates, out error);

    private Automaton? Run(NeighbourTable neighbours, int maxStates, out string? error)
    {
        _states.Add([]);
        _acceptLists.Add([]);
        var starts = new int[neighbours.Width];
        for (var c = 0; c < starts.Length; c++) starts[c] = StartBehind(c, neighbours);
        error = null;
        for (var state = 0; state < _states.Count; state++)
        {
            if (_states.Count > maxStates) error = $"the patterns together need more than {maxStates} states";
            else if ((long)_states.Count * _classes.Count > MaxCells) error = $"the patterns together need a table of more than {MaxCells} cells";
            else if (_steps > MaxSteps) error = "the patterns together can match a text in too many ways at once";
            if (error is not null) return null;
            AddRow(_states[state].ToArray());
        }
        return new Automaton(_classes, neighbours, [.. _next], [.. _accepts], _acceptLists, starts);
    }

    private int StartBehind(int previousClass, NeighbourTable neighbours)
    {
        BeginSubset();
        for (var pattern = 0; pattern < _positions.Patterns.Count; pattern++)
            if (neighbours.Allows(neighbours.Before[pattern], previousClass)) Enter(_positions.Entry(pattern));
        return EndSubset();
    }

    /// <summary>Adds what is accepted in a state and where each class leads from it. Classes that the state cannot tell apart lead to the same state.</summary>
    private void AddRow(int[] subset)
    {
        _local.Reset();
        var accepted = new List<int>();
        foreach (var state in subset)
        {
            if (_positions[state] is not { Set: >= 0 and var set }) accepted.Add(_positions[state].Next);
            else _local.Split(_classes.OfSet(set));
        }
        _accepts.Add(_acceptLists.Add(CollectionsMarshal.AsSpan(accepted)));
        var targets = new int[_local.Count];
        Array.Fill(targets, -1);
        for (var c = 0; c < _classes.Count; c++)
        {
            ref var target = ref targets[_local[c]];
            if (target < 0) target = After(subset, c);
            _next.Add(target);
        }
    }

    private int After(int[] subset, int codePointClass)
    {
        BeginSubset();
        foreach (var state in subset)
        {
            var position = _positions[state];
            if (position.Set >= 0 && _classes.OfSet(position.Set).BinarySearch(codePointClass) >= 0) Enter(position.Next);
        }
        _steps += subset.Length;
        return EndSubset();
    }

    private void BeginSubset()
    {
        _turn++;
        _subset.Clear();
    }

    private int EndSubset()
    {
        _subset.Sort();
        return _states.Add(CollectionsMarshal.AsSpan(_subset));
    }

    /// <summary>Adds a state, or what is behind it as long as it takes nothing.</summary>
    private void Enter(int entry)
    {
        _pending.Push(entry);
        while (_pending.TryPop(out var state))
        {
            if (_seen[state] == _turn) continue;
            _seen[state] = _turn;
            _steps++;
            var position = _positions[state];
            if (position.Set != Position.Fork) _subset.Add(state);
            else
            {
                _pending.Push(position.Other);
                _pending.Push(position.Next);
            }
        }
    }
}

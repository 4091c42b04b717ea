using System.Runtime.InteropServices;

namespace Sidecar.Moderation.Patterns;

/// <summary>
/// Makes patterns deterministic. A state is the set of positions that an attempt can be in. Each position has a way to the end of its pattern, for
/// no set of code points is empty; so the only state without a match ahead is the empty one, <see cref="PatternTable.Dead"/>.
/// </summary>
internal sealed class SubsetConstruction
{
    /// <summary>Most positions visited: what a hostile pattern can cost, about half a second.</summary>
    private const int MaxSteps = 10_000_000;

    /// <summary>Most cells of a table.</summary>
    private const int MaxCells = 1 << 24;

    private readonly PositionAutomaton _source;
    private readonly Position[] _positions;
    private readonly CodePointClasses _classes;
    private readonly Partition _partition;
    private readonly SequenceTable _setLists = new();
    private readonly List<Division> _divisions = [];
    private readonly SequenceTable _states = new();
    private readonly SequenceTable _acceptLists = new();
    private readonly List<int> _accepts = [];
    private readonly List<int> _next = [];
    private readonly List<int> _subset = [];
    private readonly List<int> _sets = [];
    private readonly List<int> _accepted = [];
    private readonly Stack<int> _pending = [];
    private readonly int[] _seen;
    private int _turn;
    private long _steps;

    private SubsetConstruction(PositionAutomaton source, CodePointClasses classes)
    {
        _source = source;
        _positions = source.ToArray();
        _classes = classes;
        _partition = new Partition(classes.Count);
        _seen = new int[_positions.Length];
    }

    /// <summary>The classes as some sets tell them apart.</summary>
    /// <param name="GroupOf">By class, its group.</param>
    /// <param name="Members">By group, a class of it.</param>
    private sealed record Division(int[] GroupOf, int[] Members);

    /// <summary>Builds the automaton; null and a message when it would be too large.</summary>
    public static Automaton? Run(
        PositionAutomaton source, CodePointClasses classes, NeighbourTable neighbours, int maxStates, out string? error) =>
        new SubsetConstruction(source, classes).Run(neighbours, maxStates, out error);

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
            else if ((long)_states.Count * _classes.Count > MaxCells) error = $"the patterns together need more than {MaxCells} transitions";
            else if (_steps > MaxSteps) error = "the patterns together can match a text in too many ways at once";
            if (error is not null) return null;
            AddRow(_states[state].ToArray());
        }
        return new Automaton(_classes, neighbours, [.. _next], [.. _accepts], _acceptLists, starts);
    }

    private int StartBehind(int previousClass, NeighbourTable neighbours)
    {
        BeginSubset();
        for (var pattern = 0; pattern < _source.Patterns.Count; pattern++)
            if (neighbours.Allows(neighbours.Before[pattern], previousClass)) Enter(_source.Entry(pattern));
        return EndSubset();
    }

    /// <summary>Adds what a state accepts and where each class leads from it. Classes that its sets cannot tell apart lead to one state.</summary>
    private void AddRow(int[] subset)
    {
        _sets.Clear();
        _accepted.Clear();
        foreach (var state in subset)
        {
            var position = _positions[state];
            if (position.Set == Position.Accept) _accepted.Add(position.Next);
            else if (!_sets.Contains(position.Set)) _sets.Add(position.Set);
        }
        _accepts.Add(_acceptLists.Add(CollectionsMarshal.AsSpan(_accepted)));
        var division = DivisionBySets();
        var targets = Array.ConvertAll(division.Members, c => After(subset, c));
        foreach (var group in division.GroupOf) _next.Add(targets[group]);
    }

    private Division DivisionBySets()
    {
        _sets.Sort();
        var number = _setLists.Add(CollectionsMarshal.AsSpan(_sets));
        if (number < _divisions.Count) return _divisions[number];
        _partition.Reset();
        foreach (var set in _sets) _partition.Split(_classes.OfSet(set));
        var groupOf = new int[_classes.Count];
        var members = new int[_partition.Count];
        for (var c = 0; c < groupOf.Length; c++) members[groupOf[c] = _partition[c]] = c;
        var division = new Division(groupOf, members);
        _divisions.Add(division);
        return division;
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

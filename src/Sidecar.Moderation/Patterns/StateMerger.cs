namespace Sidecar.Moderation.Patterns;

/// <summary>
/// Makes states one that accept the same and lead to the same, from the ends of the automaton to its starts. The result is minimal but for
/// circles of more than one state. States are numbered from the ends: a step to a state whose number is not lower is part of a circle.
/// </summary>
internal sealed class StateMerger(Automaton automaton)
{
    private const int Unvisited = -1;
    private const int Unfinished = -2;

    /// <summary>In a row, the state that the row is of.</summary>
    private const int Itself = int.MinValue;

    private readonly int[] _merged = Filled(automaton.StateCount, Unvisited);
    private readonly SequenceTable _rows = new();
    private readonly Stack<(int State, int Class)> _path = [];
    private readonly int[] _row = new int[automaton.Classes.Count + 1];

    /// <summary>The automaton with merged states.</summary>
    public Automaton Run()
    {
        Finish(PatternTable.Dead);
        foreach (var start in automaton.Starts) Visit(start);
        var width = automaton.Classes.Count;
        var next = new int[_rows.Count * width];
        var accepts = new int[_rows.Count];
        for (var state = 0; state < accepts.Length; state++)
        {
            var row = _rows[state];
            for (var c = 0; c < width; c++) next[state * width + c] = row[c] == Itself ? state : row[c] < 0 ? _merged[~row[c]] : row[c];
            accepts[state] = row[width];
        }
        int[] starts = [.. automaton.Starts];
        return automaton.With(next, accepts, Array.ConvertAll(starts, start => _merged[start]));
    }

    private void Visit(int start)
    {
        if (_merged[start] == Unvisited) Push(start);
        while (_path.TryPop(out var step))
        {
            var (state, c) = step;
            var next = automaton.Next(state);
            while (c < next.Length && _merged[next[c]] != Unvisited) c++;
            if (c == next.Length)
            {
                Finish(state);
                continue;
            }
            _path.Push((state, c + 1));
            Push(next[c]);
        }
    }

    private void Push(int state)
    {
        _merged[state] = Unfinished;
        _path.Push((state, 0));
    }

    private void Finish(int state)
    {
        var next = automaton.Next(state);
        for (var c = 0; c < next.Length; c++)
            _row[c] = next[c] == state ? Itself : _merged[next[c]] is var merged and >= 0 ? merged : ~next[c];
        _row[^1] = automaton.AcceptList(state);
        _merged[state] = _rows.Add(_row);
    }

    private static int[] Filled(int length, int value)
    {
        var filled = new int[length];
        Array.Fill(filled, value);
        return filled;
    }
}

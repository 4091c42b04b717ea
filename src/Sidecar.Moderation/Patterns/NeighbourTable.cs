namespace Sidecar.Moderation.Patterns;

/// <summary>Which classes of code points may adjoin a match: a row for each distinct look-around. Row 0 is "anything".</summary>
internal sealed class NeighbourTable
{
    private readonly SequenceTable _rows = new();

    /// <summary>Evaluates the look-around of the patterns.</summary>
    public NeighbourTable(PositionAutomaton positions, CodePointClasses classes)
    {
        Width = classes.Count + 1;
        var row = new int[Width];
        int Add(Neighbour? neighbour)
        {
            Array.Fill(row, neighbour is null ? 1 : 0);
            if (neighbour is not null)
            {
                foreach (var c in classes.OfSet(positions.SetOf(neighbour.Set))) row[c] = 1;
                row[^1] = neighbour.OrEdge ? 1 : 0;
            }
            return _rows.Add(row);
        }
        Add(null);
        Before = [.. positions.Patterns.Select(p => Add(p.Before))];
        After = [.. positions.Patterns.Select(p => Add(p.After))];
    }

    /// <summary>Values in a row: one for each class, and the last one for the edge of the text.</summary>
    public int Width { get; }

    /// <summary>By pattern, the row of what may stand before it.</summary>
    public int[] Before { get; }

    /// <summary>By pattern, the row of what may stand behind it.</summary>
    public int[] After { get; }

    /// <summary>Whether a class may adjoin.</summary>
    public bool Allows(int row, int codePointClass) => _rows[row][codePointClass] != 0;

    /// <summary>All rows, one behind the other.</summary>
    public bool[] Flatten()
    {
        var flat = new bool[_rows.Count * Width];
        for (var i = 0; i < flat.Length; i++) flat[i] = Allows(i / Width, i % Width);
        return flat;
    }
}

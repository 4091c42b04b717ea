using System.Runtime.InteropServices;

namespace Sidecar.Moderation.Patterns;

/// <summary>Distinct sequences of numbers, numbered from 0 in the order in which they came.</summary>
internal sealed class SequenceTable
{
    private readonly List<int> _items = [];
    private readonly List<int> _ends = [];
    private readonly Dictionary<int, int> _known;

    /// <summary>Holds nothing yet.</summary>
    public SequenceTable() => _known = new Dictionary<int, int>(new ByItems(this));

    /// <summary>Number of sequences.</summary>
    public int Count => _ends.Count;

    /// <summary>A sequence, valid until the next one is added.</summary>
    public ReadOnlySpan<int> this[int number]
    {
        get
        {
            var start = number == 0 ? 0 : _ends[number - 1];
            return CollectionsMarshal.AsSpan(_items)[start.._ends[number]];
        }
    }

    /// <summary>The number of a sequence, which is added if it is new.</summary>
    public int Add(ReadOnlySpan<int> sequence)
    {
        var number = _ends.Count;
        var length = _items.Count;
        _items.AddRange(sequence);
        _ends.Add(_items.Count);
        ref var known = ref CollectionsMarshal.GetValueRefOrAddDefault(_known, number, out var exists);
        if (!exists) return known = number;
        CollectionsMarshal.SetCount(_items, length);
        _ends.RemoveAt(number);
        return known;
    }

    private sealed class ByItems(SequenceTable table) : IEqualityComparer<int>
    {
        public bool Equals(int a, int b) => table[a].SequenceEqual(table[b]);

        public int GetHashCode(int number)
        {
            var hash = new HashCode();
            hash.AddBytes(MemoryMarshal.AsBytes(table[number]));
            return hash.ToHashCode();
        }
    }
}

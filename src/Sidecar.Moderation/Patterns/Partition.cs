namespace Sidecar.Moderation.Patterns;

/// <summary>Elements from 0 in groups, which each set that comes divides further: into its members and the others.</summary>
internal sealed class Partition
{
    private readonly int[] _groups;
    private readonly int[] _sizes;
    private readonly int[] _hits;
    private readonly int[] _parted;
    private readonly List<int> _touched = [];

    /// <summary>All elements in one group.</summary>
    /// <param name="elements">How many, at least one.</param>
    public Partition(int elements)
    {
        _groups = new int[elements];
        _sizes = new int[elements];
        _hits = new int[elements];
        _parted = new int[elements];
        Reset();
    }

    /// <summary>Number of groups; none is empty.</summary>
    public int Count { get; private set; }

    /// <summary>The group of an element.</summary>
    public int this[int element] => _groups[element];

    /// <summary>Puts all elements into one group again.</summary>
    public void Reset()
    {
        Array.Clear(_groups);
        _sizes[0] = _groups.Length;
        Count = 1;
    }

    /// <summary>Parts the members of a set, each given once, from the others.</summary>
    public void Split(ReadOnlySpan<int> members)
    {
        foreach (var member in members)
            if (_hits[_groups[member]]++ == 0) _touched.Add(_groups[member]);
        foreach (var member in members)
        {
            var group = _groups[member];
            if (_hits[group] == _sizes[group]) continue;
            if (_parted[group] == 0) _parted[group] = Count++;
            _groups[member] = _parted[group];
        }
        foreach (var group in _touched)
        {
            if (_parted[group] is var parted and > 0)
            {
                _sizes[parted] = _hits[group];
                _sizes[group] -= _hits[group];
            }
            _hits[group] = _parted[group] = 0;
        }
        _touched.Clear();
    }
}

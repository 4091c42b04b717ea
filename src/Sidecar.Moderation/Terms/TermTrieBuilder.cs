namespace Sidecar.Moderation.Terms;

/// <summary>Collects terms and lays their trie out. A term that is added twice keeps its first hit.</summary>
internal sealed class TermTrieBuilder
{
    private readonly List<SortedDictionary<int, int>> _children = [[]];
    private readonly List<int> _hits = [-1];

    /// <summary>Whether there is no term.</summary>
    public bool IsEmpty => _children.Count == 1;

    /// <summary>Adds a term.</summary>
    /// <param name="symbols">Its symbols, none of them 0; not empty.</param>
    /// <param name="hit">What it means.</param>
    public void Add(ReadOnlySpan<int> symbols, int hit)
    {
        var node = 0;
        foreach (var symbol in symbols)
        {
            if (!_children[node].TryGetValue(symbol, out var child))
            {
                child = _children.Count;
                _children.Add([]);
                _hits.Add(-1);
                _children[node].Add(symbol, child);
            }
            node = child;
        }
        if (_hits[node] < 0) _hits[node] = hit;
    }

    /// <summary>Lays the trie out: the children of each node at the first place where all of them fit.</summary>
    public TermTrie Build()
    {
        var layout = new Layout();
        var pending = new Queue<(int Node, int Slot)>();
        pending.Enqueue((0, TermTrie.Root));
        layout.Take(TermTrie.Root, parent: 0, _hits[0]);
        while (pending.TryDequeue(out var at))
        {
            var children = _children[at.Node];
            if (children.Count == 0) continue;
            var start = layout.FindBase(children.Keys);
            layout.SetBase(at.Slot, start);
            foreach (var (symbol, child) in children)
            {
                layout.Take(start + symbol, at.Slot, _hits[child]);
                pending.Enqueue((child, start + symbol));
            }
        }
        return layout.Build();
    }

    private sealed class Layout
    {
        // Past this many tries in one crowded region the search for a place starts behind it.
        private const int MaxTries = 64;

        private int[] _base = new int[64];
        private int[] _check = new int[64];
        private int[] _hits = new int[64];
        private int _firstFree = TermTrie.Root + 1;
        private int _end = TermTrie.Root + 1;

        public void Take(int slot, int parent, int hit)
        {
            Ensure(slot + 1);
            // The root has no parent; -1 keeps its slot from being free or reached.
            _check[slot] = parent == 0 ? -1 : parent;
            _hits[slot] = hit;
            _end = Math.Max(_end, slot + 1);
            while (_firstFree < _end && _check[_firstFree] != 0) _firstFree++;
        }

        public void SetBase(int slot, int start) => _base[slot] = start;

        public int FindBase(SortedDictionary<int, int>.KeyCollection symbols)
        {
            var first = symbols.First();
            var tries = 0;
            for (var slot = Math.Max(_firstFree, first + 1); ; slot++)
            {
                if (slot < _end && _check[slot] != 0) continue;
                if (Fits(slot - first, symbols)) return slot - first;
                if (++tries == MaxTries) slot = Math.Max(slot, _end - 1);
            }
        }

        public TermTrie Build()
        {
            // A leaf's base leads past the end for every symbol.
            for (var slot = 0; slot < _end; slot++)
            {
                if (_base[slot] == 0) _base[slot] = int.MinValue;
                if (_check[slot] == 0) _hits[slot] = -1;
            }
            return new TermTrie(_base[.._end], _check[.._end], _hits[.._end]);
        }

        private bool Fits(int start, SortedDictionary<int, int>.KeyCollection symbols)
        {
            foreach (var symbol in symbols)
            {
                if (start + symbol < _end && _check[start + symbol] != 0) return false;
            }
            return true;
        }

        private void Ensure(int length)
        {
            if (length <= _check.Length) return;
            length = Math.Max(length, _check.Length * 2);
            Array.Resize(ref _base, length);
            Array.Resize(ref _check, length);
            Array.Resize(ref _hits, length);
        }
    }
}

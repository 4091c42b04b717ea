namespace Sidecar.Moderation.Terms;

/// <summary>
/// Literal terms as one trie over the symbols of an alphabet, in a double array: a step is two loads, and ten thousand terms take
/// some hundred kilobytes. Immutable.
/// </summary>
internal sealed class TermTrie
{
    /// <summary>The state of an attempt that cannot become a term any more.</summary>
    public const int Dead = 0;

    /// <summary>The state before the first symbol.</summary>
    public const int Root = 1;

    private readonly int[] _base;
    private readonly int[] _check;
    private readonly int[] _hits;

    /// <param name="bases">By state: where its children start.</param>
    /// <param name="checks">By slot: the state whose child stands there; 0 when free.</param>
    /// <param name="hits">By state: the hit of the term that ends there, or -1.</param>
    internal TermTrie(int[] bases, int[] checks, int[] hits)
    {
        _base = bases;
        _check = checks;
        _hits = hits;
    }

    /// <summary>Bytes of the tables.</summary>
    public long ByteCount => sizeof(int) * ((long)_base.Length + _check.Length + _hits.Length);

    /// <summary>The state after a symbol; symbol 0 is in no term.</summary>
    public int Next(int state, int symbol)
    {
        var slot = _base[state] + symbol;
        return (uint)slot < (uint)_check.Length && _check[slot] == state ? slot : Dead;
    }

    /// <summary>Whether no symbol leads on from the state.</summary>
    public bool IsLeaf(int state) => _base[state] < 0;

    /// <summary>The hit of the term that ends in the state, or -1.</summary>
    public int HitOf(int state) => _hits[state];
}

namespace Sidecar.Moderation.Fold;

/// <summary>Code points to numbers, 0 where none is set: pages of 128, and one empty page for all that hold nothing.</summary>
internal sealed class PagedMap
{
    private const int PageBits = 7;
    private const int PageSize = 1 << PageBits;

    private readonly ushort[] _pages = new ushort[(char.MaxValue + 1) * 17 >> PageBits];
    private ushort[] _values = new ushort[PageSize];
    private int _used = PageSize;

    /// <summary>Bytes of the tables.</summary>
    public long ByteCount => (_pages.Length + _values.Length) * (long)sizeof(ushort);

    /// <summary>The number of a code point.</summary>
    public int this[int codePoint]
    {
        get => _values[(_pages[codePoint >> PageBits] << PageBits) + (codePoint & (PageSize - 1))];
        set
        {
            ref ushort page = ref _pages[codePoint >> PageBits];
            if (page == 0)
                page = AddPage();
            _values[(page << PageBits) + (codePoint & (PageSize - 1))] = checked((ushort)value);
        }
    }

    /// <summary>The code points whose number is set, in ascending order.</summary>
    public IEnumerator<int> GetEnumerator()
    {
        for (int page = 0; page < _pages.Length; page++)
        {
            for (int codePoint = page << PageBits; _pages[page] != 0 && codePoint < page + 1 << PageBits; codePoint++)
            {
                if (this[codePoint] != 0)
                    yield return codePoint;
            }
        }
    }

    /// <summary>Gives back what growing left over.</summary>
    public void Trim() => Array.Resize(ref _values, _used);

    private ushort AddPage()
    {
        if (_used == _values.Length)
            Array.Resize(ref _values, 2 * _used);
        int page = _used >> PageBits;
        _used += PageSize;
        return (ushort)page;
    }
}

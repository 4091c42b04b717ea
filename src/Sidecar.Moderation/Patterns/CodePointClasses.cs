using System.Runtime.CompilerServices;

namespace Sidecar.Moderation.Patterns;

/// <summary>Code points in classes, such that the members of a class are in the same ones of the given sets.</summary>
internal sealed class CodePointClasses
{
    /// <summary>Most classes: a class is two bytes in the pages.</summary>
    public const int MaxCount = ushort.MaxValue;

    private const int PageBits = 7;
    private const int PageSize = 1 << PageBits;

    private readonly int[][] _classesOfSet;
    private readonly ushort[] _pages;
    private readonly ushort[] _pageOf;

    private CodePointClasses(int count, int[][] classesOfSet, ushort[] pages, ushort[] pageOf)
    {
        Count = count;
        _classesOfSet = classesOfSet;
        _pages = pages;
        _pageOf = pageOf;
    }

    /// <summary>Number of classes.</summary>
    public int Count { get; }

    /// <summary>Bytes of the tables that <see cref="Of"/> reads.</summary>
    public long ByteCount => sizeof(ushort) * ((long)_pages.Length + _pageOf.Length);

    /// <summary>The class of a code point. The first page, of ASCII, needs no look at the index of pages.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int Of(int codePoint) =>
        codePoint < PageSize ? _pages[codePoint] : _pages[(_pageOf[codePoint >> PageBits] << PageBits) | (codePoint & (PageSize - 1))];

    /// <summary>The classes of a set's members, ascending.</summary>
    public ReadOnlySpan<int> OfSet(int set) => _classesOfSet[set];

    /// <summary>Finds the classes; null when they are more than <see cref="MaxCount"/>.</summary>
    /// <param name="sets">Bounds of sets: the first and last code point of each range.</param>
    public static CodePointClasses? Find(SequenceTable sets)
    {
        var starts = Intervals(sets);
        var partition = new Partition(starts.Length);
        var members = new int[sets.Count][];
        for (var set = 0; set < members.Length; set++)
        {
            members[set] = Covered(starts, sets[set]);
            partition.Split(members[set]);
        }
        if (partition.Count > MaxCount) return null;
        var classes = Array.ConvertAll(members, intervals => intervals.Select(i => partition[i]).Distinct().Order().ToArray());
        var (pages, pageOf) = Pages(starts, partition);
        return new CodePointClasses(partition.Count, classes, pages, pageOf);
    }

    /// <summary>The first code point of each interval that no set divides.</summary>
    private static int[] Intervals(SequenceTable sets)
    {
        var starts = new SortedSet<int> { 0 };
        for (var set = 0; set < sets.Count; set++)
        {
            var bounds = sets[set];
            for (var i = 0; i < bounds.Length; i += 2)
            {
                starts.Add(bounds[i]);
                starts.Add(bounds[i + 1] + 1);
            }
        }
        starts.Remove(CodePointSet.LastCodePoint + 1);
        return [.. starts];
    }

    private static int[] Covered(int[] starts, ReadOnlySpan<int> bounds)
    {
        var covered = new List<int>();
        for (var i = 0; i < bounds.Length; i += 2)
            for (var at = Array.BinarySearch(starts, bounds[i]); at < starts.Length && starts[at] <= bounds[i + 1]; at++) covered.Add(at);
        return [.. covered];
    }

    private static (ushort[] Pages, ushort[] PageOf) Pages(int[] starts, Partition partition)
    {
        var pageOf = new ushort[(CodePointSet.LastCodePoint + 1) / PageSize];
        var pages = new SequenceTable();
        Span<int> page = stackalloc int[PageSize];
        var interval = 0;
        var isUniform = false;
        for (var i = 0; i < pageOf.Length; i++)
        {
            var end = (i + 1) * PageSize;
            if (isUniform && (interval + 1 == starts.Length || starts[interval + 1] >= end))
            {
                pageOf[i] = pageOf[i - 1];
                continue;
            }
            for (var c = i * PageSize; c < end; c++)
            {
                if (interval + 1 < starts.Length && starts[interval + 1] == c) interval++;
                page[c % PageSize] = partition[interval];
            }
            pageOf[i] = (ushort)pages.Add(page);
            isUniform = starts[interval] <= i * PageSize;
        }
        var flat = new ushort[pages.Count * PageSize];
        for (var i = 0; i < flat.Length; i++) flat[i] = (ushort)pages[i / PageSize][i % PageSize];
        return (flat, pageOf);
    }
}

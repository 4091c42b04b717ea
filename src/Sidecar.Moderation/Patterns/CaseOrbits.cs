using System.Text;

namespace Sidecar.Moderation.Patterns;

/// <summary>Code points that differ in case only: the simple, invariant mapping to lower case makes them one, as .NET's expressions do.</summary>
internal static class CaseOrbits
{
    /// <summary>No letter behind the first two planes has case.</summary>
    private const int End = 0x20000;

    private static readonly (int[] CodePoints, int[][] Orbits) Cased = Find();

    /// <summary>The ranges, and all that differs from a code point in them in case only.</summary>
    public static List<CodePointRange> Close(List<CodePointRange> ranges)
    {
        var closed = new List<CodePointRange>(ranges);
        foreach (var (first, last) in ranges)
        {
            var at = Array.BinarySearch(Cased.CodePoints, first);
            for (at = at < 0 ? ~at : at; at < Cased.CodePoints.Length && Cased.CodePoints[at] <= last; at++)
                foreach (var c in Cased.Orbits[at]) closed.Add(new(c, c));
        }
        return closed;
    }

    private static (int[], int[][]) Find()
    {
        var orbits = new Dictionary<int, SortedSet<int>>();
        for (var c = 0; c < End; c++)
        {
            if (!Rune.IsValid(c)) continue;
            var lower = Rune.ToLowerInvariant(new Rune(c)).Value;
            if (lower == c) continue;
            if (!orbits.TryGetValue(lower, out var orbit)) orbits.Add(lower, orbit = [lower]);
            orbit.Add(c);
        }
        var cased = new SortedDictionary<int, int[]>();
        foreach (var orbit in orbits.Values)
        {
            int[] members = [.. orbit];
            foreach (var c in members) cased.Add(c, members);
        }
        return ([.. cased.Keys], [.. cased.Values]);
    }
}

using System.Text;

namespace Sidecar.Moderation.Patterns;

/// <summary>Code points that differ in case only: each with those that it becomes by the simple mappings to upper and to lower case.</summary>
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
        var orbits = new Dictionary<int, List<int>>();
        for (var c = 0; c < End; c++)
        {
            if (!Rune.IsValid(c)) continue;
            var rune = new Rune(c);
            var upper = Rune.ToUpperInvariant(rune);
            if (upper == rune && Rune.ToLowerInvariant(rune) == rune) continue;
            var key = Rune.ToLowerInvariant(upper).Value;
            if (!orbits.TryGetValue(key, out var orbit)) orbits.Add(key, orbit = []);
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

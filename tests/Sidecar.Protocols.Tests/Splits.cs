namespace Sidecar.Protocols.Tests;

/// <summary>The ways in which bytes may arrive: each is a list of ends, where a read shows all bytes up to that offset.</summary>
public static class Splits
{
    /// <summary>All at once.</summary>
    public static int[] Whole(int length) => [length];

    /// <summary>One more byte a read.</summary>
    public static int[] ByteByByte(int length) => [.. Enumerable.Range(1, length)];

    /// <summary>Two reads, at every place.</summary>
    public static IEnumerable<int[]> AtEveryIndex(int length) =>
        Enumerable.Range(1, Math.Max(0, length - 1)).Select(i => new[] { i, length });

    /// <summary>All of the above.</summary>
    public static IEnumerable<int[]> All(int length) => [Whole(length), ByteByByte(length), .. AtEveryIndex(length)];

    /// <summary>Whole, byte by byte, and one way by chance.</summary>
    public static IEnumerable<int[]> Some(int length, int seed) => [Whole(length), ByteByByte(length), Random(length, new Random(seed))];

    /// <summary>Any reads.</summary>
    public static int[] Random(int length, Random random)
    {
        var ends = new List<int>();
        var longest = random.Next(1, 20);
        for (var end = 0; end < length;) ends.Add(end = Math.Min(length, end + random.Next(1, longest + 1)));
        return [.. ends];
    }
}

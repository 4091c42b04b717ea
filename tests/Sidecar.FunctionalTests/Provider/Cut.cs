namespace Sidecar.FunctionalTests.Provider;

/// <summary>Ways to cut bytes into parts that know nothing of events.</summary>
public static class Cut
{
    /// <summary>One part.</summary>
    public static IEnumerable<ReadOnlyMemory<byte>> Whole(ReadOnlyMemory<byte> bytes) => [bytes];

    /// <summary>One byte a part.</summary>
    public static IEnumerable<ReadOnlyMemory<byte>> ByteByByte(ReadOnlyMemory<byte> bytes)
    {
        for (var i = 0; i < bytes.Length; i++) yield return bytes.Slice(i, 1);
    }

    /// <summary>Parts of 1 to <paramref name="longest"/> bytes, the same for the same seed.</summary>
    public static Func<ReadOnlyMemory<byte>, IEnumerable<ReadOnlyMemory<byte>>> Random(int seed, int longest)
    {
        var random = new Random(seed);
        return bytes => Parts(bytes, random, longest);
    }

    /// <summary>A part for each blank line: the events of an SSE body, the lines of others, as a provider would write them.</summary>
    public static IEnumerable<ReadOnlyMemory<byte>> PerEvent(ReadOnlyMemory<byte> bytes)
    {
        var start = 0;
        for (var i = 1; i < bytes.Length; i++)
        {
            var span = bytes.Span;
            var blank = span[i] == '\n' && (span[i - 1] == '\n' || (i >= 3 && span[i - 1] == '\r' && span[i - 2] == '\n'));
            if (!blank) continue;
            yield return bytes[start..(i + 1)];
            start = i + 1;
        }
        if (start < bytes.Length) yield return bytes[start..];
    }

    private static IEnumerable<ReadOnlyMemory<byte>> Parts(ReadOnlyMemory<byte> bytes, Random random, int longest)
    {
        while (bytes.Length > 0)
        {
            var take = Math.Min(bytes.Length, random.Next(1, longest + 1));
            yield return bytes[..take];
            bytes = bytes[take..];
        }
    }
}

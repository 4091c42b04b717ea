namespace Sidecar.Fuzz;

/// <summary>A short run without coverage: the seeds, and mutants of them that are the same in every run.</summary>
public static class Smoke
{
    /// <summary>Runs it.</summary>
    /// <param name="target">What is fuzzed.</param>
    /// <param name="mutants">How many inputs besides the seeds.</param>
    /// <param name="seed">Decides all of them.</param>
    /// <exception cref="InvalidOperationException">Something that must hold does not; the message holds the input.</exception>
    public static void Run(Target target, int mutants, int seed)
    {
        foreach (var input in target.Seeds) Feed(target, input);
        var random = new Random(seed);
        for (var i = 0; i < mutants; i++) Feed(target, Mutate(target.Seeds, random));
    }

    private static void Feed(Target target, byte[] input)
    {
        try
        {
            target.Run(input);
        }
        catch (Exception e)
        {
            throw new InvalidOperationException($"{target.Name} fails for base64 {Convert.ToBase64String(input)}: {e.Message}", e);
        }
    }

    private static byte[] Mutate(IReadOnlyList<byte[]> seeds, Random random)
    {
        var bytes = new List<byte>(seeds[random.Next(seeds.Count)]);
        for (var changes = random.Next(1, 8); changes > 0; changes--)
        {
            var at = random.Next(bytes.Count + 1);
            var length = Math.Min(random.Next(1, 12), bytes.Count - at);
            switch (random.Next(6))
            {
                case 0 when at < bytes.Count:
                    bytes[at] = (byte)random.Next(256);
                    break;
                case 1 when at < bytes.Count:
                    bytes[at] ^= (byte)(1 << random.Next(8));
                    break;
                case 2:
                    bytes.Insert(at, Telling[random.Next(Telling.Length)]);
                    break;
                case 3:
                    bytes.RemoveRange(at, length);
                    break;
                case 4:
                    bytes.InsertRange(random.Next(bytes.Count + 1), bytes.GetRange(at, length));
                    break;
                default:
                    var other = seeds[random.Next(seeds.Count)];
                    var from = random.Next(other.Length);
                    bytes.InsertRange(at, other[from..Math.Min(other.Length, from + random.Next(1, 40))]);
                    break;
            }
        }
        return [.. bytes.Take(Target.MaxInputBytes)];
    }

    /// <summary>Bytes that mean something to one of the parsers.</summary>
    private static ReadOnlySpan<byte> Telling => "\r\n\t :;,\"\\{}[]%/.0-+ax\0\u007f"u8;
}

namespace Sidecar.Moderation.Detectors;

/// <summary>How random a text looks: Shannon's entropy of its characters, in bits per character. Placeholders have little.</summary>
internal static class Entropy
{
    private const int AsciiCount = 128;

    /// <summary>A test that wants more than this.</summary>
    public static CandidateTest Above(double bits) => text => Of(text) > bits;

    /// <summary>The entropy of a text.</summary>
    public static double Of(ReadOnlySpan<byte> text)
    {
        Span<int> counts = stackalloc int[AsciiCount];
        counts.Clear();
        foreach (var c in text) counts[c % AsciiCount]++;
        var entropy = 0.0;
        foreach (var count in counts)
        {
            if (count == 0) continue;
            var share = (double)count / text.Length;
            entropy -= share * Math.Log2(share);
        }
        return entropy;
    }
}

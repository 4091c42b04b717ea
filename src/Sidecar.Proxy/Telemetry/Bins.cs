using Prometheus;

namespace Sidecar.Proxy.Telemetry;

/// <summary>A histogram's upper bounds, in its unit (seconds, bytes) and in ticks, so many of which make one of the unit.</summary>
internal sealed class BinBounds
{
    public BinBounds(double[] values, long frequency)
    {
        Values = values;
        Frequency = frequency;
        Ticks = Array.ConvertAll(values, bound => ToTicks(bound, frequency));
    }

    public double[] Values { get; }

    public long[] Ticks { get; }

    public long Frequency { get; }

    // In decimal, since 0.015 × 1e9 in binary may fall short of the whole tick that it means.
    private static long ToTicks(double bound, long frequency) =>
        bound < long.MaxValue / (double)frequency ? (long)((decimal)bound * frequency) : long.MaxValue;
}

/// <summary>
/// Durations, or other amounts, of one stream on their way to a shared histogram: counted here without contention, handed over now and then.
/// Counts per bucket come out exact; sums are kept in whole ticks and come out exact but for the rounding of a double.
/// </summary>
internal sealed class Bins(BinBounds bounds)
{
    private readonly long[] _sums = new long[bounds.Ticks.Length + 1];
    private readonly int[] _counts = new int[bounds.Ticks.Length + 1];

    /// <summary>Adds <paramref name="count"/> amounts that together are <paramref name="ticks"/>, an equal share each.</summary>
    public void Add(long ticks, int count)
    {
        ticks = Math.Max(0, ticks);
        // Bounds are whole ticks: a share is within one exactly when the share rounded up is.
        var share = count == 1 ? ticks : (ticks + count - 1) / count;
        var index = bounds.Ticks.AsSpan().BinarySearch(share);
        if (index < 0) index = ~index;
        _sums[index] += ticks;
        _counts[index] += count;
    }

    /// <summary>Observes everything as each bucket's mean, which lies in that bucket, and begins anew.</summary>
    public void MoveTo(IHistogram histogram)
    {
        for (var i = 0; i < _counts.Length; i++)
        {
            var count = _counts[i];
            if (count == 0) continue;
            histogram.Observe(Mean(i), count);
            _sums[i] = 0;
            _counts[i] = 0;
        }
    }

    /// <summary>Forgets everything.</summary>
    public void Clear()
    {
        Array.Clear(_sums);
        Array.Clear(_counts);
    }

    private double Mean(int index)
    {
        var mean = _sums[index] / ((double)_counts[index] * bounds.Frequency);
        // The division may round past the bucket's edge.
        if (index > 0) mean = Math.Max(mean, Math.BitIncrement(bounds.Values[index - 1]));
        return index < bounds.Values.Length ? Math.Min(mean, bounds.Values[index]) : mean;
    }
}

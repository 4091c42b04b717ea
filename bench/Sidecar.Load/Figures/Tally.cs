using System.Diagnostics;
using HdrHistogram;

namespace Sidecar.Load.Figures;

/// <summary>What was wrong with streams; zeros for a proxy that passes all on, byte for byte.</summary>
internal sealed record Faults
{
    /// <summary>Events that never came.</summary>
    public int Lost { get; set; }

    /// <summary>Events that came behind a later one.</summary>
    public int Reordered { get; set; }

    /// <summary>Events that came twice.</summary>
    public int Repeated { get; set; }

    /// <summary>Events that came inside another.</summary>
    public int Merged { get; set; }

    /// <summary>Events of another stream.</summary>
    public int Foreign { get; set; }

    /// <summary>Events with other bytes than were sent.</summary>
    public int Altered { get; set; }

    /// <summary>Streams without their end.</summary>
    public int Cut { get; set; }

    /// <summary>Responses that were no stream.</summary>
    public int Refused { get; set; }

    /// <summary>All of them.</summary>
    public int Total => Lost + Reordered + Repeated + Merged + Foreign + Altered + Cut + Refused;

    /// <summary>Adds those of a stream.</summary>
    public void Add(Faults other)
    {
        Lost += other.Lost;
        Reordered += other.Reordered;
        Repeated += other.Repeated;
        Merged += other.Merged;
        Foreign += other.Foreign;
        Altered += other.Altered;
        Cut += other.Cut;
        Refused += other.Refused;
    }
}

/// <summary>Counts what clients see. Times are in ticks of <see cref="Stopwatch"/>; they are recorded while it is open.</summary>
internal sealed class Tally
{
    private static readonly long Longest = 120 * Stopwatch.Frequency;

    /// <summary>Whether it records.</summary>
    public bool IsOpen { get; set; }

    /// <summary>From an event's sending to its arrival.</summary>
    public LongHistogram Latency { get; } = new(Longest, 3);

    /// <summary>How much later than due events were sent: what the provider owes, not the proxy.</summary>
    public LongHistogram Late { get; } = new(Longest, 3);

    /// <summary>From a request, and the time that its provider takes to think, to the first event with content.</summary>
    public LongHistogram First { get; } = new(Longest, 3);

    /// <summary>What was wrong, whether it is open or not.</summary>
    public Faults Faults { get; } = new();

    /// <summary>Streams that came whole.</summary>
    public int Whole { get; set; }

    /// <summary>Events, whether it is open or not.</summary>
    public long Events { get; private set; }

    /// <summary>Events that came only when their next had been sent.</summary>
    public long Held { get; private set; }

    /// <summary>An event came.</summary>
    public void OnEvent(long latency, long late, bool isHeld)
    {
        Events++;
        if (isHeld) Held++;
        if (!IsOpen) return;
        Record(Latency, latency);
        Record(Late, late);
    }

    /// <summary>A stream's first event came.</summary>
    public void OnFirst(long time) => Record(First, time);

    private static void Record(LongHistogram histogram, long ticks) => histogram.RecordValue(Math.Clamp(ticks, 1, Longest));
}

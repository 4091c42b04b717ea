using System.Collections.Concurrent;
using System.Diagnostics;
using Sidecar.Proxy.Telemetry.Billing;

namespace Sidecar.Proxy.Telemetry;

/// <summary>
/// Knows every exchange under way and tells each one's end exactly once: to the metrics, the access log and the journal.
/// An exchange is begun when its request head is parsed, whatever becomes of it then.
/// </summary>
public sealed class ExchangeTracker
{
    private const int PooledMeters = 256;

    private readonly ConcurrentDictionary<ExchangeRecord, StreamMeter> _live = new(ReferenceEqualityComparer.Instance);
    private readonly SidecarMetrics _metrics;
    private readonly Log _log;
    private readonly TimeProvider _time;
    private readonly Pool<StreamMeter> _meters;

    private readonly Journal? _journal;

    /// <summary>Starts with no exchange.</summary>
    /// <param name="metrics">Count what ended.</param>
    /// <param name="log">Gets the access lines.</param>
    /// <param name="time">The clock.</param>
    /// <param name="journal">Gets the lines of usage; null for none.</param>
    public ExchangeTracker(SidecarMetrics metrics, Log log, TimeProvider time, Journal? journal = null)
    {
        _journal = journal;
        _metrics = metrics;
        _log = log;
        _time = time;
        _meters = new Pool<StreamMeter>(PooledMeters, () => new StreamMeter(metrics));
        metrics.Registry.AddBeforeCollectCallback(CountPhases);
    }

    /// <summary>What was used since the start.</summary>
    public UsageTotals Usage { get; } = new();

    /// <summary>The exchanges under way, in no order; one that begins or ends meanwhile may be there or not.</summary>
    public IEnumerable<ExchangeRecord> Live
    {
        get
        {
            foreach (var (record, _) in _live) yield return record;
        }
    }

    /// <summary>Takes note of an exchange. Each is ended by one call of <see cref="End"/>, on every path.</summary>
    /// <returns>Its meter, not to be used after the end.</returns>
    public StreamMeter Begin(ExchangeRecord record)
    {
        var meter = _meters.Rent();
        meter.Attach(record, _time.GetTimestamp());
        var added = _live.TryAdd(record, meter);
        Debug.Assert(added, "An exchange began twice.");
        return meter;
    }

    /// <summary>Counts and logs an exchange with the outcome that its record holds. A second call is a defect and counts nothing.</summary>
    public void End(ExchangeRecord record)
    {
        if (!_live.TryRemove(record, out var meter))
        {
            Debug.Fail("An exchange ended twice, or never began.");
            return;
        }
        if (record.EndedAt == 0) record.EndedAt = _time.GetTimestamp();
        meter.Detach(record.EndedAt);
        _meters.Return(meter);
        _metrics.Ended(record);
        _log.Access(record);
        if (!UsageTotals.Concerns(record)) return;
        Usage.Add(record);
        _journal?.Write(record);
    }

    // Counted when scraped: a change of phase costs the data path nothing.
    private void CountPhases()
    {
        Span<int> counts = stackalloc int[Vocabulary.PhaseCount];
        foreach (var (record, _) in _live) counts[(int)record.Phase]++;
        for (var phase = 0; phase < counts.Length; phase++) _metrics.StreamsActive[phase].Set(counts[phase]);
    }
}

using System.Diagnostics.Tracing;

namespace Sidecar.Soak.Tests;

/// <summary>
/// Counts the buffers that are rented from the shared array pools of this process and not given back, from the pools' own events. It sees every
/// renter of <c>ArrayPool.Shared</c> and <c>MemoryPool.Shared</c>, the test's own too, so it says something only at rest; buffers of other pools,
/// and those rented before it listened, it does not see. One that the collector took is still counted: it was lost to the pool.
/// </summary>
internal sealed class PooledBuffers : EventListener
{
    private const string Source = "System.Buffers.ArrayPoolEventSource";
    private const int Rented = 1;
    private const int Returned = 3;

    private long _outstanding;
    private long _rented;

    /// <summary>Rented and not given back.</summary>
    public long Outstanding => Volatile.Read(ref _outstanding);

    /// <summary>Rented in all.</summary>
    public long AllRented => Volatile.Read(ref _rented);

    /// <inheritdoc />
    protected override void OnEventSourceCreated(EventSource eventSource)
    {
        if (eventSource.Name == Source) EnableEvents(eventSource, EventLevel.Verbose);
    }

    /// <inheritdoc />
    protected override void OnEventWritten(EventWrittenEventArgs eventData)
    {
        if (eventData.EventId == Returned) Interlocked.Decrement(ref _outstanding);
        if (eventData.EventId != Rented) return;
        Interlocked.Increment(ref _outstanding);
        Interlocked.Increment(ref _rented);
    }
}

using Perfolizer.Horology;

namespace Sidecar.Microbenchmarks;

/// <summary>The CPU time that the process has used: what others do on the machine meanwhile does not count, but for the caches they share.</summary>
internal sealed class CpuClock : IClock
{
    /// <inheritdoc/>
    public string Title => "CPU time of the process";

    /// <inheritdoc/>
    public bool IsAvailable => true;

    /// <inheritdoc/>
    public Frequency Frequency => new(TimeSpan.TicksPerSecond);

    /// <inheritdoc/>
    public long GetTimestamp() => Environment.CpuUsage.TotalTime.Ticks;
}

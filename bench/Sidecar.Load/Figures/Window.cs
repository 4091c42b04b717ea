using System.Diagnostics;
using Sidecar.Load.Clients;

namespace Sidecar.Load.Figures;

/// <summary>The time in which a load is measured: CPU time and events between its two ends.</summary>
internal sealed class Window(LoadPlan plan)
{
    private Reading _before;
    private Reading _after;
    private long _memory;

    /// <summary>It begins.</summary>
    public void Open(Tally tally)
    {
        _before = Read(tally.Events);
        tally.IsOpen = true;
    }

    /// <summary>It ends.</summary>
    public void Close(Tally tally)
    {
        tally.IsOpen = false;
        _after = Read(tally.Events);
        _memory = ProcessTree.Memory(plan.Proxy);
    }

    /// <summary>What was measured in it.</summary>
    public LoadFigures Figures(Tally tally)
    {
        var seconds = Stopwatch.GetElapsedTime(_before.Time, _after.Time).TotalSeconds;
        var (proxy, load, provider) = (_after.Proxy - _before.Proxy, _after.Load - _before.Load, _after.Provider - _before.Provider);
        return new()
        {
            Seconds = seconds,
            Events = _after.Events - _before.Events,
            AllEvents = tally.Events,
            ProxyCpu = proxy,
            LoadCpu = load,
            ProviderCpu = provider,
            ForeignCores = Math.Max(0, (_after.Busy - _before.Busy - proxy - load - provider) / seconds),
            ProxyMemory = _memory,
            Latency = Quantiles.Of(tally.Latency),
            First = Quantiles.Of(tally.First),
            Late = Quantiles.Of(tally.Late),
            Held = tally.Events == 0 ? 0 : (double)tally.Held / tally.Events,
            Whole = tally.Whole,
            Faults = tally.Faults,
        };
    }

    private Reading Read(long events) => new(Stopwatch.GetTimestamp(), events, ProcessTree.CpuSeconds(plan.Proxy), Environment.CpuUsage.TotalTime.TotalSeconds,
        ProcessTree.CpuSeconds(plan.Provider), ProcessTree.BusySeconds());

    private readonly record struct Reading(long Time, long Events, double Proxy, double Load, double Provider, double Busy);
}

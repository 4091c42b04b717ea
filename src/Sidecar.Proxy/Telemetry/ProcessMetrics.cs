using System.Diagnostics;
using System.IO.Enumeration;
using Prometheus;

namespace Sidecar.Proxy.Telemetry;

/// <summary>Process and runtime metrics under the names that Prometheus clients agree on, read when scraped.</summary>
internal sealed class ProcessMetrics
{
    private const string FileDescriptors = "/proc/self/fd";

    private static readonly EnumerationOptions EveryEntry = new() { AttributesToSkip = 0 };

    private readonly Counter _cpu;
    private readonly Gauge _residentMemory;
    private readonly Gauge? _openFiles;
    private readonly Counter.Child[] _collections;
    private readonly Gauge _heap;
    private readonly Counter _allocated;

    public ProcessMetrics(MetricFamilies families)
    {
        _cpu = families.Counter("process_cpu_seconds_total", "User and system CPU time.");
        _residentMemory = families.Gauge("process_resident_memory_bytes", "Resident memory.");
        families.Gauge("process_start_time_seconds", "Start of the process, seconds since the Unix epoch.").Set(StartTime());
        if (Directory.Exists(FileDescriptors)) _openFiles = families.Gauge("process_open_fds", "Open file descriptors.");
        var collections = families.Counter("dotnet_collection_count_total", "Garbage collections.", "generation");
        _collections = [collections.WithLabels("0"), collections.WithLabels("1"), collections.WithLabels("2")];
        _heap = families.Gauge("dotnet_total_memory_bytes", "Managed heap, dead objects included.");
        _allocated = families.Counter("dotnet_allocated_bytes_total", "Bytes allocated on the managed heap.");
        families.Registry.AddBeforeCollectCallback(Read);
    }

    private void Read()
    {
        _cpu.IncTo(Environment.CpuUsage.TotalTime.TotalSeconds);
        _residentMemory.Set(Environment.WorkingSet);
        _openFiles?.Set(new FileSystemEnumerable<byte>(FileDescriptors, (ref FileSystemEntry _) => 0, EveryEntry).Count());
        for (var generation = 0; generation < _collections.Length; generation++)
        {
            // The runtime counts a collection of a generation in all younger ones too.
            var older = generation < _collections.Length - 1 ? GC.CollectionCount(generation + 1) : 0;
            _collections[generation].IncTo(Math.Max(0, GC.CollectionCount(generation) - older));
        }
        _heap.Set(GC.GetTotalMemory(forceFullCollection: false));
        _allocated.IncTo(GC.GetTotalAllocatedBytes());
    }

    private static double StartTime()
    {
        using var process = Process.GetCurrentProcess();
        return new DateTimeOffset(process.StartTime).ToUnixTimeMilliseconds() / 1000.0;
    }
}

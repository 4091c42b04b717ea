using System.Globalization;

namespace Sidecar.Load;

/// <summary>CPU time of a process by the kernel's accounting.</summary>
internal static class ProcessorTime
{
    /// <summary>Time on a CPU of all threads that live, in nanoseconds precise (proc(5), <c>schedstat</c>).</summary>
    public static TimeSpan Of(int pid)
    {
        long nanoseconds = 0;
        foreach (var thread in Directory.EnumerateDirectories($"/proc/{pid}/task"))
            nanoseconds += long.Parse(File.ReadAllText($"{thread}/schedstat").Split(' ')[0], CultureInfo.InvariantCulture);
        return TimeSpan.FromTicks(nanoseconds / TimeSpan.NanosecondsPerTick);
    }
}

using System.Globalization;

namespace Sidecar.Load;

/// <summary>CPU time of a process by the kernel's accounting.</summary>
internal static class ProcessorTime
{
    private const int TicksPerSecond = 100;
    private const int UserTime = 11, SystemTime = 12;

    /// <summary>User and system time of all its threads, those that have ended among them (proc(5), <c>stat</c>), to 10 ms.</summary>
    public static TimeSpan Of(int pid)
    {
        var stat = File.ReadAllText($"/proc/{pid}/stat");
        // The second field is the program's name in brackets, which may hold anything.
        var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
        return TimeSpan.FromSeconds((double)(Ticks(fields[UserTime]) + Ticks(fields[SystemTime])) / TicksPerSecond);
    }

    private static long Ticks(string field) => long.Parse(field, CultureInfo.InvariantCulture);
}

using System.Globalization;

namespace Sidecar.Load.Figures;

/// <summary>A process and all that it has started, as the kernel accounts for them (proc(5)).</summary>
internal static class ProcessTree
{
    private const int TicksPerSecond = 100;
    private const int Parent = 1, UserTime = 11, SystemTime = 12, ReapedUserTime = 13, ReapedSystemTime = 14;

    // Of the line of all processors: user, nice, system, (idle, iowait,) irq, softirq, steal.
    private static readonly int[] Busy = [1, 2, 3, 6, 7, 8];

    /// <summary>CPU seconds, those of descendants that have ended among them, to 10 ms. 0 for process 0.</summary>
    public static double CpuSeconds(int root) =>
        Members(root).Sum(pid => Stat(pid) is { } stat ? Ticks(stat, UserTime) + Ticks(stat, SystemTime) + Ticks(stat, ReapedUserTime) + Ticks(stat, ReapedSystemTime) : 0)
        / (double)TicksPerSecond;

    /// <summary>Bytes resident, pages that are shared by share. 0 for process 0.</summary>
    public static long Memory(int root) => Members(root).Sum(Proportional);

    /// <summary>CPU seconds of the whole machine that were not idle; those that another machine took are counted as busy.</summary>
    public static double BusySeconds()
    {
        var fields = File.ReadLines("/proc/stat").First().Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return Busy.Sum(index => long.Parse(fields[index], CultureInfo.InvariantCulture)) / (double)TicksPerSecond;
    }

    /// <summary>Ids of all of them; none for process 0.</summary>
    public static List<int> Members(int root)
    {
        if (root == 0) return [];
        var parents = new Dictionary<int, int>();
        foreach (var folder in Directory.EnumerateDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(folder), out var pid) && Stat(pid) is { } stat) parents[pid] = (int)Ticks(stat, Parent);
        }
        return [.. parents.Keys.Where(pid => IsUnder(root, pid, parents))];
    }

    private static bool IsUnder(int root, int pid, Dictionary<int, int> parents)
    {
        while (pid != root)
        {
            if (!parents.TryGetValue(pid, out pid)) return false;
        }
        return true;
    }

    private static long Proportional(int pid)
    {
        try
        {
            var line = File.ReadLines($"/proc/{pid}/smaps_rollup").First(line => line.StartsWith("Pss:", StringComparison.Ordinal));
            return long.Parse(line.AsSpan(4).TrimEnd("kB ").Trim(), CultureInfo.InvariantCulture) * 1024;
        }
        catch (IOException)
        {
            return 0;
        }
    }

    // Null for a process that has ended.
    private static string[]? Stat(int pid)
    {
        try
        {
            var stat = File.ReadAllText($"/proc/{pid}/stat");
            // The second field is the program's name in brackets, which may hold anything.
            return stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
        }
        catch (IOException)
        {
            return null;
        }
    }

    private static long Ticks(string[] stat, int field) => long.Parse(stat[field], CultureInfo.InvariantCulture);
}

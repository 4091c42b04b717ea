using System.Globalization;
using Sidecar.Compare.Running;

namespace Sidecar.Compare.Measuring;

/// <summary>Counts the system calls of a process and its children, by <c>strace -c</c>.</summary>
internal sealed class SystemCalls
{
    private const int Named = 3;

    private readonly System.Diagnostics.Process _strace;
    private readonly string _file;

    private SystemCalls(System.Diagnostics.Process strace, string file) => (_strace, _file) = (strace, file);

    /// <summary>Whether it can be done.</summary>
    public static bool IsInstalled => Commands.Has("strace");

    /// <summary>Starts to count.</summary>
    public static async Task<SystemCalls> StartAsync(IEnumerable<int> processes, string folder)
    {
        var file = Path.Combine(folder, "strace.txt");
        var watched = processes.ToList();
        var strace = Commands.Start(["strace", "-c", "-f", "-q", "-o", file, .. watched.SelectMany(id => new[] { "-p", $"{id}" })], captures: true);
        using var tick = new PeriodicTimer(TimeSpan.FromMilliseconds(5));
        while (!strace.HasExited && !watched.All(IsTraced)) await tick.WaitForNextTickAsync();
        return new(strace, file);
    }

    // The kernel names who traces a process; nobody is 0.
    private static bool IsTraced(int process) =>
        !File.Exists($"/proc/{process}/status") || !File.ReadLines($"/proc/{process}/status").Contains("TracerPid:\t0");

    /// <summary>Ends it: how many there were, and which most.</summary>
    public async Task<(long Count, string Most)> EndAsync()
    {
        await Commands.RunAsync("kill", "-INT", $"{_strace.Id}");
        await _strace.WaitForExitAsync();
        _strace.Dispose();
        return Read(await File.ReadAllLinesAsync(_file));
    }

    /// <summary>Reads the table: share, seconds, microseconds per call, calls, errors where there are any, name.</summary>
    internal static (long Count, string Most) Read(string[] lines)
    {
        var calls = new List<(string Name, long Count)>();
        foreach (var line in lines)
        {
            var words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (words.Length >= 5 && long.TryParse(words[3], CultureInfo.InvariantCulture, out var count) && words[^1] != "total") calls.Add((words[^1], count));
        }
        var all = calls.Sum(call => call.Count);
        return (all, string.Join(", ", calls.OrderByDescending(call => call.Count).Take(Named).Select(call => $"{call.Name} {100.0 * call.Count / all:F0} %")));
    }
}

using System.Diagnostics;

namespace Sidecar.FunctionalTests;

/// <summary>How long anything may take before a test calls it lost, and the one way to wait for what gives no signal.</summary>
public static class Bound
{
    /// <summary>Far above what anything here takes, far below a run's patience.</summary>
    public static readonly TimeSpan Wait = TimeSpan.FromSeconds(20);

    /// <summary>Polls until the condition holds; fails by name when it does not within <see cref="Wait"/>.</summary>
    public static Task UntilAsync(Func<bool> condition, string what) => UntilAsync(() => Task.FromResult(condition()), what);

    /// <summary>Polls until the condition holds; fails by name when it does not within <see cref="Wait"/>.</summary>
    public static async Task UntilAsync(Func<Task<bool>> condition, string what)
    {
        var started = Stopwatch.GetTimestamp();
        using var ticks = new PeriodicTimer(TimeSpan.FromMilliseconds(5));
        while (!await condition())
        {
            if (Stopwatch.GetElapsedTime(started) > Wait) throw new TimeoutException($"not within {Wait}: {what}");
            await ticks.WaitForNextTickAsync();
        }
    }

    /// <summary>Awaits a signal, by name, no longer than <see cref="Wait"/>.</summary>
    public static async Task<T> ForAsync<T>(Task<T> task, string what)
    {
        try
        {
            return await task.WaitAsync(Wait);
        }
        catch (TimeoutException) when (!task.IsCompleted)
        {
            throw new TimeoutException($"not within {Wait}: {what}");
        }
    }
}

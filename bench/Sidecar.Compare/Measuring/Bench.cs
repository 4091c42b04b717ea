using System.Globalization;
using Sidecar.Compare.Running;
using Sidecar.Load.Figures;

namespace Sidecar.Compare.Measuring;

/// <summary>
/// Measures all contenders. All are started first and stay; then each load goes round them all, in another order in each round, so that what the machine
/// does in the meantime does not fall on one of them.
/// </summary>
internal sealed class Bench(Mode mode, Site site)
{
    private static readonly TimeSpan Rest = TimeSpan.FromMilliseconds(500);

    private readonly Results _results = new();
    private readonly Dictionary<Contender, RunningProcess?> _running = [];

    /// <summary>Measures.</summary>
    public async Task<Results> RunAsync()
    {
        try
        {
            foreach (var contender in Contender.All.Where(one => mode.Contenders.Contains(one.Name))) await PrepareAsync(contender);
            for (var round = 1; round <= mode.Rounds; round++)
            {
                foreach (var load in Workload.All.Where(one => mode.Loads.Contains(one.Name))) await RoundAsync(round, load);
            }
            foreach (var (contender, proxy) in _running) await CountAsync(contender, proxy);
            return _results;
        }
        finally
        {
            foreach (var proxy in _running.Values)
            {
                if (proxy is not null) await proxy.DisposeAsync();
            }
        }
    }

    private async Task PrepareAsync(Contender contender)
    {
        if (await site.MissingAsync(contender) is { } why)
        {
            _results.Missing.Add(why);
            Console.Error.WriteLine($"left out: {why}");
            return;
        }
        if (contender.IsDirect)
        {
            _running[contender] = null;
            return;
        }
        Console.Error.WriteLine($"starting {contender.Name}");
        var starts = new List<double>();
        for (var i = 1; i < mode.Starts; i++)
        {
            await using var one = await site.StartAsync(contender);
            starts.Add(one.StartTime!.Value.TotalMilliseconds);
        }
        var proxy = await site.StartAsync(contender);
        _running[contender] = proxy;
        starts.Add(proxy.StartTime!.Value.TotalMilliseconds);
        await Task.Delay(Rest);
        var idle = ProcessTree.Memory(proxy.Id);
        await site.LoadAsync(contender, proxy, Workload.First, mode.Scale);
        await Task.Delay(Rest);
        var warm = ProcessTree.Memory(proxy.Id);
        var open = await site.LoadAsync(contender, proxy, Workload.Open, mode.Scale);
        await site.LoadAsync(contender, proxy, Workload.WarmUp, mode.Scale);
        _results.Facts[contender.Name] = new(contender.Name) { Starts = [.. starts], IdleBytes = idle, StreamBytes = (open.ProxyMemory - warm) / (double)Workload.ManyStreams };
    }

    private async Task RoundAsync(int round, Workload load)
    {
        var order = _running.ToArray();
        for (var i = 0; i < order.Length; i++)
        {
            // Every other round goes the other way, and each begins with another.
            var place = (i + round) % order.Length;
            var (contender, proxy) = order[round % 2 == 0 ? place : order.Length - 1 - place];
            var cutBefore = load.Name == "leaving" ? await site.CutAsync(contender) : 0;
            var figures = await site.LoadAsync(contender, proxy, load, mode.Scale);
            _results.Samples.Add(new(round, contender.Name, load.Name, figures));
            Tell(_results.Samples[^1]);
            if (load.Name == "leaving" && proxy is not null) await LeavingAsync(contender, figures.Left, cutBefore);
        }
    }

    private static void Tell(Sample sample)
    {
        var figures = sample.Figures;
        Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"round {sample.Round}, {sample.Load}, {sample.Contender}: {figures.Events / figures.Seconds:F0}/s, p99 {figures.Latency.P99:F0} µs, " +
            $"{figures.ProxyCpu / figures.Events * 1e6:F1} µs CPU, foreign {figures.ForeignCores:F2}{(figures.Faults.Total > 0 ? $", {figures.Faults}" : "")}"));
    }

    private async Task LeavingAsync(Contender contender, int left, int cutBefore)
    {
        await Task.Delay(Rest);
        var facts = _results.Facts[contender.Name];
        _results.Facts[contender.Name] = facts with { Left = facts.Left + left, SeenLeaving = facts.SeenLeaving + await site.CutAsync(contender) - cutBefore };
    }

    // Behind the rounds: what is traced is slowed, and what another generator measures is no figure of ours.
    private async Task CountAsync(Contender contender, RunningProcess? proxy)
    {
        var facts = _results.Facts.GetValueOrDefault(contender.Name) ?? new(contender.Name);
        if (proxy is not null && mode.Name != Mode.Smoke.Name && SystemCalls.IsInstalled)
        {
            var calls = await SystemCalls.StartAsync(ProcessTree.Members(proxy.Id), site.Folder);
            var figures = await site.LoadAsync(contender, proxy, Workload.Traced, 1);
            var (count, most) = await calls.EndAsync();
            facts = facts with { Calls = count / (double)figures.AllEvents, MostCalls = most };
        }
        if (mode.Loads.Contains("small")) facts = facts with { OtherSmall = await OtherGenerator.SmallAsync((proxy ?? site.Provider(contender)).Port, contender.Headers(site.Provider(contender).Port)) };
        _results.Facts[contender.Name] = facts;
    }
}

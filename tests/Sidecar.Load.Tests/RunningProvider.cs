using Sidecar.Load.Clients;
using Sidecar.Load.Figures;
using Sidecar.Load.Provider;
using Sidecar.Load.Wire;

namespace Sidecar.Load.Tests;

/// <summary>A provider on a thread of its own.</summary>
internal sealed class RunningProvider : IDisposable
{
    private readonly ScriptedProvider _provider = new(0);
    private readonly Thread _thread;

    public RunningProvider()
    {
        _thread = new Thread(_provider.Run) { IsBackground = true };
        _thread.Start();
    }

    public int Port => _provider.Port;

    /// <summary>A short load, straight to the provider or to a proxy in front of it.</summary>
    public LoadFigures Load(Func<Mischief>? mischief = null, Func<LoadPlan, LoadPlan>? with = null)
    {
        var plan = new LoadPlan { Port = Port, Streams = 4, Rate = 100, Seconds = 0.2, Spread = TimeSpan.FromMilliseconds(50) };
        if (with is not null) plan = with(plan);
        using var proxy = mischief is null ? null : new MischievousProxy(Port, plan.Dialect.EventEnd, mischief);
        using var run = new LoadRun(plan with { Port = proxy?.Port ?? Port });
        return run.Run();
    }

    public void Dispose()
    {
        _provider.Stop();
        _thread.Join();
        _provider.Dispose();
    }
}

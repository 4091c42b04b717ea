using System.Diagnostics;
using Sidecar.Load.Readiness;
using Sidecar.Load.Wire;

namespace Sidecar.Load.Clients;

/// <summary>A reader that takes a few bytes at a time of a stream that floods. What it sees is checked; it is not measured.</summary>
internal sealed class SlowClient(LoadRun run) : StreamClient(run, Connect(run.Plan.Port, ReceiveBufferBytes), run.Beside)
{
    private const int ReceiveBufferBytes = 4096;
    private const int TurnsPerSecond = 10;

    private readonly LoadRun _run = run;
    private bool _hasAsked;

    /// <inheritdoc/>
    public override void OnTime(long now)
    {
        if (IsClosed) return;
        // The loop does not watch it: it reads when it likes to.
        if (_hasAsked) Receive(Math.Max(1, _run.Plan.SlowRate / TurnsPerSecond), now);
        else Ask();
        _hasAsked = true;
        if (!IsClosed) Loop.At(now + (Stopwatch.Frequency / TurnsPerSecond), this);
    }

    protected override StreamPlan Plan() => _run.NextPlan() with { Rate = 0, Events = _run.Plan.SlowBytes / _run.Plan.Bytes };
}

/// <summary>A client that leaves in the middle of its stream.</summary>
internal sealed class LeavingClient(LoadRun run) : StreamClient(run, Connect(run.Plan.Port), run.Beside)
{
    private const int LeavesAfter = 3;

    protected override void OnEvents(int events)
    {
        if (events >= LeavesAfter) Leave();
    }
}

/// <summary>Opens clients that leave, at a rate.</summary>
internal sealed class LeavingClients(LoadRun run) : IAlarm
{
    private readonly List<LeavingClient> _opened = [];

    /// <summary>Those that were opened.</summary>
    public IReadOnlyCollection<StreamClient> Opened => _opened;

    /// <inheritdoc/>
    public void OnTime(long now)
    {
        if (run.IsOver) return;
        var client = new LeavingClient(run);
        _opened.Add(client);
        client.OnTime(now);
        run.Loop.At(now + (Stopwatch.Frequency / run.Plan.Aborts), this);
    }
}

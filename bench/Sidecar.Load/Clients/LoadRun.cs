using System.Diagnostics;
using Sidecar.Load.Figures;
using Sidecar.Load.Readiness;
using Sidecar.Load.Wire;

namespace Sidecar.Load.Clients;

/// <summary>
/// One load from its first request to its last event. Requests are spread over a while; what is measured begins when all streams flow and ends before the
/// first of them does.
/// </summary>
internal sealed class LoadRun : IAlarm, IDisposable
{
    private static readonly TimeSpan Settling = TimeSpan.FromMilliseconds(200);
    // Past the time at which the last event is due.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly List<StreamClient> _clients = [];
    private readonly List<SlowClient> _slow = [];
    private readonly LeavingClients _leaving;
    private readonly Window _window;
    private readonly int _eventsOfStream;
    private Phase _phase;
    private int _left;
    private int _streams;

    /// <summary>Connects all clients.</summary>
    public LoadRun(LoadPlan plan)
    {
        Plan = plan;
        RequestHead = $"POST {plan.Dialect.Path} HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer bench\r\ncontent-type: application/json\r\n" +
            string.Concat(plan.Headers.Select(field => field + "\r\n"));
        var flowing = plan.Spread + Settling + TimeSpan.FromSeconds(plan.Seconds);
        // Streams that flood end in good time too: a proxy is to see the ends of streams.
        _eventsOfStream = plan.Events > 0 ? plan.Events : plan.Rate > 0 ? (int)Math.Ceiling(plan.Rate * flowing.TotalSeconds) + 1 : 20_000;
        _window = new Window(plan);
        _leaving = new LeavingClients(this);
        for (var i = 0; i < plan.Streams; i++) _clients.Add(new StreamClient(this, StreamClient.Connect(plan.Port), Tally));
        for (var i = 0; i < plan.Slow; i++) _slow.Add(new SlowClient(this));
        _left = plan.Streams;
    }

    private enum Phase { Opening, Measuring, Ending }

    public LoadPlan Plan { get; }

    public Loop Loop { get; } = new();

    /// <summary>Counts what the measured streams see.</summary>
    public Tally Tally { get; } = new();

    /// <summary>Counts what those beside them see.</summary>
    public Tally Beside { get; } = new();

    /// <summary>Each request's, but for its length.</summary>
    public string RequestHead { get; }

    /// <summary>Whether a stream that has ended is followed by another.</summary>
    public bool AsksAgain => Plan.Repeats && !IsOver;

    /// <summary>Whether all is measured.</summary>
    public bool IsOver => _phase == Phase.Ending;

    /// <summary>Runs it.</summary>
    public LoadFigures Run()
    {
        var now = Stopwatch.GetTimestamp();
        var spread = Loop.Ticks(Plan.Spread);
        foreach (var (index, client) in _clients.Index()) Loop.At(now + (spread * index / _clients.Count), client);
        foreach (var (index, client) in _slow.Index()) Loop.At(now + (spread * index / _slow.Count), client);
        if (Plan.Aborts > 0) Loop.At(now, _leaving);
        Loop.At(now + spread + Loop.Ticks(Settling), this);
        Loop.Run();
        foreach (var client in _clients.Concat(_slow).Concat(_leaving.Opened)) client.Leave();
        return _window.Figures(Tally) with { Beside = Beside.Faults, Slow = Plan.Slow, Left = _leaving.Opened.Count };
    }

    /// <inheritdoc/>
    public void OnTime(long now)
    {
        switch (_phase)
        {
            case Phase.Opening:
                _phase = Phase.Measuring;
                _window.Open(Tally);
                Loop.At(Stopwatch.GetTimestamp() + Loop.Ticks(TimeSpan.FromSeconds(Plan.Seconds)), this);
                break;
            case Phase.Measuring:
                _window.Close(Tally);
                _phase = Phase.Ending;
                // One stream follows the other for ever: what is under way is left.
                if (Plan.Repeats || _left == 0) Loop.Stop();
                else Loop.At(now + Loop.Ticks(Plan.Spread + Patience), this);
                break;
            case Phase.Ending:
                Tally.Faults.Cut += _left;
                Loop.Stop();
                break;
        }
    }

    /// <summary>The next stream that is asked for.</summary>
    public StreamPlan NextPlan() => new(++_streams, Plan.Rate, _eventsOfStream, Plan.Burst, Plan.First, Plan.Bytes, Plan.Tokens);

    /// <summary>A client has ended for good.</summary>
    public void OnEnded(Tally tally)
    {
        if (ReferenceEquals(tally, Tally) && --_left == 0 && IsOver) Loop.Stop();
    }

    /// <inheritdoc/>
    public void Dispose() => Loop.Dispose();
}

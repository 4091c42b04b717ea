using System.Diagnostics;
using Sidecar.Load.Figures;
using Sidecar.Load.Readiness;

namespace Sidecar.Load.Clients;

/// <summary>Connections that ask for one small document after the other, each as soon as it has the last. A response counts as an event.</summary>
internal sealed class SmallRun : IAlarm, IDisposable
{
    private static readonly TimeSpan Settling = TimeSpan.FromMilliseconds(300);

    private readonly LoadPlan _plan;
    private readonly Loop _loop = new();
    private readonly Tally _tally = new();
    private readonly Window _window;
    private bool _isMeasuring;

    /// <summary>Connects all clients.</summary>
    public SmallRun(LoadPlan plan)
    {
        _plan = plan;
        _window = new Window(plan);
    }

    /// <summary>Runs it.</summary>
    public LoadFigures Run()
    {
        var request = System.Text.Encoding.ASCII.GetBytes(
            "GET /v1/models HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer bench\r\n" + string.Concat(_plan.Headers.Select(field => field + "\r\n")) + "\r\n");
        SmallClient[] clients = [.. Enumerable.Range(0, _plan.Streams).Select(_ => new SmallClient(_loop, _plan.Port, request, _tally))];
        _loop.At(Stopwatch.GetTimestamp() + Loop.Ticks(Settling), this);
        foreach (var client in clients) client.Ask();
        _loop.Run();
        foreach (var client in clients) client.Close();
        return _window.Figures(_tally);
    }

    /// <inheritdoc/>
    public void OnTime(long now)
    {
        if (_isMeasuring)
        {
            _window.Close(_tally);
            _loop.Stop();
            return;
        }
        _isMeasuring = true;
        _window.Open(_tally);
        _loop.At(Stopwatch.GetTimestamp() + Loop.Ticks(TimeSpan.FromSeconds(_plan.Seconds)), this);
    }

    /// <inheritdoc/>
    public void Dispose() => _loop.Dispose();

    private sealed class SmallClient : Channel
    {
        private readonly byte[] _request;
        private readonly Tally _tally;
        private readonly ResponseReader _response = new();
        private long _asked;

        public SmallClient(Loop loop, int port, byte[] request, Tally tally) : base(loop, StreamClient.Connect(port))
        {
            (_request, _tally) = (request, tally);
            Watch();
        }

        public void Ask()
        {
            _response.Reset();
            _asked = Stopwatch.GetTimestamp();
            Send(_request);
        }

        protected override void OnBytes(ReadOnlySpan<byte> bytes, long now)
        {
            while (!_response.Next(ref bytes).IsEmpty) { }
            if (_response.IsBroken) OnLost();
            if (!_response.IsDone) return;
            _tally.OnEvent(now - _asked, 0, isHeld: false);
            if (_response.Status == 200) _tally.Whole++;
            else _tally.Faults.Refused++;
            Ask();
        }

        protected override void OnLost()
        {
            _tally.Faults.Cut++;
            Close();
        }
    }
}

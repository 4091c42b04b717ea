using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Sidecar.Load.Figures;
using Sidecar.Load.Readiness;
using Sidecar.Load.Wire;

namespace Sidecar.Load.Clients;

/// <summary>A connection that asks for a stream when its time comes, and for the next one when it has ended.</summary>
/// <param name="run">Whose it is.</param>
/// <param name="socket">Connected.</param>
/// <param name="tally">Counts what it sees.</param>
internal class StreamClient(LoadRun run, Socket socket, Tally tally) : Channel(run.Loop, socket), IAlarm
{
    private readonly ResponseReader _response = new();
    private StreamCheck? _check;
    private long _asked;
    private bool _hasFirst;

    /// <summary>Connects to a port on loopback.</summary>
    /// <param name="port">The port.</param>
    /// <param name="receiveBuffer">Bytes that the kernel takes for it; 0 leaves that to the kernel.</param>
    public static Socket Connect(int port, int receiveBuffer = 0)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        if (receiveBuffer > 0) socket.ReceiveBufferSize = receiveBuffer;
        socket.Connect(IPAddress.Loopback, port);
        return socket;
    }

    /// <inheritdoc/>
    public virtual void OnTime(long now)
    {
        Watch();
        Ask();
    }

    /// <summary>Leaves, wherever the stream is; that is no fault of the proxy.</summary>
    public void Leave()
    {
        if (IsClosed) return;
        Close();
        _check?.Leave();
        _check = null;
    }

    /// <summary>What it asks for.</summary>
    protected virtual StreamPlan Plan() => run.NextPlan();

    /// <summary>More of the stream came.</summary>
    /// <param name="events">Events so far.</param>
    protected virtual void OnEvents(int events) { }

    protected void Ask()
    {
        var plan = Plan();
        _response.Reset();
        _check = new StreamCheck(plan, run.Plan.Dialect, tally);
        _hasFirst = false;
        var body = run.Plan.Dialect.Request(plan);
        _asked = Stopwatch.GetTimestamp() + (plan.FirstMilliseconds * Stopwatch.Frequency / 1000);
        Send(Encoding.ASCII.GetBytes($"{run.RequestHead}content-length: {body.Length}\r\n\r\n{body}"));
    }

    protected override void OnBytes(ReadOnlySpan<byte> bytes, long now)
    {
        if (_check is not { } check) return;
        while (_response.Next(ref bytes) is { IsEmpty: false } piece) check.Take(piece, now);
        if (!_hasFirst && check.Events > 0)
        {
            _hasFirst = true;
            tally.OnFirst(now - _asked);
        }
        OnEvents(check.Events);
        if (_response.IsDone || _response.IsBroken) End();
    }

    protected override void OnLost()
    {
        _response.Close();
        if (_check is not null) End();
    }

    private void End()
    {
        if (_check is null) return;
        if (_response is { Status: not 0 and not 200 }) tally.Faults.Refused++;
        else _check.End(_response.IsDone);
        _check = null;
        if (run.AsksAgain && !IsClosed && _response.IsDone)
        {
            Ask();
            return;
        }
        Close();
        run.OnEnded(tally);
    }
}

using System.Diagnostics;
using Sidecar.Load.Figures;
using Sidecar.Load.Wire;

namespace Sidecar.Load.Clients;

/// <summary>
/// Holds one stream against what its provider was asked for: each event once, in order, as it was written and by itself, and then the end. An event is
/// compared with the one that its own marks make, byte for byte.
/// </summary>
/// <param name="plan">What was asked for.</param>
/// <param name="dialect">How it looks.</param>
/// <param name="tally">Counts what is seen.</param>
internal sealed class StreamCheck(StreamPlan plan, StreamDialect dialect, Tally tally)
{
    // Events that a provider sends closer together are of one write.
    private static readonly long OneWrite = Stopwatch.Frequency / 1000;

    private readonly byte[][] _tokens = Tokens.Of(plan.Tokens);
    private readonly HashSet<int> _missing = [];
    private readonly Faults _faults = new();
    private byte[] _carry = new byte[512];
    private int _carried;
    private readonly byte[] _expected = new byte[plan.Bytes + 512];
    private int _next;
    private long _lastSent;
    private long _lastArrival;
    private bool _hasEnd;

    /// <summary>Events seen.</summary>
    public int Events { get; private set; }

    /// <summary>Takes a piece of the body.</summary>
    public void Take(ReadOnlySpan<byte> bytes, long now)
    {
        if (_carried > 0)
        {
            Carry(bytes);
            bytes = _carry.AsSpan(0, _carried);
        }
        var end = dialect.EventEnd.AsSpan();
        var rest = bytes;
        while (rest.IndexOf(end) is var at and >= 0)
        {
            OnEvent(rest[..(at + end.Length)], now);
            rest = rest[(at + end.Length)..];
        }
        if (_carried > 0) rest.CopyTo(_carry);
        _carried = _carried > 0 ? rest.Length : 0;
        if (_carried == 0) Carry(rest);
    }

    /// <summary>The response is over.</summary>
    /// <param name="isComplete">Whether its framing says that it is complete.</param>
    public void End(bool isComplete)
    {
        _faults.Lost += _missing.Count;
        if (!isComplete || !_hasEnd) _faults.Cut++;
        else _faults.Lost += plan.Events - _next;
        if (_faults.Total == 0) tally.Whole++;
        Leave();
    }

    /// <summary>The client has left: what was wrong until then counts, what is missing does not.</summary>
    public void Leave() => tally.Faults.Add(_faults);

    private void OnEvent(ReadOnlySpan<byte> bytes, long now)
    {
        if (!Marks.TryRead(bytes, out var marks))
        {
            _hasEnd |= bytes[..^dialect.EventEnd.Length].EndsWith(dialect.Last);
            return;
        }
        if (bytes.Count(Marks.Opening) is > 1 and var count)
        {
            _faults.Merged += count - 1;
            OnMerged(bytes, now);
            return;
        }
        OnMarks(marks, now);
        if (marks.Stream != plan.Stream) return;
        var length = dialect.WriteEvent(_expected, marks, _tokens[Math.Abs(marks.Number) % _tokens.Length], plan.Bytes);
        if (!bytes.SequenceEqual(_expected.AsSpan(0, length))) _faults.Altered++;
    }

    // Each of them is counted, so that they are not told as lost too.
    private void OnMerged(ReadOnlySpan<byte> bytes, long now)
    {
        while (Marks.TryRead(bytes, out var marks))
        {
            OnMarks(marks, now);
            bytes = bytes[(bytes.IndexOf(Marks.Opening) + Marks.Opening.Length)..];
        }
    }

    private void OnMarks(in Marks marks, long now)
    {
        if (marks.Stream != plan.Stream)
        {
            _faults.Foreign++;
            return;
        }
        if (marks.Number < _next)
        {
            if (_missing.Remove(marks.Number)) _faults.Reordered++;
            else _faults.Repeated++;
        }
        for (; _next < marks.Number; _next++) _missing.Add(_next);
        _next = Math.Max(_next, marks.Number + 1);
        // The event before came only when this one had been sent.
        var isHeld = Events > 0 && _lastArrival >= marks.Sent && marks.Sent - _lastSent > OneWrite;
        Events++;
        tally.OnEvent(now - marks.Sent, marks.Late, isHeld);
        _lastSent = marks.Sent;
        _lastArrival = now;
    }

    private void Carry(ReadOnlySpan<byte> bytes)
    {
        if (_carry.Length < _carried + bytes.Length) Array.Resize(ref _carry, Math.Max(_carry.Length * 2, _carried + bytes.Length));
        bytes.CopyTo(_carry.AsSpan(_carried));
        _carried += bytes.Length;
    }
}

using System.Buffers.Text;
using System.Diagnostics;
using System.Net.Sockets;

namespace Sidecar.Load;

/// <summary>One stream as its client reads it. The framing is not parsed: events are found by what their provider puts in front of them.</summary>
internal sealed class ReadStream(int events)
{
    private const int BufferBytes = 64 * 1024;
    private const int NumberDigits = 8;
    private const int TimeDigits = 19;

    private readonly long[] _latencies = new long[events];
    private readonly byte[] _buffer = new byte[BufferBytes];
    private int _length;
    private int _next;
    private bool _isBroken;
    private bool _hasEnd;

    /// <summary>Its connection.</summary>
    public Socket Socket { get; } = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };

    /// <summary>From the sending of each event to its arrival, in ticks of <see cref="Stopwatch"/>.</summary>
    public IEnumerable<long> Latencies => _latencies.Take(_next);

    /// <summary>Whether every event came once and in order, and then the end.</summary>
    public bool IsWhole => _hasEnd && !_isBroken && _next == events;

    /// <summary>Reads to the end.</summary>
    public async Task ReadAsync()
    {
        while (!_hasEnd && !_isBroken)
        {
            var count = await Socket.ReceiveAsync(_buffer.AsMemory(_length));
            if (count == 0) break;
            _length += count;
            Take(Stopwatch.GetTimestamp());
        }
        Socket.Dispose();
    }

    private void Take(long now)
    {
        var rest = _buffer.AsSpan(0, _length);
        while (rest.IndexOf("\n\n"u8) is var end and >= 0)
        {
            TakeEvent(rest[..end], now);
            rest = rest[(end + 2)..];
        }
        rest.CopyTo(_buffer);
        _length = rest.Length;
    }

    private void TakeEvent(ReadOnlySpan<byte> bytes, long now)
    {
        if (bytes.EndsWith("[DONE]"u8))
        {
            _hasEnd = true;
            return;
        }
        var number = Number(bytes, "chatcmpl-"u8, NumberDigits);
        var sent = Number(bytes, "\"system_fingerprint\":\""u8, TimeDigits);
        if (number != _next || sent < 0 || _next == events)
        {
            _isBroken = true;
            return;
        }
        _latencies[_next++] = now - sent;
    }

    private static long Number(ReadOnlySpan<byte> bytes, ReadOnlySpan<byte> before, int digits)
    {
        var at = bytes.IndexOf(before);
        if (at < 0 || bytes.Length < at + before.Length + digits) return -1;
        return Utf8Parser.TryParse(bytes.Slice(at + before.Length, digits), out long number, out var used) && used == digits ? number : -1;
    }
}

using System.Buffers.Text;
using System.Diagnostics;
using System.Text;
using Sidecar.Load.Wire;

namespace Sidecar.Load.Provider;

/// <summary>Writes one stream in the course of time: a chunk for each event, all that is due in one piece.</summary>
/// <param name="plan">What is streamed.</param>
/// <param name="dialect">How.</param>
/// <param name="asked">When the request came.</param>
internal sealed class StreamWriter(StreamPlan plan, StreamDialect dialect, long asked)
{
    // Beside the event itself: the most that a chunk's framing or an ending adds.
    private const int Slack = 1024;

    // Pieces live until they are sent, and a loop sends one at a time.
    [ThreadStatic] private static byte[]? _piece;

    private readonly byte[][] _tokens = Tokens.Of(plan.Tokens);
    private readonly long _start = asked + (plan.FirstMilliseconds * Stopwatch.Frequency / 1000);
    private int _next;

    /// <summary>Whether its end is written.</summary>
    public bool HasEnded { get; private set; }

    /// <summary>The response's head and what comes before the first event with content.</summary>
    public ReadOnlySpan<byte> Head()
    {
        var head = $"HTTP/1.1 200 OK\r\ncontent-type: {dialect.ContentType}\r\ncache-control: no-cache\r\ntransfer-encoding: chunked\r\n\r\n";
        if (dialect.Opening.Length > 0) head += $"{dialect.Opening.Length:x}\r\n{Encoding.ASCII.GetString(dialect.Opening)}\r\n";
        return Encoding.ASCII.GetBytes(head);
    }

    /// <summary>When it has something to write again.</summary>
    public long NextDue(long now) => plan.Rate == 0 ? now : Due(_next);

    /// <summary>Writes what is due; the bytes are valid until the next call on the thread.</summary>
    /// <param name="now">Time of sending.</param>
    /// <param name="maxBytes">When to stop, about.</param>
    public ReadOnlySpan<byte> Write(long now, int maxBytes)
    {
        var room = plan.Bytes + (2 * Slack);
        if (_piece is null || _piece.Length < maxBytes + room) _piece = new byte[maxBytes + room];
        var length = 0;
        while (length < maxBytes && _next < plan.Events && (plan.Rate == 0 || Due(_next) <= now))
        {
            var late = plan.Rate == 0 ? 0 : now - Due(_next);
            length += WriteChunk(_piece.AsSpan(length), new Marks(plan.Stream, _next, now, late));
            _next++;
        }
        // The end is due with the last event.
        if (_next == plan.Events && length < maxBytes)
        {
            length += Encoding.ASCII.GetBytes($"{dialect.Ending.Length:x}\r\n{Encoding.ASCII.GetString(dialect.Ending)}\r\n0\r\n\r\n", _piece.AsSpan(length));
            HasEnded = true;
        }
        return _piece.AsSpan(0, length);
    }

    private long Due(int number) => _start + (number / plan.Burst * plan.Burst * Stopwatch.Frequency / Math.Max(1, plan.Rate));

    private int WriteChunk(Span<byte> output, in Marks marks)
    {
        const int SizeDigits = 4;
        var data = output[(SizeDigits + 2)..];
        var size = dialect.WriteEvent(data, marks, _tokens[marks.Number % _tokens.Length], plan.Bytes);
        Utf8Formatter.TryFormat(size, output, out _, new('x', SizeDigits));
        "\r\n"u8.CopyTo(output[SizeDigits..]);
        "\r\n"u8.CopyTo(data[size..]);
        return SizeDigits + 2 + size + 2;
    }
}

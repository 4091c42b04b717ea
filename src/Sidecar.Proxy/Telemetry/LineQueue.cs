using System.Buffers;
using System.Threading.Channels;
using Prometheus;

namespace Sidecar.Proxy.Telemetry;

/// <summary>Writes whole lines, many at once; throws <see cref="IOException"/> where it cannot.</summary>
internal delegate void LineSink(ReadOnlySpan<byte> lines);

/// <summary>
/// Lines on their way to a place that may be slow. Callers only fill a buffer; one thread of our own writes, since a write may block. When it does, lines are
/// dropped and counted.
/// </summary>
internal sealed class LineQueue : IAsyncDisposable
{
    private const int MaxQueuedLines = 4096;
    private const int BatchBytes = 32 * 1024;

    private readonly Channel<LogLine> _queue =
        Channel.CreateBounded<LogLine>(new BoundedChannelOptions(MaxQueuedLines) { SingleReader = true });
    private readonly Pool<LogLine> _lines = new(64, static () => new LogLine());
    private readonly TaskCompletionSource _written = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly LineSink _sink;
    private readonly TimeSpan _flushBound;
    private readonly TimeProvider _time;
    private readonly ICounter _dropped;

    /// <summary>Starts the writer.</summary>
    /// <param name="name">Name of its thread.</param>
    /// <param name="sink">Where lines go.</param>
    /// <param name="flushBound">How long its end may wait for what is queued.</param>
    /// <param name="time">Clock of that wait.</param>
    /// <param name="dropped">Counts lines that were not written.</param>
    public LineQueue(string name, LineSink sink, TimeSpan flushBound, TimeProvider time, ICounter dropped)
    {
        _sink = sink;
        _flushBound = flushBound;
        _time = time;
        _dropped = dropped;
        new Thread(WriteLines) { IsBackground = true, Name = name }.Start();
    }

    /// <summary>A line to fill and give to <see cref="Enqueue"/>.</summary>
    public LogLine Rent() => _lines.Rent();

    /// <summary>Takes a line that is finished.</summary>
    public void Enqueue(LogLine line)
    {
        if (_queue.Writer.TryWrite(line)) return;
        _dropped.Inc();
        Recycle(line);
    }

    /// <summary>Writes what is queued, for as long as it may. Lines that come later are dropped and counted.</summary>
    public async ValueTask DisposeAsync()
    {
        _queue.Writer.TryComplete();
        // What a blocked place has not taken by then is lost with the process.
        await _written.Task.WaitAsync(_flushBound, _time).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private void Recycle(LogLine line)
    {
        if (line.IsReusable) _lines.Return(line);
    }

    private void WriteLines()
    {
        var batch = new ArrayBufferWriter<byte>();
        var lines = 0;
        while (_queue.Reader.WaitToReadAsync().AsTask().GetAwaiter().GetResult())
        {
            while (_queue.Reader.TryRead(out var line))
            {
                batch.Write(line.Bytes);
                lines++;
                Recycle(line);
                if (batch.WrittenCount >= BatchBytes) Flush(batch, ref lines);
            }
            Flush(batch, ref lines);
        }
        _written.SetResult();
    }

    private void Flush(ArrayBufferWriter<byte> batch, ref int lines)
    {
        if (lines == 0) return;
        try
        {
            _sink(batch.WrittenSpan);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ObjectDisposedException)
        {
            // There is no other place to say so.
            _dropped.Inc(lines);
        }
        batch.ResetWrittenCount();
        lines = 0;
    }
}

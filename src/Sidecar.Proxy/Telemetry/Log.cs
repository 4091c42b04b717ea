using System.Buffers;
using System.Threading.Channels;
using Prometheus;
using Sidecar.Proxy.Configuration;

namespace Sidecar.Proxy.Telemetry;

/// <summary>
/// JSON lines on standard error: one access line for each exchange, and lines about the life of the process
/// (<c>time, level, message</c>, then fields). Callers only fill a buffer; one thread of our own writes, since a write may block for as
/// long as the reader of our standard error likes. When it does, lines are dropped and counted.
/// </summary>
public sealed class Log : IAsyncDisposable
{
    private const int MaxQueuedLines = 4096;
    private const int MaxText = 1024;
    private const int BatchBytes = 32 * 1024;

    private static readonly TimeSpan FlushBound = TimeSpan.FromSeconds(2);

    private readonly Channel<LogLine> _queue =
        Channel.CreateBounded<LogLine>(new BoundedChannelOptions(MaxQueuedLines) { SingleReader = true });
    private readonly Pool<LogLine> _lines = new(64, static () => new LogLine());
    private readonly TaskCompletionSource _written = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Stream _output;
    private readonly TimeProvider _time;
    private readonly ICounter _dropped;
    private volatile LoggingOptions _options;

    /// <summary>Starts the writer.</summary>
    /// <param name="output">Standard error; stays the caller's.</param>
    /// <param name="options">What is written; <see cref="Apply"/> replaces it.</param>
    /// <param name="time">Clock of the lines.</param>
    /// <param name="dropped">Counts lines that were not written.</param>
    public Log(Stream output, LoggingOptions options, TimeProvider time, ICounter dropped)
    {
        _output = output;
        _options = options;
        _time = time;
        _dropped = dropped;
        new Thread(WriteLines) { IsBackground = true, Name = "log" }.Start();
    }

    /// <summary>Whether lines of this level are written.</summary>
    public bool IsEnabled(LogLevel level) => level >= _options.Level;

    /// <summary>Takes new options over, from the next line on.</summary>
    public void Apply(LoggingOptions options) => _options = options;

    /// <summary>Writes a line about the process. Never give it content, keys or query strings.</summary>
    /// <param name="level">Severity.</param>
    /// <param name="message">What happened, the same words each time.</param>
    /// <param name="fields">Details; values are cut to 1,024 characters.</param>
    public void Write(LogLevel level, string message, params ReadOnlySpan<(string Name, string? Value)> fields)
    {
        if (!IsEnabled(level)) return;
        var line = _lines.Rent();
        line.Start(_time.GetUtcNow());
        line.Text("level"u8, level.Word(), MaxText);
        line.Text("message"u8, message, MaxText);
        foreach (var (name, value) in fields) line.Text(name, value, MaxText);
        line.Finish();
        Enqueue(line);
    }

    /// <summary>Writes the access line of an exchange that has ended.</summary>
    public void Access(ExchangeRecord record)
    {
        if (!_options.AccessLog || !IsEnabled(LogLevel.Info)) return;
        var line = _lines.Rent();
        AccessLine.Write(line, record, _time);
        Enqueue(line);
    }

    /// <summary>Writes what is queued, for two seconds at most. Lines that come later are dropped and counted.</summary>
    public async ValueTask DisposeAsync()
    {
        _queue.Writer.TryComplete();
        // What a blocked standard error has not taken by then is lost with the process.
        await _written.Task.WaitAsync(FlushBound, _time).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private void Enqueue(LogLine line)
    {
        if (_queue.Writer.TryWrite(line)) return;
        _dropped.Inc();
        Recycle(line);
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
        try
        {
            _output.Write(batch.WrittenSpan);
            _output.Flush();
        }
        catch (IOException)
        {
            // Nobody reads standard error any more, and there is no other place to say so.
            _dropped.Inc(lines);
        }
        batch.ResetWrittenCount();
        lines = 0;
    }
}

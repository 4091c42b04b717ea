using Prometheus;
using Sidecar.Proxy.Configuration;

namespace Sidecar.Proxy.Telemetry;

/// <summary>
/// JSON lines on standard error: one access line for each exchange, and lines about the life of the process
/// (<c>time, level, message</c>, then fields). No caller ever waits for the reader of our standard error: lines are dropped and counted.
/// </summary>
public sealed class Log : IAsyncDisposable
{
    private const int MaxText = 1024;

    private static readonly TimeSpan FlushBound = TimeSpan.FromSeconds(2);

    private readonly LineQueue _queue;
    private readonly TimeProvider _time;
    private volatile LoggingOptions _options;

    /// <summary>Starts the writer.</summary>
    /// <param name="output">Standard error; stays the caller's.</param>
    /// <param name="options">What is written; <see cref="Apply"/> replaces it.</param>
    /// <param name="time">Clock of the lines.</param>
    /// <param name="dropped">Counts lines that were not written.</param>
    public Log(Stream output, LoggingOptions options, TimeProvider time, ICounter dropped)
    {
        _options = options;
        _time = time;
        _queue = new LineQueue("log", lines =>
        {
            output.Write(lines);
            output.Flush();
        }, FlushBound, time, dropped);
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
        var line = _queue.Rent();
        line.Start(_time.GetUtcNow());
        line.Text("level"u8, level.Word(), MaxText);
        line.Text("message"u8, message, MaxText);
        foreach (var (name, value) in fields) line.Text(name, value, MaxText);
        line.Finish();
        _queue.Enqueue(line);
    }

    /// <summary>Writes the access line of an exchange that has ended.</summary>
    public void Access(ExchangeRecord record)
    {
        if (!_options.AccessLog || !IsEnabled(LogLevel.Info)) return;
        var line = _queue.Rent();
        AccessLine.Write(line, record, _time);
        _queue.Enqueue(line);
    }

    /// <summary>Writes what is queued, for two seconds at most. Lines that come later are dropped and counted.</summary>
    public ValueTask DisposeAsync() => _queue.DisposeAsync();
}

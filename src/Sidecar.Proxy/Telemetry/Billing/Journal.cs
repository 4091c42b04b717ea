using Prometheus;

namespace Sidecar.Proxy.Telemetry.Billing;

/// <summary>
/// One JSON line for each exchange that reached a provider: who used what, and what it cost. Written off the data path; what the disk does not take in time is
/// dropped and counted. Never any content, key or path.
/// </summary>
public sealed class Journal : IAsyncDisposable
{
    /// <summary>Longest file; then it is put aside and a new one begun.</summary>
    public const long MaxFileBytes = 64L << 20;

    /// <summary>Files that are kept beside the one being written.</summary>
    public const int MaxOlderFiles = 15;

    private const int MaxText = 128;

    private static readonly TimeSpan FlushBound = TimeSpan.FromSeconds(10);

    private readonly RotatingFile _file;
    private readonly LineQueue _queue;
    private readonly TimeProvider _time;

    private Journal(RotatingFile file, TimeProvider time, ICounter dropped)
    {
        _file = file;
        _time = time;
        _queue = new LineQueue("journal", file.Write, FlushBound, time, dropped);
    }

    /// <summary>Opens a journal, to go on where it ends; null and the reason where it cannot be opened.</summary>
    /// <param name="path">Its file.</param>
    /// <param name="time">The clock.</param>
    /// <param name="dropped">Counts lines that were not written.</param>
    /// <param name="problem">Why there is none.</param>
    /// <param name="maxFileBytes">Longest file.</param>
    public static Journal? Open(string path, TimeProvider time, ICounter dropped, out string? problem, long maxFileBytes = MaxFileBytes)
    {
        problem = null;
        try
        {
            return new Journal(new RotatingFile(path, maxFileBytes, MaxOlderFiles), time, dropped);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            problem = $"usage.journal: cannot write `{path}`: {(e is UnauthorizedAccessException ? "permission denied" : e is DirectoryNotFoundException ? "no such directory" : "cannot be opened")}";
            return null;
        }
    }

    /// <summary>The files of a journal that are there, the oldest first.</summary>
    public static IEnumerable<string> Files(string path) => RotatingFile.Of(path, MaxOlderFiles);

    /// <summary>Writes the line of an exchange that has ended.</summary>
    public void Write(ExchangeRecord record)
    {
        var line = _queue.Rent();
        line.Start(record.Time);
        line.Text("request_id"u8, record.RequestId, MaxText);
        line.Text("stream"u8, record.Stream, MaxText);
        line.Text("route"u8, record.Route, MaxText);
        line.Text("upstream"u8, record.Upstream, MaxText);
        line.Text("provider"u8, record.Provider?.Word(), MaxText);
        line.Text("model"u8, record.Model, MaxText);
        line.Text("user"u8, record.User, MaxText);
        line.Text("team"u8, record.Team, MaxText);
        line.Text("project"u8, record.Project, MaxText);
        line.Number("status"u8, record.Status == 0 ? null : record.Status);
        line.Text("outcome"u8, record.Outcome.Word(), MaxText);
        line.Text("error_type"u8, record.ErrorType, MaxText);
        line.Number("duration_ms"u8, _time.Milliseconds(record.StartedAt, record.EndedAt));
        line.Number("ttft_ms"u8, _time.Milliseconds(record.StartedAt, record.FirstContentAt));
        line.Number("input_tokens"u8, record.InputTokens);
        line.Number("output_tokens"u8, record.OutputTokens);
        line.Number("cached_tokens"u8, record.CachedTokens);
        line.Number("reasoning_tokens"u8, record.ReasoningTokens);
        line.Text("usage_source"u8, record.UsageSource, MaxText);
        line.Number("cost_usd"u8, record.CostUsd);
        line.Text("finish_reason"u8, record.FinishReason, MaxText);
        line.Finish();
        _queue.Enqueue(line);
    }

    /// <summary>Writes what is queued, for ten seconds at most, and closes the file. Lines that come later are dropped and counted.</summary>
    public async ValueTask DisposeAsync()
    {
        await _queue.DisposeAsync().ConfigureAwait(false);
        _file.Dispose();
    }
}

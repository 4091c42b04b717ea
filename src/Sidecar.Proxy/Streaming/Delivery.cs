using Sidecar.Proxy.Configuration;
using Sidecar.Proxy.Server;
using Sidecar.Proxy.Telemetry;

namespace Sidecar.Proxy.Streaming;

/// <summary>
/// Brings to the client what a relay writes, and decides what it means that a client is slow.
/// <code>
/// pause_upstream   flush ── taken ─→ read on
///                        └─ not ──→ wait for the client; the provider is not read, and TCP tells it so
/// keep_reading     flush ── taken ─→ read on
///                        └─ not ──→ read on into the backlog ── the client takes all ─→ the backlog follows
///                                                           └─ full ─→ leave out the oldest content, or end the stream
/// </code>
/// </summary>
/// <param name="exchange">The client's side.</param>
/// <param name="meter">Measures it.</param>
/// <param name="options">Bounds.</param>
/// <param name="log">Told of an overflow, once.</param>
/// <param name="backlog">Where frames wait while the provider is read on; null where it is not.</param>
internal sealed class Delivery(Exchange exchange, StreamMeter meter, StreamingOptions options, Log log, Backlog? backlog)
{
    private Task<bool>? _flushing;
    private int _contentEvents;
    private long _writtenBefore;
    private bool _hasWarned;

    /// <summary>Whether the backlog is full and nothing of it may be left out: the stream must end.</summary>
    public bool IsOverflown { get; private set; }

    /// <summary>When bytes were last passed on.</summary>
    public long LastWriteAt { get; private set; } = exchange.Time.GetTimestamp();

    private long Unsent => exchange.Client.BytesWritten - exchange.Client.BytesSent;

    /// <summary>Sends what was written. Where the client does not take it: waits for it, or returns for the provider to be read on.</summary>
    /// <param name="contentEvents">Events with content that were written since the last call.</param>
    public async ValueTask FlushAsync(int contentEvents)
    {
        _contentEvents += contentEvents;
        if (!TrySettle())
        {
            Bound();
            return;
        }
        var pending = exchange.Response.FlushAsync();
        var isPaused = !pending.IsCompleted;
        if (isPaused && backlog is not null)
        {
            Divert(pending.AsTask(), backlog);
            return;
        }
        if (isPaused) Pause();
        OnFlushed(await pending.ConfigureAwait(false));
        if (isPaused) Resume();
    }

    /// <summary>Waits until the client has taken all that waits.</summary>
    public async ValueTask FinishAsync()
    {
        while (_flushing is { } flushing && !IsOverflown && exchange.Interruption == Interruption.None)
        {
            await flushing.ConfigureAwait(false);
            await FlushAsync(0).ConfigureAwait(false);
        }
    }

    /// <summary>Reads no more into the backlog: what follows is written behind all that waits, or, where the stream overflowed, in its place.</summary>
    public async ValueTask CloseAsync()
    {
        if (_flushing is null) return;
        if (IsOverflown) backlog!.Clear();
        // What was flushed stays written; only the wait for it ends.
        if (!_flushing.IsCompleted) exchange.Client.Output.CancelPendingFlush();
        await _flushing.ConfigureAwait(false);
        Undivert();
    }

    private void Divert(Task<bool> flushing, Backlog backlog)
    {
        _flushing = flushing;
        exchange.Response.Diversion = backlog;
        exchange.Clocks.StartWrite(exchange.Time.GetTimestamp(), pausesUpstream: false);
        flushing.ConfigureAwait(false).GetAwaiter().UnsafeOnCompleted(exchange.WakeReading);
    }

    /// <summary>False while a flush still waits for the client.</summary>
    private bool TrySettle()
    {
        if (_flushing is null) return true;
        if (!_flushing.IsCompleted) return false;
        OnFlushed(_flushing.Result);
        Undivert();
        return true;
    }

    private void Undivert()
    {
        _flushing = null;
        exchange.Clocks.StopWrite();
        exchange.Response.Diversion = null;
        backlog!.MoveTo(exchange.Response);
    }

    private void Bound()
    {
        var buffered = Unsent + backlog!.Length;
        exchange.Record.BufferedBytes = buffered;
        if (buffered <= options.BufferSize || IsOverflown) return;
        if (options.OnOverflow == OverflowAction.DropOldest)
        {
            // Down to the high watermark, so that not every event of a full stream costs a search.
            var dropped = backlog.Shrink(((long)options.BufferSize * options.HighWatermark / 100) - Unsent);
            _contentEvents = Math.Max(0, _contentEvents - dropped);
            if (dropped > 0) meter.OnDropped();
        }
        IsOverflown = Unsent + backlog.Length > options.BufferSize;
        if (IsOverflown) meter.OnOverflown();
        if (!options.WarnsOfOverflow || _hasWarned) return;
        _hasWarned = true;
        log.Write(LogLevel.Warning, "a client reads too slowly for its stream", ("stream", exchange.Record.Stream), ("action", IsOverflown ? "terminate" : "drop_oldest"));
    }

    private void OnFlushed(bool isTaken)
    {
        // Where the client is not watched, a flush is the only sign that it left.
        if (!isTaken) exchange.Interrupt(Interruption.ClientLeft);
        var now = exchange.Time.GetTimestamp();
        if (exchange.Client.BytesWritten is var written && written != _writtenBefore) LastWriteAt = now;
        _writtenBefore = written;
        exchange.Record.BufferedBytes = Unsent;
        meter.OnFlushed(now, _contentEvents);
        _contentEvents = 0;
    }

    private void Pause()
    {
        var now = exchange.Time.GetTimestamp();
        exchange.Clocks.StartWrite(now, pausesUpstream: true);
        meter.OnPaused(now);
        exchange.Record.BufferedBytes = Unsent;
    }

    private void Resume()
    {
        var now = exchange.Time.GetTimestamp();
        meter.OnResumed(now);
        exchange.Clocks.OnResumed(now);
    }
}

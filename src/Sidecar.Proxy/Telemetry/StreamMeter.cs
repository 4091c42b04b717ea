using System.Diagnostics;

namespace Sidecar.Proxy.Telemetry;

/// <summary>
/// Measures one exchange while its response flows. <see cref="ExchangeTracker.Begin"/> hands it out, the loop that owns the exchange
/// calls it, <see cref="ExchangeTracker.End"/> takes it back; nothing here locks or allocates.
/// <para>
/// The relay sets <see cref="ExchangeRecord.IsEventStream"/> and <see cref="ExchangeRecord.RequestSentAt"/> before the first read of
/// the response body, then calls, with one timestamp for each read and each flush:
/// <list type="number">
/// <item><see cref="OnRead"/> after each read of body bytes from the upstream;</item>
/// <item><see cref="OnEvent"/> for each provider event that this read completed (for a body without events: once for each read);</item>
/// <item><see cref="OnFlushed"/> when the write that took them has been flushed to the client;</item>
/// <item><see cref="OnHeld"/> when a policy held text back that such an event brought;</item>
/// <item><see cref="OnPaused"/> and <see cref="OnResumed"/> around a time in which a full buffer keeps the upstream from being read.</item>
/// </list>
/// From these it fills in the record's FirstChunkAt, LastChunkAt, FirstContentReadAt, FirstContentAt, LastContentAt, UpstreamBytesIn,
/// Chunks, ContentEvents, MaxGap and, at the first content, Phase. Heads and the client's bytes are counted by those who read and
/// write them.
/// </para>
/// <para>
/// Gaps go into bins of the stream's own, which move to the shared histograms every <see cref="PublishInterval"/> and at the end. Only
/// content stops the token clock: n content events flushed together count as n gaps of a share each. What the first content flush holds
/// beside the first token has no gap before it and counts none.
/// </para>
/// </summary>
public sealed class StreamMeter
{
    /// <summary>Longest that a figure of a stream that is being read stays out of the metrics.</summary>
    public static readonly TimeSpan PublishInterval = TimeSpan.FromSeconds(2);

    private readonly SidecarMetrics _metrics;
    private readonly Bins _interToken;
    private readonly Bins _betweenChunks;
    private readonly Bins _overhead;
    private readonly Bins _held;
    private readonly Bins? _perOutputChunk;
    private readonly long _publishTicks;

    private ExchangeRecord? _record;
    private long _publishedAt;
    private long _readAt;
    private long _eventAt;
    private long _pausedAt;
    private int _unflushedEvents;
    private bool _firstChunkTold;
    private bool _firstTokenTold;
    private (long ClientIn, long ClientOut, long UpstreamIn, long UpstreamOut) _bytesTold;

    internal StreamMeter(SidecarMetrics metrics)
    {
        _metrics = metrics;
        _publishTicks = (long)(PublishInterval.TotalSeconds * metrics.Time.TimestampFrequency);
        _interToken = new Bins(metrics.Streams.InterTokenBounds);
        _betweenChunks = new Bins(metrics.Streams.ChunkBounds);
        _overhead = new Bins(metrics.OverheadBounds);
        _held = new Bins(metrics.Moderation.HeldBounds);
        if (metrics.Streams.OpenTelemetry is { } names) _perOutputChunk = new Bins(names.PerChunkBounds);
    }

    /// <summary>The exchange it measures.</summary>
    /// <exception cref="InvalidOperationException">The exchange has ended.</exception>
    public ExchangeRecord Record => _record ?? throw new InvalidOperationException("The exchange has ended.");

    /// <summary>Body bytes came from the upstream.</summary>
    /// <param name="timestamp">When the read returned.</param>
    /// <param name="bytes">How many, framing included.</param>
    public void OnRead(long timestamp, int bytes)
    {
        var record = Record;
        record.UpstreamBytesIn += bytes;
        if (record.FirstChunkAt == 0) record.FirstChunkAt = timestamp;
        record.LastChunkAt = timestamp;
        _readAt = timestamp;
        if (timestamp - _publishedAt >= _publishTicks) Publish(timestamp);
    }

    /// <summary>The last read completed an event.</summary>
    /// <param name="hasContent">Whether it carries non-empty content.</param>
    public void OnEvent(bool hasContent)
    {
        var record = Record;
        record.Chunks++;
        _unflushedEvents++;
        if (_eventAt != 0) Gap(record, _readAt - _eventAt);
        _eventAt = _readAt;
        if (!hasContent) return;
        record.ContentEvents++;
        if (record.FirstContentReadAt != 0) return;
        record.FirstContentReadAt = _readAt;
        if (record.Phase != Phase.Draining) record.Phase = Phase.Streaming;
    }

    /// <summary>Everything written so far has been flushed to the client.</summary>
    /// <param name="timestamp">When the flush returned.</param>
    /// <param name="contentEvents">Events with content that went out since the last call; 0 for none.</param>
    public void OnFlushed(long timestamp, int contentEvents)
    {
        var record = Record;
        if (_unflushedEvents > 0)
        {
            _overhead.Add((timestamp - _readAt) * _unflushedEvents, _unflushedEvents);
            _unflushedEvents = 0;
        }
        if (contentEvents == 0) return;
        if (record.FirstContentAt == 0) record.FirstContentAt = timestamp;
        else if (record.IsEventStream) _interToken.Add(timestamp - record.LastContentAt, contentEvents);
        record.LastContentAt = timestamp;
    }

    /// <summary>An event could not be passed on at once: once for each hold.</summary>
    /// <param name="bytes">Bytes of text held then.</param>
    public void OnHeld(int bytes) => _held.Add(bytes, 1);

    /// <summary>The client's buffer reached its bound: the upstream is no longer read.</summary>
    public void OnPaused(long timestamp)
    {
        _metrics.BufferPauses.Inc();
        _pausedAt = timestamp;
    }

    /// <summary>The client's buffer was full while the upstream was read on: some events were left out.</summary>
    public void OnDropped() => _metrics.BufferDrops.Inc();

    /// <summary>The client's buffer was full while the upstream was read on: the stream ends.</summary>
    public void OnOverflown() => _metrics.BufferTerminations.Inc();

    /// <summary>The upstream is read again.</summary>
    public void OnResumed(long timestamp)
    {
        if (_pausedAt == 0) return;
        _metrics.BackpressureSeconds.Inc(_metrics.Time.Seconds(timestamp - _pausedAt));
        _pausedAt = 0;
    }

    internal void Attach(ExchangeRecord record, long timestamp)
    {
        Debug.Assert(_record is null);
        _record = record;
        _publishedAt = timestamp;
    }

    /// <summary>Publishes what is left and makes it ready for another exchange.</summary>
    internal void Detach(long timestamp)
    {
        OnResumed(timestamp);
        Publish(timestamp);
        _interToken.Clear();
        _betweenChunks.Clear();
        _perOutputChunk?.Clear();
        _record = null;
        _readAt = _eventAt = 0;
        _unflushedEvents = 0;
        _firstChunkTold = _firstTokenTold = false;
        _bytesTold = default;
    }

    private void Gap(ExchangeRecord record, long gap)
    {
        record.MaxGap = Math.Max(record.MaxGap, gap);
        if (!record.IsEventStream) return;
        _betweenChunks.Add(gap, 1);
        _perOutputChunk?.Add(gap, 1);
    }

    private void Publish(long timestamp)
    {
        var record = Record;
        var series = _metrics.Streams.For(record);
        _publishedAt = timestamp;
        _overhead.MoveTo(_metrics.EventOverhead);
        _held.MoveTo(_metrics.Moderation.HeldBytes);
        PublishBytes(record);
        if (!record.IsEventStream) return;

        _interToken.MoveTo(series.InterTokenLatency);
        _betweenChunks.MoveTo(series.TimeBetweenChunks);
        if (_metrics.Streams.OpenTelemetry?.For(record, series.Model) is { } names) _perOutputChunk?.MoveTo(names.PerChunk);
        if (!_firstChunkTold && record.FirstChunkAt != 0 && record.RequestSentAt != 0)
        {
            series.FirstChunk(record);
            _firstChunkTold = true;
        }
        if (!_firstTokenTold && record.FirstContentAt != 0)
        {
            series.FirstToken(record);
            _firstTokenTold = true;
        }
    }

    private void PublishBytes(ExchangeRecord record)
    {
        var now = (record.ClientBytesIn, record.ClientBytesOut, record.UpstreamBytesIn, record.UpstreamBytesOut);
        _metrics.ClientIn.Inc(now.ClientBytesIn - _bytesTold.ClientIn);
        _metrics.ClientOut.Inc(now.ClientBytesOut - _bytesTold.ClientOut);
        _metrics.UpstreamIn.Inc(now.UpstreamBytesIn - _bytesTold.UpstreamIn);
        _metrics.UpstreamOut.Inc(now.UpstreamBytesOut - _bytesTold.UpstreamOut);
        _bytesTold = now;
    }
}

using Sidecar.Protocols.Http1;
using Sidecar.Proxy.Server;
using Sidecar.Proxy.Streaming.Moderation;
using Sidecar.Proxy.Telemetry;
using Sidecar.Proxy.Transport;
using Sidecar.Proxy.Upstream;

namespace Sidecar.Proxy.Streaming;

/// <summary>
/// The relay of one response body: read → take the framing off → find the events → understand → write → flush → read on. One loop owns both
/// directions, so backpressure is the loop itself: while a flush waits for the client, the provider is not read.
/// </summary>
/// <param name="exchange">The client's side.</param>
/// <param name="upstream">The provider's side, its head read.</param>
/// <param name="kind">How the body is to be read.</param>
/// <param name="reading">Understands it; null where it is only bytes.</param>
/// <param name="meter">Measures it.</param>
/// <param name="maxEventBytes">Longest event, and longest document that is looked into.</param>
/// <param name="held">Applies a policy to the events; null where there is none.</param>
internal sealed class ResponseRelay(
    Exchange exchange, UpstreamExchange upstream, StreamKind kind, StreamReading? reading, StreamMeter meter, int maxEventBytes, HeldEvents? held)
{
    private readonly FrameRelay? _frames = kind.HasFrames() ? new FrameRelay(kind.ScannerOf(maxEventBytes), reading!, meter, exchange, held) : null;
    private readonly Carry _document = new();
    private ResponseBody _body = new(upstream.Head);
    private bool _isTooLong;
    private bool _isDocumentTooLong;

    /// <summary>Where the provider's body stands.</summary>
    public BodyState BodyState => _body.State;

    /// <summary>Whether an event was longer than its bound.</summary>
    public bool IsTooLong => _isTooLong;

    /// <summary>Whether more of the answer had to be held than may be.</summary>
    public bool IsOverfull => _frames is { IsOverfull: true };

    /// <summary>Whether a policy has ended the answer.</summary>
    public bool IsTerminated => _frames is { IsTerminated: true };

    /// <summary>Whether the provider's connection may carry another exchange.</summary>
    public bool IsClean => _body is { State: BodyState.Ended, HasExcess: false, IsUntilClose: false };

    /// <summary>Whether the body's end is only that of the connection.</summary>
    public bool IsUntilClose => _body.IsUntilClose;

    /// <summary>Relays until the body is over, the exchange is interrupted, or an event is too long. The head is written and not yet flushed.</summary>
    public async ValueTask RunAsync()
    {
        var clocks = exchange.Clocks;
        var input = upstream.Connection.Input;
        clocks.OnRead(exchange.Time.GetTimestamp());
        if (held is not null) exchange.Interrupted = held.Cancel;
        if (_frames is not null) clocks.OnMeaning(exchange.Time.GetTimestamp());
        else clocks.StopFirstToken();
        var isFlushed = false;
        while (_body.State == BodyState.Open && !_isTooLong && !IsTerminated && !IsOverfull && exchange.Interruption == Interruption.None)
        {
            if (_frames is not null) exchange.WakeAt(_frames.NextTurn);
            var pending = input.ReadAsync();
            // The head goes out with the first bytes of the body when they are here already, and alone when they are not.
            if (!isFlushed && !pending.IsCompleted) await FlushAsync().ConfigureAwait(false);
            isFlushed = true;
            var read = await pending.ConfigureAwait(false);
            var now = exchange.Time.GetTimestamp();
            foreach (var segment in read.Buffer) Take(segment.Span, now);
            if (read.IsCanceled) _frames?.OnTurn(now);
            input.AdvanceTo(read.Buffer.End);
            if (read.IsCompleted) _body.OnInputEnd(upstream.Connection.End);
            await FlushAsync().ConfigureAwait(false);
            while (held is { IsFull: true } && !IsTerminated && exchange.Interruption == Interruption.None) await AwaitVerdictAsync(held).ConfigureAwait(false);
        }
        clocks.StopUpstream();
        clocks.StopFirstToken();
        if (_body.State == BodyState.Ended && !_isTooLong) Finish();
    }

    /// <summary>Passes on what was held: nothing more comes.</summary>
    /// <param name="withRest">Whether the bytes after the last whole frame go too: the body ended with them.</param>
    public async ValueTask EndAsync(bool withRest)
    {
        if (_frames is null) return;
        _frames.End(withRest);
        // One that was interrupted waits for nobody any more.
        if (exchange.Interruption == Interruption.None) await FlushAsync().ConfigureAwait(false);
        while (held is { AwaitsVerdict: true } && exchange.Interruption == Interruption.None) await AwaitVerdictAsync(held).ConfigureAwait(false);
    }

    /// <summary>Gives back what the relay holds.</summary>
    public void Release()
    {
        _frames?.Drop();
        held?.Dispose();
        _document.Remove(_document.Length);
    }

    private async ValueTask AwaitVerdictAsync(HeldEvents held)
    {
        await held.WaitForVerdictAsync().ConfigureAwait(false);
        var now = exchange.Time.GetTimestamp();
        _frames!.OnTurn(now);
        // The provider was not read meanwhile: its silence was ours.
        if (_body.State == BodyState.Open) exchange.Clocks.OnRead(now);
        await FlushAsync().ConfigureAwait(false);
    }

    private void Take(ReadOnlySpan<byte> input, long now)
    {
        if (input.IsEmpty) return;
        meter.OnRead(now, input.Length);
        exchange.Clocks.OnRead(now);
        while (!_isTooLong && _body.TryTake(ref input, out var data))
        {
            if (_frames is not null)
            {
                _isTooLong = !_frames.Accept(data, now);
                continue;
            }
            exchange.Response.Write(data);
            meter.OnEvent(hasContent: false);
            if (kind == StreamKind.Document) Keep(data);
        }
    }

    /// <summary>Keeps a document to be read at its end; one that is too long is passed on unread.</summary>
    private void Keep(ReadOnlySpan<byte> data)
    {
        _isDocumentTooLong |= _document.Length + data.Length > maxEventBytes;
        if (!_isDocumentTooLong) _document.Append(data);
    }

    private void Finish()
    {
        _frames?.Finish();
        if (kind == StreamKind.Document && !_isDocumentTooLong && _document.Length > 0) reading!.Document(_document.Bytes);
    }

    private async ValueTask FlushAsync()
    {
        var contentEvents = _frames?.TakeContentEvents() ?? 0;
        var pending = exchange.Response.FlushAsync();
        var isPaused = !pending.IsCompleted;
        if (isPaused) Pause();
        // Where the client is not watched, a flush is the only sign that it left.
        if (!await pending.ConfigureAwait(false)) exchange.Interrupt(Interruption.ClientLeft);
        if (isPaused) Resume();
        exchange.Record.BufferedBytes = exchange.Client.BytesWritten - exchange.Client.BytesSent;
        meter.OnFlushed(exchange.Time.GetTimestamp(), contentEvents);
    }

    private void Pause()
    {
        var now = exchange.Time.GetTimestamp();
        exchange.Clocks.StartWrite(now);
        meter.OnPaused(now);
        exchange.Record.BufferedBytes = exchange.Client.BytesWritten - exchange.Client.BytesSent;
    }

    private void Resume()
    {
        var now = exchange.Time.GetTimestamp();
        meter.OnResumed(now);
        // The provider was not read meanwhile: its silence was ours.
        exchange.Clocks.OnRead(now);
        if (_frames is not null) exchange.Clocks.OnMeaning(now);
        exchange.Clocks.StopWrite();
    }
}

using Sidecar.Protocols.Http1;
using Sidecar.Proxy.Configuration;
using Sidecar.Proxy.Server;
using Sidecar.Proxy.Streaming.Moderation;
using Sidecar.Proxy.Telemetry;
using Sidecar.Proxy.Transport;
using Sidecar.Proxy.Upstream;

namespace Sidecar.Proxy.Streaming;

/// <summary>
/// The relay of one response body: read → take the framing off → find the events → understand → write → deliver → read on. One loop owns both
/// directions: while the delivery waits for the client, the provider is not read.
/// </summary>
/// <param name="exchange">The client's side.</param>
/// <param name="upstream">The provider's side, its head read.</param>
/// <param name="kind">How the body is to be read.</param>
/// <param name="reading">Understands it; null where it is only bytes.</param>
/// <param name="meter">Measures it.</param>
/// <param name="options">Bounds and clocks.</param>
/// <param name="held">Applies a policy to the events; null where there is none.</param>
/// <param name="delivery">Brings what is written to the client.</param>
/// <param name="prelude">Keeps what comes before the first content, while another provider could be asked; null where none could.</param>
/// <param name="beats">Whether a comment may break a long silence.</param>
internal sealed class ResponseRelay(
    Exchange exchange, UpstreamExchange upstream, StreamKind kind, StreamReading? reading, StreamMeter meter, StreamingOptions options, HeldEvents? held,
    Delivery delivery, bool beats, Prelude? prelude)
{
    // How long a stream that its client has left is read on, at most.
    private static readonly TimeSpan MaxDrain = TimeSpan.FromSeconds(60);

    private readonly FrameRelay? _frames = kind.HasFrames() ? new FrameRelay(kind.ScannerOf(options.MaxEventBytes), reading!, meter, exchange, held) : null;
    private readonly Carry _document = new();
    private readonly long _beatTicks = beats ? (long)(options.Heartbeat.TotalSeconds * exchange.Time.TimestampFrequency) : 0;
    private ResponseBody _body = new(upstream.Head);
    private bool _isTooLong;
    private bool _isDocumentTooLong;

    /// <summary>Where the provider's body stands.</summary>
    public BodyState BodyState => _body.State;

    /// <summary>Whether an event was longer than its bound.</summary>
    public bool IsTooLong => _isTooLong;

    /// <summary>Whether more of the answer had to be held than may be.</summary>
    public bool IsOverfull => _frames is { IsOverfull: true };

    /// <summary>Whether the client read too slowly for its provider.</summary>
    public bool IsOverflown => delivery.IsOverflown;

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
        while (_body.State == BodyState.Open && !_isTooLong && !IsTerminated && !IsOverfull && !IsOverflown && !HasFailedEarly && !exchange.IsStopped)
        {
            exchange.WakeAt(NextTurn());
            var pending = input.ReadAsync();
            // The head goes out with the first bytes of the body when they are here already, and alone when they are not.
            if (!isFlushed && !pending.IsCompleted) await FlushAsync().ConfigureAwait(false);
            isFlushed = true;
            var read = await pending.ConfigureAwait(false);
            var now = exchange.Time.GetTimestamp();
            foreach (var segment in read.Buffer) Take(segment.Span, now);
            if (read.IsCanceled) OnTurn(now);
            if (prelude is { IsOpen: false } && (_frames!.HasContent || prelude.IsFull)) prelude.Open();
            input.AdvanceTo(read.Buffer.End);
            if (read.IsCompleted) _body.OnInputEnd(upstream.Connection.End);
            await FlushAsync().ConfigureAwait(false);
            while (held is { IsFull: true } && !IsTerminated && exchange.Interruption == Interruption.None) await AwaitVerdictAsync(held).ConfigureAwait(false);
        }
        exchange.WakeAt(0);
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
        await delivery.FinishAsync().ConfigureAwait(false);
    }

    /// <summary>Reads on when the client has left, for what the rest tells of usage; nobody is sent anything.</summary>
    public async ValueTask DrainAsync()
    {
        var (time, input) = (exchange.Time, upstream.Connection.Input);
        var now = time.GetTimestamp();
        var patience = (long)(options.ReadTimeout.TotalSeconds * time.TimestampFrequency);
        var deadline = now + (long)(MaxDrain.TotalSeconds * time.TimestampFrequency);
        var silentAt = now + patience;
        exchange.Response.Diversion = Nowhere.Instance;
        while (_body.State == BodyState.Open && !_isTooLong && !IsTerminated && !IsOverfull && now < Math.Min(deadline, silentAt))
        {
            exchange.WakeAt(Math.Min(deadline, silentAt));
            var read = await input.ReadAsync().ConfigureAwait(false);
            now = time.GetTimestamp();
            if (!read.Buffer.IsEmpty) silentAt = now + patience;
            foreach (var segment in read.Buffer) Take(segment.Span, now);
            input.AdvanceTo(read.Buffer.End);
            if (read.IsCompleted) _body.OnInputEnd(upstream.Connection.End);
        }
        if (_body.State == BodyState.Ended && !_isTooLong) Finish();
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
        _isDocumentTooLong |= _document.Length + data.Length > options.MaxEventBytes;
        if (!_isDocumentTooLong) _document.Append(data);
    }

    private void Finish()
    {
        _frames?.Finish();
        if (kind == StreamKind.Document && !_isDocumentTooLong && _document.Length > 0) reading!.Document(_document.Bytes);
    }

    // The provider's error is all it said.
    private bool HasFailedEarly => prelude is { IsOpen: false } && reading!.Error is not null;

    private ValueTask FlushAsync() => prelude is { IsOpen: false } ? default : delivery.FlushAsync(_frames?.TakeContentEvents() ?? 0);

    private long NextTurn()
    {
        var turn = _frames?.NextTurn ?? 0;
        if (_beatTicks == 0) return turn;
        var beat = delivery.LastWriteAt + _beatTicks;
        return turn == 0 ? beat : Math.Min(turn, beat);
    }

    // Only whole frames are written, so whenever the loop has its turn it stands between two.
    private void OnTurn(long now)
    {
        _frames?.OnTurn(now);
        if (_beatTicks != 0 && now - delivery.LastWriteAt >= _beatTicks && exchange.Response.Diversion is null) exchange.Response.Write(": keep-alive\n\n"u8);
    }

    private sealed class Nowhere : IBodySink
    {
        public static readonly Nowhere Instance = new();

        public void Write(ReadOnlySpan<byte> bytes)
        {
        }
    }
}

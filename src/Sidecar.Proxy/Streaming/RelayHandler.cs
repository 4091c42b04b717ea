using Sidecar.Protocols.Http1;
using Sidecar.Providers;
using Sidecar.Proxy.Configuration;
using Sidecar.Proxy.Server;
using Sidecar.Proxy.Telemetry;
using Sidecar.Proxy.Upstream;

namespace Sidecar.Proxy.Streaming;

/// <summary>
/// Answers the exchanges of the data port:
/// 1. name it · 2. admit it · 3. read its body · 4. find its route · 5. ask the provider · 6. relay the response · 7. end it, once.
/// </summary>
/// <param name="topology">The configuration of the moment.</param>
/// <param name="tracker">Tells each exchange's end.</param>
/// <param name="metrics">Counts attempts.</param>
/// <param name="log">Told of defects.</param>
public sealed class RelayHandler(Func<Topology> topology, ExchangeTracker tracker, SidecarMetrics metrics, Log log) : IExchangeHandler
{
    private int _active;

    /// <summary>Exchanges under way.</summary>
    public int Active => Volatile.Read(ref _active);

    /// <inheritdoc/>
    public async Task HandleAsync(Exchange exchange)
    {
        var writtenBefore = exchange.Client.BytesWritten;
        var record = exchange.Record;
        var active = Interlocked.Increment(ref _active);
        var current = topology();
        ExchangeIdentity.Read(exchange, current.Options.Auth);
        var meter = tracker.Begin(record);
        try
        {
            var request = new RelayRequest(exchange, current);
            var ending = await request.AdmitAsync(active).ConfigureAwait(false) ?? await RelayAsync(request, meter).ConfigureAwait(false);
            record.Outcome = ending.Outcome;
            record.ErrorType = ending.ErrorType;
            if (record.Status == 0 && ending.Outcome == Outcome.ClientAbort) record.Status = 499;
        }
        catch (Exception e)
        {
            // A defect of ours: told loudly, and it costs this exchange only.
            log.Write(LogLevel.Error, "internal error", ("stream", record.Stream), ("error", e.ToString()));
            record.Outcome = Outcome.InternalError;
            record.ErrorType = "internal_error";
            exchange.Response.KeepAlive = false;
            if (exchange.Response.HasStarted) exchange.Client.Abort();
            else Ending.Rejected(ErrorCode.InternalError, "an internal error").WriteAnswer(exchange, null);
        }
        finally
        {
            await exchange.Response.FlushAsync().ConfigureAwait(false);
            record.ClientBytesOut = exchange.Client.BytesWritten - writtenBefore;
            if (exchange.Interruption == Interruption.ClientLeft) exchange.Client.Abort();
            Interlocked.Decrement(ref _active);
            tracker.End(record);
        }
    }

    private async ValueTask<Ending> RelayAsync(RelayRequest request, StreamMeter meter)
    {
        var exchange = request.Exchange;
        var record = exchange.Record;
        exchange.WatchClient();
        var upstream = new UpstreamExchange(request.Upstream!, exchange, metrics);
        exchange.Clocks.StartFirstToken(exchange.Time.GetTimestamp(), request.Route!.FirstTokenTimeout);
        var isClean = false;
        try
        {
            var error = await upstream.SendAsync(request.ReadsEvents).ConfigureAwait(false);
            record.RequestSentAt = upstream.SentAt;
            if (error != UpstreamError.None) return request.Refuse(error);
            exchange.Body.Release();
            if (record.Phase == Phase.Connecting) record.Phase = Phase.Waiting;

            var head = upstream.Head;
            var kind = StreamKinds.Of(head, upstream.HeadBytes, request.IsArrayPath, request.ReadsEvents);
            record.IsEventStream = kind.HasFrames() && head.Framing != BodyFraming.None;
            record.IsEncoded = request.ReadsEvents && StreamKinds.IsEncoded(head, upstream.HeadBytes);
            var reading = request.Dialect is { } dialect && kind != StreamKind.Bytes ? new StreamReading(dialect, record) : null;
            ResponseForwarding.WriteHead(exchange, head, upstream.HeadBytes, keepsLength: !kind.HasFrames());

            var relay = new ResponseRelay(exchange, upstream, kind, reading, meter, request.Options.Streaming.MaxEventBytes);
            await relay.RunAsync().ConfigureAwait(false);
            isClean = relay.IsClean;
            var ending = Ending.Of(exchange, relay, reading, request.IsDialectSure, head.Status);
            relay.Release();
            End(exchange, ending, request.Dialect, kind, relay);
            return ending;
        }
        finally
        {
            record.UpstreamBytesOut = upstream.BytesSent;
            upstream.Release(isClean);
        }
    }

    /// <summary>Ends the response so that a cut one never looks complete.</summary>
    private static void End(Exchange exchange, in Ending ending, Dialect? dialect, StreamKind kind, ResponseRelay relay)
    {
        var isWhole = relay.BodyState == BodyState.Ended && !relay.IsTooLong && exchange.Interruption == Interruption.None && ending.Error is null;
        if (!isWhole) exchange.Response.KeepAlive = false;
        if (!isWhole && (ending.Error is null || !kind.HasFrames()))
        {
            // Nothing can be said inside these bytes; the missing end of the framing says it.
            exchange.Client.Abort();
            return;
        }
        if (!isWhole) ending.WriteEvent(exchange, dialect, kind);
        ResponseForwarding.WriteEnd(exchange, ending.StatusWord());
    }
}

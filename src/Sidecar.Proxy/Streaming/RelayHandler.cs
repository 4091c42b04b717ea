using Sidecar.Protocols.Http1;
using Sidecar.Providers;
using Sidecar.Proxy.Configuration;
using Sidecar.Proxy.Server;
using Sidecar.Proxy.Streaming.Moderation;
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
            // An exchange that was interrupted and is completed all the same lost a client that had everything.
            var isOver = ending.Outcome != Outcome.Completed || exchange.Interruption != Interruption.None;
            if (!await FlushLastAsync(exchange).ConfigureAwait(false) && !isOver)
            {
                ending = Ending.Of(exchange.Interruption == Interruption.None ? Interruption.ClientLeft : exchange.Interruption);
            }
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
            await FlushLastAsync(exchange).ConfigureAwait(false);
        }
        finally
        {
            record.ClientBytesOut = exchange.Client.BytesWritten - writtenBefore;
            if (exchange.Interruption == Interruption.ClientLeft) exchange.Client.Abort();
            Interlocked.Decrement(ref _active);
            tracker.End(record);
        }
    }

    /// <summary>Sends the rest. An exchange that was interrupted does not wait for its client: closing the connection sends what it can.</summary>
    private static async ValueTask<bool> FlushLastAsync(Exchange exchange)
    {
        var pending = exchange.Response.FlushAsync();
        if (pending.IsCompleted) return await pending.ConfigureAwait(false);
        exchange.Clocks.StartWrite(exchange.Time.GetTimestamp());
        if (exchange.Interruption != Interruption.None) exchange.Client.Output.CancelPendingFlush();
        var isSent = await pending.ConfigureAwait(false);
        exchange.Clocks.StopWrite();
        return isSent;
    }

    private async ValueTask<Ending> RelayAsync(RelayRequest request, StreamMeter meter)
    {
        var exchange = request.Exchange;
        var record = exchange.Record;
        exchange.WatchClient();
        var upstream = new UpstreamExchange(request.Upstream!, exchange, metrics);
        var isClean = false;
        try
        {
            var error = await upstream.SendAsync(request.ReadsEvents || request.Policy is not null, request.Route!.FirstTokenTimeout).ConfigureAwait(false);
            record.RequestSentAt = upstream.SentAt;
            if (error != UpstreamError.None) return request.Refuse(error);
            exchange.Body.Release();
            if (record.Phase == Phase.Connecting) record.Phase = Phase.Waiting;

            var head = upstream.Head;
            record.UpstreamBytesIn += head.ByteCount;
            record.IsEncoded = request.ReadsEvents && StreamKinds.IsEncoded(head, upstream.HeadBytes);
            if (request.Policy is not null && head.Framing != BodyFraming.None && StreamKinds.IsEncoded(head, upstream.HeadBytes))
            {
                return request.Refuse(Ending.Unreadable("the provider's response is encoded, and a policy must read it"));
            }
            var kind = StreamKinds.Of(head, upstream.HeadBytes, request.IsArrayPath, request.ReadsEvents, request.Policy is not null);
            record.IsEventStream = kind.HasFrames() && kind != StreamKind.Text && head.Framing != BodyFraming.None;
            var reading = kind == StreamKind.Bytes ? null : new StreamReading(request.Dialect!, request.IsDialectSure, record);
            if (kind == StreamKind.Document && request.Policy is { } policy)
            {
                var document = new DocumentRelay(exchange, upstream, policy, request.Dialect!, request.IsDialectSure, meter, request.Options.Http.MaxRequestBody);
                var read = await document.RunAsync().ConfigureAwait(false);
                isClean = document.IsClean;
                return read is { } failed ? request.Refuse(failed) : document.Answer(reading!);
            }
            ResponseForwarding.WriteHead(exchange, head, upstream.HeadBytes, keepsLength: !kind.HasFrames());

            var held = request.Policy is not null && kind.HasFrames() ? new HeldEvents(request.Policy, request.Dialect!, record, exchange.Time) : null;
            var relay = new ResponseRelay(exchange, upstream, kind, reading, meter, request.Options.Streaming.MaxEventBytes, held);
            await relay.RunAsync().ConfigureAwait(false);
            isClean = relay.IsClean;
            var ending = Ending.Of(exchange, relay, reading, head.Status);
            await EndAsync(exchange, ending, request.Dialect, kind, relay, held, reading?.NextSequenceNumber ?? 0).ConfigureAwait(false);
            relay.Release();
            return ending;
        }
        finally
        {
            record.UpstreamBytesOut = upstream.BytesSent;
            upstream.Release(isClean);
        }
    }

    /// <summary>Ends the response so that a cut one never looks complete.</summary>
    private static async ValueTask EndAsync(
        Exchange exchange, Ending ending, Dialect? dialect, StreamKind kind, ResponseRelay relay, HeldEvents? held, long nextSequenceNumber)
    {
        var isModerated = ending.Outcome == Outcome.Moderated;
        var isWhole = relay.BodyState == BodyState.Ended && !relay.IsTooLong && exchange.Interruption == Interruption.None && ending.Error is null;
        if (!isWhole && !isModerated) exchange.Response.KeepAlive = false;
        if (exchange.Interruption != Interruption.ClientLeft) await relay.EndAsync(withRest: isWhole).ConfigureAwait(false);
        if (isModerated)
        {
            Ending.WriteModerated(exchange, held!, kind);
            ResponseForwarding.WriteEnd(exchange, ending.StatusWord());
            return;
        }
        if (!isWhole && (ending.Error is null || !kind.HasFrames()))
        {
            // Nothing can be said inside these bytes. The missing end of the framing says it, and where there is none, a reset.
            if (ending.Error is null || !exchange.Response.IsSelfDelimited) exchange.Client.Abort();
            return;
        }
        if (!isWhole) ending.WriteEvent(exchange, dialect, kind, nextSequenceNumber);
        // Some SDKs pass over an error event: the missing last chunk tells them. A client that asked for trailers is told there.
        if (isWhole || exchange.Head.AcceptsTrailers) ResponseForwarding.WriteEnd(exchange, ending.StatusWord());
    }
}

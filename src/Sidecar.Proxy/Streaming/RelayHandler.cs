using Sidecar.Protocols.Http1;
using Sidecar.Providers;
using Sidecar.Proxy.Configuration;
using Sidecar.Proxy.Server;
using Sidecar.Proxy.Streaming.Moderation;
using Sidecar.Proxy.Telemetry;
using Sidecar.Proxy.Telemetry.Billing;
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
        var request = new RelayRequest(exchange, current);
        try
        {
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
            record.CostUsd = Cost.Of(record, current.Options.Usage);
            tracker.End(record);
            request.Settle();
        }
    }

    /// <summary>Sends the rest. An exchange that was interrupted does not wait for its client: closing the connection sends what it can.</summary>
    private static async ValueTask<bool> FlushLastAsync(Exchange exchange)
    {
        var pending = exchange.Response.FlushAsync();
        if (pending.IsCompleted) return await pending.ConfigureAwait(false);
        exchange.Clocks.StartWrite(exchange.Time.GetTimestamp(), pausesUpstream: true);
        if (exchange.Interruption != Interruption.None) exchange.Client.Output.CancelPendingFlush();
        var isSent = await pending.ConfigureAwait(false);
        exchange.Clocks.StopWrite();
        return isSent;
    }

    private async ValueTask<Ending> RelayAsync(RelayRequest request, StreamMeter meter)
    {
        request.Exchange.WatchClient();
        Ending? ending;
        do
        {
            ending = await AttemptAsync(request, meter).ConfigureAwait(false);
        }
        while (ending is null);
        return ending.Value;
    }

    /// <summary>Asks one provider; how that ended, or null when nothing of it reached the client and another is to be asked.</summary>
    private async ValueTask<Ending?> AttemptAsync(RelayRequest request, StreamMeter meter)
    {
        var (exchange, record) = (request.Exchange, request.Exchange.Record);
        var (pool, upstream) = request.Begin(metrics);
        var isClean = false;
        try
        {
            var error = await upstream.SendAsync(request.ReadsEvents || request.Policy is not null, request.Route!.FirstTokenTimeout).ConfigureAwait(false);
            record.RequestSentAt = upstream.SentAt;
            if (error != UpstreamError.None)
            {
                Judge(pool, error);
                return error != UpstreamError.Interrupted && request.TryNext() ? null : request.Refuse(error);
            }
            record.UpstreamBytesIn += upstream.Head.ByteCount;
            if (!Judge(pool, upstream) && request.TryNext()) return null;
            if (record.Phase == Phase.Connecting) record.Phase = Phase.Waiting;
            (var ending, isClean) = await RelayResponseAsync(request, upstream, meter).ConfigureAwait(false);
            if (ending is null) Judge(pool, UpstreamError.BadBody);
            return ending;
        }
        finally
        {
            record.UpstreamBytesOut += upstream.BytesSent;
            upstream.Release(isClean);
        }
    }

    private void Judge(UpstreamPool pool, UpstreamError error)
    {
        // Of these the provider knows nothing.
        if (error is UpstreamError.Interrupted or UpstreamError.PoolExhausted) pool.Health.OnUnknown();
        else if (pool.Health.OnFailure()) log.Write(LogLevel.Warning, "an upstream fails and is left alone", ("upstream", pool.Options.Name), ("error", error.ToString()));
    }

    /// <summary>Whether the response's status is the provider's answer, and not that it has none now.</summary>
    private bool Judge(UpstreamPool pool, UpstreamExchange upstream)
    {
        var status = upstream.Head.Status;
        if (status >= 500) Judge(pool, UpstreamError.NoResponse);
        else if (status == 429 && upstream.RetryAfter is { } delay) pool.Health.OnRetryAfter(delay);
        else pool.Health.OnSuccess();
        return status is < 500 and not 429;
    }

    /// <summary>Relays the response whose head was read; how it ended, and whether the provider's connection is as good as new.</summary>
    private ValueTask<(Ending? Ending, bool IsClean)> RelayResponseAsync(RelayRequest request, UpstreamExchange upstream, StreamMeter meter)
    {
        var (head, record) = (upstream.Head, request.Exchange.Record);
        var isEncoded = StreamKinds.IsEncoded(head, upstream.HeadBytes);
        record.IsEncoded = request.ReadsEvents && isEncoded;
        var policy = head.Framing == BodyFraming.None ? null : request.Policy;
        if (policy is not null && isEncoded)
        {
            return new((request.Refuse(Ending.Unreadable("the provider's response is encoded, and a policy must read it")), false));
        }
        var kind = StreamKinds.Of(head, upstream.HeadBytes, request.IsArrayPath, request.ReadsEvents, policy is not null);
        record.IsEventStream = kind.HasFrames() && kind != StreamKind.Text && head.Framing != BodyFraming.None;
        var reading = kind == StreamKind.Bytes ? null : new StreamReading(request.Dialect!, request.IsDialectSure, record, request.HidesUsage);
        return kind == StreamKind.Document && policy is not null
            ? RelayDocumentAsync(request, upstream, policy, reading!, meter)
            : RelayStreamAsync(request, upstream, policy, kind, reading, meter);
    }

    private static async ValueTask<(Ending?, bool)> RelayDocumentAsync(
        RelayRequest request, UpstreamExchange upstream, Policy policy, StreamReading reading, StreamMeter meter)
    {
        request.Exchange.Commit();
        var document = new DocumentRelay(
            request.Exchange, upstream, policy, request.Dialect!, request.IsDialectSure, meter, request.Options.Http.MaxRequestBody);
        var read = await document.RunAsync().ConfigureAwait(false);
        var ending = read is { } failed ? request.Refuse(failed) : await document.AnswerAsync(reading).ConfigureAwait(false);
        document.Release();
        return (ending, document.IsClean);
    }

    private async ValueTask<(Ending?, bool)> RelayStreamAsync(
        RelayRequest request, UpstreamExchange upstream, Policy? policy, StreamKind kind, StreamReading? reading, StreamMeter meter)
    {
        var (exchange, options) = (request.Exchange, request.Options.Streaming);
        var prelude = exchange.CanTryAgain && upstream.Head.Status < 300 && kind.HasFrames() && kind != StreamKind.Text ? new Prelude(exchange, upstream) : null;
        if (prelude is not null)
        {
            prelude.Begin();
        }
        else
        {
            exchange.Commit();
            ResponseForwarding.WriteHead(exchange, upstream.Head, upstream.HeadBytes, keepsLength: !kind.HasFrames());
        }
        var held = policy is not null && kind.HasFrames() ? new HeldEvents(policy, request.Dialect!, exchange.Record, exchange.Time, exchange.WakeReading) : null;
        var keepsReading = options.Backpressure == BackpressureStrategy.KeepReading && kind.HasFrames() && kind != StreamKind.Text;
        var backlog = keepsReading ? new Backlog(kind, request.Dialect!, options.MaxEventBytes) : null;
        var delivery = new Delivery(exchange, meter, options, log, backlog);
        // Clients of Gemini take every line for data.
        var beats = kind == StreamKind.Events && request.Dialect is not Gemini;
        var relay = new ResponseRelay(exchange, upstream, kind, reading, meter, options, held, delivery, beats, prelude);
        await relay.RunAsync().ConfigureAwait(false);
        if (prelude is not null && Leaves(request, relay, reading!, prelude))
        {
            relay.Release();
            return (null, false);
        }
        var ending = await EndHeldAsync(exchange, relay, reading, upstream.Head.Status).ConfigureAwait(false);
        await delivery.CloseAsync().ConfigureAwait(false);
        End(exchange, ending, request.Dialect, kind, relay, held, reading?.NextSequenceNumber ?? 0);
        if (ending.Outcome == Outcome.ClientAbort && options.DrainsOnClientAbort) await DrainAsync(exchange, relay).ConfigureAwait(false);
        relay.Release();
        return (ending, relay.IsClean);
    }

    /// <summary>Whether a provider that failed before its first content is left for another; else what it said is passed on.</summary>
    private static bool Leaves(RelayRequest request, ResponseRelay relay, StreamReading reading, Prelude prelude)
    {
        var exchange = request.Exchange;
        if (!prelude.IsOpen)
        {
            var hasFailed = exchange.IsAttemptOver || relay.IsTooLong || relay.BodyState is BodyState.Malformed or BodyState.Truncated || reading.Error is not null;
            if (hasFailed && exchange.Interruption == Interruption.None && request.TryNext())
            {
                prelude.Drop();
                return true;
            }
            prelude.Open();
        }
        // There is no other to ask after all.
        if (exchange.IsAttemptOver) exchange.Interrupt(Interruption.FirstTokenTimeout);
        return false;
    }

    private static ValueTask DrainAsync(Exchange exchange, ResponseRelay relay)
    {
        exchange.Record.Phase = Phase.Draining;
        // The lag is that of a cancel.
        exchange.Record.ClientGoneAt = 0;
        return relay.DrainAsync();
    }

    /// <summary>Passes on what was held, which may itself end the answer; how the response ended then.</summary>
    private static async ValueTask<Ending> EndHeldAsync(Exchange exchange, ResponseRelay relay, StreamReading? reading, int status)
    {
        var ending = Ending.Of(exchange, relay, reading, status);
        if (exchange.Interruption != Interruption.ClientLeft) await relay.EndAsync(withRest: IsWhole(exchange, ending, relay)).ConfigureAwait(false);
        return Ending.Of(exchange, relay, reading, status);
    }

    private static bool IsWhole(Exchange exchange, in Ending ending, ResponseRelay relay) =>
        relay.BodyState == BodyState.Ended && !relay.IsTooLong && exchange.Interruption == Interruption.None && ending.Error is null;

    /// <summary>Ends the response so that a cut one never looks complete.</summary>
    private static void End(Exchange exchange, Ending ending, Dialect? dialect, StreamKind kind, ResponseRelay relay, HeldEvents? held, long nextSequenceNumber)
    {
        if (ending.Outcome == Outcome.Moderated)
        {
            Ending.WriteModerated(exchange, held!, kind);
            ResponseForwarding.WriteEnd(exchange, ending.StatusWord());
            return;
        }
        var isWhole = IsWhole(exchange, ending, relay);
        if (!isWhole) exchange.Response.KeepAlive = false;
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

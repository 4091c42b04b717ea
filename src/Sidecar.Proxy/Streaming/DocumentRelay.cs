using System.Buffers;
using Sidecar.Moderation;
using Sidecar.Moderation.Text;
using Sidecar.Protocols.Http1;
using Sidecar.Providers;
using Sidecar.Proxy.Server;
using Sidecar.Proxy.Streaming.Moderation;
using Sidecar.Proxy.Telemetry;
using Sidecar.Proxy.Transport;
using Sidecar.Proxy.Upstream;

namespace Sidecar.Proxy.Streaming;

/// <summary>
/// The relay of one JSON document that a policy applies to: read whole, looked at, rewritten where something was found, and only then answered, so that
/// a failure still has its status.
/// </summary>
/// <param name="exchange">The client's side.</param>
/// <param name="upstream">The provider's side, its head read.</param>
/// <param name="policy">The policy.</param>
/// <param name="dialect">How to read it.</param>
/// <param name="isDialectSure">Whether the path told the dialect; else every string of the document is a text.</param>
/// <param name="meter">Measures it.</param>
/// <param name="maxBytes">Longest document.</param>
internal sealed class DocumentRelay(
    Exchange exchange, UpstreamExchange upstream, Policy policy, Dialect dialect, bool isDialectSure, StreamMeter meter, long maxBytes)
{
    private readonly Carry _document = new();
    private ResponseBody _body = new(upstream.Head);

    /// <summary>Whether the provider's connection may carry another exchange.</summary>
    public bool IsClean => _body is { State: BodyState.Ended, HasExcess: false, IsUntilClose: false };

    /// <summary>Reads the document; null when it is here, else why it is not.</summary>
    public async ValueTask<Ending?> RunAsync()
    {
        var input = upstream.Connection.Input;
        var isTooLong = false;
        exchange.Clocks.StopFirstToken();
        exchange.Clocks.OnRead(exchange.Time.GetTimestamp());
        while (_body.State == BodyState.Open && !isTooLong && exchange.Interruption == Interruption.None)
        {
            var read = await input.ReadAsync().ConfigureAwait(false);
            var now = exchange.Time.GetTimestamp();
            foreach (var segment in read.Buffer) Take(segment.Span, now);
            input.AdvanceTo(read.Buffer.End);
            if (read.IsCompleted) _body.OnInputEnd(upstream.Connection.End);
            isTooLong = _document.Length > maxBytes;
        }
        exchange.Clocks.StopUpstream();
        if (exchange.Interruption != Interruption.None) return Ending.Of(exchange.Interruption);
        if (isTooLong) return Ending.Unreadable("the provider's response is longer than a policy can read");
        return _body.State switch
        {
            BodyState.Ended => null,
            BodyState.Malformed => Ending.Unreadable("the provider's response is malformed"),
            _ => new Ending(Outcome.UpstreamTruncated, ErrorCode.UpstreamTruncated.Name, ErrorCode.UpstreamTruncated, "the provider's response was cut"),
        };
    }

    /// <summary>Writes the document as the policy leaves it.</summary>
    /// <param name="reading">Understands it.</param>
    public Ending Answer(StreamReading reading)
    {
        reading.Document(_document.Bytes);
        var output = new ArrayBufferWriter<byte>(Math.Max(_document.Length, 1));
        var isTerminated = !new DocumentRewriter(policy, exchange.Record).TryRewrite(_document.Bytes, Meaning(reading), output);
        if (isTerminated)
        {
            output.ResetWrittenCount();
            ModeratedBody.Write(dialect, _document.Bytes, output);
        }
        ResponseForwarding.WriteHead(exchange, upstream.Head, upstream.HeadBytes, output.WrittenCount);
        exchange.Response.Write(output.WrittenSpan);
        ResponseForwarding.WriteEnd(exchange, (isTerminated ? Ending.Moderated : Ending.Completed).StatusWord());
        _document.Remove(_document.Length);
        meter.OnEvent(hasContent: false);
        return isTerminated ? Ending.Moderated
            : upstream.Head.Status >= 400 ? Ending.Failed(upstream.Head.Status)
            : reading.Error is { } error ? new Ending(Outcome.UpstreamError, error, null, null)
            : Ending.Completed;
    }

    private EventMeaning Meaning(StreamReading reading)
    {
        if (isDialectSure) return reading.Meaning;
        var meaning = new EventMeaning();
        JsonStrings.Read(_document.Bytes, meaning);
        return meaning;
    }

    private void Take(ReadOnlySpan<byte> input, long now)
    {
        if (input.IsEmpty) return;
        meter.OnRead(now, input.Length);
        exchange.Clocks.OnRead(now);
        while (_body.TryTake(ref input, out var data) && _document.Length <= maxBytes) _document.Append(data);
    }
}

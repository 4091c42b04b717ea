using System.Buffers;
using Sidecar.Moderation.Text;
using Sidecar.Protocols.Http1;
using Sidecar.Providers;
using Sidecar.Proxy.Classification;
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
    public async ValueTask<Ending> AnswerAsync(StreamReading reading)
    {
        var output = new ArrayBufferWriter<byte>(Math.Max(_document.Length, 1));
        var isTerminated = !TryRewrite(reading, output) || (policy.Classifier is { } classifier && !await IsAllowedAsync(classifier, output).ConfigureAwait(false));
        if (exchange.Interruption != Interruption.None) return Ending.Of(exchange.Interruption);
        if (isTerminated)
        {
            output.ResetWrittenCount();
            ModeratedBody.Write(dialect, _document.Bytes, output);
        }
        var ending = isTerminated ? Ending.Moderated
            : upstream.Head.Status >= 400 ? Ending.Failed(upstream.Head.Status)
            : reading.Error is { } error ? new Ending(Outcome.UpstreamError, error, null, null)
            : Ending.Completed;
        ResponseForwarding.WriteHead(exchange, upstream.Head, upstream.HeadBytes, output.WrittenCount);
        exchange.Response.Write(output.WrittenSpan);
        ResponseForwarding.WriteEnd(exchange, ending.StatusWord());
        meter.OnEvent(hasContent: false);
        return ending;
    }

    /// <summary>Gives back what the relay holds.</summary>
    public void Release() => _document.Remove(_document.Length);

    private bool TryRewrite(StreamReading reading, ArrayBufferWriter<byte> output)
    {
        reading.Document(_document.Bytes);
        return new DocumentRewriter(policy, exchange.Record).TryRewrite(_document.Bytes, Meaning(reading), output);
    }

    // All texts of a document wait for their verdicts, whichever the gate: nothing of it was sent yet.
    private async ValueTask<bool> IsAllowedAsync(Classifier classifier, ArrayBufferWriter<byte> document)
    {
        using var gate = new StreamGate(classifier, static () => { });
        exchange.Interrupted = gate.Cancel;
        var meaning = new EventMeaning();
        dialect.ReadBody(document.WrittenSpan, meaning);
        for (var i = 0; i < meaning.TextCount && !gate.IsFlagged; i++)
        {
            Offer(gate, meaning.Texts[i], document.WrittenSpan);
            while (gate.IsFull && exchange.Interruption == Interruption.None) await WaitAsync(gate).ConfigureAwait(false);
        }
        gate.End();
        gate.Advance();
        while (!gate.IsDecided && exchange.Interruption == Interruption.None) await WaitAsync(gate).ConfigureAwait(false);
        return !gate.IsFlagged;
    }

    private static async ValueTask WaitAsync(StreamGate gate)
    {
        gate.Advance();
        await gate.WaitAsync().ConfigureAwait(false);
        gate.Advance();
    }

    private void Offer(StreamGate gate, in TextRange text, ReadOnlySpan<byte> document)
    {
        if (!policy.Concerns(text)) return;
        var shown = new ArrayBufferWriter<byte>(text.Length);
        WrittenText.Read(document.Slice(text.Start, text.Length), Policy.FormOf(text), shown);
        gate.Offer(text.Channel, shown.WrittenSpan);
        if (text.Complete) gate.End(text.Channel);
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

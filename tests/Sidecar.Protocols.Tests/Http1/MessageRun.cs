using System.Buffers;
using System.Globalization;
using System.Text;
using Sidecar.Protocols.Http1;

namespace Sidecar.Protocols.Tests.Http1;

/// <summary>
/// Feeds a message to the parsers as a connection does: what a parser did not take is shown to it again with more behind it.
/// Everything that it learns is kept, so that two runs can be compared.
/// </summary>
internal sealed class MessageRun(MessageHead head, byte[] bytes)
{
    private readonly ArrayBufferWriter<byte> _body = new();
    private ChunkedDecoder _chunked = new(HostileRequests.MaxChunkLineBytes, HostileRequests.MaxTrailerBytes);
    private int _headStart;
    private int _position;
    private bool _hasHead;

    /// <summary>Whether the message is whole.</summary>
    public bool IsComplete { get; private set; }

    /// <summary>Why it was refused.</summary>
    public HttpError Error { get; private set; }

    /// <summary>Whether the head was complete, whatever became of the body.</summary>
    public bool HasHead => _hasHead;

    /// <summary>Bytes taken: of the whole message; when refused or cut in the body, those before the offending one.</summary>
    public int Consumed => _position;

    /// <summary>The decoded body, Latin-1.</summary>
    public string Body => Encoding.Latin1.GetString(_body.WrittenSpan);

    /// <summary>The bytes of the final head and what follows it: what the head's ranges refer to.</summary>
    public ReadOnlySpan<byte> HeadBytes => bytes.AsSpan(_headStart);

    /// <summary>Bytes shown by the time it was whole or refused.</summary>
    public int Shown { get; private set; }

    /// <summary>Interim responses before the head.</summary>
    public int Interim { get; private set; }

    /// <summary>Runs it. The connection ends after the last read.</summary>
    public MessageRun Run(int[] ends)
    {
        foreach (var end in ends)
        {
            if (IsComplete || Error != HttpError.None) break;
            Shown = end;
            Read(end);
        }
        if (!IsComplete && Error == HttpError.None && _hasHead && head.Framing == BodyFraming.UntilClose) IsComplete = true;
        return this;
    }

    /// <summary>All that was learnt, as text.</summary>
    public string Outcome() =>
        $"complete={IsComplete} error={Error} interim={Interim} consumed={Consumed} body={Body} {(_hasHead ? HeadShape.Of(head) : "")}";

    private void Read(int end)
    {
        while (!_hasHead)
        {
            var status = head.Parse(bytes.AsSpan(_headStart, end - _headStart));
            if (status == ParseStatus.Failed) Error = head.Error;
            if (status != ParseStatus.Complete) return;
            _position = _headStart + head.ByteCount;
            if (head is ResponseHead { IsInterim: true, Status: not 101 })
            {
                _headStart = _position;
                head.Reset();
                Interim++;
                continue;
            }
            _hasHead = true;
        }
        ReadBody(end);
    }

    private void ReadBody(int end)
    {
        switch (head.Framing)
        {
            case BodyFraming.None:
                IsComplete = true;
                break;
            case BodyFraming.Length:
                Take((int)Math.Min(end - _position, head.ContentLength - _body.WrittenCount));
                IsComplete = _body.WrittenCount == head.ContentLength;
                break;
            case BodyFraming.UntilClose:
                Take(end - _position);
                break;
            default:
                Decode(end);
                break;
        }
    }

    private void Decode(int end)
    {
        while (true)
        {
            var input = bytes.AsSpan(_position, end - _position);
            var step = _chunked.Decode(input, out var consumed, out var data);
            Invariant.Holds(data.End <= consumed && consumed <= input.Length, "data lies in what is consumed");
            Invariant.Same(step == ChunkedStep.Data, !data.IsEmpty, "data and its step come together");
            _body.Write(data.Of(input));
            _position += consumed;
            IsComplete = step == ChunkedStep.End;
            Error = _chunked.Error;
            Invariant.Same(IsComplete, _chunked.IsDone, "the end and its step come together");
            Invariant.Same(step == ChunkedStep.Failed, Error != HttpError.None, "an error and its step come together");
            Invariant.Holds(step != ChunkedStep.NeedMore || consumed == input.Length, "all input is consumed before more is asked for");
            if (step != ChunkedStep.Data) return;
        }
    }

    private void Take(int length)
    {
        _body.Write(bytes.AsSpan(_position, length));
        _position += length;
    }
}

/// <summary>Everything a head exposes, as text, ranges as numbers.</summary>
internal static class HeadShape
{
    public static string Of(MessageHead head)
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"{head.ByteCount} 1.{head.MinorVersion} {head.Framing} {head.ContentLength}");
        text.Append(head.KeepAlive ? " keep" : " close").Append(head.IsUpgrade ? " upgrade" : "");
        if (head is RequestHead request)
        {
            Append(text, request.Method);
            Append(text, request.PathAndQuery);
            Append(text, request.Path);
            text.Append(request.Form).Append(request.IsRootPath).Append(request.IsHead);
            text.Append(request.ExpectsContinue).Append(request.AcceptsTrailers);
        }
        else if (head is ResponseHead response)
        {
            text.Append(' ').Append(response.Status);
            Append(text, response.Reason);
        }
        foreach (ref readonly var field in head.Fields)
        {
            Append(text, field.Name);
            Append(text, field.Value);
            text.Append((int)field.Known).Append(field.IsHopByHop ? 'h' : 'e');
        }
        return text.ToString();
    }

    private static void Append(StringBuilder text, ByteRange range) =>
        text.Append(" [").Append(range.Start).Append('+').Append(range.Length).Append(']');
}

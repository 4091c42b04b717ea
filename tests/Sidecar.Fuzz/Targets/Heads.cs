using System.Buffers;
using Sidecar.Protocols;
using Sidecar.Protocols.Http1;
using Sidecar.Protocols.Tests;
using Sidecar.Protocols.Tests.Http1;

namespace Sidecar.Fuzz.Targets;

/// <summary>Message heads with their bodies. Input: where to split, for a response whether it answers HEAD; then the message.</summary>
internal static class Heads
{
    private const int MaxHeadBytes = 2048;
    private const int MaxFields = 40;

    public static Target Request { get; } = new("request-head", RunRequest,
        [.. HostileRequests.All.Select(c => c.Bytes).Where(IsSeed).Select(b => (byte[])[(byte)(b.Length / 2), .. b])]);

    public static Target Response { get; } = new("response-head", RunResponse,
        [.. HostileResponses.All.Where(c => IsSeed(c.Bytes)).Select(c => (byte[])[(byte)(c.Bytes.Length / 2), (byte)(c.AnswersHead ? 1 : 0), .. c.Bytes])]);

    private static bool IsSeed(byte[] bytes) => bytes.Length is > 0 and < 400;

    private static void RunRequest(byte[] input)
    {
        if (input.Length < 2) return;
        var bytes = input[1..];
        var head = new RequestHead(MaxHeadBytes, MaxFields);
        var run = Compare(head, () => new RequestHead(MaxHeadBytes, MaxFields), bytes, input[0]);
        if (!run.HasHead) return;
        CheckRanges(head, run.HeadBytes, head.Method, head.PathAndQuery, head.Path);
        Invariant.Holds(head.ContentLength == 0 || head.Framing != BodyFraming.Chunked, "one framing");
        var forwarded = Rewrite(head, run.HeadBytes);
        var origin = new RequestHead(MaxHeadBytes * 2, MaxFields + 2);
        Invariant.Same(ParseStatus.Complete, origin.Parse(forwarded), "an origin that is as strict accepts what is forwarded");
        Invariant.Holds(Rewrite(origin, forwarded).AsSpan().SequenceEqual(forwarded), "what is forwarded is read as it is meant");
    }

    private static void RunResponse(byte[] input)
    {
        if (input.Length < 3) return;
        var bytes = input[2..];
        ResponseHead New() => new(MaxHeadBytes, MaxFields) { AnswersHead = (input[1] & 1) == 1 };
        var head = New();
        var run = Compare(head, New, bytes, input[0]);
        if (!run.HasHead) return;
        CheckRanges(head, run.HeadBytes, head.Reason);
        Invariant.Holds(head.Status is 101 or (>= 200 and <= 599), "a final status");
        Invariant.Holds(!head.AnswersHead || head.Framing == BodyFraming.None, "no body answers HEAD");
        Invariant.Holds(head.Status is not (204 or 304) || head.Framing == BodyFraming.None, "no body with 204 and 304");
        Invariant.Holds(head.Framing != BodyFraming.UntilClose || !head.KeepAlive, "a connection that ends the body is not kept");
    }

    /// <summary>Runs it whole, in two, and when it is short byte by byte.</summary>
    private static MessageRun Compare(MessageHead head, Func<MessageHead> another, byte[] bytes, int split)
    {
        var run = new MessageRun(head, bytes).Run(Splits.Whole(bytes.Length));
        var outcome = run.Outcome();
        var cut = 1 + split % bytes.Length;
        Invariant.Same(outcome, new MessageRun(another(), bytes).Run([cut, bytes.Length]).Outcome(), $"split at {cut}");
        if (bytes.Length > 256) return run;
        Invariant.Same(outcome, new MessageRun(another(), bytes).Run(Splits.ByteByByte(bytes.Length)).Outcome(), "byte by byte");
        return run;
    }

    private static void CheckRanges(MessageHead head, ReadOnlySpan<byte> bytes, params ReadOnlySpan<ByteRange> ranges)
    {
        Invariant.Holds(head.ByteCount <= MaxHeadBytes && head.ByteCount <= bytes.Length, "the head's length");
        Invariant.Holds(head.Fields.Length <= MaxFields, "the number of fields");
        foreach (var range in ranges) CheckRange(head, bytes, range);
        foreach (ref readonly var field in head.Fields)
        {
            CheckRange(head, bytes, field.Name);
            CheckRange(head, bytes, field.Value);
            Invariant.Holds(!field.Name.IsEmpty && !field.Name.Of(bytes).ContainsAny(" \t:"u8), "a name is a token");
        }
    }

    private static void CheckRange(MessageHead head, ReadOnlySpan<byte> bytes, ByteRange range)
    {
        Invariant.Holds(range.Start >= 0 && range.Length >= 0 && range.End <= head.ByteCount, "a range lies in the head");
        Invariant.Holds(!range.Of(bytes).ContainsAny("\r\n\0"u8), "no CR, LF or NUL gets through");
    }

    /// <summary>As a relay forwards it: its own Host, end-to-end fields alone, a certain length.</summary>
    private static byte[] Rewrite(RequestHead head, ReadOnlySpan<byte> bytes)
    {
        var output = new ArrayBufferWriter<byte>();
        var writer = new HeadWriter(output);
        writer.RequestLine(head.Method.Of(bytes), head.IsRootPath ? "/"u8 : default, head.PathAndQuery.Of(bytes));
        writer.Field("Host"u8, "origin.test"u8);
        foreach (ref readonly var field in head.Fields)
        {
            if (field.IsHopByHop || field.Known is KnownHeader.Host or KnownHeader.ContentLength or KnownHeader.Expect) continue;
            writer.Field(field.Name.Of(bytes), field.Value.Of(bytes));
        }
        if (head.Framing != BodyFraming.None) writer.Field("Content-Length"u8, head.ContentLength);
        writer.End();
        return output.WrittenSpan.ToArray();
    }
}

using System.Net.ServerSentEvents;
using System.Text;
using CsCheck;
using Sidecar.Protocols.Sse;

namespace Sidecar.Protocols.Tests.Sse;

/// <summary>The SSE scanner against the algorithm of WHATWG HTML §9.2.6 and against the platform's own parser.</summary>
public class SseScannerTests(ITestOutputHelper output)
{
    private const int NoBound = int.MaxValue;

    private static readonly Gen<byte[]> Hostile = Pick.Bytes(24,
        "\r", "\n", "\r\n", "\n\n", ":", " ", "data", "data:", "data: ", "event", "event: e", "id: 1", "id:\0", "retry:9",
        "\u00ef\u00bb\u00bf", "\u00ef", "\u00bb", "x", "\u00c3\u00a9", "\0", "\u00ff");

    /// <summary>Name, input, the events that must be dispatched.</summary>
    public static TheoryData<string, string, string[]> Cases => new()
    {
        { "LF", "data: a\n\n", ["|a"] },
        { "CR", "data: a\r\r", ["|a"] },
        { "CRLF", "data: a\r\n\r\n", ["|a"] },
        { "CR then LF line", "data: a\r\n\n", ["|a"] },
        { "LF then CRLF", "data: a\n\r\n", ["|a"] },
        { "LF then CR", "data: a\n\r", ["|a"] },
        { "CRLF then CR", "data: a\r\n\r", ["|a"] },
        { "CR then event", "data: a\r\rdata: b\r\r", ["|a", "|b"] },
        { "mixed line ends", "data: a\r\ndata: b\ndata: c\r\r\ndata: d\n\n", ["|a\nb\nc", "|d"] },
        { "LF CR is two line ends", "data: a\n\rdata: b\n\n", ["|a", "|b"] },
        { "BOM", "\u00ef\u00bb\u00bfdata: a\n\n", ["|a"] },
        { "BOM, then a comment", "\u00ef\u00bb\u00bf: hi\n\ndata: a\n\n", ["|a"] },
        { "BOM, then a blank line", "\u00ef\u00bb\u00bf\n\ndata: a\n\n", ["|a"] },
        { "two BOMs", "\u00ef\u00bb\u00bf\u00ef\u00bb\u00bfdata: a\n\ndata: b\n\n", ["|b"] },
        { "BOM behind the start", "\n\u00ef\u00bb\u00bfdata: a\n\ndata: b\n\n", ["|b"] },
        { "half a BOM", "\u00ef\u00bbdata: a\n\ndata: b\n\n", ["|b"] },
        { "BOM alone", "\u00ef\u00bb\u00bf", [] },
        { "comments", ": a\n:b\n\ndata: c\n: d\ndata: e\n:\n\n:\n", ["|c\ne"] },
        { "comment that looks like data", ":data: a\n\n", [] },
        { "two data lines", "data: a\ndata: b\n\n", ["|a\nb"] },
        { "empty data lines", "data:\ndata:\n\n", ["|\n"] },
        { "one empty data line", "data:\n\n", ["|"] },
        { "data of a space", "data: \n\n", ["|"] },
        { "data of two spaces", "data:  \n\n", ["| "] },
        { "no colon", "data\n\n", ["|"] },
        { "no colon, three lines", "data\ndata\ndata\n\n", ["|\n\n"] },
        { "no space", "data:a\n\n", ["|a"] },
        { "two spaces, one dropped", "data:  a \n\n", ["| a "] },
        { "tab is no space", "data:\ta\n\n", ["|\ta"] },
        { "colons in data", "data: a: b\n\n", ["|a: b"] },
        { "data of a colon", "data::\n\n", ["|:"] },
        { "space before the field is another field", " data: a\n\n", [] },
        { "space before the colon is another field", "data : a\n\n", [] },
        { "fields are case-sensitive", "Data: a\nDATA: b\n\n", [] },
        { "prefixes are other fields", "datas: a\ndat: b\n\n", [] },
        { "event name", "event: e\ndata: a\n\n", ["e|a"] },
        { "event name behind data", "data: a\nevent: e\n\n", ["e|a"] },
        { "last event name wins", "event: e\nevent: f\ndata: a\n\n", ["f|a"] },
        { "empty event name", "event: e\nevent\ndata: a\n\n", ["|a"] },
        { "event name does not outlive its event", "event: e\ndata: a\n\ndata: b\n\n", ["e|a", "|b"] },
        { "event without data", "event: e\n\ndata: b\n\n", ["|b"] },
        { "id alone", "id: 1\n\n", [] },
        { "id with NUL", "id: 1\0\ndata: a\n\n", ["|a"] },
        { "retry", "retry: 10\nretry: x\ndata: a\n\n", ["|a"] },
        { "unknown fields", "foo: bar\nbaz\ndata: a\n\n", ["|a"] },
        { "NUL in data", "data: \0\n\n", ["|\0"] },
        { "bytes that are no UTF-8", "data: \u00ff\u00c3\n\n", ["|\u00ff\u00c3"] },
        { "line separators of Unicode are text", "data: \u00e2\u0080\u00a8\u00c2\u0085\v\f\n\n", ["|\u00e2\u0080\u00a8\u00c2\u0085\v\f"] },
        { "blank lines alone", "\n\r\r\n\n", [] },
        { "blank lines between", "data: a\n\n\n\n\ndata: b\n\n", ["|a", "|b"] },
        { "no end", "data: a\n\ndata: b\n", ["|a"] },
        { "no line end", "data: a\n\ndata: b", ["|a"] },
        { "ends in CR", "data: a\n\ndata: b\r", ["|a"] },
        { "empty", "", [] },
        { "the spec's stock example", "data: YHOO\ndata: +2\ndata: 10\n\n", ["|YHOO\n+2\n10"] },
        {
            "the spec's test stream", ": test stream\n\ndata: first event\nid: 1\n\ndata:second event\nid\n\ndata:  third event\n\n",
            ["|first event", "|second event", "| third event"]
        },
        { "the spec's empty lines", "data\n\ndata\ndata\n\ndata:\n", ["|", "|\n"] },
        { "the spec's equal events", "data:test\n\ndata: test\n\n", ["|test", "|test"] },
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public void Events_are_those_of_the_standard_however_the_bytes_come(string name, string input, string[] expected)
    {
        Assert.NotEmpty(name);
        Assert.Equal(expected, NaiveEventStream.Parse(input).Select(e => $"{e.Type}|{e.Data}"));
        var bytes = Encoding.Latin1.GetBytes(input);
        var whole = Run(bytes, Splits.Whole(bytes.Length));
        var byChance = Enumerable.Range(0, 50).Select(seed => Splits.Random(bytes.Length, new Random(seed)));
        foreach (var ends in Splits.All(bytes.Length).Concat(byChance))
        {
            var run = Run(bytes, ends);
            Assert.Equal(input, run.Bytes);
            Assert.Equal(expected, run.Events.Select(e => $"{e.EventName}|{e.Data}"));
            Assert.Equal(whole.Essence(), run.Essence());
        }
    }

    [Theory]
    [InlineData("data: a\n\n", "Event")]
    [InlineData(": hi\n", "Comment")]
    [InlineData("\n", "Comment")]
    [InlineData(": a\n: b\n", "Comment Comment")]
    [InlineData("id: 1\n\n", "Empty")]
    [InlineData("event: e\n: c\n\n", "Empty")]
    [InlineData("nonsense\n\n", "Empty")]
    [InlineData(": hi\ndata: a\n: inside\n\n\n", "Comment Event Comment")]
    [InlineData("data: a", "Event")]
    [InlineData("data: a\n", "Event")]
    [InlineData("id: 1", "Empty")]
    [InlineData("event: e\ndata", "Event")]
    [InlineData(": hi", "Comment")]
    [InlineData("{\"error\":1}", "Empty")]
    [InlineData("data: a\n: hi", "Event")]
    [InlineData("id: 1\n: hi", "Empty")]
    public void Each_frame_is_of_its_kind(string input, string kinds)
    {
        var bytes = Encoding.Latin1.GetBytes(input);
        Assert.Equal(kinds, string.Join(' ', Run(bytes, Splits.Whole(bytes.Length)).Frames.Select(f => f.Kind)));
        Assert.Equal(kinds, string.Join(' ', Run(bytes, Splits.ByteByByte(bytes.Length)).Frames.Select(f => f.Kind)));
    }

    [Fact]
    public void Any_bytes_come_out_as_they_went_in_and_give_the_events_of_the_standard() =>
        Gen.Select(Hostile, Gen.Int).Sample((bytes, seed) =>
        {
            var text = Encoding.Latin1.GetString(bytes);
            var expected = NaiveEventStream.Parse(text);
            var whole = Run(bytes, Splits.Whole(bytes.Length));
            foreach (var ends in Splits.Some(bytes.Length, seed))
            {
                var run = Run(bytes, ends);
                Assert.Equal(text, run.Bytes);
                Assert.Equal(expected, run.Events.Select(e => (e.EventName, e.Data)));
                Assert.Equal(whole.Essence(), run.Essence());
            }
        }, iter: 20_000);

    [Fact]
    public void An_event_is_complete_with_the_first_byte_that_can_end_it() =>
        Hostile.Sample(bytes =>
        {
            var text = Encoding.Latin1.GetString(bytes);
            var run = Run(bytes, Splits.ByteByByte(bytes.Length));
            for (var length = 0; length <= bytes.Length; length++)
            {
                Assert.Equal(NaiveEventStream.Parse(text[..length]).Count, run.Events.Count(e => e.KnownAt <= length));
            }
        }, iter: 3_000);

    [Fact]
    public void Events_are_those_of_the_platform_parser() =>
        Hostile.Sample(bytes =>
        {
            var run = Run(bytes, Splits.Whole(bytes.Length));
            var expected = PlatformEvents(bytes).ToList();
            Assert.Equal(expected.Select(e => e.Data), run.Events.Select(e => e.Data));
            // The platform keeps the name of an event without data for the next one; the standard forgets it.
            if (run.Frames.Any(f => f.Kind == FrameKind.Empty)) return;
            Assert.Equal(expected.Select(e => e.Type), run.Events.Select(e => Utf8(e.EventName)));
        }, iter: 20_000);

    [Fact]
    public void Recorded_streams_come_out_as_they_went_in_and_give_the_events_of_the_standard()
    {
        foreach (var (name, bytes) in RecordedStreams.Of("sse", output))
        {
            var text = Encoding.Latin1.GetString(bytes);
            var expected = NaiveEventStream.Parse(text);
            foreach (var ends in Splits.Some(bytes.Length, seed: 1))
            {
                var run = Run(bytes, ends);
                Assert.True(text == run.Bytes, name);
                Assert.Equal(expected, run.Events.Select(e => (e.EventName, e.Data)));
            }
        }
    }

    [Theory]
    [InlineData("data: 0123456789\n\n")]
    [InlineData("data: 0123456789\r\r")]
    [InlineData("data: 01234\ndata: 5\n\n")]
    [InlineData(": 0123456789\n")]
    [InlineData(": 0123456789\r")]
    [InlineData("id: 0123456789\n\r")]
    public void The_bound_is_exact_and_does_not_depend_on_how_the_bytes_come(string frame)
    {
        foreach (var behind in new[] { "", "\n", "\r\n", "x", "data: y\n\n"[..5] })
        {
            var bytes = Encoding.Latin1.GetBytes(frame + behind);
            foreach (var ends in Splits.All(bytes.Length))
            {
                var fits = FrameRun.Of(new SseScanner(frame.Length), bytes, ends);
                Assert.False(fits.IsTooLong);
                Assert.Equal(frame, fits.Frames[0].Bytes);
                var tooLong = FrameRun.Of(new SseScanner(frame.Length - 1), bytes, ends);
                Assert.True(tooLong.IsTooLong);
                Assert.Empty(tooLong.Frames);
            }
        }
    }

    [Fact]
    public void Any_bytes_are_cut_alike_by_a_bound_however_they_come() =>
        Gen.Select(Hostile, Gen.Int[1, 30], Gen.Int).Sample((bytes, bound, seed) =>
        {
            var whole = FrameRun.Of(new SseScanner(bound), bytes, Splits.Whole(bytes.Length));
            Assert.All(whole.Frames, f => Assert.True(f.Bytes.Length <= bound));
            foreach (var ends in new[] { Splits.ByteByByte(bytes.Length), Splits.Random(bytes.Length, new Random(seed)) })
            {
                var run = FrameRun.Of(new SseScanner(bound), bytes, ends);
                Assert.Equal(whole.IsTooLong, run.IsTooLong);
                Assert.Equal(whole.Essence(), run.Essence());
            }
        }, iter: 20_000);

    [Fact]
    public void No_byte_is_searched_twice()
    {
        const int Length = 1 << 20;
        var bytes = new byte[Length];
        Array.Fill(bytes, (byte)'x');
        "data: "u8.CopyTo(bytes);
        "\n\n"u8.CopyTo(bytes.AsSpan(Length - 2));
        var scanner = new SseScanner(Length);
        for (var shown = 1; shown < Length; shown++)
        {
            var status = scanner.Next(bytes.AsSpan(0, shown), out _);
            if (status != ScanStatus.NeedMore) Assert.Fail($"looked again at what was searched, at {shown}");
            // What was searched becomes a trap: who looks again finds the end of an event.
            if (shown > 6) bytes[shown - 1] = (byte)'\n';
        }
        Assert.Equal(ScanStatus.Frame, scanner.Next(bytes, out var frame));
        Assert.Equal((Length, new ByteRange(6, Length - 8)), (frame.Length, frame.Data));
    }

    [Fact]
    public void Scanning_allocates_nothing_once_warm()
    {
        var bytes = Encoding.UTF8.GetBytes("event: e\r\ndata: {\"a\":1}\r\n\r\n: ping\n\nid: 1\ndata: a\ndata: b\n\n");
        var scanner = new SseScanner(NoBound);
        var joined = new byte[bytes.Length];
        long before = 0;
        for (var i = 0; i < 200; i++)
        {
            if (i == 100) before = GC.GetAllocatedBytesForCurrentThread();
            ReadOnlySpan<byte> rest = bytes;
            for (var shown = 1; shown <= rest.Length; shown++)
            {
                if (scanner.Next(rest[..shown], out var frame) != ScanStatus.Frame) continue;
                if (frame.DataLines > 1) SseScanner.JoinData(rest[..frame.Length], frame, joined);
                rest = rest[frame.Length..];
                shown = 0;
            }
            if (!rest.IsEmpty) Assert.Fail("a frame is missing");
        }
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    private static FrameRun Run(byte[] bytes, int[] ends) => FrameRun.Of(new SseScanner(NoBound), bytes, ends);

    /// <summary>The platform decodes the event's name and leaves the data to the caller.</summary>
    private static string Utf8(string latin1) => Encoding.UTF8.GetString(Encoding.Latin1.GetBytes(latin1));

    /// <summary>It names an event without a name "message", and one with an empty name not; for the standard both have none.</summary>
    private static IEnumerable<(string Type, string Data)> PlatformEvents(byte[] bytes) =>
        SseParser.Create(new MemoryStream(bytes), (_, data) => Encoding.Latin1.GetString(data)).Enumerate()
            .Select(item => (item.EventType == "message" ? "" : item.EventType, item.Data));
}

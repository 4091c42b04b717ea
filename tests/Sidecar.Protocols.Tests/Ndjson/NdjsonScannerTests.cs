using System.Text;
using CsCheck;
using Sidecar.Protocols.Ndjson;

namespace Sidecar.Protocols.Tests.Ndjson;

/// <summary>The NDJSON scanner against a split of the whole text.</summary>
public class NdjsonScannerTests(ITestOutputHelper output)
{
    private const int NoBound = int.MaxValue;

    private static readonly Gen<byte[]> Hostile = Pick.Bytes(20,
        "\n", "\r\n", "\r", "\n\n", "{}", "{\"a\":\"\\n\"}", " ", "\0", "\u00ef\u00bb\u00bf", "\u00ff");

    [Theory]
    [InlineData("{\"a\":1}\n", "Event:{\"a\":1}")]
    [InlineData("{\"a\":1}\r\n", "Event:{\"a\":1}")]
    [InlineData("1\n2\n", "Event:1 Event:2")]
    [InlineData("1\n\n2\n", "Event:1 Comment: Event:2")]
    [InlineData("\r\n1", "Comment: Event:1")]
    [InlineData("1", "Event:1")]
    [InlineData("1\r", "Event:1")]
    [InlineData("a\rb\n", "Event:a\rb")]
    [InlineData("", "")]
    public void A_line_is_a_record_and_an_empty_one_proves_life(string input, string expected)
    {
        var bytes = Encoding.Latin1.GetBytes(input);
        foreach (var ends in Splits.All(bytes.Length))
        {
            var run = FrameRun.Of(new NdjsonScanner(NoBound), bytes, ends);
            Assert.Equal(input, run.Bytes);
            Assert.Equal(expected, string.Join(' ', run.Frames.Select(f => $"{f.Kind}:{f.Data}")));
        }
    }

    [Fact]
    public void Any_bytes_come_out_as_they_went_in_line_by_line() =>
        Gen.Select(Hostile, Gen.Int).Sample((bytes, seed) =>
        {
            var text = Encoding.Latin1.GetString(bytes);
            var lines = text.Split('\n').SkipLast(1).Select(line => line.TrimEnd('\r')).ToList();
            foreach (var ends in Splits.Some(bytes.Length, seed))
            {
                var run = FrameRun.Of(new NdjsonScanner(NoBound), bytes, ends);
                Assert.Equal(text, run.Bytes);
                var whole = run.Frames.Where(f => !f.IsLeftover).ToList();
                Assert.Equal(lines, whole.Select(f => f.Data));
                Assert.All(whole, f => Assert.EndsWith("\n", f.Bytes));
                Assert.All(run.Frames, f => Assert.Equal(f.Data.Length == 0 ? FrameKind.Comment : FrameKind.Event, f.Kind));
            }
        }, iter: 5_000);

    [Fact]
    public void A_record_is_complete_with_its_line_feed()
    {
        var bytes = "{\"a\":1}\r\n{}\n"u8.ToArray();
        var run = FrameRun.Of(new NdjsonScanner(NoBound), bytes, Splits.ByteByByte(bytes.Length));
        Assert.Equal([9, 12], run.Frames.Select(f => f.KnownAt));
    }

    [Theory]
    [InlineData("0123456789\n")]
    [InlineData("0123456789\r\n")]
    public void The_bound_is_exact_and_does_not_depend_on_how_the_bytes_come(string record)
    {
        var bytes = Encoding.Latin1.GetBytes(record + "1\n");
        foreach (var ends in Splits.All(bytes.Length))
        {
            var fits = FrameRun.Of(new NdjsonScanner(record.Length), bytes, ends);
            Assert.False(fits.IsTooLong);
            Assert.Equal(record, fits.Frames[0].Bytes);
            var tooLong = FrameRun.Of(new NdjsonScanner(record.Length - 1), bytes, ends);
            Assert.True(tooLong.IsTooLong);
            Assert.Empty(tooLong.Frames);
        }
    }

    [Fact]
    public void No_byte_is_searched_twice()
    {
        const int Length = 1 << 20;
        var bytes = new byte[Length];
        Array.Fill(bytes, (byte)'x');
        bytes[^1] = (byte)'\n';
        var scanner = new NdjsonScanner(Length);
        for (var shown = 1; shown < Length; shown++)
        {
            var status = scanner.Next(bytes.AsSpan(0, shown), out _);
            if (status != ScanStatus.NeedMore) Assert.Fail($"looked again at what was searched, at {shown}");
            bytes[shown - 1] = (byte)'\n';
        }
        Assert.Equal(ScanStatus.Frame, scanner.Next(bytes, out var frame));
        Assert.Equal(Length, frame.Length);
    }

    [Fact]
    public void Scanning_allocates_nothing()
    {
        var bytes = "{\"a\":1}\r\n\n{\"b\":2}\n"u8.ToArray();
        var scanner = new NdjsonScanner(NoBound);
        long before = 0;
        for (var i = 0; i < 20; i++)
        {
            if (i == 10) before = GC.GetAllocatedBytesForCurrentThread();
            ReadOnlySpan<byte> rest = bytes;
            while (scanner.Next(rest, out var frame) == ScanStatus.Frame) rest = rest[frame.Length..];
            if (!rest.IsEmpty) Assert.Fail("a frame is missing");
        }
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Fact]
    public void Recorded_streams_come_out_as_they_went_in_line_by_line()
    {
        foreach (var (name, bytes) in RecordedStreams.Of("ndjson", output))
        {
            var text = Encoding.Latin1.GetString(bytes);
            var records = text.Split('\n').Select(line => line.TrimEnd('\r')).Where(line => line.Length > 0).ToList();
            foreach (var ends in Splits.Some(bytes.Length, 1))
            {
                var run = FrameRun.Of(new NdjsonScanner(NoBound), bytes, ends);
                Assert.True(text == run.Bytes, name);
                Assert.Equal(records, run.Frames.Where(f => f.Kind == FrameKind.Event).Select(f => f.Data));
            }
        }
    }
}

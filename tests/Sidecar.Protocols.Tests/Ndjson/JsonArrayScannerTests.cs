using System.Text;
using System.Text.Json;
using CsCheck;
using Sidecar.Protocols.Ndjson;

namespace Sidecar.Protocols.Tests.Ndjson;

/// <summary>The JSON array scanner against the platform's JSON reader.</summary>
public class JsonArrayScannerTests
{
    private const int NoBound = int.MaxValue;

    private static readonly Gen<string> Blank = Gen.String[Gen.Char[" \t\r\n"], 0, 3];

    private static readonly Gen<string> Text =
        Pick.From("", "a", "\\\"", "\\\\", "\\\\\\\"", "[", "]", "{", "}", ",", ":", "\\n", "\\u00e9", "é", " ", "/")
        .Array[0, 6].Select(parts => $"\"{string.Concat(parts)}\"");

    private static readonly Gen<string> Scalar = Gen.OneOf(Pick.From("0", "-1", "1.5e-3", "true", "false", "null"), Text);

    private static readonly Gen<string> Value = Nested(3);

    private static readonly Gen<(string Json, string[] Elements)> Array =
        from before in Blank
        from elements in Gen.Select(Blank, Value, Blank).Array[0, 6]
        from inside in Blank
        from behind in Blank
        let items = string.Join(',', elements.Select(e => e.Item1 + e.Item2 + e.Item3))
        select ($"{before}[{inside}{items}]{behind}", elements.Select(e => e.Item2).ToArray());

    private static readonly Gen<byte[]> Hostile = Pick.Bytes(16,
        "[", "]", "{", "}", "\"", "\\", ",", ":", " ", "\n", "1", "true", "x", "{\"a\":[1]}", "\"a\"", "\0", "\u00ff");

    [Theory]
    [InlineData("[{\"a\":1},{\"b\":2}]", "Event:{\"a\":1} Event:{\"b\":2} Comment:")]
    [InlineData("[{\"a\":1}\n,\r\n{\"b\":2}\n]\n", "Event:{\"a\":1} Event:{\"b\":2} Comment: Comment:")]
    [InlineData("[]", "Comment:")]
    [InlineData(" [ ] ", "Comment: Comment:")]
    [InlineData("{\"error\":{\"code\":400}}", "Event:{\"error\":{\"code\":400}}")]
    [InlineData("\n{}\n", "Event:{} Comment:")]
    [InlineData("[1,\"a\",null,[2,3],true]", "Event:1 Event:\"a\" Event:null Event:[2,3] Event:true Comment:")]
    [InlineData("[\"]\",{\"a\":\"}]\\\"\"}]", "Event:\"]\" Event:{\"a\":\"}]\\\"\"} Comment:")]
    [InlineData("[{}][{}]", "Event:{} Comment: Event:{} Comment:")]
    [InlineData("[{\"a\":1}", "Event:{\"a\":1}")]
    [InlineData("[{\"a\":1},", "Event:{\"a\":1} Opaque:")]
    [InlineData("[{\"a\":", "Opaque:")]
    [InlineData("[12", "Opaque:")]
    [InlineData("[ ", "Opaque:")]
    [InlineData(" \n", "Comment:")]
    [InlineData("data: {}", "Opaque:")]
    [InlineData("<html>[{}]", "Opaque:")]
    [InlineData("12", "Opaque:")]
    [InlineData("]", "Opaque:")]
    [InlineData(",{}", "Opaque:")]
    [InlineData("[{},x{}]", "Event:{} Opaque:")]
    [InlineData("", "")]
    public void Each_element_is_a_frame(string input, string expected)
    {
        var bytes = Encoding.Latin1.GetBytes(input);
        foreach (var ends in Splits.All(bytes.Length))
        {
            var run = Run(bytes, ends);
            Assert.Equal(input, run.Bytes);
            Assert.Equal(expected, string.Join(' ', run.Essence().Select(f => $"{f.Item1}:{f.Item3}")));
        }
    }

    [Fact]
    public void Elements_are_those_that_the_platform_reads() =>
        Gen.Select(Array, Gen.Int).Sample((array, seed) =>
        {
            using var document = JsonDocument.Parse(array.Json);
            var elements = document.RootElement.EnumerateArray().Select(e => e.GetRawText()).ToList();
            Assert.Equal(array.Elements, elements);
            var bytes = Encoding.UTF8.GetBytes(array.Json);
            foreach (var ends in Splits.Some(bytes.Length, seed))
            {
                var run = Run(bytes, ends);
                Assert.Equal(bytes, Encoding.Latin1.GetBytes(run.Bytes));
                Assert.Equal(elements, run.Events.Select(e => Encoding.UTF8.GetString(Encoding.Latin1.GetBytes(e.Data))));
            }
        }, iter: 5_000);

    [Fact]
    public void An_element_is_complete_with_the_first_byte_that_can_end_it()
    {
        var bytes = "[{\"a\":\"}\"},[1],\"s\",12 ,3]"u8.ToArray();
        var run = Run(bytes, Splits.ByteByByte(bytes.Length));
        // Behind "}", "]" and the quote; a number ends only where something else begins.
        Assert.Equal([10, 14, 18, 22, 25, 25], run.Frames.Select(f => f.KnownAt));
    }

    [Fact]
    public void Any_bytes_come_out_as_they_went_in_however_they_come() =>
        Gen.Select(Hostile, Gen.Int).Sample((bytes, seed) =>
        {
            var whole = Run(bytes, Splits.Whole(bytes.Length));
            Assert.Equal(Encoding.Latin1.GetString(bytes), whole.Bytes);
            foreach (var ends in new[] { Splits.ByteByByte(bytes.Length), Splits.Random(bytes.Length, new Random(seed)) })
            {
                Assert.Equal(whole.Essence(), Run(bytes, ends).Essence());
            }
        }, iter: 20_000);

    [Fact]
    public void Once_opaque_always_opaque()
    {
        var scanner = new JsonArrayScanner(4);
        Assert.Equal(ScanStatus.Frame, scanner.Next("<ht"u8, out var frame));
        Assert.Equal((FrameKind.Opaque, 3), (frame.Kind, frame.Length));
        Assert.Equal(ScanStatus.Frame, scanner.Next(",[{}] and more than the bound"u8, out frame));
        Assert.Equal((FrameKind.Opaque, 29), (frame.Kind, frame.Length));
    }

    [Theory]
    [InlineData("[{\"a\":12345}", ",1]")]
    [InlineData("[\"0123456789\"", "]")]
    [InlineData("[0123456789", ",")]
    [InlineData("          ]", "")]
    public void The_bound_is_exact_and_does_not_depend_on_how_the_bytes_come(string frame, string behind)
    {
        frame = frame.EndsWith(']') && frame[0] == ' ' ? "[" + frame : frame;
        var bytes = Encoding.Latin1.GetBytes(frame + behind);
        foreach (var ends in Splits.All(bytes.Length))
        {
            var fits = FrameRun.Of(new JsonArrayScanner(frame.Length), bytes, ends);
            Assert.False(fits.IsTooLong);
            Assert.Equal(frame, fits.Frames[0].Bytes);
            var tooLong = FrameRun.Of(new JsonArrayScanner(frame.Length - 1), bytes, ends);
            Assert.True(tooLong.IsTooLong);
            Assert.Empty(tooLong.Frames);
        }
    }

    [Fact]
    public void Any_bytes_are_cut_alike_by_a_bound_however_they_come() =>
        Gen.Select(Hostile, Gen.Int[1, 20], Gen.Int).Sample((bytes, bound, seed) =>
        {
            var whole = FrameRun.Of(new JsonArrayScanner(bound), bytes, Splits.Whole(bytes.Length));
            foreach (var ends in new[] { Splits.ByteByByte(bytes.Length), Splits.Random(bytes.Length, new Random(seed)) })
            {
                var run = FrameRun.Of(new JsonArrayScanner(bound), bytes, ends);
                Assert.Equal(whole.IsTooLong, run.IsTooLong);
                Assert.Equal(whole.Essence(), run.Essence());
            }
        }, iter: 20_000);

    [Theory]
    [InlineData("    x", false)]
    [InlineData("     x", true)]
    [InlineData("[   x", false)]
    [InlineData("[    x", true)]
    public void White_space_before_what_is_no_JSON_has_the_bound_too(string input, bool isTooLong)
    {
        var bytes = Encoding.ASCII.GetBytes(input);
        foreach (var ends in Splits.AtEveryIndex(bytes.Length).Append(Splits.Whole(bytes.Length)).Append(Splits.ByteByByte(bytes.Length)))
        {
            var run = FrameRun.Of(new JsonArrayScanner(4), bytes, ends);
            Assert.Equal(isTooLong, run.IsTooLong);
            Assert.Equal(isTooLong ? "" : input, run.Bytes);
        }
    }

    [Fact]
    public void Nesting_is_counted_not_followed()
    {
        const int Depth = 100_000;
        var bytes = Encoding.ASCII.GetBytes("[" + new string('[', Depth) + new string(']', Depth) + "]");
        var run = Run(bytes, Splits.Whole(bytes.Length));
        Assert.Equal([2 * Depth, 0], run.Frames.Select(f => f.Data.Length));
    }

    [Fact]
    public void No_byte_is_searched_twice()
    {
        const int Length = 1 << 20;
        var bytes = new byte[Length];
        System.Array.Fill(bytes, (byte)'x');
        "[{\"a\":\""u8.CopyTo(bytes);
        "\"}"u8.CopyTo(bytes.AsSpan(Length - 2));
        var scanner = new JsonArrayScanner(Length);
        for (var shown = 1; shown < Length; shown++)
        {
            var status = scanner.Next(bytes.AsSpan(0, shown), out _);
            if (status != ScanStatus.NeedMore) Assert.Fail($"looked again at what was searched, at {shown}");
            bytes[shown - 1] = (byte)'}';
        }
        Assert.Equal(ScanStatus.Frame, scanner.Next(bytes, out var frame));
        Assert.Equal((Length, new ByteRange(1, Length - 1)), (frame.Length, frame.Data));
    }

    [Fact]
    public void Scanning_allocates_nothing()
    {
        var bytes = "[{\"a\":1},\n{\"b\":[2,\"c\"]},3]"u8.ToArray();
        var scanner = new JsonArrayScanner(NoBound);
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

    private static Gen<string> Nested(int depth)
    {
        if (depth == 0) return Scalar;
        var inner = Nested(depth - 1);
        var array = Gen.Select(inner, Blank).Array[0, 3].Select(items => $"[{string.Join(',', items.Select(i => i.Item1 + i.Item2))}]");
        var member = Gen.Select(Text, Blank, inner).Select((name, blank, value) => $"{name}:{blank}{value}");
        var @object = member.Array[0, 3].Select(members => $"{{{string.Join(',', members)}}}");
        return Gen.OneOf(Scalar, array, @object);
    }

    private static FrameRun Run(byte[] bytes, int[] ends) => FrameRun.Of(new JsonArrayScanner(NoBound), bytes, ends);
}

using System.Text;
using CsCheck;
using Sidecar.Protocols.Http1;

namespace Sidecar.Protocols.Tests.Http1;

/// <summary>The chunked decoder against an encoder of its own, which uses all that the grammar of RFC 9112 §7.1 allows.</summary>
public class ChunkedDecoderTests
{
    private const int MaxLine = 200;
    private const int MaxTrailers = 1000;

    private static readonly Gen<string> Token = Gen.String[Gen.Char["abcXYZ019!#$%&'*+-.^_`|~"], 1, 8];
    private static readonly Gen<string> Quoted = Gen.String[Gen.Char["ab ;=\t,:/\u00e9"], 0, 8].Select(s => $"\"{s}\"");
    private static readonly Gen<string> Blank = Gen.String[Gen.Char[" \t"], 0, 2];

    private static readonly Gen<string> Extension =
        from blanks in Gen.Select(Blank, Blank, Blank, Blank)
        from name in Token
        from value in Gen.OneOf(Gen.Int[0, 0].Select(_ => (string?)null), Token.Select(t => (string?)t), Quoted.Select(q => (string?)q))
        select $"{blanks.Item1};{blanks.Item2}{name}" + (value is null ? "" : $"{blanks.Item3}={blanks.Item4}{value}");

    private static readonly Gen<string> Extensions = Extension.Array[0, 3].Select(string.Concat);

    private static readonly Gen<(byte[] Data, string Size, string Extensions)> Chunk =
        from data in Gen.Byte.Array[1, 40]
        from zeros in Gen.Int[0, 3]
        from isUpper in Gen.Bool
        from extensions in Extensions
        select (data, new string('0', zeros) + data.Length.ToString(isUpper ? "X" : "x", null), extensions);

    private static readonly Gen<string> Trailer =
        from name in Token
        from value in Gen.String[Gen.Char["ab ;=\t,:/\u00e9"], 0, 12]
        select $"{name}:{value}\r\n";

    private static readonly Gen<(byte[] Coded, byte[] Body)> Message =
        from chunks in Chunk.Array[0, 6]
        from lastSize in Gen.Int[1, 4]
        from lastExtensions in Extensions
        from trailers in Trailer.Array[0, 4]
        select Encode(chunks, new string('0', lastSize) + lastExtensions, string.Concat(trailers));

    private static readonly Gen<byte[]> Hostile = Pick.Bytes(20,
        "0", "5", "\r", "\n", "\r\n", ";", "a", ":", " ", "\0", "5\r\nhello\r\n", "0\r\n", "\r\n\r\n");

    [Fact]
    public void It_takes_off_what_an_encoder_put_on_however_it_is_split() =>
        Gen.Select(Message, Gen.Int[0, 9], Gen.Int).Sample((message, behind, seed) =>
        {
            byte[] bytes = [.. message.Coded, .. "GET / HTTP"u8[..behind]];
            foreach (var ends in Splits.Some(bytes.Length, seed))
            {
                var (step, consumed, body, _) = Decode(bytes, ends);
                Assert.Equal(ChunkedStep.End, step);
                Assert.Equal(message.Coded.Length, consumed);
                Assert.Equal(message.Body, body);
            }
        }, iter: 2000);

    [Fact]
    public void It_reads_any_bytes_alike_however_they_are_split() =>
        Gen.Select(Hostile, Gen.Int).Sample((bytes, seed) =>
        {
            var whole = Decode(bytes, Splits.Whole(bytes.Length));
            foreach (var ends in new[] { Splits.ByteByByte(bytes.Length), Splits.Random(bytes.Length, new Random(seed)) })
            {
                var split = Decode(bytes, ends);
                Assert.Equal((whole.Step, whole.Consumed, whole.Error), (split.Step, split.Consumed, split.Error));
                Assert.Equal(whole.Body, split.Body);
            }
        }, iter: 5000);

    [Fact]
    public void A_body_that_ends_early_never_ends() =>
        Message.Sample(message =>
        {
            for (var length = 0; length < message.Coded.Length; length++)
            {
                var (step, consumed, body, _) = Decode(message.Coded[..length], Splits.Whole(length));
                Assert.Equal(ChunkedStep.NeedMore, step);
                Assert.Equal(length, consumed);
                Assert.True(message.Body.AsSpan().StartsWith(body));
            }
        }, iter: 200);

    [Fact]
    public void Data_is_handed_out_as_soon_as_it_is_there()
    {
        var decoder = new ChunkedDecoder(MaxLine, MaxTrailers);
        Assert.Equal(ChunkedStep.NeedMore, decoder.Decode("5\r\n"u8, out _, out _));
        foreach (var c in "hello"u8)
        {
            Assert.Equal(ChunkedStep.Data, decoder.Decode([c], out var consumed, out var data));
            Assert.Equal((1, new ByteRange(0, 1)), (consumed, data));
        }
        Assert.Equal(ChunkedStep.NeedMore, decoder.Decode("\r\n0\r\n\r"u8, out _, out _));
        Assert.False(decoder.IsDone);
        Assert.Equal(ChunkedStep.End, decoder.Decode("\nHTTP"u8, out var last, out _));
        Assert.Equal((1, true), (last, decoder.IsDone));
        Assert.Equal(ChunkedStep.End, decoder.Decode("HTTP"u8, out last, out _));
        Assert.Equal(0, last);
    }

    [Fact]
    public void After_a_failure_nothing_is_consumed()
    {
        var decoder = new ChunkedDecoder(MaxLine, MaxTrailers);
        Assert.Equal(ChunkedStep.Failed, decoder.Decode("5x\r\n"u8, out var consumed, out _));
        Assert.Equal((1, HttpError.BadChunkSize), (consumed, decoder.Error));
        Assert.Equal(ChunkedStep.Failed, decoder.Decode("5\r\nhello\r\n"u8, out consumed, out _));
        Assert.Equal((0, HttpError.BadChunkSize, false), (consumed, decoder.Error, decoder.IsDone));
    }

    private static (ChunkedStep Step, int Consumed, byte[] Body, HttpError Error) Decode(byte[] bytes, int[] ends)
    {
        var decoder = new ChunkedDecoder(MaxLine, MaxTrailers);
        var body = new List<byte>();
        var position = 0;
        var step = ChunkedStep.NeedMore;
        foreach (var end in ends)
        {
            do
            {
                var input = bytes.AsSpan(position, end - position);
                step = decoder.Decode(input, out var consumed, out var data);
                body.AddRange(data.Of(input));
                position += consumed;
            }
            while (step == ChunkedStep.Data);
        }
        return (step, position, [.. body], decoder.Error);
    }

    private static (byte[], byte[]) Encode((byte[] Data, string Size, string Extensions)[] chunks, string last, string trailers)
    {
        var coded = new List<byte>();
        foreach (var (data, size, extensions) in chunks)
        {
            coded.AddRange(Encoding.Latin1.GetBytes($"{size}{extensions}\r\n"));
            coded.AddRange(data);
            coded.AddRange("\r\n"u8);
        }
        coded.AddRange(Encoding.Latin1.GetBytes($"{last}\r\n{trailers}\r\n"));
        return ([.. coded], [.. chunks.SelectMany(c => c.Data)]);
    }
}

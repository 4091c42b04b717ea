using System.Buffers;
using System.Text;
using CsCheck;
using Sidecar.Protocols.Http1;

namespace Sidecar.Protocols.Tests.Http1;

/// <summary>What the writers write, the parsers read.</summary>
public class WriterTests
{
    [Theory]
    [InlineData(1, "1\r\n")]
    [InlineData(9, "9\r\n")]
    [InlineData(10, "a\r\n")]
    [InlineData(15, "f\r\n")]
    [InlineData(16, "10\r\n")]
    [InlineData(255, "ff\r\n")]
    [InlineData(256, "100\r\n")]
    [InlineData(65536, "10000\r\n")]
    [InlineData(int.MaxValue, "7fffffff\r\n")]
    public void A_chunk_opens_with_its_size_in_hexadecimal(int size, string expected)
    {
        var output = new ArrayBufferWriter<byte>();
        ChunkedWriter.Open(output, size);
        Assert.Equal(expected, Encoding.ASCII.GetString(output.WrittenSpan));
    }

    [Fact]
    public void Written_chunks_are_read_back() =>
        Gen.Byte.Array[1, 600].Array[0, 8].Sample(chunks =>
        {
            var output = new ArrayBufferWriter<byte>();
            foreach (var chunk in chunks)
            {
                ChunkedWriter.Open(output, chunk.Length);
                output.Write(chunk);
                ChunkedWriter.Close(output);
            }
            ChunkedWriter.Last(output);
            var trailers = new HeadWriter(output);
            trailers.Field("sidecar-status"u8, "completed"u8);
            trailers.End();

            var decoder = new ChunkedDecoder(10, 100);
            var position = 0;
            var body = new List<byte>();
            ChunkedStep step;
            while ((step = decoder.Decode(output.WrittenSpan[position..], out var consumed, out var data)) == ChunkedStep.Data)
            {
                body.AddRange(data.Of(output.WrittenSpan[position..]));
                position += consumed;
            }
            Assert.Equal(ChunkedStep.End, step);
            Assert.Equal(chunks.SelectMany(c => c), body);
        }, iter: 300);

    [Fact]
    public void A_written_request_head_is_read_back() =>
        Gen.Select(Name, Pick.From("", "/prefix"), Target, Fields).Sample((method, prefix, target, fields) =>
        {
            var output = new ArrayBufferWriter<byte>();
            var writer = new HeadWriter(output);
            writer.RequestLine(Bytes(method), Bytes(prefix), Bytes(target));
            writer.Field("Host"u8, "origin.test"u8);
            foreach (var (name, value) in fields) writer.Field(Bytes(name), Bytes(value));
            writer.Field("Content-Length"u8, 42);
            writer.End();

            var head = new RequestHead(64 * 1024, 100);
            Assert.Equal(ParseStatus.Complete, head.Parse(output.WrittenSpan));
            Assert.Equal(output.WrittenCount, head.ByteCount);
            Assert.Equal(method, Text(head.Method.Of(output.WrittenSpan)));
            Assert.Equal(prefix + target, Text(head.PathAndQuery.Of(output.WrittenSpan)));
            Assert.Equal((BodyFraming.Length, 42L), (head.Framing, head.ContentLength));
            AssertFields(fields, head.Fields[1..^1], output.WrittenSpan);
        }, iter: 500);

    [Fact]
    public void A_written_response_head_is_read_back() =>
        Gen.Select(Gen.Int[100, 599], Value, Fields).Sample((status, reason, fields) =>
        {
            var output = new ArrayBufferWriter<byte>();
            var writer = new HeadWriter(output);
            writer.StatusLine(status, Bytes(reason));
            foreach (var (name, value) in fields) writer.Field(Bytes(name), Bytes(value));
            writer.End();

            var head = new ResponseHead(64 * 1024, 100);
            Assert.Equal(ParseStatus.Complete, head.Parse(output.WrittenSpan));
            Assert.Equal(output.WrittenCount, head.ByteCount);
            Assert.Equal(status, head.Status);
            Assert.Equal(reason, Text(head.Reason.Of(output.WrittenSpan)));
            AssertFields(fields, head.Fields, output.WrittenSpan);
        }, iter: 500);

    [Theory]
    [InlineData(0, "0")]
    [InlineData(-1, "-1")]
    [InlineData(long.MaxValue, "9223372036854775807")]
    [InlineData(long.MinValue, "-9223372036854775808")]
    public void A_number_is_written_in_decimal(long number, string expected)
    {
        var output = new ArrayBufferWriter<byte>();
        new HeadWriter(output).Field("n"u8, number);
        Assert.Equal($"n: {expected}\r\n", Encoding.ASCII.GetString(output.WrittenSpan));
    }

    private static readonly Gen<string> Name = Gen.String[Gen.Char["ABXYZabxyz019!#$%&'*+-.^_`|~"], 1, 12];
    private static readonly Gen<string> Value = Gen.String[Gen.Char["ab :;=\t\",/\u00e9\u00ff"], 0, 20].Select(v => v.Trim(' ', '\t'));
    private static readonly Gen<string> Target = Gen.String[Gen.Char["ab-_~!$&'()*+,;=:@?[]{}|^`"], 0, 12].Select(t => "/" + t);
    private static readonly Gen<(string, string)[]> Fields = Gen.Select(Name, Value).Array[0, 30];


    private static void AssertFields((string Name, string Value)[] expected, ReadOnlySpan<HeaderField> actual, ReadOnlySpan<byte> bytes)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (var i = 0; i < expected.Length; i++)
        {
            Assert.Equal(expected[i].Name, Text(actual[i].Name.Of(bytes)));
            Assert.Equal(expected[i].Value, Text(actual[i].Value.Of(bytes)));
        }
    }

    private static byte[] Bytes(string text) => Encoding.Latin1.GetBytes(text);

    private static string Text(ReadOnlySpan<byte> bytes) => Encoding.Latin1.GetString(bytes);
}

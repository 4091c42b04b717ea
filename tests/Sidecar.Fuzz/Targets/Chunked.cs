using System.Buffers;
using Sidecar.Protocols.Http1;
using Sidecar.Protocols.Tests;
using Sidecar.Protocols.Tests.Http1;

namespace Sidecar.Fuzz.Targets;

/// <summary>The chunked coding. Input: where to split, then the coded body.</summary>
internal static class Chunked
{
    private const int MaxLineBytes = 64;
    private const int MaxTrailerBytes = 128;

    public static Target Target { get; } = new("chunked", Run, [.. Seeds()]);

    private static IEnumerable<byte[]> Seeds()
    {
        foreach (var c in HostileRequests.All.Where(c => c.Name.StartsWith("chunk: ", StringComparison.Ordinal) && c.Bytes.Length < 300))
        {
            var body = c.Bytes.AsSpan().IndexOf("\r\n\r\n"u8) + 4;
            if (body < c.Bytes.Length) yield return [3, .. c.Bytes[body..]];
        }
    }

    private static void Run(byte[] input)
    {
        if (input.Length < 2) return;
        var coded = input[1..];
        var whole = Decode(coded, Splits.Whole(coded.Length));
        var cut = 1 + input[0] % coded.Length;
        Compare(whole, Decode(coded, [cut, coded.Length]), $"split at {cut}");
        Compare(whole, Decode(coded, Splits.ByteByByte(coded.Length)), "byte by byte");
        if (whole.Step != ChunkedStep.End) return;
        var again = Decode(Encode(whole.Body), [MaxLineBytes, Encode(whole.Body).Length]);
        Invariant.Same(ChunkedStep.End, again.Step, "what our writer writes ends");
        Invariant.Holds(again.Body.AsSpan().SequenceEqual(whole.Body), "what our writer writes is the body");
    }

    private static void Compare(in Decoded expected, in Decoded actual, string how)
    {
        Invariant.Same((expected.Step, expected.Consumed, expected.Error), (actual.Step, actual.Consumed, actual.Error), how);
        Invariant.Holds(expected.Body.AsSpan().SequenceEqual(actual.Body), $"{how}: the same body");
    }

    private static Decoded Decode(byte[] coded, int[] ends)
    {
        var decoder = new ChunkedDecoder(MaxLineBytes, MaxTrailerBytes);
        var body = new ArrayBufferWriter<byte>(coded.Length);
        var position = 0;
        var step = ChunkedStep.NeedMore;
        foreach (var end in ends)
        {
            if (end > coded.Length) continue;
            do
            {
                var input = coded.AsSpan(position, end - position);
                step = decoder.Decode(input, out var consumed, out var data);
                Invariant.Holds(data.End <= consumed && consumed <= input.Length, "data lies in what is consumed");
                Invariant.Holds(step != ChunkedStep.NeedMore || consumed == input.Length, "all input is consumed before more is asked for");
                body.Write(data.Of(input));
                position += consumed;
            }
            while (step == ChunkedStep.Data);
        }
        Invariant.Same(step == ChunkedStep.End, decoder.IsDone, "the end and its step come together");
        Invariant.Same(step == ChunkedStep.Failed, decoder.Error != HttpError.None, "an error and its step come together");
        return new Decoded(step, position, decoder.Error, body.WrittenSpan.ToArray());
    }

    private static byte[] Encode(byte[] body)
    {
        var output = new ArrayBufferWriter<byte>();
        if (body.Length > 0)
        {
            ChunkedWriter.Open(output, body.Length);
            output.Write(body);
            ChunkedWriter.Close(output);
        }
        ChunkedWriter.Last(output);
        new HeadWriter(output).End();
        return output.WrittenSpan.ToArray();
    }

    private readonly record struct Decoded(ChunkedStep Step, int Consumed, HttpError Error, byte[] Body);
}

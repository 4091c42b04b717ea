using System.Buffers;
using System.Buffers.Text;
using System.Globalization;
using System.Text;
using BenchmarkDotNet.Attributes;
using Sidecar.Protocols.Http1;

namespace Sidecar.Microbenchmarks;

/// <summary>The chunked coding of events of 250 bytes, taken off and put on; the figure is of one event. Beside it what takes it line by line, without checks.</summary>
public class ChunkedBenchmark
{
    private readonly byte[] _body = Messages.Chunked(Messages.ChatEvent);
    private readonly ArrayBufferWriter<byte> _output = new(64 * 1024);

    /// <summary>Off.</summary>
    [Benchmark(OperationsPerInvoke = Messages.Events)]
    public int Decode()
    {
        var decoder = new ChunkedDecoder(1024, 8192);
        ReadOnlySpan<byte> rest = _body;
        var bytes = 0;
        while (decoder.Decode(rest, out var consumed, out var data) == ChunkedStep.Data)
        {
            bytes += data.Length;
            rest = rest[consumed..];
        }
        return bytes;
    }

    /// <summary>Off, line by line.</summary>
    [Benchmark(OperationsPerInvoke = Messages.Events), AlternativeTo(nameof(Decode), "it checks nothing and cannot stop inside a line")]
    public int DecodeByLines()
    {
        ReadOnlySpan<byte> rest = _body;
        var bytes = 0;
        while (true)
        {
            var end = rest.IndexOf("\r\n"u8);
            if (!Utf8Parser.TryParse(rest[..end], out int size, out _, 'x') || size == 0) return bytes;
            bytes += size;
            rest = rest[(end + 2 + size + 2)..];
        }
    }

    /// <summary>On.</summary>
    [Benchmark]
    public int Write()
    {
        _output.ResetWrittenCount();
        ChunkedWriter.Open(_output, Messages.EventBytes);
        _output.Write(Messages.ChatEvent);
        ChunkedWriter.Close(_output);
        return _output.WrittenCount;
    }

    /// <summary>On, with a formatted string.</summary>
    [Benchmark, AlternativeTo(nameof(Write))]
    public int WriteAsString()
    {
        _output.ResetWrittenCount();
        _output.Write(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{Messages.EventBytes:x}\r\n")));
        _output.Write(Messages.ChatEvent);
        _output.Write("\r\n"u8);
        return _output.WrittenCount;
    }
}

using System.Net.ServerSentEvents;
using BenchmarkDotNet.Attributes;
using Sidecar.Protocols;
using Sidecar.Protocols.Ndjson;
using Sidecar.Protocols.Sse;

namespace Sidecar.Microbenchmarks;

/// <summary>The events of a stream found, events of 250 bytes; the figure is of one. Beside it the framework's own parser, and a search for the end alone.</summary>
public class SseScanBenchmark
{
    private readonly byte[] _body = Messages.Body(Messages.ChatEvent);
    private readonly MemoryStream _stream;
    private readonly SseScanner _scanner = new(1 << 20);

    /// <summary>Opens the body.</summary>
    public SseScanBenchmark() => _stream = new MemoryStream(_body);

    /// <summary>The scanner.</summary>
    [Benchmark(Baseline = true, OperationsPerInvoke = Messages.Events)]
    public int Scanner() => Scans.Count(_scanner, _body);

    /// <summary><see cref="SseParser{T}"/>, which copies each event's data out; its items are lengths.</summary>
    [Benchmark(OperationsPerInvoke = Messages.Events), AlternativeTo(nameof(Scanner), "it tells no place in the input, so that bytes cannot be passed on as they are")]
    public int SseParser()
    {
        _stream.Position = 0;
        var count = 0;
        foreach (var item in System.Net.ServerSentEvents.SseParser.Create(_stream, static (_, data) => data.Length).Enumerate()) count += item.Data > 0 ? 1 : 0;
        return count;
    }

    /// <summary>Two line feeds, and nothing understood.</summary>
    [Benchmark(OperationsPerInvoke = Messages.Events), AlternativeTo(nameof(Scanner), "it finds neither CR nor the data")]
    public int TwoLineFeeds() => Scans.Count("\n\n"u8, _body);
}

/// <summary>The same for records that end in a line feed.</summary>
public class NdjsonScanBenchmark
{
    private readonly byte[] _body = Messages.Body(Messages.OllamaRecord);
    private readonly NdjsonScanner _scanner = new(1 << 20);

    /// <summary>The scanner.</summary>
    [Benchmark(Baseline = true, OperationsPerInvoke = Messages.Events)]
    public int Scanner() => Scans.Count(_scanner, _body);

    /// <summary>A line feed, and nothing bounded.</summary>
    [Benchmark(OperationsPerInvoke = Messages.Events), AlternativeTo(nameof(Scanner), "it bounds nothing")]
    public int LineFeed() => Scans.Count("\n"u8, _body);
}

/// <summary>Both ways to count.</summary>
internal static class Scans
{
    /// <summary>Frames that a scanner finds.</summary>
    public static int Count(FrameScanner scanner, ReadOnlySpan<byte> rest)
    {
        var count = 0;
        while (scanner.Next(rest, out var frame) == ScanStatus.Frame)
        {
            count++;
            rest = rest[frame.Length..];
        }
        return count;
    }

    /// <summary>Ends that a search finds.</summary>
    public static int Count(ReadOnlySpan<byte> end, ReadOnlySpan<byte> rest)
    {
        var count = 0;
        while (rest.IndexOf(end) is var at and >= 0)
        {
            count++;
            rest = rest[(at + end.Length)..];
        }
        return count;
    }
}

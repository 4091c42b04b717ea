using System.Text;
using System.Text.Json;
using BenchmarkDotNet.Attributes;
using Sidecar.Protocols.Http1;
using Sidecar.Protocols.Sse;
using Sidecar.Providers;
using Sidecar.Proxy.Configuration;
using Sidecar.Proxy.Server;
using Sidecar.Proxy.Streaming;
using Sidecar.Proxy.Streaming.Moderation;
using Sidecar.Proxy.Telemetry;

namespace Sidecar.Microbenchmarks;

/// <summary>
/// What one event of about 250 bytes costs on its way from the body to the client's buffer: found, understood, counted, scanned with all detectors and 1,000
/// terms, written as a chunk. Beside it, a plain pass of <see cref="Utf8JsonReader"/> over its data.
/// </summary>
public class ModerationBenchmark
{
    private const int EventBytes = 250;

    private readonly byte[] _plain = Event("stream ");
    private readonly byte[] _word = Event(" stream");
    private readonly byte[] _half = Event("str");
    private readonly byte[] _rest = Event("eam ");
    private readonly byte[] _address = Event("ask ann.lee@example.org now ");
    private readonly byte[] _other = Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(Event("stream ")).Replace("1764000000", "1764000001", StringComparison.Ordinal));
    private FrameRelay _off = null!;
    private FrameRelay _pass = null!;
    private FrameRelay _hold = null!;
    private FrameRelay _chain = null!;
    private FrameRelay _splice = null!;

    /// <summary>A stream for each.</summary>
    [GlobalSetup]
    public void Setup()
    {
        var rules = Policies.Rules(detectors: true, terms: 1_000);
        var policy = new Policy(new PolicyOptions { Rules = rules }, Policies.Build(rules), classifier: null);
        _off = Relay(null);
        _pass = Relay(policy);
        _hold = Relay(policy);
        _chain = Relay(policy);
        _splice = Relay(policy);
    }

    /// <summary>The alternative's share: every token of the JSON looked at, nothing done.</summary>
    [Benchmark(Baseline = true), AlternativeTo(nameof(Pass), "it finds, counts, scans and writes nothing")]
    public int JsonReader()
    {
        var tokens = 0;
        var reader = new Utf8JsonReader(_plain.AsSpan(6, EventBytes - 8));
        while (reader.Read()) tokens++;
        return tokens;
    }

    /// <summary>No policy.</summary>
    [Benchmark]
    public bool Off() => _off.Accept(_plain, 1);

    /// <summary>Nothing found, nothing held.</summary>
    [Benchmark]
    public bool Pass() => _pass.Accept(_plain, 1);

    /// <summary>No policy, and a time that differs from event to event, so that each is read in full.</summary>
    [Benchmark(OperationsPerInvoke = 2)]
    public bool OffVarying() => _off.Accept(_plain, 1) && _off.Accept(_other, 1);

    /// <summary>The same with the policy; nothing found, nothing held.</summary>
    [Benchmark(OperationsPerInvoke = 2)]
    public bool PassVarying() => _pass.Accept(_plain, 1) && _pass.Accept(_other, 1);

    /// <summary>A word that is not at its end holds its event until the next one. Two events, the figure is of one.</summary>
    [Benchmark(OperationsPerInvoke = 2)]
    public bool Hold() => _hold.Accept(_half, 1) && _hold.Accept(_rest, 1);

    /// <summary>Every event ends in a word, so that each waits for the one behind it.</summary>
    [Benchmark]
    public bool HoldEach() => _chain.Accept(_word, 1);

    /// <summary>An address is replaced.</summary>
    [Benchmark]
    public bool Splice() => _splice.Accept(_address, 1);

    private static byte[] Event(string content)
    {
        const string Before = "data: {\"id\":\"chatcmpl-", Between = "\",\"object\":\"chat.completion.chunk\",\"created\":1764000000,\"model\":\"gpt-4o-mini\",\"choices\":[{\"index\":0,\"delta\":{\"content\":\"";
        const string Behind = "\"},\"logprobs\":null,\"finish_reason\":null}]}\n\n";
        // The same in every event of a stream.
        var id = new string('x', EventBytes - Before.Length - Between.Length - "stream ".Length - Behind.Length);
        return Encoding.UTF8.GetBytes(Before + id + Between + content + Behind);
    }

    private static FrameRelay Relay(Policy? policy)
    {
        var head = Encoding.ASCII.GetBytes("POST /v1/chat/completions HTTP/1.1\r\nhost: h\r\n\r\n");
        var request = new RequestHead(head.Length, 10);
        request.Parse(head);
        var record = new ExchangeRecord { RequestId = "r", Stream = "s", IsEventStream = true };
        var exchange = new Exchange(new DiscardingConnection(), request, head, new StreamingOptions(), TimeProvider.System, record);
        exchange.Response.StartHead(200, "OK"u8);
        exchange.Response.EndHead(BodyFraming.Chunked);
        var metrics = new SidecarMetrics(new MetricsOptions(), TimeProvider.System);
        var exchanges = new ExchangeTracker(metrics, new Log(Stream.Null, new LoggingOptions(), TimeProvider.System, metrics.LogLinesDropped), TimeProvider.System);
        var held = policy is null ? null : new HeldEvents(policy, OpenAIChat.Instance, record, TimeProvider.System, () => { });
        return new FrameRelay(new SseScanner(1 << 20), new StreamReading(OpenAIChat.Instance, true, record), exchanges.Begin(record), exchange, held);
    }
}

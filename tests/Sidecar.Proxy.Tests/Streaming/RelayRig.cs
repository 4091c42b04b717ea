using Sidecar.Proxy.Configuration;
using Sidecar.Proxy.Routing;
using Sidecar.Proxy.Server;
using Sidecar.Proxy.Streaming;
using Sidecar.Proxy.Streaming.Moderation;
using Sidecar.Proxy.Telemetry;
using Sidecar.Proxy.Tests.Server;
using Sidecar.Proxy.Tests.Transport;
using Sidecar.Proxy.Tests.Upstream;
using Sidecar.Proxy.Upstream;

namespace Sidecar.Proxy.Tests.Streaming;

/// <summary>The data port over memory: one client, one provider, everything between them real.</summary>
internal sealed class RelayRig : IDisposable
{
    private readonly UpstreamRig _upstream = new();

    public RelayRig(StreamingOptions? streaming = null, long pause = 0)
    {
        var options = new SidecarOptions
        {
            Streaming = streaming ?? ServerRig.NoClocks,
            Routes = [new RouteOptions { Name = "all", Upstreams = [new RouteTarget("p")], FirstTokenTimeout = TimeSpan.FromSeconds(20) }],
        };
        var topology = new Topology(options, new RouteTable(options.Routes), new Dictionary<string, UpstreamPool> { ["p"] = _upstream.Pool }, new Dictionary<string, Policy>());
        var handler = new RelayHandler(() => topology, _upstream.Telemetry.Exchanges, _upstream.Telemetry.Metrics, _upstream.Telemetry.Log);
        Client = new MemoryConnection(pause);
        Connection = new Http1Connection(Client, handler, options, _upstream.Time);
        _upstream.Heartbeat.Add(Connection);
        Running = Connection.RunAsync();
    }

    public Telemetry.ManualTime Time => _upstream.Time;

    public MemoryConnection Client { get; }

    public Http1Connection Connection { get; }

    public Task Running { get; }

    /// <summary>The record of the exchange that was begun last.</summary>
    public ExchangeRecord Record { get; private set; } = null!;

    public Exchange Exchange { get; private set; } = null!;

    public MemoryConnection Provider => _upstream.Connections[^1];

    /// <summary>Sends a request up to the provider, which has taken it.</summary>
    public void Ask(string path = "/v1/chat/completions", string fields = "", string version = "1.1")
    {
        Client.Send($"POST {path} HTTP/{version}\r\nHost: h\r\n{fields}Content-Length: 2\r\n\r\n{{}}");
        Exchange = Connection.Current!;
        Record = Exchange.Record;
        Provider.Take();
    }

    /// <summary>The provider answers with an event stream in that framing.</summary>
    public void Begin(string framing = "Transfer-Encoding: chunked\r\n", string type = "text/event-stream")
    {
        Provider.Send($"HTTP/1.1 200 OK\r\nContent-Type: {type}\r\n{framing}\r\n");
        Assert.Contains("HTTP/1.1 200 OK\r\n", Client.Take());
    }

    /// <summary>The provider sends one chunk.</summary>
    public void Chunk(string text) => Provider.Send(Chunked(text));

    /// <summary>The client takes everything until the exchange has ended; all that it ever took. Some of what follows happens on other threads.</summary>
    public async Task<string> TakeToEndAsync()
    {
        for (var i = 0; Record.EndedAt == 0 && i < 5_000; i++)
        {
            Client.Take();
            await Task.Delay(TimeSpan.FromMilliseconds(1), TimeProvider.System);
        }
        Assert.NotEqual(0, Record.EndedAt);
        return Client.All();
    }

    /// <summary>What /metrics says now.</summary>
    public Task<string> MetricsAsync() => _upstream.Telemetry.ScrapeText(Prometheus.ExpositionFormat.PrometheusText);

    public static string Chunked(string text) => $"{text.Length:x}\r\n{text}\r\n";

    public void Dispose() => _upstream.Dispose();
}

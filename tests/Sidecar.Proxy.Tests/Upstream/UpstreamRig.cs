using System.Text;
using Sidecar.Protocols.Http1;
using Sidecar.Proxy.Configuration;
using Sidecar.Proxy.Server;
using Sidecar.Proxy.Telemetry;
using Sidecar.Proxy.Tests.Server;
using Sidecar.Proxy.Tests.Telemetry;
using Sidecar.Proxy.Tests.Transport;
using Sidecar.Proxy.Transport;
using Sidecar.Proxy.Upstream;

namespace Sidecar.Proxy.Tests.Upstream;

/// <summary>A provider over memory: every connect of its pool makes a connection that the test plays.</summary>
internal sealed class UpstreamRig : IDisposable
{
    public UpstreamRig(int maxConnections = 4, string url = "http://provider.test/v1")
    {
        Heartbeat = new Heartbeat(Telemetry.Time);
        Options = new UpstreamOptions { Name = "p", Url = new Uri(url), MaxConnections = maxConnections };
        Pool = new UpstreamPool(Options, ConnectAsync, Heartbeat, Time);
    }

    public Rig Telemetry { get; } = new();

    public ManualTime Time => Telemetry.Time;

    public Heartbeat Heartbeat { get; }

    public UpstreamOptions Options { get; }

    public UpstreamPool Pool { get; }

    /// <summary>Every connection ever made, in order.</summary>
    public List<MemoryConnection> Connections { get; } = [];

    /// <summary>What a connect answers instead; none for a new connection.</summary>
    public UpstreamError ConnectError { get; set; }

    /// <summary>Happens while a connect is made.</summary>
    public Action? OnConnect { get; set; }

    /// <summary>When set, a connect waits for it.</summary>
    public TaskCompletionSource? Gate { get; set; }

    /// <summary>An exchange whose request is in.</summary>
    public async Task<Exchange> Exchange(string head = "POST /chat HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n", string body = "{}", MemoryConnection? client = null)
    {
        var bytes = Encoding.Latin1.GetBytes(head + "\r\n");
        var request = new RequestHead(10_000, 100);
        Assert.Equal(ParseStatus.Complete, request.Parse(bytes));
        client ??= new MemoryConnection();
        client.Send(body);
        var record = new ExchangeRecord { RequestId = "our-id", Stream = "s1" };
        var exchange = new Exchange(client, request, bytes, ServerRig.NoClocks, Time, record);
        Assert.Equal(BodyResult.Complete, await exchange.ReadBodyAsync(1_000_000));
        return exchange;
    }

    public UpstreamExchange Upstream(Exchange exchange) => new(Pool, null, exchange, Telemetry.Metrics);

    public async Task<double> Attempts(string result) =>
        (await Telemetry.ScrapeText(Prometheus.ExpositionFormat.PrometheusText)).Split('\n')
            .Where(line => line.StartsWith("llm_sidecar_upstream_attempts_total{", StringComparison.Ordinal) && line.Contains($"\"{result}\""))
            .Select(line => double.Parse(line[(line.LastIndexOf(' ') + 1)..], System.Globalization.CultureInfo.InvariantCulture)).SingleOrDefault();

    public void Dispose()
    {
        Pool.Dispose();
        Heartbeat.Dispose();
    }

    private async ValueTask<(Connection? Connection, UpstreamError Error)> ConnectAsync(CancellationToken cancel)
    {
        if (Gate is { } gate)
        {
            try
            {
                await gate.Task.WaitAsync(cancel);
            }
            catch (OperationCanceledException)
            {
                return (null, UpstreamError.ConnectTimeout);
            }
        }
        if (ConnectError != UpstreamError.None) return (null, ConnectError);
        OnConnect?.Invoke();
        var connection = new MemoryConnection();
        lock (Connections) Connections.Add(connection);
        return (connection, UpstreamError.None);
    }
}

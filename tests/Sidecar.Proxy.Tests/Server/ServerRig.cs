using Sidecar.Protocols.Http1;
using Sidecar.Proxy.Configuration;
using Sidecar.Proxy.Server;
using Sidecar.Proxy.Tests.Telemetry;
using Sidecar.Proxy.Tests.Transport;
using Sidecar.Proxy.Transport;

namespace Sidecar.Proxy.Tests.Server;

/// <summary>One client connection over memory, a handler of the test's, and a heartbeat on a manual clock.</summary>
internal sealed class ServerRig : IExchangeHandler, IDisposable
{
    private readonly Func<Exchange, Task> _handler;
    private readonly Heartbeat _heartbeat;

    public ServerRig(Func<Exchange, Task> handler, SidecarOptions? options = null, long pause = 0, System.Net.IPEndPoint? remote = null)
    {
        _handler = handler;
        Client = new MemoryConnection(pause, remote);
        Connection = new Http1Connection(Client, this, options ?? new SidecarOptions(), Time);
        _heartbeat = new Heartbeat(Time);
        _heartbeat.Add(Connection);
        Running = Connection.RunAsync();
    }

    public ManualTime Time { get; } = new();

    public MemoryConnection Client { get; }

    public Http1Connection Connection { get; }

    public Task Running { get; }

    public List<Exchange> Exchanges { get; } = [];

    public static StreamingOptions NoClocks => new()
    {
        ClientInitialTimeout = TimeSpan.Zero,
        ClientBetweenChunksTimeout = TimeSpan.Zero,
        ClientTotalTimeout = TimeSpan.Zero,
    };

    Task IExchangeHandler.HandleAsync(Exchange exchange)
    {
        Exchanges.Add(exchange);
        return _handler(exchange);
    }

    public void Dispose() => _heartbeat.Dispose();

    /// <summary>Reads the body and answers with "method path body", or with the result when it is not complete.</summary>
    public static async Task Echo(Exchange exchange) => await Echo(exchange, 1000);

    public static async Task Echo(Exchange exchange, long maxBytes)
    {
        if (exchange.Refusal is { } refusal)
        {
            await Answer(exchange, refusal.Error.Status, refusal.Error.Name);
            return;
        }
        var result = await exchange.ReadBodyAsync(maxBytes);
        var head = $"{Text(exchange.Head.Method.Of(exchange.HeadBytes))} {Text(exchange.Head.Path.Of(exchange.HeadBytes))} ";
        await Answer(exchange, result == BodyResult.Complete ? 200 : 400, result == BodyResult.Complete ? head + Text(exchange.Body.Bytes.Span) : result.ToString());
    }

    public static async Task Answer(Exchange exchange, int status, string body)
    {
        if (!exchange.IsBodyRead) exchange.Response.KeepAlive = false;
        exchange.Response.StartHead(status, ReasonPhrase.Of(status));
        exchange.Response.EndHead(BodyFraming.Length, body.Length);
        exchange.Response.Write(System.Text.Encoding.Latin1.GetBytes(body));
        await exchange.Response.FlushAsync();
    }

    public static string Text(ReadOnlySpan<byte> bytes) => System.Text.Encoding.Latin1.GetString(bytes);
}

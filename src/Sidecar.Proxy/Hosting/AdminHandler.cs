using System.Buffers;
using System.Net;
using System.Text;
using Sidecar.Protocols.Http1;
using Sidecar.Proxy.Server;
using Sidecar.Proxy.Telemetry;
using Sidecar.Proxy.Transport;

namespace Sidecar.Proxy.Hosting;

/// <summary>What the admin port can ask of the process.</summary>
public interface IAdminActions
{
    /// <summary>Whether requests are welcome.</summary>
    bool IsReady { get; }

    /// <summary>Writes the effective configuration as JSON, secrets hidden.</summary>
    void WriteConfiguration(IBufferWriter<byte> output);

    /// <summary>Begins to drain.</summary>
    void Drain();

    /// <summary>Leaves as soon as the streams under way have ended, like a drain without its delay.</summary>
    void Quit();

    /// <summary>Reads the configuration again; null on success, else what is wrong with it.</summary>
    string? Reload();

    /// <summary>Ends one stream; false when there is none of that id.</summary>
    bool Cancel(string stream);
}

/// <summary>Answers the admin port. Reading is for everyone who reaches the port; what changes something is POST, and for loopback peers only.</summary>
/// <param name="actions">The process.</param>
/// <param name="metrics">Shown at <c>/metrics</c>.</param>
/// <param name="tracker">Shown at <c>/streams</c> and <c>/usage</c>.</param>
/// <param name="time">The clock.</param>
public sealed class AdminHandler(IAdminActions actions, SidecarMetrics metrics, ExchangeTracker tracker, TimeProvider time) : IExchangeHandler
{
    private const long MaxBodyBytes = 64 * 1024;
    private const string Text = "text/plain; charset=utf-8";
    private const string Json = "application/json";

    /// <inheritdoc/>
    public async Task HandleAsync(Exchange exchange)
    {
        if (exchange.Refusal is { } refusal)
        {
            exchange.Clocks.StopRequest();
            exchange.Response.KeepAlive = false;
            Respond(exchange, refusal.Error.Status, Text, refusal.Message);
        }
        else if (await exchange.ReadBodyAsync(MaxBodyBytes).ConfigureAwait(false) != BodyResult.Complete)
        {
            exchange.Response.KeepAlive = false;
            Respond(exchange, 400, Text, "the request body was not understood");
        }
        else
        {
            await AnswerAsync(exchange).ConfigureAwait(false);
        }
        await exchange.Response.FlushAsync().ConfigureAwait(false);
    }

    private Task AnswerAsync(Exchange exchange)
    {
        var path = exchange.Head.IsRootPath ? "/" : Encoding.ASCII.GetString(exchange.Head.Path.Of(exchange.HeadBytes));
        var method = exchange.Head.Method.Of(exchange.HeadBytes);
        if (method.SequenceEqual("POST"u8)) Post(exchange, path);
        else if (!method.SequenceEqual("GET"u8) && !exchange.Head.IsHead) Respond(exchange, 405, Text, "method not allowed", allow: "GET, HEAD, POST");
        else if (path == "/metrics") return MetricsAsync(exchange);
        else Get(exchange, path);
        return Task.CompletedTask;
    }

    private void Get(Exchange exchange, string path)
    {
        switch (path)
        {
            case "/livez":
                Respond(exchange, 200, Text, "ok\n");
                break;
            case "/readyz" or "/healthz":
                Respond(exchange, actions.IsReady ? 200 : 503, Text, actions.IsReady ? "ready\n" : "not ready\n");
                break;
            case "/streams":
                Respond(exchange, Json, output => StreamsView.Write(output, tracker, time));
                break;
            case "/usage":
                Respond(exchange, Json, tracker.Usage.Write);
                break;
            case "/config":
                Respond(exchange, Json, actions.WriteConfiguration);
                break;
            case "/":
                Respond(exchange, 200, Text, "llm sidecar admin\n\n/metrics\n/livez\n/readyz\n/streams\n/usage\n/config\n");
                break;
            default:
                if (IsMutation(path)) Respond(exchange, 405, Text, "method not allowed", allow: "POST");
                else Respond(exchange, 404, Text, "not found");
                break;
        }
    }

    private void Post(Exchange exchange, string path)
    {
        if (!IsMutation(path))
        {
            Respond(exchange, IsView(path) ? 405 : 404, Text, IsView(path) ? "method not allowed" : "not found", allow: IsView(path) ? "GET, HEAD" : null);
            return;
        }
        if (exchange.Client.RemoteEndPoint is not IPEndPoint { Address: var peer } || !IPAddress.IsLoopback(peer.IsIPv4MappedToIPv6 ? peer.MapToIPv4() : peer))
        {
            Respond(exchange, 403, Text, "only for loopback peers");
            return;
        }
        switch (path)
        {
            case "/drain":
                actions.Drain();
                Respond(exchange, 200, Text, "draining\n");
                break;
            case "/quitquitquit":
                actions.Quit();
                Respond(exchange, 200, Text, "leaving\n");
                break;
            case "/reload":
                var error = actions.Reload();
                Respond(exchange, error is null ? 200 : 400, Text, error ?? "reloaded\n");
                break;
            default:
                var isKnown = actions.Cancel(path["/streams/".Length..^"/cancel".Length]);
                Respond(exchange, isKnown ? 200 : 404, Text, isKnown ? "cancelled\n" : "no such stream\n");
                break;
        }
    }

    private static bool IsMutation(string path) => path is "/drain" or "/quitquitquit" or "/reload" ||
        (path.StartsWith("/streams/", StringComparison.Ordinal) && path.EndsWith("/cancel", StringComparison.Ordinal) && path.Length > "/streams//cancel".Length);

    private static bool IsView(string path) => path is "/metrics" or "/livez" or "/readyz" or "/healthz" or "/streams" or "/usage" or "/config" or "/";

    private async Task MetricsAsync(Exchange exchange)
    {
        var accept = exchange.Head.TryGet("accept"u8, exchange.HeadBytes, out var value) ? Encoding.Latin1.GetString(value) : null;
        var format = MetricsExposition.Negotiate(accept);
        using var body = new MemoryStream();
        await MetricsExposition.WriteAsync(metrics, body, format, CancellationToken.None).ConfigureAwait(false);
        Respond(exchange, 200, MetricsExposition.ContentType(format), body.GetBuffer().AsSpan(0, (int)body.Length));
    }

    private static void Respond(Exchange exchange, string contentType, Action<IBufferWriter<byte>> write)
    {
        var body = new ArrayBufferWriter<byte>();
        write(body);
        Respond(exchange, 200, contentType, body.WrittenSpan);
    }

    private static void Respond(Exchange exchange, int status, string contentType, string body, string? allow = null) =>
        Respond(exchange, status, contentType, Encoding.UTF8.GetBytes(body), allow);

    private static void Respond(Exchange exchange, int status, string contentType, ReadOnlySpan<byte> body, string? allow = null)
    {
        var head = exchange.Response.StartHead(status, ReasonPhrase.Of(status));
        head.Field("content-type"u8, Encoding.ASCII.GetBytes(contentType));
        if (allow is not null) head.Field("allow"u8, Encoding.ASCII.GetBytes(allow));
        head.Field("cache-control"u8, "no-store"u8);
        exchange.Response.EndHead(BodyFraming.Length, body.Length);
        exchange.Response.Write(body);
    }
}

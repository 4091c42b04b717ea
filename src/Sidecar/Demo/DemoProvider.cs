using System.Buffers;
using System.Net;
using System.Text;
using System.Text.Json;
using Sidecar.Protocols.Http1;
using Sidecar.Providers;
using Sidecar.Proxy.Configuration;
using Sidecar.Proxy.Server;
using Sidecar.Proxy.Telemetry;
using Sidecar.Proxy.Transport;

namespace Sidecar.Demo;

/// <summary>A model provider that needs no model: it answers every chat completion with the same text, at the pace of a real one.</summary>
internal sealed class DemoProvider : IExchangeHandler, IDisposable
{
    private const long MaxBodyBytes = 1024 * 1024;
    private static readonly TimeSpan FirstTokenDelay = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan TokenGap = TimeSpan.FromMilliseconds(30);

    private const string Answer =
        "A sidecar stands beside your app and carries its model streams. Every token you read here left an embedded provider, crossed our own " +
        "HTTP server, scanner and upstream client, and reached this terminal the moment it arrived. Nothing was held back, nothing was changed, " +
        "and the time to the first token and the gaps after it are on the metrics page.";

    private readonly Heartbeat _heartbeat;
    private readonly HttpServer _server;
    private readonly TimeProvider _time;

    public DemoProvider(Log log, TimeProvider time)
    {
        _time = time;
        _heartbeat = new Heartbeat(time);
        var options = new SidecarOptions();
        _server = new HttpServer(new IPEndPoint(IPAddress.Loopback, 0), this, () => options, _heartbeat, null, log, time);
        _server.Start();
    }

    public IPEndPoint EndPoint => _server.LocalEndPoint;

    public async Task HandleAsync(Exchange exchange)
    {
        if (exchange.Refusal is not null || await exchange.ReadBodyAsync(MaxBodyBytes).ConfigureAwait(false) != BodyResult.Complete)
        {
            exchange.Response.KeepAlive = false;
            Respond(exchange, 400, """{"error":{"message":"bad request","type":"invalid_request_error","param":null,"code":null}}""");
        }
        else if (RequestShape.Read(exchange.Body.Bytes.Span).Stream == true)
        {
            await StreamAsync(exchange).ConfigureAwait(false);
        }
        else
        {
            Respond(exchange, 200, Completion());
        }
        await exchange.Response.FlushAsync().ConfigureAwait(false);
    }

    public void Dispose()
    {
        _server.Dispose();
        _heartbeat.Dispose();
    }

    private async Task StreamAsync(Exchange exchange)
    {
        var head = exchange.Response.StartHead(200, ReasonPhrase.Of(200));
        head.Field("content-type"u8, "text/event-stream; charset=utf-8"u8);
        exchange.Response.EndHead(BodyFraming.Chunked);
        Send(exchange, """{"role":"assistant","content":""}""", null);
        await exchange.Response.FlushAsync().ConfigureAwait(false);
        await Task.Delay(FirstTokenDelay, _time).ConfigureAwait(false);
        var tokens = 0;
        foreach (var token in Tokens())
        {
            Send(exchange, $$"""{"content":"{{JsonEncodedText.Encode(token)}}"}""", null);
            tokens++;
            if (!await exchange.Response.FlushAsync().ConfigureAwait(false)) return;
            await Task.Delay(TokenGap, _time).ConfigureAwait(false);
        }
        Send(exchange, "{}", "stop");
        exchange.Response.Write(Encoding.UTF8.GetBytes($"data: {{{Common("chat.completion.chunk")},\"choices\":[],\"usage\":{Usage(tokens)}}}\n\n"));
        exchange.Response.Write("data: [DONE]\n\n"u8);
        if (exchange.Response.TryEnd(out var trailers)) trailers.End();
    }

    private static void Send(Exchange exchange, string delta, string? finish)
    {
        var reason = finish is null ? "null" : $"\"{finish}\"";
        var chunk = $"data: {{{Common("chat.completion.chunk")},\"choices\":[{{\"index\":0,\"delta\":{delta},\"finish_reason\":{reason}}}],\"usage\":null}}\n\n";
        exchange.Response.Write(Encoding.UTF8.GetBytes(chunk));
    }

    private static string Completion() =>
        $"{{{Common("chat.completion")},\"choices\":[{{\"index\":0,\"message\":{{\"role\":\"assistant\",\"content\":\"{JsonEncodedText.Encode(Answer)}\"}}," +
        $"\"finish_reason\":\"stop\"}}],\"usage\":{Usage(Tokens().Count())}}}";

    private static string Common(string kind) => $"\"id\":\"chatcmpl-demo\",\"object\":\"{kind}\",\"created\":1,\"model\":\"demo\"";

    private static string Usage(int tokens) => $"{{\"prompt_tokens\":9,\"completion_tokens\":{tokens},\"total_tokens\":{tokens + 9}}}";

    /// <summary>A word with the space before it is about a token.</summary>
    private static IEnumerable<string> Tokens()
    {
        var words = Answer.Split(' ');
        for (var i = 0; i < words.Length; i++) yield return i == 0 ? words[i] : " " + words[i];
    }

    private static void Respond(Exchange exchange, int status, string json)
    {
        var body = Encoding.UTF8.GetBytes(json);
        var head = exchange.Response.StartHead(status, ReasonPhrase.Of(status));
        head.Field("content-type"u8, "application/json"u8);
        exchange.Response.EndHead(BodyFraming.Length, body.Length);
        exchange.Response.Write(body);
    }
}

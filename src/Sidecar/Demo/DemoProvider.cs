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
using Sidecar.Proxy.Transport.Portable;

namespace Sidecar.Demo;

/// <summary>A model provider that needs no model: it answers chat completions with a text of its own, at the pace of a real one.</summary>
internal sealed class DemoProvider : IExchangeHandler, IDisposable
{
    private const long MaxBodyBytes = 1024 * 1024;
    private static readonly TimeSpan FirstTokenDelay = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan TokenGap = TimeSpan.FromMilliseconds(20);
    private const int LongestToken = 5;

    private const string Answer =
        "A sidecar stands beside your app and carries its model streams. Every token you read here left an embedded provider, crossed our own " +
        "HTTP server, scanner and upstream client, and reached this terminal the moment it arrived. What must not leave is withheld on the way, " +
        "however it is split: this model has just told you to write to jane.doe@example.com and to pay with 4111 1111 1111 1111, and nothing else " +
        "was held back or changed.";

    private const string Blocked =
        "This answer begins well enough. But the next thing that the model wants to tell is where Project Nightfall is hidden, and how to get in.";

    /// <summary>The model that answers at length; named after one that has a price.</summary>
    public const string Model = "gpt-4o-mini";

    /// <summary>The model whose answer runs into <see cref="BlockedTerm"/>.</summary>
    public const string BlockedModel = "demo-blocked";

    /// <summary>What must not be told.</summary>
    public const string BlockedTerm = "project nightfall";

    private readonly Heartbeat _heartbeat;
    private readonly HttpServer _server;
    private readonly TimeProvider _time;

    public DemoProvider(Log log, TimeProvider time)
    {
        _time = time;
        _heartbeat = new Heartbeat(time);
        var options = new SidecarOptions();
        _server = new HttpServer(new PortableTransport(time), new IPEndPoint(IPAddress.Loopback, 0), this, () => options, _heartbeat, null, log, time);
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
        else
        {
            var shape = RequestShape.Read(exchange.Body.Bytes.Span);
            var answer = shape.ModelName(exchange.Body.Bytes.Span) == BlockedModel ? Blocked : Answer;
            if (shape.Stream == true) await StreamAsync(exchange, answer).ConfigureAwait(false);
            else Respond(exchange, 200, Completion(answer));
        }
        await exchange.Response.FlushAsync().ConfigureAwait(false);
    }

    public void Dispose()
    {
        _server.Dispose();
        _heartbeat.Dispose();
    }

    private async Task StreamAsync(Exchange exchange, string answer)
    {
        var head = exchange.Response.StartHead(200, ReasonPhrase.Of(200));
        head.Field("content-type"u8, "text/event-stream; charset=utf-8"u8);
        exchange.Response.EndHead(BodyFraming.Chunked);
        Send(exchange, """{"role":"assistant","content":""}""", null);
        await exchange.Response.FlushAsync().ConfigureAwait(false);
        await Task.Delay(FirstTokenDelay, _time).ConfigureAwait(false);
        var tokens = 0;
        foreach (var token in Tokens(answer))
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

    private static string Completion(string answer) =>
        $"{{{Common("chat.completion")},\"choices\":[{{\"index\":0,\"message\":{{\"role\":\"assistant\",\"content\":\"{JsonEncodedText.Encode(answer)}\"}}," +
        $"\"finish_reason\":\"stop\"}}],\"usage\":{Usage(Tokens(answer).Count())}}}";

    private static string Common(string kind) => $"\"id\":\"chatcmpl-demo\",\"object\":\"{kind}\",\"created\":1,\"model\":\"demo\"";

    private static string Usage(int tokens) => $"{{\"prompt_tokens\":9,\"completion_tokens\":{tokens},\"total_tokens\":{tokens + 9}}}";

    /// <summary>About as a tokenizer would: the space with what follows it, letters, digits and marks apart, nothing long in one piece.</summary>
    private static IEnumerable<string> Tokens(string text)
    {
        var start = 0;
        for (var i = 1; i < text.Length; i++)
        {
            var isSame = text[i - 1] == ' ' || (char.IsLetter(text[i]) == char.IsLetter(text[i - 1]) && char.IsDigit(text[i]) == char.IsDigit(text[i - 1]));
            if (text[i] != ' ' && isSame && i - start < LongestToken) continue;
            yield return text[start..i];
            start = i;
        }
        yield return text[start..];
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

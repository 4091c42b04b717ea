using System.Text;
using Sidecar.Protocols.Http1;
using Sidecar.Providers;
using Sidecar.Proxy.Configuration;
using Sidecar.Proxy.Server;
using Sidecar.Proxy.Telemetry;
using Sidecar.Proxy.Upstream;

namespace Sidecar.Proxy.Streaming;

/// <summary>A client's request on its way to a provider: what it asks for, and where it goes.</summary>
/// <param name="exchange">The client's side.</param>
/// <param name="topology">The configuration it began with.</param>
internal sealed class RelayRequest(Exchange exchange, Topology topology)
{
    private const int MaxModelBytes = 256;

    /// <summary>The client's side.</summary>
    public Exchange Exchange => exchange;

    /// <summary>The configuration it began with.</summary>
    public SidecarOptions Options => topology.Options;

    /// <summary>Its route, once admitted.</summary>
    public RouteOptions? Route { get; private set; }

    /// <summary>Its provider, once admitted.</summary>
    public UpstreamPool? Upstream { get; private set; }

    /// <summary>The shape of its response and of its errors.</summary>
    public Dialect? Dialect { get; private set; }

    /// <summary>Whether the path alone tells the dialect, so that a missing end means something.</summary>
    public bool IsDialectSure { get; private set; }

    /// <summary>Whether the response is to be understood.</summary>
    public bool ReadsEvents { get; private set; }

    /// <summary>Whether a JSON response is an array that grows.</summary>
    public bool IsArrayPath { get; private set; }

    /// <summary>Admits, reads and routes it. Null when it may go on; else how it ended, the answer written.</summary>
    /// <param name="active">Exchanges under way, this one included.</param>
    public async ValueTask<Ending?> AdmitAsync(int active)
    {
        var record = exchange.Record;
        if (exchange.Refusal is { } refusal)
        {
            exchange.Clocks.StopRequest();
            return Refuse(refusal.Status, refusal.Code, refusal.Message);
        }
        Dialect = DialectPaths.Find(exchange.Head.Path.Of(exchange.HeadBytes));
        IsDialectSure = Dialect is not null;
        if (active > Options.Streaming.MaxConcurrentStreams)
        {
            exchange.Clocks.StopRequest();
            return Refuse(503, "overloaded", "too many concurrent streams");
        }
        switch (await exchange.ReadBodyAsync(Options.Http.MaxRequestBody).ConfigureAwait(false))
        {
            case BodyResult.TooLarge:
                return Refuse(413, "request_too_large", "the request body is larger than max_request_body");
            case BodyResult.Malformed:
                return Refuse(400, "bad_request", $"malformed request body: {exchange.Body.Error}");
            case BodyResult.Interrupted when exchange.Interruption == Interruption.ClientLeft:
                return Ending.Of(Interruption.ClientLeft);
            case BodyResult.Interrupted:
                return Refuse(408, "client_timeout", "the request did not arrive in time");
        }
        record.RequestReadAt = exchange.Time.GetTimestamp();
        return FindRoute();
    }

    /// <summary>Answers that the provider failed before its response began.</summary>
    public Ending Refuse(UpstreamError error)
    {
        if (error != UpstreamError.Interrupted)
        {
            var (status, code, message) = error.Answer();
            Ending.WriteError(exchange, Dialect, status, code, message);
            return new Ending(code == "overloaded" ? Outcome.Rejected : Outcome.UpstreamError, code, message);
        }
        var ending = Ending.Of(exchange.Interruption);
        if (ending.Message is null) return ending;
        exchange.Response.KeepAlive = false;
        Ending.WriteError(exchange, Dialect, ending.Outcome == Outcome.Drained ? 503 : 504, ending.Code!, ending.Message);
        return ending;
    }

    private Ending? FindRoute()
    {
        var record = exchange.Record;
        var path = exchange.Head.Path.Of(exchange.HeadBytes);
        if (exchange.Head.Form == TargetForm.Asterisk) return AnswerOptions();
        var shape = RequestShape.Read(exchange.Body.Bytes.Span);
        if (shape.IsAmbiguous) return Refuse(400, "bad_request", "the request names its model or stream more than once");
        record.Model = ModelOf(path, shape);
        Route = topology.Routes.Find(record.Path, record.Model, exchange.Head, exchange.HeadBytes);
        if (Route is null) return Refuse(404, "no_route", "no route matches this request");
        Upstream = topology.Upstreams[Route.Upstream];
        record.Route = Route.Name;
        record.Upstream = Upstream.Options.Name;
        record.Provider = Upstream.Options.Provider;
        Dialect ??= DialectPaths.Fallback(Upstream.Options.Provider.ToString());
        ReadsEvents = exchange.Head.Method.Of(exchange.HeadBytes).SequenceEqual("POST"u8);
        IsArrayPath = path.EndsWith(":streamGenerateContent"u8);
        return null;
    }

    private string? ModelOf(ReadOnlySpan<byte> path, in RequestShape shape)
    {
        var model = shape.Model.Length > 0 ? exchange.Body.Bytes.Span.Slice(shape.Model.Start, shape.Model.Length) : DialectPaths.Model(path);
        return model.IsEmpty ? null : Encoding.UTF8.GetString(model[..Math.Min(model.Length, MaxModelBytes)]);
    }

    private Ending AnswerOptions()
    {
        var head = exchange.Response.StartHead(204, ReasonPhrase.Of(204));
        head.Field("allow"u8, "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS"u8);
        ExchangeIdentity.Write(head, exchange.Record, hasRequestId: false);
        exchange.Response.EndHead(BodyFraming.None);
        exchange.Record.Status = 204;
        return new Ending(Outcome.Completed, null, null);
    }

    private Ending Refuse(int status, string code, string message)
    {
        Ending.WriteError(exchange, Dialect, status, code, message);
        return new Ending(Outcome.Rejected, code, message);
    }
}

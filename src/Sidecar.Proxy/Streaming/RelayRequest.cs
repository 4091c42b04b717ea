using System.Buffers;
using System.Text;
using Sidecar.Protocols.Http1;
using Sidecar.Providers;
using Sidecar.Proxy.Admission;
using Sidecar.Proxy.Configuration;
using Sidecar.Proxy.Server;
using Sidecar.Proxy.Streaming.Moderation;
using Sidecar.Proxy.Telemetry;
using Sidecar.Proxy.Upstream;

namespace Sidecar.Proxy.Streaming;

/// <summary>A client's request on its way to a provider: what it asks for, and where it goes.</summary>
/// <param name="exchange">The client's side.</param>
/// <param name="topology">The configuration it began with.</param>
internal sealed class RelayRequest(Exchange exchange, Topology topology)
{
    private const int MaxModelBytes = 256;

    private Caller? _caller;
    private Grant? _grant;

    /// <summary>The client's side.</summary>
    public Exchange Exchange => exchange;

    /// <summary>The configuration it began with.</summary>
    public SidecarOptions Options => topology.Options;

    /// <summary>Its route, once admitted.</summary>
    public RouteOptions? Route { get; private set; }

    /// <summary>The providers it may go to, once admitted.</summary>
    public Candidates? Candidates { get; private set; }

    /// <summary>The shape of its response and of its errors.</summary>
    public Dialect? Dialect { get; private set; }

    /// <summary>Whether the path alone tells the dialect, so that a missing end means something.</summary>
    public bool IsDialectSure { get; private set; }

    /// <summary>Whether the response is to be understood.</summary>
    public bool ReadsEvents { get; private set; }

    /// <summary>The policy of its route, once admitted; null when there is none.</summary>
    public Policy? Policy { get; private set; }

    /// <summary>Whether usage was asked for that the client did not ask for, so that the chunk that brings it is not the client's.</summary>
    public bool HidesUsage { get; private set; }

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
            return Refuse(Ending.Rejected(refusal.Error, refusal.Message));
        }
        Dialect = DialectPaths.Find(exchange.Head.Path.Of(exchange.HeadBytes));
        IsDialectSure = Dialect is not null;
        if (active > Options.Streaming.MaxConcurrentStreams)
        {
            exchange.Clocks.StopRequest();
            return Refuse(Ending.Rejected(ErrorCode.Overloaded, "too many concurrent streams"));
        }
        if (topology.Door.Identify(exchange, out _caller) is { } denial)
        {
            exchange.Clocks.StopRequest();
            return Refuse(Ending.Denied(denial));
        }
        switch (await exchange.ReadBodyAsync(Options.Http.MaxRequestBody).ConfigureAwait(false))
        {
            case BodyResult.TooLarge:
                return Refuse(Ending.Rejected(ErrorCode.RequestTooLarge, "the request body is larger than max_request_body"));
            case BodyResult.Malformed:
                return Refuse(Ending.Rejected(ErrorCode.BadRequest, $"malformed request body: {exchange.Body.Error}"));
            case BodyResult.Interrupted:
                return Refuse(Ending.Of(exchange.Interruption));
        }
        record.RequestReadAt = exchange.Time.GetTimestamp();
        return FindRoute();
    }

    /// <summary>Asks the provider whose turn it is.</summary>
    public (UpstreamPool Pool, UpstreamExchange Upstream) Begin(SidecarMetrics metrics)
    {
        Candidates!.Begin();
        var (pool, record) = (Candidates.Upstream, exchange.Record);
        record.Upstream = pool.Options.Name;
        record.UpstreamModel = Candidates.Model;
        record.Provider = pool.Options.Provider;
        if (!IsDialectSure) Dialect = DialectPaths.OfProvider(pool.Options.Provider.Word());
        exchange.BeginAttempt(Candidates.HasNext);
        return (pool, new UpstreamExchange(pool, Candidates.Model, exchange, metrics));
    }

    /// <summary>Goes on to another provider; false when none is left.</summary>
    public bool TryNext()
    {
        if (!exchange.CanTryAgain || !Candidates!.MoveNext()) return false;
        exchange.Record.ForgetAttempt();
        return true;
    }

    /// <summary>Settles with the limits of who asked, once the record tells what was used.</summary>
    public void Settle() => _grant?.End(exchange.Record);

    /// <summary>Answers that there is no response to relay.</summary>
    public Ending Refuse(UpstreamError error) => Refuse(error == UpstreamError.Interrupted ? Ending.Of(exchange.Interruption) : Ending.Of(error));

    private Ending? FindRoute()
    {
        var record = exchange.Record;
        var path = exchange.Head.Path.Of(exchange.HeadBytes);
        if (exchange.Head.Form == TargetForm.Asterisk) return AnswerOptions();
        var shape = RequestShape.Read(exchange.Body.Bytes.Span);
        if (shape.IsAmbiguous) return Refuse(Ending.Rejected(ErrorCode.BadRequest, "the request names its model or stream more than once"));
        record.Model = ModelOf(path, shape);
        Route = topology.Routes.Find(record.Path, record.Model, exchange.Head, exchange.HeadBytes);
        if (Route is null) return Refuse(Ending.Rejected(ErrorCode.NoRoute, "no route matches this request"));
        record.Route = Route.Name;
        Candidates = new Candidates(Route, topology.Upstreams);
        record.Upstream = Candidates.Upstream.Options.Name;
        record.Provider = Candidates.Upstream.Options.Provider;
        Dialect ??= DialectPaths.OfProvider(Candidates.Upstream.Options.Provider.Word());
        Policy = Route.Moderation is { } policy ? topology.Policies[policy] : null;
        ReadsEvents = exchange.Head.Method.Of(exchange.HeadBytes).SequenceEqual("POST"u8);
        if (_caller?.Admit(record, exchange.Body.Bytes, out _grant) is { } denial) return Refuse(Ending.Denied(denial));
        IsArrayPath = path.EndsWith(":streamGenerateContent"u8);
        HidesUsage = AskForUsage(shape);
        return Policy is { Options.Input: true } ? ModerateInput(Policy) : null;
    }

    // Whether it was made to ask. Servers that refuse what they do not know are why it can be turned off.
    private bool AskForUsage(in RequestShape shape)
    {
        var hasUsageChunk = IsDialectSure && Dialect is OpenAIChat or OpenAICompletions && exchange.Record.Provider is Provider.OpenAI or Provider.Azure;
        if (!Options.Usage.InjectsIncludeUsage || !hasUsageChunk || shape is not { Stream: true, UsageSplice: { } splice }) return false;
        exchange.Body.Splice(splice.Start, splice.Length, splice.Text);
        return true;
    }

    // The rules over the request's messages, before the provider sees them.
    private Ending? ModerateInput(Policy policy)
    {
        var body = exchange.Body.Bytes.Span;
        if (body.IsEmpty) return null;
        if (exchange.Head.TryGet(KnownHeader.ContentEncoding, exchange.HeadBytes, out var encoding) && !Ascii.EqualsIgnoreCase(encoding, "identity"u8))
        {
            return Refuse(Ending.Rejected(ErrorCode.BadRequest, "the request is encoded, and a policy must read it"));
        }
        // Forms and files hold no messages.
        if (!RequestShape.Read(body).IsJson && exchange.Head.TryGet("content-type"u8, exchange.HeadBytes, out var type) && !IsText(type)) return null;
        var meaning = new EventMeaning();
        RequestTexts.Read(body, meaning);
        var output = new ArrayBufferWriter<byte>(body.Length);
        if (!new DocumentRewriter(policy, exchange.Record).TryRewrite(body, meaning, output)) return Refuse(Ending.Forbidden);
        if (!output.WrittenSpan.SequenceEqual(body)) exchange.Body.Replace(output.WrittenSpan);
        return null;
    }

    private static bool IsText(ReadOnlySpan<byte> type) => type.IndexOf("json"u8) >= 0 || type.StartsWith("text/"u8);

    private string? ModelOf(ReadOnlySpan<byte> path, in RequestShape shape)
    {
        if (shape.ModelName(exchange.Body.Bytes.Span) is { } named) return named;
        var model = DialectPaths.Model(path);
        return model.IsEmpty ? null : Encoding.ASCII.GetString(model[..Math.Min(model.Length, MaxModelBytes)]);
    }

    private Ending AnswerOptions()
    {
        var head = exchange.Response.StartHead(204, ReasonPhrase.Of(204));
        head.Field("allow"u8, "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS"u8);
        ExchangeIdentity.Write(head, exchange.Record, hasRequestId: false);
        exchange.Response.EndHead(BodyFraming.None);
        exchange.Record.Status = 204;
        return Ending.Completed;
    }

    /// <summary>Answers with what went wrong.</summary>
    public Ending Refuse(in Ending ending)
    {
        if (exchange.Interruption != Interruption.None) exchange.Response.KeepAlive = false;
        ending.WriteAnswer(exchange, Dialect);
        return ending;
    }
}

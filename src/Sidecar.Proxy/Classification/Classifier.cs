using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Sidecar.Protocols.Http1;
using Sidecar.Proxy.Configuration;
using Sidecar.Proxy.Telemetry;
using Sidecar.Proxy.Transport;
using Sidecar.Proxy.Upstream;

namespace Sidecar.Proxy.Classification;

/// <summary>
/// Asks an external classifier about texts, over connections of its own. The shape is that of OpenAI's <c>/v1/moderations</c>:
/// <c>{"model":…,"input":"text"}</c> is answered with <c>{"results":[{"flagged":true,…}]}</c>.
/// </summary>
public sealed class Classifier : IDisposable
{
    // The text goes into a JSON document of its own, never into a page.
    private static readonly JsonWriterOptions JsonOptions = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly UpstreamPool _pool;
    private readonly TimeProvider _time;
    private readonly Action<ClassifierVerdict, TimeSpan> _observe;
    private readonly byte[] _target;

    /// <param name="options">Where it is and how it is asked.</param>
    /// <param name="transport">Where its connections come from.</param>
    /// <param name="heartbeat">Closes connections that were idle too long.</param>
    /// <param name="time">The clock.</param>
    /// <param name="observe">Told of every verdict and how long it took.</param>
    public Classifier(ClassifierOptions options, NetworkTransport transport, Heartbeat heartbeat, TimeProvider time, Action<ClassifierVerdict, TimeSpan> observe)
        : this(options, new UpstreamPool(new UpstreamOptions { Name = "classifier", Url = options.Url }, transport, heartbeat, time), time, observe)
    {
    }

    internal Classifier(ClassifierOptions options, UpstreamPool pool, TimeProvider time, Action<ClassifierVerdict, TimeSpan> observe)
    {
        Options = options;
        _pool = pool;
        _time = time;
        _observe = observe;
        _target = Encoding.ASCII.GetBytes(options.Url.PathAndQuery);
    }

    /// <summary>What it was made from.</summary>
    public ClassifierOptions Options { get; }

    /// <summary>Whether a text with that verdict may be said.</summary>
    public bool Passes(ClassifierVerdict verdict) => verdict switch
    {
        ClassifierVerdict.Allowed => true,
        ClassifierVerdict.Timeout or ClassifierVerdict.Error => Options.FailOpen,
        _ => false,
    };

    /// <summary>Asks about a text. Whatever goes wrong is a verdict; within <see cref="ClassifierOptions.Timeout"/> there is one.</summary>
    /// <param name="input">The text, UTF-8; read before this returns.</param>
    /// <param name="cancel">Nobody wants to know any more.</param>
    public Task<ClassifierVerdict> AskAsync(ReadOnlySpan<byte> input, CancellationToken cancel) => SendAsync(RequestOf(input), cancel);

    /// <summary>Closes its connections; those in use when their verdict is in.</summary>
    public void Dispose() => _pool.Dispose();

    private async Task<ClassifierVerdict> SendAsync(ReadOnlyMemory<byte> request, CancellationToken cancel)
    {
        var started = _time.GetTimestamp();
        using var deadline = new CancellationTokenSource(Options.Timeout, _time);
        using var link = cancel.UnsafeRegister(static source => ((CancellationTokenSource)source!).Cancel(), deadline);
        using var exchange = new OwnExchange(_pool, request);
        var error = await exchange.RunAsync(deadline.Token).ConfigureAwait(false);
        var verdict = error == UpstreamError.None && exchange.Status == 200 ? ClassifierAnswer.Read(exchange.Body) : ClassifierVerdict.Error;
        if (error != UpstreamError.None && deadline.IsCancellationRequested)
        {
            verdict = cancel.IsCancellationRequested ? ClassifierVerdict.Cancelled : ClassifierVerdict.Timeout;
        }
        if (verdict != ClassifierVerdict.Cancelled) _observe(verdict, _time.GetElapsedTime(started));
        return verdict;
    }

    private ReadOnlyMemory<byte> RequestOf(ReadOnlySpan<byte> input)
    {
        var body = new ArrayBufferWriter<byte>(input.Length + 256);
        using (var json = new Utf8JsonWriter(body, JsonOptions))
        {
            json.WriteStartObject();
            if (Options.Model is { } model) json.WriteString("model"u8, model);
            json.WriteString("input"u8, input);
            json.WriteEndObject();
        }
        var request = new ArrayBufferWriter<byte>(body.WrittenCount + 512);
        var head = new HeadWriter(request);
        head.RequestLine("POST"u8, default, _target);
        head.Field("host"u8, _pool.Target.Host);
        head.Field("content-type"u8, "application/json"u8);
        head.Field("accept"u8, "application/json"u8);
        head.Field("accept-encoding"u8, "identity"u8);
        head.Field("content-length"u8, body.WrittenCount);
        head.End();
        request.Write(body.WrittenSpan);
        return request.WrittenMemory;
    }
}

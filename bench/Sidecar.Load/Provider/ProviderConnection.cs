using System.Diagnostics;
using System.Net.Security;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Sidecar.Load.Readiness;
using Sidecar.Load.Wire;

namespace Sidecar.Load.Provider;

/// <summary>A connection of the provider's: one response after the other.</summary>
internal sealed class ProviderConnection : Channel, IAlarm, IDisposable
{
    private const string SmallDocument = "{\"object\":\"list\",\"data\":[{\"id\":\"gpt-4o-mini\",\"object\":\"model\"}]}";
    // What one turn writes at most of a stream that floods, so that the others have theirs.
    private const int MaxBytesPerTurn = 64 * 1024;

    private static readonly byte[] Small = Document(SmallDocument);

    private readonly ProviderFigures _figures;
    private readonly TlsServer? _tls;
    private readonly RequestText _request = new();
    private StreamWriter? _stream;

    public ProviderConnection(Loop loop, Socket socket, ProviderFigures figures, SslServerAuthenticationOptions? tls) : base(loop, socket)
    {
        _figures = figures;
        if (tls is not null) _tls = new TlsServer(tls, OnRequestBytes, Send, Close);
    }

    /// <summary>Takes requests.</summary>
    public void Start()
    {
        Watch();
        _tls?.Start();
    }

    /// <inheritdoc/>
    public void OnTime(long now)
    {
        if (IsClosed || IsBlocked || _stream is not { } stream) return;
        if (stream.Write(now, MaxBytesPerTurn) is { IsEmpty: false } bytes) Answer(bytes);
        if (!stream.HasEnded)
        {
            // A stream that is blocked goes on when it no longer is.
            if (!IsBlocked) Loop.At(stream.NextDue(now), this);
            return;
        }
        _stream = null;
        _figures.Open--;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Close();
        _tls?.Dispose();
    }

    protected override void OnBytes(ReadOnlySpan<byte> bytes, long now)
    {
        if (_tls is null) OnRequestBytes(bytes);
        else _tls.Feed(bytes);
    }

    protected override void OnUnblocked(long now) => OnTime(now);

    protected override void OnLost()
    {
        Dispose();
        if (_stream is null) return;
        _stream = null;
        _figures.Open--;
        _figures.Cut++;
    }

    private void OnRequestBytes(ReadOnlySpan<byte> bytes)
    {
        if (_request.Add(bytes) is not { } request) return;
        if (request.StartsWith("GET /figures ", StringComparison.Ordinal)) Answer(Document(JsonSerializer.Serialize(_figures)));
        else if (StreamPlan.Find(request) is { } plan) Begin(plan, StreamDialect.OfRequest(request[..request.IndexOf('\r', StringComparison.Ordinal)]));
        else Answer(Small);
    }

    private void Begin(StreamPlan plan, StreamDialect dialect)
    {
        _figures.Streams++;
        _figures.Open++;
        _stream = new StreamWriter(plan, dialect, Stopwatch.GetTimestamp());
        Answer(_stream.Head());
        OnTime(Stopwatch.GetTimestamp());
    }

    private void Answer(ReadOnlySpan<byte> bytes)
    {
        if (_tls is null) Send(bytes);
        else _tls.Write(bytes);
    }

    private static byte[] Document(string json) =>
        Encoding.ASCII.GetBytes($"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {json.Length}\r\n\r\n{json}");
}

using Sidecar.Protocols.Http1;
using Sidecar.Providers;
using Sidecar.Proxy.Configuration;
using Sidecar.Proxy.Telemetry;
using Sidecar.Proxy.Transport;

namespace Sidecar.Proxy.Server;

/// <summary>Why a request is refused before anybody looks at it.</summary>
/// <param name="Error">Code and status of the answer.</param>
/// <param name="Message">For people.</param>
public sealed record Refusal(ErrorCode Error, string Message);

/// <summary>
/// One request and its response. Its handler owns it from head to end; the heartbeat, the client's departure and an operator may
/// <see cref="Interrupt"/> it at any moment, which wakes whatever it waits for.
/// </summary>
public sealed class Exchange
{
    // A client that pipelines more than this while it waits is not watched for its departure any longer.
    private const int MaxPipelinedBytes = 64 * 1024;

    private readonly byte[] _headBytes;
    private int _interruption;
    private volatile bool _isAttemptOver;
    private volatile bool _canTryAgain;
    private Connection? _upstream;
    private CancellationTokenSource? _connecting;
    private Task? _watch;
    private volatile bool _isWatchOver;
    private long _sentAtLastBeat;
    private long _wakeAt;
    private long _connectUntil;

    internal Exchange(Connection client, RequestHead head, byte[] headBytes, StreamingOptions options, TimeProvider time, ExchangeRecord record)
    {
        Client = client;
        Head = head;
        _headBytes = headBytes;
        Record = record;
        Time = time;
        Clocks = new ExchangeClocks(options, time);
        Response = new ResponseWriter(client, head);
        IsHalfCloseAllowed = options.AllowHalfClose;
    }

    /// <summary>The client's connection.</summary>
    public Connection Client { get; }

    /// <summary>The request's head; its ranges are those of <see cref="HeadBytes"/>.</summary>
    public RequestHead Head { get; }

    /// <summary>The head as it came.</summary>
    public ReadOnlySpan<byte> HeadBytes => _headBytes;

    /// <summary>The request's body, once <see cref="ReadBodyAsync"/> has read it.</summary>
    public RequestBody Body { get; } = new();

    /// <summary>Whether the body was read to its end, so that another request may follow it.</summary>
    public bool IsBodyRead { get; private set; }

    /// <summary>Writes the response.</summary>
    public ResponseWriter Response { get; }

    /// <summary>What is told of it.</summary>
    public ExchangeRecord Record { get; }

    /// <summary>Its clocks.</summary>
    public ExchangeClocks Clocks { get; }

    /// <summary>Told, on any thread, of an interruption: ends waits that are neither for the client nor for the provider.</summary>
    public Action? Interrupted { get; set; }

    /// <summary>Whose time it is.</summary>
    public TimeProvider Time { get; }

    /// <summary>Set when the head itself was refused; nothing else of the request may be trusted then.</summary>
    public Refusal? Refusal { get; internal init; }

    /// <summary>Whether the client's credential was meant for the sidecar: then it goes no further.</summary>
    public bool HidesCredential { get; set; }

    /// <summary>Why it must end, or none.</summary>
    public Interruption Interruption => (Interruption)Volatile.Read(ref _interruption);

    /// <summary>Whether a provider that takes too long ends its attempt only, as another can be asked.</summary>
    public bool CanTryAgain => _canTryAgain;

    /// <summary>Whether the provider took too long, and another is to be asked.</summary>
    public bool IsAttemptOver => _isAttemptOver;

    /// <summary>Whether the provider is to be read no more.</summary>
    public bool IsStopped => _isAttemptOver || Interruption != Interruption.None;

    private bool IsHalfCloseAllowed { get; }

    private bool HasLeft => Client.End switch
    {
        ConnectionEnd.Closed => !IsHalfCloseAllowed,
        ConnectionEnd.Reset => true,
        _ => false,
    };

    /// <summary>Reads the body; sends 100 (Continue) first where the client waits for it.</summary>
    public async ValueTask<BodyResult> ReadBodyAsync(long maxBytes)
    {
        Clocks.OnBody(Time.GetTimestamp());
        var isAwaited = Head.ExpectsContinue && Head.Framing != BodyFraming.None && !(Head.Framing == BodyFraming.Length && Head.ContentLength > maxBytes);
        var result = isAwaited && !await ContinueAsync().ConfigureAwait(false)
            ? BodyResult.Interrupted
            : await Body.ReadAsync(Client.Input, Head, maxBytes, OnBody, () => Interruption != Interruption.None).ConfigureAwait(false);
        Clocks.StopRequest();
        if (result == BodyResult.Interrupted) Interrupt(Interruption.ClientLeft);
        IsBodyRead = result == BodyResult.Complete;
        return result;
    }

    /// <summary>From now on the client's departure interrupts the exchange.</summary>
    public void WatchClient() => _watch ??= WatchAsync();

    /// <summary>The connection is free to be read again.</summary>
    public async ValueTask StopWatchingAsync()
    {
        if (_watch is null) return;
        _isWatchOver = true;
        Client.Input.CancelPendingRead();
        await _watch.ConfigureAwait(false);
    }

    /// <summary>A token that an interruption or the limit cancels: for connect, DNS and the TLS handshake, which know no other way.</summary>
    public CancellationToken StartConnecting(TimeSpan limit)
    {
        var source = new CancellationTokenSource();
        Volatile.Write(ref _connectUntil, Time.GetTimestamp() + (long)(limit.TotalSeconds * Time.TimestampFrequency));
        Volatile.Write(ref _connecting, source);
        Interlocked.MemoryBarrier();
        if (Interruption != Interruption.None) source.Cancel();
        return source.Token;
    }

    /// <summary>Connected, or not: from now on an interruption wakes reads and flushes of the upstream.</summary>
    public void Attach(Connection? upstream)
    {
        Interlocked.Exchange(ref _connecting, null)?.Dispose();
        Interlocked.Exchange(ref _upstream, upstream);
        if (upstream is not null && Interruption != Interruption.None) Wake(upstream);
    }

    /// <summary>Ends the exchange early. Only the first reason counts.</summary>
    public void Interrupt(Interruption reason)
    {
        if (Interlocked.CompareExchange(ref _interruption, (int)reason, (int)Interruption.None) != (int)Interruption.None) return;
        if (reason == Interruption.ClientLeft) Record.ClientGoneAt = Time.GetTimestamp();
        StopConnecting();
        if (Volatile.Read(ref _upstream) is { } upstream) Wake(upstream);
        Client.Output.CancelPendingFlush();
        Client.Input.CancelPendingRead();
        Interrupted?.Invoke();
    }

    /// <summary>A provider is asked.</summary>
    /// <param name="canTryAgain">Whether another could be asked instead.</param>
    public void BeginAttempt(bool canTryAgain) => (_isAttemptOver, _canTryAgain) = (false, canTryAgain);

    /// <summary>The answer is that of the provider that is asked now, whatever comes of it.</summary>
    public void Commit()
    {
        _canTryAgain = false;
        Body.Release();
    }

    /// <summary>Wakes the reading of the upstream.</summary>
    public void WakeReading() => Volatile.Read(ref _upstream)?.Input.CancelPendingRead();

    /// <summary>Wakes the reading of the upstream once, at the first heartbeat from a timestamp on; 0 for not at all.</summary>
    public void WakeAt(long timestamp) => Volatile.Write(ref _wakeAt, timestamp);

    internal void OnHeartbeat(long now)
    {
        if (Volatile.Read(ref _wakeAt) is var wakeAt and not 0 && now >= wakeAt)
        {
            Interlocked.CompareExchange(ref _wakeAt, 0, wakeAt);
            WakeReading();
        }
        if (Clocks.IsWriting && Client.BytesSent is var sent && sent != _sentAtLastBeat)
        {
            _sentAtLastBeat = sent;
            Clocks.OnWriteProgress(now);
        }
        if (now >= Volatile.Read(ref _connectUntil)) StopConnecting();
        var expired = Clocks.Check(now);
        if (expired == Interruption.None) return;
        if (!_canTryAgain || expired is not (Interruption.FirstTokenTimeout or Interruption.ReadTimeout or Interruption.StallTimeout))
        {
            Interrupt(expired);
            return;
        }
        _isAttemptOver = true;
        if (Volatile.Read(ref _upstream) is { } upstream) Wake(upstream);
    }

    private void StopConnecting()
    {
        try
        {
            Volatile.Read(ref _connecting)?.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // It connected in this very moment; Attach sees the interruption.
        }
    }

    private static void Wake(Connection upstream)
    {
        upstream.Input.CancelPendingRead();
        upstream.Output.CancelPendingFlush();
    }

    private void OnBody(long bytes)
    {
        Record.ClientBytesIn += bytes;
        Clocks.OnBody(Time.GetTimestamp());
    }

    private ValueTask<bool> ContinueAsync()
    {
        var head = new HeadWriter(Client.Output);
        head.StatusLine(100, "Continue"u8);
        head.End();
        return Response.FlushAsync();
    }

    private async Task WatchAsync()
    {
        while (true)
        {
            var read = await Client.Input.ReadAsync().ConfigureAwait(false);
            var buffer = read.Buffer;
            if (read.IsCompleted && HasLeft) Interrupt(Interruption.ClientLeft);
            // A cancelled read alone says nothing: the connection cancels reads for reasons of its own.
            if (read.IsCompleted || _isWatchOver || Interruption != Interruption.None || buffer.Length > MaxPipelinedBytes)
            {
                Client.Input.AdvanceTo(buffer.Start);
                return;
            }
            Client.Input.AdvanceTo(buffer.Start, buffer.End);
        }
    }
}

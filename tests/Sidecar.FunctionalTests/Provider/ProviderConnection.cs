using System.Diagnostics;
using System.Net.Security;
using System.Net.Sockets;

namespace Sidecar.FunctionalTests.Provider;

/// <summary>One connection: request, script, request, script, until either side has enough.</summary>
internal sealed class ProviderConnection(ScriptedProvider provider, Socket socket, Stream stream, int id)
{
    private readonly StrictRequestReader _reader = new(stream, id);
    private bool _lastSend;

    public async Task RunAsync()
    {
        while (true)
        {
            ReceivedRequest? request;
            try
            {
                request = await _reader.ReadAsync();
            }
            catch (ProtocolViolationException refused)
            {
                provider.Violated(refused.Message);
                await stream.WriteAsync("HTTP/1.1 400 Refused\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"u8.ToArray());
                return;
            }
            if (request is null) return;
            var exchange = new ProviderExchange(request);
            var script = provider.Respond(request);
            provider.Publish(exchange);
            if (!await PlayAsync(exchange, script)) return;
        }
    }

    private async Task<bool> PlayAsync(ProviderExchange exchange, Script script)
    {
        var started = Stopwatch.GetTimestamp();
        var last = script.Steps.ToList().FindLastIndex(step => step is Step.Send);
        _lastSend = last < 0;
        var watching = WatchAsync(exchange);
        var open = true;
        try
        {
            for (var i = 0; open && i < script.Steps.Count; i++)
            {
                _lastSend |= i == last;
                open = await DoAsync(script.Steps[i], started, exchange);
            }
        }
        catch (Exception gone) when (gone is IOException or SocketException or ObjectDisposedException)
        {
            exchange.PeerLeft.Raise();
            open = false;
        }
        exchange.Ended.Raise();
        return await watching && open;
    }

    /// <summary>Does one step; false when the connection is over.</summary>
    private async Task<bool> DoAsync(Step step, long started, ProviderExchange exchange)
    {
        switch (step)
        {
            case Step.Send send:
                await stream.WriteAsync(send.Bytes);
                exchange.Writes.Add(Stopwatch.GetElapsedTime(started));
                return true;
            case Step.WaitFor wait:
                await Bound.ForAsync(Task.WhenAny(wait.Signal.Raised, exchange.PeerLeft.Raised), "the signal a script waits for");
                return wait.Signal.Raised.IsCompleted;
            case Step.Tell tell:
                tell.Signal.Raise();
                return true;
            case Step.After after:
                return await UntilAsync(after.Gap + exchange.Writes.LastOrDefault(), started, exchange);
            case Step.HalfClose:
                socket.Shutdown(SocketShutdown.Send);
                return true;
            case Step.Reset:
                socket.LingerState = new LingerOption(true, 0);
                socket.Dispose();
                return false;
            case Step.Close:
                if (stream is SslStream secured) await secured.ShutdownAsync();
                // Not by disposing: with a read pending that would be a RST.
                socket.Shutdown(SocketShutdown.Both);
                return false;
            default:
                throw new InvalidOperationException($"no such step: {step}");
        }
    }

    private static async Task<bool> UntilAsync(TimeSpan due, long started, ProviderExchange exchange)
    {
        while (due - Stopwatch.GetElapsedTime(started) is { Ticks: > 0 } left)
        {
            var rounded = TimeSpan.FromMilliseconds(Math.Max(1, Math.Ceiling(left.TotalMilliseconds)));
            await Task.WhenAny(Task.Delay(rounded, TimeProvider.System), exchange.PeerLeft.Raised);
            if (exchange.PeerLeft.Raised.IsCompleted) return false;
        }
        return true;
    }

    /// <summary>Reads while the script writes: the peer's leaving is seen at once, and bytes that nobody asked for yet are a violation.</summary>
    private async Task<bool> WatchAsync(ProviderExchange exchange)
    {
        var early = _reader.HasUnread;
        while (true)
        {
            if (early) provider.Violated($"bytes on the connection before the response to {exchange.Request.Target} had ended");
            if (!await _reader.MoreAsync()) break;
            if (_lastSend) return true;
            early = true;
        }
        if (!exchange.Ended.Raised.IsCompleted) exchange.PeerLeft.Raise();
        return false;
    }
}

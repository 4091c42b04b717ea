using System.Net;
using System.Net.Sockets;

namespace Sidecar.Proxy.Transport;

/// <summary>Connects to the first address of a name that answers: families alternate, each next attempt starts a little later (RFC 8305).</summary>
public static class HappyEyeballs
{
    /// <summary>Head start of an attempt over the next one (RFC 8305 §5).</summary>
    private static readonly TimeSpan AttemptDelay = TimeSpan.FromMilliseconds(250);

    /// <summary>A connection, or the error of the last address that failed.</summary>
    /// <param name="host">Name or address.</param>
    /// <param name="port">Port.</param>
    /// <param name="connect">Connects to one address; its token ends the attempt.</param>
    /// <param name="time">The clock.</param>
    /// <param name="cancel">Ends all attempts.</param>
    /// <exception cref="OperationCanceledException">The token was cancelled first.</exception>
    public static async ValueTask<(Connection? Connection, SocketError Error)> ConnectAsync(
        string host, int port, Func<IPEndPoint, CancellationToken, ValueTask<(Connection? Connection, SocketError Error)>> connect, TimeProvider time, CancellationToken cancel)
    {
        IPAddress[] addresses;
        try
        {
            addresses = IPAddress.TryParse(host, out var literal)
                ? [literal.IsIPv4MappedToIPv6 ? literal.MapToIPv4() : literal]
                : Alternate(await Dns.GetHostAddressesAsync(host, cancel).ConfigureAwait(false));
        }
        catch (SocketException e)
        {
            return (null, e.SocketErrorCode);
        }
        if (addresses.Length == 0) return (null, SocketError.HostNotFound);
        return addresses.Length == 1
            ? await connect(new IPEndPoint(addresses[0], port), cancel).ConfigureAwait(false)
            : await RaceAsync(addresses, (address, ended) => connect(new IPEndPoint(address, port), ended), time, cancel).ConfigureAwait(false);
    }

    /// <summary>The given order, families in turn, the first one's family first.</summary>
    internal static IPAddress[] Alternate(IPAddress[] addresses)
    {
        if (addresses.Length < 2) return addresses;
        var first = addresses.Where(a => a.AddressFamily == addresses[0].AddressFamily).ToArray();
        var second = addresses.Where(a => a.AddressFamily != addresses[0].AddressFamily).ToArray();
        var result = new List<IPAddress>(addresses.Length);
        for (var i = 0; i < Math.Max(first.Length, second.Length); i++)
        {
            if (i < first.Length) result.Add(first[i]);
            if (i < second.Length) result.Add(second[i]);
        }
        return [.. result];
    }

    private static async Task<(Connection?, SocketError)> RaceAsync(
        IPAddress[] addresses, Func<IPAddress, CancellationToken, ValueTask<(Connection? Connection, SocketError Error)>> connect, TimeProvider time, CancellationToken cancel)
    {
        using var losers = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        var running = new List<Task<(Connection? Connection, SocketError Error)>>(addresses.Length);
        var next = 0;
        (Connection? Connection, SocketError Error) result = (null, SocketError.HostUnreachable);
        while (result.Connection is null && (next < addresses.Length || running.Count > 0))
        {
            if (next < addresses.Length) running.Add(connect(addresses[next++], losers.Token).AsTask());
            var finished = await WaitAsync(running, next < addresses.Length, time, cancel).ConfigureAwait(false);
            if (finished is null) continue;
            running.Remove(finished);
            result = await finished.ConfigureAwait(false);
        }
        await losers.CancelAsync().ConfigureAwait(false);
        foreach (var loser in running) _ = LeaveAsync(loser);
        if (result.Connection is null) cancel.ThrowIfCancellationRequested();
        return result;
    }

    private static async Task<Task<(Connection? Connection, SocketError Error)>?> WaitAsync(
        List<Task<(Connection? Connection, SocketError Error)>> running, bool hasMore, TimeProvider time, CancellationToken cancel)
    {
        var any = Task.WhenAny(running);
        if (!hasMore) return await any.ConfigureAwait(false);
        using var headStart = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        var delay = Task.Delay(AttemptDelay, time, headStart.Token);
        var first = await Task.WhenAny(any, delay).ConfigureAwait(false);
        await headStart.CancelAsync().ConfigureAwait(false);
        return first == any ? await any.ConfigureAwait(false) : null;
    }

    private static async Task LeaveAsync(Task<(Connection? Connection, SocketError Error)> loser) => (await loser.ConfigureAwait(false)).Connection?.Abort();
}

using System.Collections.Concurrent;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Threading.Channels;

namespace Sidecar.FunctionalTests.Provider;

/// <summary>
/// A model provider of raw sockets: reads requests strictly, records them, and answers each with the script that
/// <see cref="Respond"/> names.
/// </summary>
public sealed class ScriptedProvider : IAsyncDisposable
{
    private readonly Socket _listener;
    private readonly SslServerAuthenticationOptions? _tls;
    private readonly CancellationTokenSource _stopping = new();
    private readonly Task _accepting;
    private readonly Channel<ProviderExchange> _exchanges = Channel.CreateUnbounded<ProviderExchange>();
    private readonly ConcurrentQueue<string> _violations = new();
    private readonly ConcurrentDictionary<int, Task> _connections = new();
    private int _accepted;

    /// <summary>Listens on a free loopback port.</summary>
    public ScriptedProvider(SslServerAuthenticationOptions? tls = null, IPAddress? address = null)
    {
        _tls = tls;
        var local = address ?? IPAddress.Loopback;
        _listener = new Socket(local.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        _listener.Bind(new IPEndPoint(local, 0));
        _listener.Listen(512);
        var port = ((IPEndPoint)_listener.LocalEndPoint!).Port;
        Uri = new UriBuilder(tls is null ? "http" : "https", local.ToString(), port).Uri;
        _accepting = AcceptAsync();
    }

    /// <summary>Where it listens.</summary>
    public Uri Uri { get; }

    /// <summary>The script for a request.</summary>
    public Func<ReceivedRequest, Script> Respond { get; set; } = _ => Script.Json(200, "{}");

    /// <summary>What a strict origin had to refuse; empty after every test.</summary>
    public IReadOnlyCollection<string> Violations => _violations;

    /// <summary>Connections accepted so far.</summary>
    public int Accepted => Volatile.Read(ref _accepted);

    /// <summary>Connections open now.</summary>
    public int Open => _connections.Count;

    /// <summary>The next request not yet taken, waiting for it within the bound.</summary>
    public Task<ProviderExchange> NextAsync() => Bound.ForAsync(_exchanges.Reader.ReadAsync(_stopping.Token).AsTask(), "a request at the provider");

    /// <summary>Forgets the requests not yet taken and returns them.</summary>
    public IReadOnlyList<ProviderExchange> TakeAll()
    {
        var taken = new List<ProviderExchange>();
        while (_exchanges.Reader.TryRead(out var exchange)) taken.Add(exchange);
        return taken;
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        _listener.Dispose();
        await _accepting;
        await Task.WhenAll(_connections.Values);
        _stopping.Dispose();
    }

    internal void Publish(ProviderExchange exchange) => _exchanges.Writer.TryWrite(exchange);

    internal void Violated(string rule) => _violations.Enqueue(rule);

    private async Task AcceptAsync()
    {
        while (!_stopping.IsCancellationRequested)
        {
            Socket socket;
            try
            {
                socket = await _listener.AcceptAsync(_stopping.Token);
            }
            catch (Exception stopped) when (stopped is OperationCanceledException or ObjectDisposedException or SocketException)
            {
                return;
            }
            var id = Interlocked.Increment(ref _accepted);
            _connections[id] = Task.CompletedTask;
            var serving = ServeAsync(socket, id);
            _connections.TryUpdate(id, serving, Task.CompletedTask);
        }
    }

    private async Task ServeAsync(Socket socket, int id)
    {
        await Task.Yield();
        using var _ = socket;
        await using var stopped = _stopping.Token.Register(socket.Dispose);
        try
        {
            socket.NoDelay = true;
            Stream stream = new NetworkStream(socket);
            if (_tls is not null)
            {
                var secured = new SslStream(stream);
                await secured.AuthenticateAsServerAsync(_tls, _stopping.Token);
                stream = secured;
            }
            await new ProviderConnection(this, socket, stream, id).RunAsync();
        }
        catch (Exception broken) when (broken is IOException or SocketException or ObjectDisposedException or OperationCanceledException or AuthenticationException)
        {
            // The peer's or the test's end of the connection: what it means is seen at the other side.
        }
        catch (TimeoutException lost)
        {
            Violated($"connection {id}: {lost.Message}");
        }
        finally
        {
            _connections.TryRemove(id, out var _);
        }
    }
}

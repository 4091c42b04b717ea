using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using Sidecar.Load.Readiness;

namespace Sidecar.Load.Provider;

/// <summary>
/// A provider that streams what each prompt asks for (<see cref="Wire.StreamPlan"/>) and answers any GET with a small document, but for <c>/figures</c>.
/// One thread serves all of it.
/// </summary>
internal sealed class ScriptedProvider : IReady, IDisposable
{
    private readonly Loop _loop = new();
    private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly SslServerAuthenticationOptions? _tls;
    private readonly ProviderFigures _figures = new();

    /// <summary>Listens on loopback.</summary>
    /// <param name="port">0 for any.</param>
    /// <param name="tls">Null for plain HTTP.</param>
    public ScriptedProvider(int port, SslServerAuthenticationOptions? tls = null)
    {
        _tls = tls;
        _listener.Bind(new IPEndPoint(IPAddress.Loopback, port));
        _listener.Listen(4096);
        _listener.Blocking = false;
        _loop.Watch(_listener, this);
    }

    /// <summary>Where it listens.</summary>
    public int Port => ((IPEndPoint)_listener.LocalEndPoint!).Port;

    /// <summary>Serves until it is stopped.</summary>
    public void Run() => _loop.Run();

    /// <summary>Ends <see cref="Run"/>; any thread may.</summary>
    public void Stop() => _loop.Stop();

    /// <inheritdoc/>
    public void OnReadable(long now)
    {
        try
        {
            var connection = new ProviderConnection(_loop, _listener.Accept(), _figures, _tls);
            connection.Start();
        }
        catch (SocketException)
        {
            // It was gone before it was taken.
        }
    }

    /// <inheritdoc/>
    public void OnWritable(long now) { }

    /// <inheritdoc/>
    public void Dispose()
    {
        _listener.Dispose();
        _loop.Dispose();
    }
}

/// <summary>What a provider tells of itself.</summary>
internal sealed class ProviderFigures
{
    /// <summary>Streams that were asked for.</summary>
    public int Streams { get; set; }

    /// <summary>Streams that are under way.</summary>
    public int Open { get; set; }

    /// <summary>Streams whose reader left before their end.</summary>
    public int Cut { get; set; }
}

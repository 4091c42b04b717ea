using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Text.Json;
using Sidecar.FunctionalTests.Client;
using Sidecar.FunctionalTests.Dialects;
using Sidecar.FunctionalTests.Http;
using Sidecar.FunctionalTests.Product;
using Sidecar.FunctionalTests.Provider;

namespace Sidecar.FunctionalTests.Faults;

/// <summary>A sidecar with a route for each dialect, named as it, and what stands behind it.</summary>
public sealed class Stage : IAsyncDisposable
{
    private const int SpareDescriptors = 20;

    private readonly List<IDisposable> _held = [];
    private readonly List<Socket> _idle = [];
    private readonly ScriptedProvider? _provider;
    private readonly Clocks _clocks;
    private SidecarProcess? _sidecar;

    private Stage(Origin origin, Clocks clocks)
    {
        _clocks = clocks;
        switch (origin)
        {
            case Origin.Refuses or Origin.Hangs:
                ProviderUri = Silent(hangs: origin == Origin.Hangs);
                break;
            case Origin.ShowsUnknownCertificate:
                var certificates = Hold(new Certificates());
                _provider = new ScriptedProvider(new SslServerAuthenticationOptions { ServerCertificate = Hold(certificates.For("127.0.0.1")) });
                ProviderUri = _provider.Uri;
                break;
            default:
                _provider = new ScriptedProvider();
                ProviderUri = origin == Origin.SpeaksNoTls ? new UriBuilder(_provider.Uri) { Scheme = "https" }.Uri : _provider.Uri;
                break;
        }
    }

    /// <summary>The sidecar.</summary>
    public SidecarProcess Sidecar => _sidecar!;

    /// <summary>What plays, where something does.</summary>
    public ScriptedProvider Provider => _provider!;

    /// <summary>Where the sidecar looks for its provider.</summary>
    public Uri ProviderUri { get; }

    /// <summary>What the strict origin had to refuse; a TLS handshake is nothing it could read.</summary>
    public IReadOnlyCollection<string> Violations => ProviderUri.Scheme == Uri.UriSchemeHttp && _provider is not null ? _provider.Violations : [];

    /// <summary>Starts both.</summary>
    public static async Task<Stage> SetAsync(Origin origin, Clocks clocks, bool starves = false)
    {
        var stage = new Stage(origin, clocks);
        // CoreCLR ends the process when it starts a thread without a descriptor left. The published binary does not, and is starved as it is.
        var environment = starves && !SidecarBinary.IsPublished ? new Dictionary<string, string> { ["SIDECAR_TRANSPORT"] = "portable" } : null;
        stage._sidecar = await SidecarProcess.ServeAsync(DialectRoutes.Yaml(stage.ProviderUri, clocks), environment);
        return stage;
    }

    /// <summary>Which script the provider plays in which dialect from now on.</summary>
    public void Play(IReadOnlyDictionary<ApiDialect, ScenarioScript> scripts)
    {
        if (_provider is not null) _provider.Respond = request => scripts.Single(script => DialectRoutes.Takes(script.Key, request.Target)).Value.Script;
    }

    /// <summary>Lets the sidecar serve each dialect once: a runtime that compiles as it goes needs descriptors for that.</summary>
    public async Task WarmAsync()
    {
        foreach (var dialect in Scenario.Dialects)
        {
            _provider!.Respond = _ => dialect.Streamed(Completion.Hello);
            await RawClient.AskAsync(Sidecar.DataUri, RawClient.Post(dialect.Path(true, "m"), dialect.Request(true, "m")));
        }
    }

    /// <summary>Gives the sidecar another configuration, with other pools towards the provider, and waits until it has it.</summary>
    public async Task ReloadAsync()
    {
        async Task<double> Reloads() => (await Sidecar.MetricsAsync()).Sum("llm_sidecar_config_reloads_total", ("result", "success"));
        var before = await Reloads();
        await Sidecar.RewriteAsync(DialectRoutes.Yaml(ProviderUri, _clocks, maxConnections: 200 + (int)before));
        await Bound.UntilAsync(async () => await Reloads() > before, "a reload");
    }

    /// <summary>Takes all file descriptors from the sidecar: a low limit, and connections that say nothing until accepting fails.</summary>
    public async Task StarveAsync()
    {
        int Failures() => Sidecar.Errors.Count(line => line.Contains("accept failed", StringComparison.Ordinal));
        var id = Sidecar.Id.ToString(CultureInfo.InvariantCulture);
        var limit = Directory.GetFiles($"/proc/{id}/fd").Length + SpareDescriptors;
        using (var prlimit = Process.Start(new ProcessStartInfo("prlimit", ["--pid", id, $"--nofile={limit}:"]))!)
        {
            await prlimit.WaitForExitAsync();
            if (prlimit.ExitCode != 0) throw new InvalidOperationException($"prlimit: {prlimit.ExitCode}");
        }
        var before = Failures();
        for (var i = 0; i < 2 * SpareDescriptors; i++)
        {
            var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            _idle.Add(socket);
            await socket.ConnectAsync(Sidecar.DataUri.Host, Sidecar.DataUri.Port);
        }
        await Bound.UntilAsync(() => Failures() > before, "an accept that fails");
    }

    /// <summary>The idle connections leave; their descriptors are free.</summary>
    public void Feed()
    {
        foreach (var socket in _idle) socket.Dispose();
        _idle.Clear();
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        Feed();
        if (_sidecar is not null) await _sidecar.DisposeAsync();
        if (_provider is not null) await _provider.DisposeAsync();
        foreach (var held in _held) held.Dispose();
    }

    /// <summary>Whether the sidecar has stopped reading the provider for the client's sake.</summary>
    public async Task<bool> IsHeldBackAsync(ApiDialect dialect)
    {
        using var response = await Sidecar.AdminAsync(HttpMethod.Get, "/streams");
        var streams = JsonElement.Parse(await response.Content.ReadAsByteArrayAsync()).GetProperty("streams").EnumerateArray();
        // The provider floods: no chunk for so long means that it is not read.
        return streams.Any(stream => stream.GetProperty("route").GetString() == dialect.Name
            && stream.GetProperty("last_chunk_age_ms").ValueKind == JsonValueKind.Number && stream.GetProperty("last_chunk_age_ms").GetDouble() > 150);
    }

    private Uri Silent(bool hangs)
    {
        var socket = Hold(new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp));
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        if (hangs)
        {
            // A queue of none takes one connection; for those behind it the kernel answers nothing at all.
            socket.Listen(0);
            Hold(new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp)).Connect(socket.LocalEndPoint!);
        }
        return new Uri($"http://{socket.LocalEndPoint}");
    }

    private T Hold<T>(T disposable) where T : IDisposable
    {
        _held.Add(disposable);
        return disposable;
    }
}

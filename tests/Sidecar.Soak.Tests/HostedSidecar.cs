using Sidecar.FunctionalTests;
using Sidecar.FunctionalTests.Faults;
using Sidecar.FunctionalTests.Provider;
using Sidecar.Proxy.Configuration;
using Sidecar.Proxy.Hosting;

namespace Sidecar.Soak.Tests;

/// <summary>A sidecar in this process, in front of a scripted provider.</summary>
internal sealed class HostedSidecar : IAsyncDisposable
{
    private const string Ports = "listen: 127.0.0.1:0\nadmin: { listen: 127.0.0.1:0 }\n";

    // Rules that hold text back and never match.
    private const string Rules = """
        moderation:
          policies:
            default:
              rules: [ { id: pii, detect: [ email, credit_card ], action: redact }, { id: word, terms: [ "Hello there" ], action: mask } ]

        """;

    /// <summary>Polls without a change that make a rest.</summary>
    private const int Unchanged = 100;

    private static readonly Dictionary<string, string> NoEnvironment = [];

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("sidecar-soak-");
    private readonly string _policy;
    private readonly string _streaming;
    private int _configurations;
    private ConfigurationSource _configuration = null!;
    private SidecarHost _host = null!;

    private HostedSidecar(string policy, string streaming) => (_policy, _streaming) = (policy, streaming);

    /// <summary>The provider.</summary>
    public ScriptedProvider Provider { get; } = new();

    /// <summary>The data port.</summary>
    public Uri DataUri => new($"http://{_host.DataEndPoint}");

    private string ConfigFile => Path.Combine(_folder.FullName, "sidecar.yaml");

    /// <summary>Starts both.</summary>
    public static async Task<HostedSidecar> StartAsync(string policy, string streaming)
    {
        var sidecar = new HostedSidecar(policy, streaming);
        await sidecar.ConfigureAsync();
        sidecar._configuration = new ConfigurationSource(ConfigurationLoader.Load(sidecar.ConfigFile, NoEnvironment), NoEnvironment, TimeProvider.System);
        sidecar._host = SidecarHost.Start(sidecar._configuration, Stream.Null, TimeProvider.System);
        return sidecar;
    }

    /// <summary>What is held when no connection is left; the pools' idle ones leave with their configuration.</summary>
    public async Task<(long Buffers, long Timers)> AtRestAsync(PooledBuffers buffers)
    {
        await ConfigureAsync();
        _configuration.Reload();
        await Bound.UntilAsync(() => Provider.Open == 0, "no connection at the provider");
        var (last, unchanged) = ((Buffers: -1L, Timers: -1L), 0);
        // What was closed a moment ago is given back a moment later: at rest is what stays the same.
        await Bound.UntilAsync(() =>
        {
            var now = (buffers.Outstanding, Timer.ActiveCount);
            unchanged = now == last ? unchanged + 1 : 0;
            last = now;
            return unchanged == Unchanged;
        }, "buffers and timers at rest");
        return last;
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        await _host.DisposeAsync();
        _configuration.Dispose();
        await Provider.DisposeAsync();
        _folder.Delete(recursive: true);
    }

    /// <summary>Another number of connections makes other pools.</summary>
    private Task ConfigureAsync() => File.WriteAllTextAsync(
        ConfigFile, Ports + Rules + DialectRoutes.Yaml(Provider.Uri, Clocks.Brisk, maxConnections: 200 + _configurations++, _policy, _streaming));
}

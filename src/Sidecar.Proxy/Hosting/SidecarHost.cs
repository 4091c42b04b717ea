using System.Buffers;
using System.Net;
using System.Net.Sockets;
using Sidecar.Proxy.Configuration;
using Sidecar.Proxy.Server;
using Sidecar.Proxy.Streaming;
using Sidecar.Proxy.Telemetry;
using Sidecar.Proxy.Telemetry.Billing;
using Sidecar.Proxy.Transport;
using Sidecar.Proxy.Transport.Epoll;
using Sidecar.Proxy.Transport.Portable;

namespace Sidecar.Proxy.Hosting;

/// <summary>A configuration that is valid in itself and yet cannot be used.</summary>
public sealed class ConfigurationException(string message) : Exception(message);

/// <summary>
/// A running sidecar: the data port, the admin port and what they share. It leaves in this order: readiness off, <c>min_delay</c>, no more connections,
/// streams end by themselves or at <c>deadline</c>, and the admin port last, so that the final figures can be scraped.
/// </summary>
public sealed class SidecarHost : IAdminActions, IAsyncDisposable
{
    private static readonly TimeSpan LastWords = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan CheckInterval = TimeSpan.FromMilliseconds(20);

    private readonly ConfigurationSource _configuration;
    private readonly TimeProvider _time;
    private readonly Heartbeat _heartbeat;
    private readonly TopologyBuilder _builder;
    private readonly SidecarMetrics _metrics;
    private readonly Log _log;
    private readonly Journal? _journal;
    private readonly HttpServer _data;
    private readonly HttpServer _admin;
    private readonly TaskCompletionSource _leave = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource _hurry = new();
    private volatile Topology _topology;
    private volatile bool _isReady;
    private volatile string? _lastError;

    private SidecarHost(ConfigurationSource configuration, Stream standardError, TimeProvider time)
    {
        _configuration = configuration;
        _time = time;
        var options = configuration.Current;
        _heartbeat = new Heartbeat(time);
        _metrics = new SidecarMetrics(options.Metrics, time);
        var portable = new PortableTransport(time);
        NetworkTransport transport = OperatingSystem.IsLinux() && !IsPortableAskedFor() ? new EpollTransport(time) : portable;
        _builder = new TopologyBuilder(
            transport, _heartbeat, time, _metrics.Classified, reason => _log?.Write(LogLevel.Warning, "issuer's keys not fetched", ("reason", reason)));
        _log = new Log(standardError, options.Logging, time, _metrics.LogLinesDropped);
        var (topology, error) = _builder.Build(options, null);
        _topology = topology ?? throw new ConfigurationException(error!);
        Tell(options);
        if (options.Usage.Journal is { } path) _journal = Journal.Open(path, time, _metrics.JournalLinesDropped, out error) ?? throw new ConfigurationException(error!);
        var tracker = new ExchangeTracker(_metrics, _log, time, _journal);
        var relay = new RelayHandler(() => _topology, tracker, _metrics, _log);
        _data = new HttpServer(transport, options.Listen, relay, () => _topology.Options, _heartbeat, _metrics.ClientConnections, _log, time);
        try
        {
            _admin = new HttpServer(portable, options.Admin.Listen, new AdminHandler(this, _metrics, tracker, time), () => _topology.Options, _heartbeat, null, _log, time);
        }
        catch (SocketException)
        {
            _data.Dispose();
            throw;
        }
        _metrics.Registry.AddBeforeCollectCallback(() => _metrics.UpstreamConnections.Set(_topology.Upstreams.Values.Sum(pool => pool.OpenConnections)));
    }

    /// <summary>The data port.</summary>
    public IPEndPoint DataEndPoint => _data.LocalEndPoint;

    /// <summary>The admin port.</summary>
    public IPEndPoint AdminEndPoint => _admin.LocalEndPoint;

    /// <summary>Completes when somebody asked the process to leave, at the admin port.</summary>
    public Task LeaveRequested => _leave.Task;

    /// <inheritdoc/>
    public bool IsReady => _isReady;

    /// <summary>Binds both ports and serves.</summary>
    /// <exception cref="SocketException">A port cannot be bound.</exception>
    /// <exception cref="ConfigurationException">A certificate of the configuration cannot be used.</exception>
    public static SidecarHost Start(ConfigurationSource configuration, Stream standardError, TimeProvider time)
    {
        if (WrongMetric(configuration.Current) is { } wrong) throw new ConfigurationException(wrong);
        var host = new SidecarHost(configuration, standardError, time);
        configuration.Reloaded += host.OnReloaded;
        host._topology.Door.Keys?.Follow();
        host._admin.Start();
        host._data.Start();
        host._isReady = true;
        host._log.Write(LogLevel.Info, "listening", ("data", host.DataEndPoint.ToString()), ("admin", host.AdminEndPoint.ToString()));
        if (configuration.WatchFailure is { } failure) host._log.Write(LogLevel.Warning, "configuration is polled, not watched", ("reason", failure));
        return host;
    }

    /// <summary>What keeps a valid configuration from being used: a metric that does not exist, a certificate that is none. Null when nothing does.</summary>
    public static string? Verify(SidecarOptions options)
    {
        if (WrongMetric(options) is { } wrong) return wrong;
        using var heartbeat = new Heartbeat(TimeProvider.System);
        var (topology, error) = new TopologyBuilder(new PortableTransport(TimeProvider.System), heartbeat, TimeProvider.System, (_, _) => { }).Build(options, null);
        foreach (var pool in topology?.Upstreams.Values ?? []) pool.Dispose();
        foreach (var policy in topology?.Policies.Values ?? []) policy.Dispose();
        topology?.Door.Keys?.Dispose();
        return error;
    }

    private static string? WrongMetric(SidecarOptions options)
    {
        foreach (var name in options.Metrics.Buckets.Keys)
        {
            if (!MetricBuckets.Default.ContainsKey(name)) return $"metrics.buckets: there is no histogram `{name}`";
        }
        return null;
    }

    // For comparing the two, and for a kernel that forbids epoll.
    private static bool IsPortableAskedFor() => Environment.GetEnvironmentVariable("SIDECAR_TRANSPORT") == "portable";

    /// <summary>Leaves in good order. Returns when all streams have ended.</summary>
    public async Task DrainAsync()
    {
        var drain = _topology.Options.Drain;
        _isReady = false;
        _metrics.Draining.Set(1);
        _log.Write(LogLevel.Info, "draining");
        _data.Announce();
        var deadline = _time.GetTimestamp();
        try
        {
            await Task.Delay(drain.MinDelay, _time, _hurry.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // Quit leaves the delay out.
        }
        await _data.StopAcceptingAsync().ConfigureAwait(false);
        while (_data.ConnectionCount > 0 && _time.GetElapsedTime(deadline) < drain.Deadline) await Task.Delay(CheckInterval, _time).ConfigureAwait(false);
        _data.Interrupt(Interruption.Drained);
        var last = _time.GetTimestamp();
        while (_data.ConnectionCount > 0 && _time.GetElapsedTime(last) < LastWords) await Task.Delay(CheckInterval, _time).ConfigureAwait(false);
        _log.Write(LogLevel.Info, "drained", ("connections_left", _data.ConnectionCount.ToString(System.Globalization.CultureInfo.InvariantCulture)));
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _configuration.Reloaded -= OnReloaded;
        _data.Dispose();
        await _admin.StopAcceptingAsync().ConfigureAwait(false);
        foreach (var pool in _topology.Upstreams.Values) pool.Dispose();
        foreach (var policy in _topology.Policies.Values) policy.Dispose();
        _topology.Door.Keys?.Dispose();
        _heartbeat.Dispose();
        if (_journal is not null) await _journal.DisposeAsync().ConfigureAwait(false);
        await _log.DisposeAsync().ConfigureAwait(false);
        _hurry.Dispose();
    }

    void IAdminActions.WriteConfiguration(IBufferWriter<byte> output) => ConfigurationView.Write(output, _configuration.Configuration);

    void IAdminActions.Drain() => _leave.TrySetResult();

    void IAdminActions.Quit()
    {
        _hurry.Cancel();
        _leave.TrySetResult();
    }

    string? IAdminActions.Reload()
    {
        var result = _configuration.Reload();
        return result.Success ? _lastError : string.Join('\n', result.Errors);
    }

    bool IAdminActions.Cancel(string stream) => _data.Interrupt(stream, Interruption.Cancelled);

    private void OnReloaded(ReloadResult result)
    {
        var error = result.Success ? Apply(_configuration.Current) : string.Join("; ", result.Errors);
        _lastError = error;
        _metrics.ConfigReloaded(error is null);
        if (error is null) _log.Write(LogLevel.Info, "configuration reloaded");
        else _log.Write(LogLevel.Error, "configuration refused", ("error", error));
    }

    private string? Apply(SidecarOptions options)
    {
        var old = _topology;
        var (topology, error) = _builder.Build(options, old);
        if (topology is null) return error;
        topology.Door.Keys?.Follow();
        _topology = topology;
        _log.Apply(options.Logging);
        Tell(options);
        TopologyBuilder.Retire(old, topology);
        return null;
    }

    private void Tell(SidecarOptions options)
    {
        _metrics.StreamsLimit.Set(options.Streaming.MaxConcurrentStreams);
        _metrics.Know(options.Auth.Keys.Select(key => key.Team).OfType<string>(), options.Auth.Keys.Select(key => key.Project).OfType<string>());
    }
}

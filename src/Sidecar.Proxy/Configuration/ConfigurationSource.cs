namespace Sidecar.Proxy.Configuration;

/// <summary>What came of reading the configuration again.</summary>
/// <param name="Success">Whether the configuration that was read is the one in use now.</param>
/// <param name="Errors">Why it was refused.</param>
/// <param name="Hash">Digest of what was read.</param>
public sealed record ReloadResult(bool Success, IReadOnlyList<ConfigurationError> Errors, string Hash);

/// <summary>
/// The configuration in use. Follows its file, and the files it names, by watching their directories, and by their content every five
/// seconds where a watch sees nothing (network mounts, links that lead elsewhere). What does not hold is refused: the last good one stays.
/// </summary>
public sealed class ConfigurationSource : IDisposable
{
    /// <summary>How often the content is compared.</summary>
    public static readonly TimeSpan PollInterval = TimeSpan.FromSeconds(5);

    /// <summary>How long after a change the files are read: a writer may not be done.</summary>
    public static readonly TimeSpan SettleTime = TimeSpan.FromMilliseconds(100);

    /// <summary>How long changes that do not end can put the reading off.</summary>
    public static readonly TimeSpan LongestSettleTime = TimeSpan.FromSeconds(1);

    private readonly IReadOnlyDictionary<string, string> _environment;
    private readonly TimeProvider _time;
    private readonly string? _file;
    private readonly DirectoryWatch _watch;
    private readonly ITimer _timer;
    private readonly Lock _reloading = new();
    private readonly Lock _settling = new();
    private volatile LoadedConfiguration _configuration;
    private IReadOnlyList<string> _files;
    private string _read;
    private long? _firstChange;
    private bool _disposed;

    /// <summary>Begins to follow a configuration.</summary>
    /// <param name="initial">The first reading; it must have succeeded.</param>
    /// <param name="environment">The environment it was read with.</param>
    /// <param name="time">Clock of the poll and of the settling.</param>
    /// <exception cref="ArgumentException">The first reading failed.</exception>
    public ConfigurationSource(LoadResult initial, IReadOnlyDictionary<string, string> environment, TimeProvider time)
    {
        _configuration = initial.Configuration ?? throw new ArgumentException("There is no configuration to begin with.", nameof(initial));
        _environment = environment;
        _time = time;
        // The file stays the one found at the start: should it vanish, the built-in configuration must not step in.
        _file = initial.File;
        _files = initial.Files;
        _read = initial.Hash;
        _watch = new DirectoryWatch(Settle);
        _timer = time.CreateTimer(_ => Compare(), null, PollInterval, PollInterval);
        _watch.Cover(_files);
    }

    /// <summary>The options in use. An exchange takes them once and keeps them.</summary>
    public SidecarOptions Current => _configuration.Options;

    /// <summary>The configuration in use, with its origin.</summary>
    public LoadedConfiguration Configuration => _configuration;

    /// <summary>Which directory cannot be watched, and why; null when all are. The comparison of contents goes on regardless.</summary>
    public string? WatchFailure => _watch.Failure;

    /// <summary>Raised after each reading, one at a time and in order, on the thread that read.</summary>
    public event Action<ReloadResult>? Reloaded;

    /// <summary>Reads the configuration now, changed or not.</summary>
    public ReloadResult Reload()
    {
        lock (_reloading)
        {
            var loaded = ConfigurationLoader.Read(_file, _environment, Current);
            _files = loaded.Files;
            _read = loaded.Hash;
            _watch.Cover(_files);
            // The same content is the same configuration: nothing needs to be built anew.
            if (loaded.Success && loaded.Hash != _configuration.Hash)
                _configuration = loaded.Configuration;
            var result = new ReloadResult(loaded.Success, loaded.Errors, loaded.Hash);
            Reloaded?.Invoke(result);
            return result;
        }
    }

    /// <summary>Stops following.</summary>
    public void Dispose()
    {
        lock (_reloading)
        {
            lock (_settling)
                _disposed = true;
            _timer.Dispose();
            _watch.Dispose();
        }
    }

    private void Settle()
    {
        lock (_settling)
        {
            if (_disposed)
                return;
            var now = _time.GetTimestamp();
            _firstChange ??= now;
            var left = LongestSettleTime - _time.GetElapsedTime(_firstChange.Value, now);
            var wait = left < SettleTime ? left : SettleTime;
            _timer.Change(wait > TimeSpan.Zero ? wait : TimeSpan.Zero, PollInterval);
        }
    }

    private void Compare()
    {
        lock (_settling)
            _firstChange = null;
        lock (_reloading)
        {
            if (!_disposed && FileSnapshot.Digest(_files) != _read)
                Reload();
        }
    }
}

namespace Sidecar.Proxy.Configuration;

/// <summary>
/// Tells of any change in the directories of some files. Directories, because a file's own watch ends when another is renamed over it, and
/// because a ConfigMap changes by its <c>..data</c> link alone.
/// </summary>
internal sealed class DirectoryWatch(Action changed) : IDisposable
{
    private List<FileSystemWatcher> _watchers = [];

    /// <summary>What cannot be watched, and why; null when all is.</summary>
    public string? Failure { get; private set; }

    /// <summary>
    /// Watches the directories of these files and no others. Watches are made anew: one on a directory that was replaced is dead.
    /// </summary>
    public void Cover(IEnumerable<string> files)
    {
        var old = _watchers;
        _watchers = [];
        Failure = null;
        foreach (var directory in files.Select(Path.GetDirectoryName).OfType<string>().Distinct())
            Add(directory);
        Close(old);
    }

    public void Dispose() => Close(_watchers);

    private void Add(string directory)
    {
        if (!Directory.Exists(directory))
        {
            Failure = $"{directory}: no such directory";
            return;
        }
        var watcher = new FileSystemWatcher(directory)
        {
            NotifyFilter = NotifyFilters.FileName | NotifyFilters.DirectoryName | NotifyFilters.LastWrite | NotifyFilters.Size
                | NotifyFilters.CreationTime,
        };
        watcher.Changed += (_, _) => changed();
        watcher.Created += (_, _) => changed();
        watcher.Deleted += (_, _) => changed();
        watcher.Renamed += (_, _) => changed();
        // Events were lost: there may have been one for us among them.
        watcher.Error += (_, _) => changed();
        try
        {
            watcher.EnableRaisingEvents = true;
            _watchers.Add(watcher);
        }
        // The directory went away, or the user has no inotify instances left.
        catch (Exception error) when (error is IOException or ArgumentException or UnauthorizedAccessException)
        {
            Failure = $"{directory}: {error.Message}";
            watcher.Dispose();
        }
    }

    private static void Close(List<FileSystemWatcher> watchers)
    {
        foreach (var watcher in watchers)
            watcher.Dispose();
    }
}

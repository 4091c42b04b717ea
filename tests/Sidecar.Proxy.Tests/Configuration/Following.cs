using System.Diagnostics;
using Sidecar.Proxy.Configuration;

namespace Sidecar.Proxy.Tests.Configuration;

/// <summary>A configuration that is followed while a test changes its files.</summary>
public abstract class Following : IDisposable
{
    protected const string Start = "listen: 127.0.0.1:0\nadmin: { listen: 127.0.0.1:0 }\n";

    private readonly List<ReloadResult> _reloads = [];
    private int _seen;

    private protected Given Given { get; } = new();

    private protected ManualTime Time { get; } = new();

    protected IReadOnlyList<ReloadResult> Reloads => _reloads;

    public void Dispose()
    {
        Given.Dispose();
        GC.SuppressFinalize(this);
    }

    protected ConfigurationSource Follow(string file)
    {
        var initial = ConfigurationLoader.Load(file, Given.Environment);
        Given.Valid(initial);
        var source = new ConfigurationSource(initial, Given.Environment, Time);
        Assert.Null(source.WatchFailure);
        source.Reloaded += _reloads.Add;
        return source;
    }

    /// <summary>Waits for a watch to tell of a change, lets it settle, and for the reading that comes of it; the poll has no part in it.</summary>
    protected async Task Watched()
    {
        var reloads = _reloads.Count;
        await Until(() =>
        {
            if (Time.Changes > _seen)
            {
                _seen = Time.Changes;
                Time.Advance(ConfigurationSource.SettleTime);
            }
            return _reloads.Count > reloads;
        });
    }

    protected static async Task Until(Func<bool> holds)
    {
        var clock = Stopwatch.StartNew();
        while (!holds())
        {
            Assert.True(clock.Elapsed < TimeSpan.FromSeconds(30), "It did not happen.");
            await Task.Yield();
        }
    }

    /// <summary>Writes a version of a ConfigMap volume as kubelet does: a new directory, a new link, renamed over <c>..data</c>.</summary>
    protected void Publish(string version, string yaml)
    {
        var previous = new DirectoryInfo(Given.File("..data")).LinkTarget;
        Given.Write($"..2026_{version}/sidecar.yaml", yaml);
        File.CreateSymbolicLink(Given.File("..data_tmp"), $"..2026_{version}");
        Rename(Given.File("..data_tmp"), Given.File("..data"));
        if (previous is not null)
            Directory.Delete(Given.File(previous), recursive: true);
    }

    /// <summary>rename(2): File.Move and Directory.Move follow or refuse a link to a directory.</summary>
    private static void Rename(string from, string to)
    {
        using var mv = Process.Start("mv", ["-T", "-f", from, to]);
        mv.WaitForExit();
        Assert.Equal(0, mv.ExitCode);
    }

    protected static string Credential(string secret) =>
        $"upstreams: {{ u: {{ url: https://h, credential: {{ header: authorization, value: '${{file:{secret}}}' }} }} }}\n";
}

using System.Diagnostics;
using Sidecar.Proxy.Configuration;

namespace Sidecar.Proxy.Tests.Configuration;

public sealed class ConfigurationSourceTests : IDisposable
{
    private const string Start = "listen: 127.0.0.1:0\nadmin: { listen: 127.0.0.1:0 }\n";

    private readonly Given _given = new();
    private readonly ManualTime _time = new();
    private readonly List<ReloadResult> _reloads = [];

    public void Dispose() => _given.Dispose();

    [Fact]
    public async Task A_rewritten_file_is_swapped_in()
    {
        using var source = Follow(_given.Write("sidecar.yaml", Start));
        var before = source.Current;
        _given.Write("sidecar.yaml", Start + "drain: { deadline: 7s }\n");
        await Watched();
        Assert.Equal(TimeSpan.FromSeconds(7), source.Current.Drain.Deadline);
        Assert.Equal(TimeSpan.FromSeconds(25), before.Drain.Deadline);
        var reload = Assert.Single(_reloads);
        Assert.True(reload.Success);
        Assert.Equal(source.Configuration.Hash, reload.Hash);
    }

    [Fact]
    public async Task A_file_renamed_over_it_is_swapped_in()
    {
        using var source = Follow(_given.Write("sidecar.yaml", Start));
        File.Move(_given.Write("sidecar.yaml.new", Start + "drain: { deadline: 7s }\n"), _given.File("sidecar.yaml"), overwrite: true);
        await Watched();
        Assert.Equal(TimeSpan.FromSeconds(7), source.Current.Drain.Deadline);
    }

    [Fact]
    public async Task A_ConfigMap_whose_data_link_is_swapped_is_followed_again_and_again()
    {
        Publish("1", Start + "drain: { deadline: 1s }\n");
        File.CreateSymbolicLink(_given.File("sidecar.yaml"), "..data/sidecar.yaml");
        using var source = Follow(_given.File("sidecar.yaml"));
        for (var version = 2; version < 5; version++)
        {
            Publish($"{version}", Start + $"drain: {{ deadline: {version}s }}\n");
            await Watched();
            Assert.Equal(TimeSpan.FromSeconds(version), source.Current.Drain.Deadline);
        }
        Assert.All(_reloads, reload => Assert.True(reload.Success));
    }

    [Fact]
    public async Task A_secret_in_another_directory_is_followed_when_only_it_changes()
    {
        var secret = _given.Write("secrets/key", "one\n");
        using var source = Follow(_given.Write("config/sidecar.yaml", Start + Credential(secret)));
        Assert.Equal("one", source.Current.Upstreams["u"].Credential!.Value);
        _given.Write("secrets/key", "two\n");
        await Watched();
        Assert.Equal("two", source.Current.Upstreams["u"].Credential!.Value);
    }

    [Fact]
    public async Task A_renewed_certificate_is_a_new_configuration()
    {
        var ca = _given.Write("tls/ca.pem", "one");
        using var source = Follow(_given.Write("config/sidecar.yaml", Start + $"upstreams: {{ u: {{ url: https://h, tls: {{ ca_file: {ca} }} }} }}\n"));
        var before = source.Current;
        _given.Write("tls/ca.pem", "two");
        await Watched();
        Assert.NotSame(before, source.Current);
        Assert.True(Assert.Single(_reloads).Success);
    }

    [Fact]
    public async Task An_invalid_file_is_refused_once_and_the_last_good_stays()
    {
        using var source = Follow(_given.Write("sidecar.yaml", Start));
        var before = source.Current;
        _given.Write("sidecar.yaml", Start + "drian: 1\nhttp: { max_headers: x }\n");
        await Watched();
        Assert.Same(before, source.Current);
        var reload = Assert.Single(_reloads);
        Assert.False(reload.Success);
        Assert.Equal([3, 4], reload.Errors.Select(error => error.Place.Line));
        _time.Advance(ConfigurationSource.PollInterval * 3);
        Assert.Single(_reloads);
    }

    [Fact]
    public async Task A_repaired_file_succeeds_even_when_it_is_the_one_in_use()
    {
        using var source = Follow(_given.Write("sidecar.yaml", Start));
        var before = source.Current;
        _given.Write("sidecar.yaml", "]");
        await Watched();
        _given.Write("sidecar.yaml", Start);
        await Watched();
        Assert.Equal([false, true], _reloads.Select(reload => reload.Success));
        Assert.Same(before, source.Current);
    }

    [Fact]
    public async Task A_file_that_vanishes_is_refused_and_followed_when_it_is_back()
    {
        using var source = Follow(_given.Write("sidecar.yaml", Start));
        var before = source.Current;
        File.Delete(_given.File("sidecar.yaml"));
        await Watched();
        Assert.EndsWith("sidecar.yaml: no such file", Assert.Single(Assert.Single(_reloads).Errors).ToString(), StringComparison.Ordinal);
        Assert.Same(before, source.Current);
        _given.Write("sidecar.yaml", Start + "drain: { deadline: 7s }\n");
        await Watched();
        Assert.Equal(TimeSpan.FromSeconds(7), source.Current.Drain.Deadline);
    }

    [Fact]
    public async Task A_configuration_refused_for_a_missing_secret_is_taken_when_the_secret_comes()
    {
        using var source = Follow(_given.Write("config/sidecar.yaml", Start));
        Directory.CreateDirectory(_given.File("secrets"));
        _given.Write("config/sidecar.yaml", Start + Credential(_given.File("secrets/key")));
        await Watched();
        Assert.False(Assert.Single(_reloads).Success);
        _given.Write("secrets/key", "late");
        await Watched();
        Assert.Equal("late", source.Current.Upstreams["u"].Credential!.Value);
    }

    [Fact]
    public async Task Ports_cannot_change_while_running()
    {
        using var source = Follow(_given.Write("sidecar.yaml", Start));
        var before = source.Current;
        _given.Write("sidecar.yaml", "listen: 127.0.0.1:1\nadmin:\n  listen: 127.0.0.1:2\ndrain: { deadline: 7s }\n");
        await Watched();
        Assert.Equal(
            [
                "sidecar.yaml:1:9: `listen`: cannot change while running; restart to apply it",
                "sidecar.yaml:3:11: `admin.listen`: cannot change while running; restart to apply it",
            ],
            Assert.Single(_reloads).Errors.Select(error => error.ToString().Replace(_given.Root + "/", "", StringComparison.Ordinal)));
        Assert.Same(before, source.Current);
    }

    [Fact]
    public void A_port_that_is_no_longer_given_has_changed_too()
    {
        using var source = Follow(_given.Write("sidecar.yaml", Start));
        _given.Write("sidecar.yaml", "\ndrain: {}\n");
        Assert.Equal(
            ["2:1: `listen`", "2:1: `admin.listen`"],
            source.Reload().Errors.Select(error => string.Join(' ', error.ToString().Split("sidecar.yaml:")[1].Split(' ')[..2]).TrimEnd(':')));
    }

    [Fact]
    public void What_no_watch_sees_the_poll_does()
    {
        _given.Write("elsewhere/real.yaml", Start);
        Directory.CreateDirectory(_given.File("config"));
        File.CreateSymbolicLink(_given.File("config/sidecar.yaml"), _given.File("elsewhere/real.yaml"));
        using var source = Follow(_given.File("config/sidecar.yaml"));
        _given.Write("elsewhere/real.yaml", Start + "drain: { deadline: 7s }\n");
        _time.Advance(ConfigurationSource.PollInterval - TimeSpan.FromTicks(1));
        Assert.Empty(_reloads);
        _time.Advance(TimeSpan.FromTicks(1));
        Assert.Equal(TimeSpan.FromSeconds(7), source.Current.Drain.Deadline);
    }

    [Fact]
    public void What_has_not_changed_is_not_read_again()
    {
        using var source = Follow(_given.Write("sidecar.yaml", Start));
        _time.Advance(ConfigurationSource.PollInterval * 10);
        Assert.Empty(_reloads);
    }

    [Fact]
    public async Task A_directory_that_was_replaced_is_watched_again_once_the_poll_saw_it()
    {
        using var source = Follow(_given.Write("config/sidecar.yaml", Start));
        Directory.Move(_given.File("config"), _given.File("old"));
        _given.Write("config/sidecar.yaml", Start + "drain: { deadline: 7s }\n");
        _time.Advance(ConfigurationSource.PollInterval);
        Assert.Equal(TimeSpan.FromSeconds(7), source.Current.Drain.Deadline);
        Assert.Null(source.WatchFailure);
        _given.Write("config/sidecar.yaml", Start + "drain: { deadline: 8s }\n");
        await Watched();
        Assert.Equal(TimeSpan.FromSeconds(8), source.Current.Drain.Deadline);
    }

    [Fact]
    public async Task Changes_that_do_not_end_do_not_put_the_reading_off_for_ever()
    {
        using var source = Follow(_given.Write("sidecar.yaml", Start));
        var step = ConfigurationSource.SettleTime * 0.9;
        var elapsed = TimeSpan.Zero;
        for (var i = 1; _reloads.Count == 0; i++)
        {
            var changes = _time.Changes;
            _given.Write("sidecar.yaml", Start + $"drain: {{ deadline: {i}s }}\n");
            await Until(() => _time.Changes > changes);
            _time.Advance(step);
            elapsed += step;
            Assert.True(elapsed <= ConfigurationSource.LongestSettleTime + step);
        }
        Assert.True(elapsed > ConfigurationSource.SettleTime * 2);
    }

    [Fact]
    public void Reload_reads_at_once_and_tells_when_nothing_is_new()
    {
        using var source = Follow(_given.Write("sidecar.yaml", Start));
        var before = source.Current;
        var hash = source.Configuration.Hash;
        Assert.Equal(new ReloadResult(true, [], hash) with { Errors = source.Reload().Errors }, _reloads[0]);
        Assert.Same(before, source.Current);
        _given.Write("sidecar.yaml", Start + "drain: { deadline: 7s }\n");
        var result = source.Reload();
        Assert.True(result.Success);
        Assert.NotEqual(hash, result.Hash);
        Assert.Equal(TimeSpan.FromSeconds(7), source.Current.Drain.Deadline);
        _time.Advance(ConfigurationSource.PollInterval);
        Assert.Equal(2, _reloads.Count);
    }

    [Fact]
    public void The_file_found_at_the_start_stays_the_file()
    {
        _given.Environment["SIDECAR__LISTEN"] = "127.0.0.1:0";
        using var source = new ConfigurationSource(_given.LoadNoFile(), _given.Environment, _time);
        _given.Write("absent.yaml", "drain: { deadline: 7s }\n");
        Assert.True(source.Reload().Success);
        Assert.Equal(TimeSpan.FromSeconds(25), source.Current.Drain.Deadline);
        Assert.Null(source.WatchFailure);
    }

    [Fact]
    public void Overrides_of_the_environment_hold_for_what_is_read_later()
    {
        _given.Environment["SIDECAR__DRAIN__DEADLINE"] = "9s";
        using var source = Follow(_given.Write("sidecar.yaml", Start));
        _given.Write("sidecar.yaml", Start + "drain: { deadline: 7s, min_delay: 1s }\n");
        Assert.True(source.Reload().Success);
        Assert.Equal((9, 1), (source.Current.Drain.Deadline.Seconds, source.Current.Drain.MinDelay.Seconds));
    }

    [Fact]
    public void After_its_end_nothing_is_read_and_no_timer_is_left()
    {
        var source = Follow(_given.Write("sidecar.yaml", Start));
        Assert.Equal(1, _time.Timers);
        source.Dispose();
        Assert.Equal(0, _time.Timers);
        _given.Write("sidecar.yaml", "]");
        _time.Advance(ConfigurationSource.PollInterval);
        Assert.Empty(_reloads);
    }

    [Fact]
    public void There_must_be_a_configuration_to_begin_with()
    {
        Assert.Throws<ArgumentException>(() => new ConfigurationSource(_given.Load("]"), _given.Environment, _time));
    }

    [Fact]
    public async Task Readers_see_whole_configurations_while_they_are_swapped()
    {
        using var source = Follow(_given.Write("sidecar.yaml", Start + "http: { max_headers: 1 }\ndrain: { deadline: 1s }\n"));
        using var stop = new CancellationTokenSource();
        var reader = Task.Run(() =>
        {
            while (!stop.IsCancellationRequested)
            {
                var options = source.Current;
                Assert.Equal(options.Http.MaxHeaders, (int)options.Drain.Deadline.TotalSeconds);
            }
        }, TestContext.Current.CancellationToken);
        for (var i = 2; i < 50; i++)
        {
            _given.Write("sidecar.yaml", Start + $"http: {{ max_headers: {i} }}\ndrain: {{ deadline: {i}s }}\n");
            Assert.True(source.Reload().Success);
        }
        await stop.CancelAsync();
        await reader;
    }

    private ConfigurationSource Follow(string file)
    {
        var initial = ConfigurationLoader.Load(file, _given.Environment);
        Given.Valid(initial);
        var source = new ConfigurationSource(initial, _given.Environment, _time);
        Assert.Null(source.WatchFailure);
        source.Reloaded += _reloads.Add;
        return source;
    }

    /// <summary>Waits for a watch to tell of a change, lets it settle, and for the reading that comes of it; the poll has no part in it.</summary>
    private async Task Watched()
    {
        var reloads = _reloads.Count;
        await Until(() =>
        {
            if (_time.Changes > _seen)
            {
                _seen = _time.Changes;
                _time.Advance(ConfigurationSource.SettleTime);
            }
            return _reloads.Count > reloads;
        });
    }

    private int _seen;

    private static async Task Until(Func<bool> holds)
    {
        var clock = Stopwatch.StartNew();
        while (!holds())
        {
            Assert.True(clock.Elapsed < TimeSpan.FromSeconds(30), "It did not happen.");
            await Task.Yield();
        }
    }

    /// <summary>Writes a version of a ConfigMap volume as kubelet does: a new directory, a new link, renamed over <c>..data</c>.</summary>
    private void Publish(string version, string yaml)
    {
        var previous = new DirectoryInfo(_given.File("..data")).LinkTarget;
        _given.Write($"..2026_{version}/sidecar.yaml", yaml);
        File.CreateSymbolicLink(_given.File("..data_tmp"), $"..2026_{version}");
        Rename(_given.File("..data_tmp"), _given.File("..data"));
        if (previous is not null)
            Directory.Delete(_given.File(previous), recursive: true);
    }

    /// <summary>rename(2): File.Move and Directory.Move follow or refuse a link to a directory.</summary>
    private static void Rename(string from, string to)
    {
        using var mv = Process.Start("mv", ["-T", "-f", from, to]);
        mv.WaitForExit();
        Assert.Equal(0, mv.ExitCode);
    }

    private static string Credential(string secret) =>
        $"upstreams: {{ u: {{ url: https://h, credential: {{ header: authorization, value: '${{file:{secret}}}' }} }} }}\n";
}

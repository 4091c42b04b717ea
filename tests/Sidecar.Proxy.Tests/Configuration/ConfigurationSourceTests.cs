using Sidecar.Proxy.Configuration;

namespace Sidecar.Proxy.Tests.Configuration;

/// <summary>What a reading does to the configuration in use.</summary>
public sealed class ConfigurationSourceTests : Following
{
    [Fact]
    public async Task An_invalid_file_is_refused_once_and_the_last_good_stays()
    {
        using var source = Follow(Given.Write("sidecar.yaml", Start));
        var before = source.Current;
        Given.Write("sidecar.yaml", Start + "drian: 1\nhttp: { max_headers: x }\n");
        await Watched();
        Assert.Same(before, source.Current);
        var reload = Assert.Single(Reloads);
        Assert.False(reload.Success);
        Assert.Equal([3, 4], reload.Errors.Select(error => error.Place.Line));
        Time.Advance(ConfigurationSource.PollInterval * 3);
        Assert.Single(Reloads);
    }

    [Fact]
    public async Task A_repaired_file_succeeds_even_when_it_is_the_one_in_use()
    {
        using var source = Follow(Given.Write("sidecar.yaml", Start));
        var before = source.Current;
        Given.Write("sidecar.yaml", "]");
        await Watched();
        Given.Write("sidecar.yaml", Start);
        await Watched();
        Assert.Equal([false, true], Reloads.Select(reload => reload.Success));
        Assert.Same(before, source.Current);
    }

    [Fact]
    public async Task Ports_and_the_journal_cannot_change_while_running()
    {
        using var source = Follow(Given.Write("sidecar.yaml", Start));
        var before = source.Current;
        Given.Write("sidecar.yaml", "listen: 127.0.0.1:1\nadmin:\n  listen: 127.0.0.1:2\ndrain: { deadline: 7s }\nusage: { journal: j }\n");
        await Watched();
        Assert.Equal(
            [
                "sidecar.yaml:1:9: `listen`: cannot change while running; restart to apply it",
                "sidecar.yaml:3:11: `admin.listen`: cannot change while running; restart to apply it",
                "sidecar.yaml:5:19: `usage.journal`: cannot change while running; restart to apply it",
            ],
            Assert.Single(Reloads).Errors.Select(error => error.ToString().Replace(Given.Root + "/", "", StringComparison.Ordinal)));
        Assert.Same(before, source.Current);
    }

    [Fact]
    public void A_port_that_is_no_longerGiven_has_changed_too()
    {
        using var source = Follow(Given.Write("sidecar.yaml", Start));
        Given.Write("sidecar.yaml", "\ndrain: {}\n");
        Assert.Equal(
            ["2:1: `listen`", "2:1: `admin.listen`"],
            source.Reload().Errors.Select(error => string.Join(' ', error.ToString().Split("sidecar.yaml:")[1].Split(' ')[..2]).TrimEnd(':')));
    }

    [Fact]
    public void Reload_reads_at_once_and_tells_when_nothing_is_new()
    {
        using var source = Follow(Given.Write("sidecar.yaml", Start));
        var before = source.Current;
        var hash = source.Configuration.Hash;
        Assert.Equal(new ReloadResult(true, [], hash) with { Errors = source.Reload().Errors }, Reloads[0]);
        Assert.Same(before, source.Current);
        Given.Write("sidecar.yaml", Start + "drain: { deadline: 7s }\n");
        var result = source.Reload();
        Assert.True(result.Success);
        Assert.NotEqual(hash, result.Hash);
        Assert.Equal(TimeSpan.FromSeconds(7), source.Current.Drain.Deadline);
        Time.Advance(ConfigurationSource.PollInterval);
        Assert.Equal(2, Reloads.Count);
    }

    [Fact]
    public void The_file_found_at_the_start_stays_the_file()
    {
        Given.Environment["SIDECAR__LISTEN"] = "127.0.0.1:0";
        using var source = new ConfigurationSource(Given.LoadNoFile(), Given.Environment, Time);
        Given.Write("absent.yaml", "drain: { deadline: 7s }\n");
        Assert.True(source.Reload().Success);
        Assert.Equal(TimeSpan.FromSeconds(25), source.Current.Drain.Deadline);
        Assert.Null(source.WatchFailure);
    }

    [Fact]
    public void Overrides_of_the_environment_hold_for_what_is_read_later()
    {
        Given.Environment["SIDECAR__DRAIN__DEADLINE"] = "9s";
        using var source = Follow(Given.Write("sidecar.yaml", Start));
        Given.Write("sidecar.yaml", Start + "drain: { deadline: 7s, min_delay: 1s }\n");
        Assert.True(source.Reload().Success);
        Assert.Equal((9, 1), (source.Current.Drain.Deadline.Seconds, source.Current.Drain.MinDelay.Seconds));
    }

    [Fact]
    public void There_must_be_a_configuration_to_begin_with()
    {
        Assert.Throws<ArgumentException>(() => new ConfigurationSource(Given.Load("]"), Given.Environment, Time));
    }

    [Fact]
    public async Task Readers_see_whole_configurations_while_they_are_swapped()
    {
        using var source = Follow(Given.Write("sidecar.yaml", Start + "http: { max_headers: 1 }\ndrain: { deadline: 1s }\n"));
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
            Given.Write("sidecar.yaml", Start + $"http: {{ max_headers: {i} }}\ndrain: {{ deadline: {i}s }}\n");
            Assert.True(source.Reload().Success);
        }
        await stop.CancelAsync();
        await reader;
    }
}

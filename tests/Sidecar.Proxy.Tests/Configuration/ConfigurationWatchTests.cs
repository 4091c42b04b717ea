using Sidecar.Proxy.Configuration;

namespace Sidecar.Proxy.Tests.Configuration;

/// <summary>Which changes are noticed, and when.</summary>
public sealed class ConfigurationWatchTests : Following
{
    [Fact]
    public async Task A_rewritten_file_is_swapped_in()
    {
        using var source = Follow(Given.Write("sidecar.yaml", Start));
        var before = source.Current;
        Given.Write("sidecar.yaml", Start + "drain: { deadline: 7s }\n");
        await Watched();
        Assert.Equal(TimeSpan.FromSeconds(7), source.Current.Drain.Deadline);
        Assert.Equal(TimeSpan.FromSeconds(25), before.Drain.Deadline);
        var reload = Assert.Single(Reloads);
        Assert.True(reload.Success);
        Assert.Equal(source.Configuration.Hash, reload.Hash);
    }

    [Fact]
    public async Task A_file_renamed_over_it_is_swapped_in()
    {
        using var source = Follow(Given.Write("sidecar.yaml", Start));
        File.Move(Given.Write("sidecar.yaml.new", Start + "drain: { deadline: 7s }\n"), Given.File("sidecar.yaml"), overwrite: true);
        await Watched();
        Assert.Equal(TimeSpan.FromSeconds(7), source.Current.Drain.Deadline);
    }

    [Fact]
    public async Task A_ConfigMap_whose_data_link_is_swapped_is_followed_again_and_again()
    {
        Publish("1", Start + "drain: { deadline: 1s }\n");
        File.CreateSymbolicLink(Given.File("sidecar.yaml"), "..data/sidecar.yaml");
        using var source = Follow(Given.File("sidecar.yaml"));
        for (var version = 2; version < 5; version++)
        {
            Publish($"{version}", Start + $"drain: {{ deadline: {version}s }}\n");
            await Watched();
            Assert.Equal(TimeSpan.FromSeconds(version), source.Current.Drain.Deadline);
        }
        Assert.All(Reloads, reload => Assert.True(reload.Success));
    }

    [Fact]
    public async Task A_secret_in_another_directory_is_followed_when_only_it_changes()
    {
        var secret = Given.Write("secrets/key", "one\n");
        using var source = Follow(Given.Write("config/sidecar.yaml", Start + Credential(secret)));
        Assert.Equal("one", source.Current.Upstreams["u"].Credential!.Value);
        Given.Write("secrets/key", "two\n");
        await Watched();
        Assert.Equal("two", source.Current.Upstreams["u"].Credential!.Value);
    }

    [Fact]
    public async Task A_renewed_certificate_is_a_new_configuration()
    {
        var ca = Given.Write("tls/ca.pem", "one");
        using var source = Follow(Given.Write("config/sidecar.yaml", Start + $"upstreams: {{ u: {{ url: https://h, tls: {{ ca_file: {ca} }} }} }}\n"));
        var before = source.Current;
        Given.Write("tls/ca.pem", "two");
        await Watched();
        Assert.NotSame(before, source.Current);
        Assert.True(Assert.Single(Reloads).Success);
    }

    [Fact]
    public async Task A_file_that_vanishes_is_refused_and_followed_when_it_is_back()
    {
        using var source = Follow(Given.Write("sidecar.yaml", Start));
        var before = source.Current;
        File.Delete(Given.File("sidecar.yaml"));
        await Watched();
        Assert.EndsWith("sidecar.yaml: no such file", Assert.Single(Assert.Single(Reloads).Errors).ToString(), StringComparison.Ordinal);
        Assert.Same(before, source.Current);
        Given.Write("sidecar.yaml", Start + "drain: { deadline: 7s }\n");
        await Watched();
        Assert.Equal(TimeSpan.FromSeconds(7), source.Current.Drain.Deadline);
    }

    [Fact]
    public async Task A_configuration_refused_for_a_missing_secret_is_taken_when_the_secret_comes()
    {
        using var source = Follow(Given.Write("config/sidecar.yaml", Start));
        Directory.CreateDirectory(Given.File("secrets"));
        Given.Write("config/sidecar.yaml", Start + Credential(Given.File("secrets/key")));
        await Watched();
        Assert.False(Assert.Single(Reloads).Success);
        Given.Write("secrets/key", "late");
        await Watched();
        Assert.Equal("late", source.Current.Upstreams["u"].Credential!.Value);
    }

    [Fact]
    public void What_no_watch_sees_the_poll_does()
    {
        Given.Write("elsewhere/real.yaml", Start);
        Directory.CreateDirectory(Given.File("config"));
        File.CreateSymbolicLink(Given.File("config/sidecar.yaml"), Given.File("elsewhere/real.yaml"));
        using var source = Follow(Given.File("config/sidecar.yaml"));
        Given.Write("elsewhere/real.yaml", Start + "drain: { deadline: 7s }\n");
        Time.Advance(ConfigurationSource.PollInterval - TimeSpan.FromTicks(1));
        Assert.Empty(Reloads);
        Time.Advance(TimeSpan.FromTicks(1));
        Assert.Equal(TimeSpan.FromSeconds(7), source.Current.Drain.Deadline);
    }

    [Fact]
    public void What_has_not_changed_is_not_read_again()
    {
        using var source = Follow(Given.Write("sidecar.yaml", Start));
        Time.Advance(ConfigurationSource.PollInterval * 10);
        Assert.Empty(Reloads);
    }

    [Fact]
    public async Task A_directory_that_was_replaced_is_watched_again_once_the_poll_saw_it()
    {
        using var source = Follow(Given.Write("config/sidecar.yaml", Start));
        Directory.Move(Given.File("config"), Given.File("old"));
        Given.Write("config/sidecar.yaml", Start + "drain: { deadline: 7s }\n");
        Time.Advance(ConfigurationSource.PollInterval);
        Assert.Equal(TimeSpan.FromSeconds(7), source.Current.Drain.Deadline);
        Assert.Null(source.WatchFailure);
        Given.Write("config/sidecar.yaml", Start + "drain: { deadline: 8s }\n");
        await Watched();
        Assert.Equal(TimeSpan.FromSeconds(8), source.Current.Drain.Deadline);
    }

    [Fact]
    public async Task Changes_that_do_not_end_do_not_put_the_reading_off_for_ever()
    {
        using var source = Follow(Given.Write("sidecar.yaml", Start));
        var step = ConfigurationSource.SettleTime * 0.9;
        var elapsed = TimeSpan.Zero;
        for (var i = 1; Reloads.Count == 0; i++)
        {
            var changes = Time.Changes;
            Given.Write("sidecar.yaml", Start + $"drain: {{ deadline: {i}s }}\n");
            await Until(() => Time.Changes > changes);
            Time.Advance(step);
            elapsed += step;
            Assert.True(elapsed <= ConfigurationSource.LongestSettleTime + step);
        }
        Assert.True(elapsed > ConfigurationSource.SettleTime * 2);
    }

    [Fact]
    public void After_its_end_nothing_is_read_and_noTimer_is_left()
    {
        var source = Follow(Given.Write("sidecar.yaml", Start));
        Assert.Equal(1, Time.Timers);
        source.Dispose();
        Assert.Equal(0, Time.Timers);
        Given.Write("sidecar.yaml", "]");
        Time.Advance(ConfigurationSource.PollInterval);
        Assert.Empty(Reloads);
    }
}

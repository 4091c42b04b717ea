using System.Globalization;
using Sidecar.FunctionalTests;
using Sidecar.FunctionalTests.Faults;
using Sidecar.FunctionalTests.Faults.Soak;
using Sidecar.FunctionalTests.Provider;
using Sidecar.Proxy.Configuration;
using Sidecar.Proxy.Hosting;

namespace Sidecar.Soak.Tests;

/// <summary>What streams of random faults and aborts hold while they last is given back: buffers to their pools, timers to the runtime.</summary>
public sealed class SoakTests
{
    private static readonly Dictionary<string, string> NoEnvironment = [];

    [Fact]
    public async Task No_pooled_buffer_and_no_timer_is_left_of_a_stream()
    {
        using var buffers = new PooledBuffers();
        var size = SoakSize.Current;
        await using var provider = new ScriptedProvider();
        var folder = Directory.CreateTempSubdirectory("sidecar-soak-");
        var file = Path.Combine(folder.FullName, "sidecar.yaml");
        await WriteAsync(file, provider, maxConnections: 200);
        using var configuration = new ConfigurationSource(ConfigurationLoader.Load(file, NoEnvironment), NoEnvironment, TimeProvider.System);
        await using (var host = SidecarHost.Start(configuration, Stream.Null, TimeProvider.System))
        {
            var streams = new RandomStreams(size.Seed, new Uri($"http://{host.DataEndPoint}"), provider);
            await streams.RunAsync(size.WarmUp, TimeSpan.Zero);
            var before = await AtRestAsync(201);
            await streams.RunAsync(size.Streams, size.AtLeast);
            var after = await AtRestAsync(202);
            SoakSize.Report(string.Create(CultureInfo.InvariantCulture,
                $"in process: {size.Streams} streams after {size.WarmUp}, seed {size.Seed}; of {buffers.AllRented} pooled buffers "
                + $"{before.Buffers} were out at rest before, {after.Buffers} after; timers {before.Timers} before, {after.Timers} after"));
            Assert.Equal(before, after);
        }
        Assert.Empty(provider.Violations);
        folder.Delete(recursive: true);

        // The pools' idle connections leave with their configuration.
        async Task<(long Buffers, long Timers)> AtRestAsync(int maxConnections)
        {
            await WriteAsync(file, provider, maxConnections);
            configuration.Reload();
            await Bound.UntilAsync(() => provider.Open == 0, "no connection at the provider");
            var (last, since) = ((-1L, -1L), 0);
            // What was closed a moment ago is given back a moment later: at rest is what stays the same.
            await Bound.UntilAsync(() =>
            {
                var now = (buffers.Outstanding, Timer.ActiveCount);
                since = now == last ? since + 1 : 0;
                last = now;
                return since == 100;
            }, "buffers and timers at rest");
            return last;
        }
    }

    private static Task WriteAsync(string file, ScriptedProvider provider, int maxConnections) =>
        File.WriteAllTextAsync(file, "listen: 127.0.0.1:0\nadmin: { listen: 127.0.0.1:0 }\n" + DialectRoutes.Yaml(provider.Uri, Clocks.Brisk, maxConnections));
}

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

    /// <summary>What the runtime and the pools keep for themselves is theirs after so many.</summary>
    private const int WarmUp = 300;

    private const string Ports = "listen: 127.0.0.1:0\nadmin: { listen: 127.0.0.1:0 }\n";

    // Rules that hold text back and never match.
    private const string Rules = """
        moderation: { policies: { default: { rules: [ { id: pii, detect: [ email, credit_card ], action: redact }, { id: word, terms: [ "Hello there" ], action: mask } ] } } }

        """;

    [Theory]
    [InlineData("as by default", "off", "")]
    [InlineData("moderated", "default", "")]
    [InlineData("reading on", "off", ", on_client_abort: drain, backpressure: { strategy: keep_reading }")]
    public async Task No_pooled_buffer_and_no_timer_is_left_of_a_stream(string name, string policy, string streaming)
    {
        using var buffers = new PooledBuffers();
        var size = SoakSize.Current;
        var count = size.Streams / 3;
        await using var provider = new ScriptedProvider();
        var folder = Directory.CreateTempSubdirectory("sidecar-soak-");
        var file = Path.Combine(folder.FullName, "sidecar.yaml");
        await WriteAsync(maxConnections: 200);
        using var configuration = new ConfigurationSource(ConfigurationLoader.Load(file, NoEnvironment), NoEnvironment, TimeProvider.System);
        await using (var host = SidecarHost.Start(configuration, Stream.Null, TimeProvider.System))
        {
            var streams = new RandomStreams(size.Seed, new Uri($"http://{host.DataEndPoint}"), provider);
            await streams.RunAsync(WarmUp, TimeSpan.Zero);
            var before = await AtRestAsync(201);
            await streams.RunAsync(count, TimeSpan.Zero);
            var after = await AtRestAsync(202);
            SoakSize.Report(string.Create(CultureInfo.InvariantCulture,
                $"in process, {name}: {count} streams after {WarmUp}, seed {size.Seed}; of {buffers.AllRented} pooled buffers "
                + $"{before.Buffers} were out at rest before, {after.Buffers} after; timers {before.Timers} before, {after.Timers} after"));
            Assert.Equal(before, after);
        }
        Assert.Empty(provider.Violations);
        folder.Delete(recursive: true);

        // The pools' idle connections leave with their configuration.
        async Task<(long Buffers, long Timers)> AtRestAsync(int maxConnections)
        {
            await WriteAsync(maxConnections);
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

        Task WriteAsync(int maxConnections) =>
            File.WriteAllTextAsync(file, Ports + Rules + DialectRoutes.Yaml(provider.Uri, Clocks.Brisk, maxConnections, policy, streaming));
    }
}

using System.Text;
using System.Text.Json;
using Sidecar.Proxy.Configuration;
using Sidecar.Proxy.Telemetry;

namespace Sidecar.Proxy.Tests.Telemetry;

public sealed class LogTests
{
    [Fact]
    public async Task A_line_has_time_level_message_and_its_fields()
    {
        await using var rig = new Rig();
        rig.Time.Advance(1500);
        rig.Log.Write(LogLevel.Warning, "reload refused", ("file", "sidecar.yaml"), ("error", null));

        Assert.Equal(
            """{"time":"2026-01-02T03:04:07.178Z","level":"warning","message":"reload refused","file":"sidecar.yaml","error":null}""",
            Assert.Single(await rig.LogLines()));
    }

    [Fact]
    public async Task Less_severe_lines_are_left_out_and_new_options_hold_from_the_next_line()
    {
        await using var rig = new Rig(logging: new LoggingOptions { Level = LogLevel.Warning });
        rig.Log.Write(LogLevel.Info, "one");
        rig.Log.Write(LogLevel.Warning, "two");
        rig.Log.Apply(new LoggingOptions { Level = LogLevel.Debug });
        rig.Log.Write(LogLevel.Debug, "three");
        rig.Log.Apply(new LoggingOptions { Level = LogLevel.Error });
        rig.Log.Write(LogLevel.Warning, "four");
        rig.Log.Write(LogLevel.Error, "five");

        var messages = (await rig.LogLines()).Select(line => JsonDocument.Parse(line).RootElement.GetProperty("message").GetString());

        Assert.Equal(["two", "three", "five"], messages);
    }

    [Fact]
    public async Task Lines_of_many_threads_come_whole_and_all()
    {
        await using var rig = new Rig();
        var threads = Enumerable.Range(0, 4).Select(t => new Thread(() =>
        {
            for (var i = 0; i < 500; i++) rig.Log.Write(LogLevel.Info, $"{t}-{i}", ("padding", new string('x', i)));
        })).ToList();
        threads.ForEach(thread => thread.Start());
        threads.ForEach(thread => thread.Join());

        var messages = (await rig.LogLines()).Select(line => JsonDocument.Parse(line).RootElement.GetProperty("message").GetString()).ToHashSet();

        Assert.Equal(2000, messages.Count);
    }

    [Fact]
    public async Task A_blocked_standard_error_costs_lines_and_never_time()
    {
        var output = new BlockedStream(); // never disposed: the writer may still be in it
        var time = new ManualTime();
        var metrics = new SidecarMetrics(new MetricsOptions(), time);
        var log = new Log(output, new LoggingOptions(), time, metrics.LogLinesDropped);
        log.Write(LogLevel.Info, "the line that blocks");
        output.Entered.Wait(TestContext.Current.CancellationToken);

        for (var i = 0; i < 10_000; i++) log.Write(LogLevel.Info, "a line");

        var dropped = metrics.LogLinesDropped.Value;
        Assert.Equal(10_000 - 4096, dropped);
        output.Open();
        await log.DisposeAsync();
        Assert.Equal(1 + 4096, output.Lines);
        Assert.Equal(dropped, metrics.LogLinesDropped.Value);
    }

    [Fact]
    public async Task Shutting_down_waits_no_longer_than_its_bound()
    {
        var output = new BlockedStream(); // never disposed: the writer may still be in it
        var time = new ShortTime();
        var log = new Log(output, new LoggingOptions(), time, new SidecarMetrics(new MetricsOptions(), time).LogLinesDropped);
        log.Write(LogLevel.Info, "stuck");

        await log.DisposeAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);

        Assert.Equal(TimeSpan.FromSeconds(2), time.Waited);
        Assert.Equal(0, output.Lines);
        output.Open();
    }

    [Fact]
    public async Task A_line_after_shutdown_is_dropped_and_counted()
    {
        await using var rig = new Rig();
        await rig.Log.DisposeAsync();

        rig.Log.Write(LogLevel.Error, "too late");

        Assert.Equal(1, rig.Metrics.LogLinesDropped.Value);
        Assert.Empty(await rig.LogLines());
    }

    [Fact]
    public async Task A_closed_standard_error_counts_its_lines_as_dropped()
    {
        var metrics = new SidecarMetrics(new MetricsOptions(), TimeProvider.System);
        var log = new Log(new BrokenStream(), new LoggingOptions(), TimeProvider.System, metrics.LogLinesDropped);
        for (var i = 0; i < 10; i++) log.Write(LogLevel.Info, "lost");
        await log.DisposeAsync();

        Assert.Equal(10, metrics.LogLinesDropped.Value);
    }

    /// <summary>Takes nothing until it is opened.</summary>
    private sealed class BlockedStream : MemoryStream
    {
        private readonly ManualResetEventSlim _open = new();

        public ManualResetEventSlim Entered { get; } = new();

        public int Lines => Encoding.UTF8.GetString(ToArray()).Count(c => c == '\n');

        public void Open() => _open.Set();

        public override void Write(ReadOnlySpan<byte> buffer)
        {
            Entered.Set();
            _open.Wait();
            base.Write(buffer);
        }
    }

    /// <summary>Ends every wait at once and remembers how long it was to be.</summary>
    private sealed class ShortTime : TimeProvider
    {
        public TimeSpan Waited { get; private set; }

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            Waited = dueTime;
            return base.CreateTimer(callback, state, TimeSpan.Zero, period);
        }
    }

    private sealed class BrokenStream : MemoryStream
    {
        public override void Write(ReadOnlySpan<byte> buffer) => throw new IOException("Broken pipe");
    }
}

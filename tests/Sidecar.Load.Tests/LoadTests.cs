using System.Text;
using System.Text.Json;
using Sidecar.Load.Clients;
using Sidecar.Load.Wire;

namespace Sidecar.Load.Tests;

public sealed class LoadTests : IDisposable
{
    private readonly RunningProvider _provider = new();

    public void Dispose() => _provider.Dispose();

    [Fact]
    public void A_paced_load_sees_the_pace()
    {
        var figures = _provider.Load(with: plan => plan with { Streams = 8, Rate = 50, Seconds = 1 });
        Assert.InRange(figures.Events / figures.Seconds, 300, 500);
        Assert.True(figures.Latency.P50 > 0 && figures.LoadCpu > 0);
    }

    [Fact]
    public void The_time_to_the_first_event_leaves_out_what_the_provider_waits()
    {
        var figures = _provider.Load(with: plan => plan with { First = 100, Events = 3, Rate = 1000, Seconds = 0.5 });
        Assert.True(figures.First.Count > 4);
        Assert.InRange(figures.First.P50, 1, 90_000);
    }

    [Fact]
    public void Slow_readers_take_little_and_are_no_fault()
    {
        var figures = _provider.Load(with: plan => plan with { Slow = 2 });
        Assert.Equal((0, 0, 2), (figures.Faults.Total, figures.Beside.Total, figures.Slow));
        Assert.Equal(4, figures.Whole);
    }

    [Fact]
    public async Task The_provider_sees_each_client_that_leaves()
    {
        var figures = _provider.Load(with: plan => plan with { Aborts = 50, Seconds = 0.5 });
        Assert.True(figures.Left > 10);
        Assert.Equal(0, figures.Faults.Total + figures.Beside.Total);
        using var client = new HttpClient();
        async Task<JsonElement> FiguresAsync() =>
            JsonElement.Parse(await client.GetStringAsync($"http://127.0.0.1:{_provider.Port}/figures", TestContext.Current.CancellationToken));
        using var tick = new PeriodicTimer(TimeSpan.FromMilliseconds(5));
        var told = await FiguresAsync();
        for (var i = 0; i < 1000 && told.GetProperty("Open").GetInt32() > 0; i++)
        {
            await tick.WaitForNextTickAsync(TestContext.Current.CancellationToken);
            told = await FiguresAsync();
        }
        Assert.Equal(0, told.GetProperty("Open").GetInt32());
        // The last may have left before their request arrived.
        Assert.InRange(told.GetProperty("Cut").GetInt32(), figures.Left - 10, figures.Left);
    }

    [Fact]
    public void Small_responses_are_counted()
    {
        using var run = new SmallRun(new LoadPlan { Port = _provider.Port, Streams = 4, Seconds = 0.3 });
        var figures = run.Run();
        Assert.Equal(0, figures.Faults.Total);
        Assert.InRange(figures.Whole, figures.Events, figures.AllEvents);
        Assert.True(figures.Events > 100);
    }

    [Theory]
    [InlineData(300)]
    [InlineData(4000)]
    public void An_event_has_the_size_that_was_asked_for(int bytes)
    {
        foreach (var dialect in StreamDialect.All)
            Assert.Equal(bytes, dialect.WriteEvent(new byte[bytes + 512], new Marks(1, 12_345, 987_654_321, 77), "word "u8, bytes));
    }

    [Fact]
    public void All_that_is_streamed_is_JSON()
    {
        foreach (var dialect in StreamDialect.All)
        {
            var bytes = new byte[1024];
            var length = dialect.WriteEvent(bytes, new Marks(1, 2, 3, 4), "word "u8, 300);
            string[] events = [.. new[] { dialect.Opening, bytes[..length], dialect.Ending }.SelectMany(part => Encoding.ASCII.GetString(part).Split('\n'))];
            foreach (var line in events.Where(line => line.Contains('{', StringComparison.Ordinal))) JsonDocument.Parse(line[line.IndexOf('{', StringComparison.Ordinal)..]).Dispose();
        }
    }
}

using Sidecar.Proxy.Configuration;
using Sidecar.Proxy.Server;
using Sidecar.Proxy.Tests.Telemetry;

namespace Sidecar.Proxy.Tests.Server;

public sealed class ExchangeClocksTests
{
    private static readonly StreamingOptions Options = new()
    {
        ClientInitialTimeout = TimeSpan.FromSeconds(1),
        ClientBetweenChunksTimeout = TimeSpan.FromSeconds(1),
        ClientTotalTimeout = TimeSpan.FromSeconds(1),
        ReadTimeout = TimeSpan.FromSeconds(1),
        StallTimeout = TimeSpan.FromSeconds(1),
        WriteTimeout = TimeSpan.FromSeconds(1),
    };

    private readonly ManualTime _time = new();

    public static TheoryData<string, Interruption> Clocks => new()
    {
        { "total", Interruption.TotalTimeout },
        { "request", Interruption.RequestTimeout },
        { "body", Interruption.RequestTimeout },
        { "first token", Interruption.FirstTokenTimeout },
        { "read", Interruption.ReadTimeout },
        { "stall", Interruption.StallTimeout },
        { "write", Interruption.WriteTimeout },
    };

    [Theory]
    [MemberData(nameof(Clocks))]
    public void A_clock_runs_out_at_its_limit_and_not_before(string clock, Interruption expected)
    {
        var clocks = new ExchangeClocks(Options, _time);
        Start(clocks, clock, _time.GetTimestamp());
        Assert.Equal(Interruption.None, clocks.Check(_time.Advance(999)));
        Assert.Equal(expected, clocks.Check(_time.Advance(1)));
    }

    [Theory]
    [MemberData(nameof(Clocks))]
    public void A_clock_that_is_not_started_or_stopped_again_never_runs_out(string clock, Interruption expected)
    {
        var clocks = new ExchangeClocks(Options, _time);
        Assert.Equal(Interruption.None, clocks.Check(_time.Advance(10_000)));
        Start(clocks, clock, _time.GetTimestamp());
        clocks.StopRequest();
        clocks.StopFirstToken();
        clocks.StopUpstream();
        clocks.StopWrite();
        var now = _time.Advance(10_000);
        Assert.Equal(expected == Interruption.TotalTimeout ? expected : Interruption.None, clocks.Check(now));
    }

    [Theory]
    [InlineData("first token")]
    [InlineData("read")]
    [InlineData("stall")]
    public void The_provider_is_not_blamed_while_the_client_is_waited_for(string clock)
    {
        var clocks = new ExchangeClocks(Options with { WriteTimeout = TimeSpan.Zero }, _time);
        Start(clocks, clock, _time.GetTimestamp());
        clocks.StartWrite(_time.GetTimestamp(), pausesUpstream: true);
        Assert.Equal(Interruption.None, clocks.Check(_time.Advance(5000)));
        clocks.StopWrite();
        Assert.NotEqual(Interruption.None, clocks.Check(_time.GetTimestamp()));
    }

    [Fact]
    public void A_limit_of_zero_is_none()
    {
        var off = new StreamingOptions
        {
            ClientInitialTimeout = default, ClientBetweenChunksTimeout = default, ClientTotalTimeout = default, ReadTimeout = default,
            StallTimeout = default, WriteTimeout = default,
        };
        foreach (var row in Clocks)
        {
            var clocks = new ExchangeClocks(off, _time);
            Start(clocks, row.Data.Item1, _time.GetTimestamp(), limit: TimeSpan.Zero);
            Assert.Equal(Interruption.None, clocks.Check(_time.Advance(1_000_000)));
        }
    }

    [Fact]
    public void Progress_of_a_write_that_ended_meanwhile_starts_no_clock()
    {
        var clocks = new ExchangeClocks(Options, _time);
        clocks.StartWrite(_time.GetTimestamp(), pausesUpstream: true);
        clocks.OnWriteProgress(_time.Advance(900));
        Assert.Equal(Interruption.None, clocks.Check(_time.Advance(900)));
        clocks.StopWrite();
        clocks.OnWriteProgress(_time.GetTimestamp());
        Assert.False(clocks.IsWriting);
        Assert.Equal(Interruption.None, clocks.Check(_time.Advance(5000)));
    }

    [Fact]
    public void A_beat_that_is_older_than_the_start_of_a_clock_does_not_end_it()
    {
        var clocks = new ExchangeClocks(Options, _time);
        var beat = _time.GetTimestamp();
        clocks.OnRead(_time.Advance(50));
        Assert.Equal(Interruption.None, clocks.Check(beat));
    }

    private static void Start(ExchangeClocks clocks, string clock, long now, TimeSpan? limit = null)
    {
        switch (clock)
        {
            case "total": clocks.StartTotal(now); break;
            case "request": clocks.StartRequest(now); break;
            case "body": clocks.OnBody(now); break;
            case "first token": clocks.StartFirstToken(now, limit ?? TimeSpan.FromSeconds(1)); break;
            case "read": clocks.OnRead(now); break;
            case "stall": clocks.OnMeaning(now); break;
            default: clocks.StartWrite(now, pausesUpstream: true); break;
        }
    }
}

using CsCheck;
using Sidecar.Proxy.Admission;
using Sidecar.Proxy.Tests.Telemetry;

namespace Sidecar.Proxy.Tests.Admission;

public sealed class SlidingWindowTests
{
    private readonly ManualTime _time = new();

    /// <summary>Steps of a play: wait so many milliseconds, then take so much.</summary>
    private static readonly Gen<(int Wait, int Amount)[]> Plays = Gen.Select(Gen.Int[0, 20_000], Gen.Int[1, 12]).Array[1, 60];

    [Fact]
    public void No_sixty_seconds_hold_more_than_the_limit_wherever_they_begin() => Plays.Sample(play =>
    {
        var time = new ManualTime();
        var window = new SlidingWindow(20, time);
        var taken = new List<(long At, int Amount)>();
        foreach (var (wait, amount) in play)
        {
            time.Advance(wait);
            if (window.TryTake(amount, out _, out _)) taken.Add((time.GetTimestamp(), amount));
        }
        Assert.All(taken, first => Assert.True(taken.Where(other => other.At >= first.At && other.At - first.At < 60 * time.TimestampFrequency).Sum(other => other.Amount) <= 20));
    }, iter: 2_000);

    [Fact]
    public void What_is_refused_is_let_through_after_the_wait_that_was_told_and_not_before() => Plays.Sample(play =>
    {
        var time = new ManualTime();
        var window = new SlidingWindow(20, time);
        foreach (var (wait, amount) in play)
        {
            time.Advance(wait);
            if (window.TryTake(amount, out _, out var told)) continue;
            Assert.InRange(told, TimeSpan.FromTicks(1), TimeSpan.FromSeconds(61));
            if (told > TimeSpan.FromMilliseconds(1))
            {
                time.Advance(told.TotalMilliseconds - 1);
                Assert.False(window.TryTake(amount, out _, out told));
            }
            time.Advance(told);
            Assert.True(window.TryTake(amount, out _, out _));
        }
    }, iter: 2_000);

    [Fact]
    public async Task Of_ten_thousand_at_once_no_more_than_the_limit_are_let_through()
    {
        var window = new SlidingWindow(600, _time);
        using var start = new ManualResetEventSlim();
        var tasks = Enumerable.Range(0, 8).Select(worker => Task.Factory.StartNew(
            () =>
            {
                start.Wait();
                return Enumerable.Range(0, 1250).Count(request => window.TryTake(1, out _, out _));
            },
            CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default)).ToArray();
        start.Set();
        Assert.Equal(600, (await Task.WhenAll(tasks)).Sum());
    }

    [Fact]
    public void What_was_reserved_and_not_used_is_there_again()
    {
        var window = new SlidingWindow(100, _time);
        Assert.True(window.TryTake(90, out var second, out _));
        _time.Advance(TimeSpan.FromSeconds(5));
        window.Settle(second, 90, 30);
        Assert.Equal(70, window.State.Remaining);
        _time.Advance(TimeSpan.FromSeconds(56));
        Assert.Equal(new WindowState(100, 100, TimeSpan.Zero), window.State);
    }

    [Fact]
    public void What_was_used_beyond_the_reservation_counts_from_when_it_is_known()
    {
        var window = new SlidingWindow(100, _time);
        Assert.True(window.TryTake(10, out var second, out _));
        _time.Advance(TimeSpan.FromSeconds(30));
        window.Settle(second, 10, 150);
        Assert.Equal((0, TimeSpan.FromSeconds(61)), (window.State.Remaining, window.State.Reset));
        _time.Advance(TimeSpan.FromSeconds(31));
        Assert.False(window.TryTake(1, out _, out _));
        _time.Advance(TimeSpan.FromSeconds(30));
        Assert.Equal(100, window.State.Remaining);
    }

    [Fact]
    public void A_reservation_that_the_window_forgot_gives_nothing_back()
    {
        var window = new SlidingWindow(100, _time);
        Assert.True(window.TryTake(90, out var second, out _));
        _time.Advance(TimeSpan.FromSeconds(200));
        Assert.True(window.TryTake(50, out _, out _));
        window.Settle(second, 90, 0);
        Assert.Equal(50, window.State.Remaining);
    }

    [Fact]
    public void More_than_the_limit_is_never_there()
    {
        var window = new SlidingWindow(100, _time);
        Assert.False(window.TryTake(101, out _, out var wait));
        Assert.Equal((TimeSpan.FromSeconds(60), 100), (wait, window.State.Remaining));
    }
}

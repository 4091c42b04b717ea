using CsCheck;
using Sidecar.Proxy.Tests.Telemetry;
using Sidecar.Proxy.Upstream;

namespace Sidecar.Proxy.Tests.Upstream;

public sealed class UpstreamHealthTests
{
    private readonly ManualTime _time = new();

    [Fact]
    public void Failures_in_a_row_leave_it_alone_until_one_request_may_ask_again()
    {
        var health = new UpstreamHealth(_time);
        for (var i = 1; i < UpstreamHealth.MaxFailures; i++) Assert.False(health.OnFailure());
        Assert.True(health.TryEnter());
        Assert.True(health.OnFailure());
        Assert.False(health.TryEnter());
        _time.Advance(UpstreamHealth.OpenTime);
        Assert.True(health.TryEnter());
        Assert.False(health.TryEnter());
        Assert.True(health.OnFailure());
        Assert.False(health.TryEnter());
        _time.Advance(UpstreamHealth.OpenTime);
        Assert.True(health.TryEnter());
        health.OnSuccess();
        Assert.True(health.TryEnter() && health.TryEnter());
    }

    [Fact]
    public void A_success_in_between_begins_the_count_anew()
    {
        var health = new UpstreamHealth(_time);
        for (var i = 0; i < 20; i++)
        {
            Assert.False(health.OnFailure());
            if (i % 4 == 3) health.OnSuccess();
        }
        Assert.True(health.TryEnter());
    }

    [Fact]
    public void It_is_believed_when_it_asks_to_be_left_alone_but_not_for_ever()
    {
        var health = new UpstreamHealth(_time);
        health.OnRetryAfter(TimeSpan.FromSeconds(3));
        Assert.False(health.TryEnter());
        _time.Advance(3000);
        Assert.True(health.TryEnter());
        health.OnRetryAfter(TimeSpan.FromDays(1));
        _time.Advance(UpstreamHealth.MaxRetryAfter);
        Assert.True(health.TryEnter());
    }

    [Fact]
    public void A_probe_of_which_nothing_was_learned_makes_room_for_another()
    {
        var health = new UpstreamHealth(_time);
        health.OnRetryAfter(TimeSpan.FromSeconds(1));
        _time.Advance(1000);
        Assert.True(health.TryEnter());
        health.OnUnknown();
        Assert.True(health.TryEnter());
    }

    [Fact]
    public void However_requests_end_there_is_one_probe_at_a_time_and_it_is_never_left_alone_for_ever() =>
        Gen.Int[0, 4].Array[1, 200].Sample(steps =>
        {
            var health = new UpstreamHealth(_time);
            foreach (var step in steps)
            {
                if (step == 4) _time.Advance(UpstreamHealth.OpenTime);
                if (!health.TryEnter()) continue;
                if (step == 0) health.OnSuccess();
                else if (step == 1) health.OnFailure();
                else if (step == 2) health.OnRetryAfter(TimeSpan.FromSeconds(20));
                else health.OnUnknown();
            }
            _time.Advance(UpstreamHealth.MaxRetryAfter);
            return health.TryEnter();
        });
}

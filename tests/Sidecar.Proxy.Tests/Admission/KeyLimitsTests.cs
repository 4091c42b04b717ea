using System.Buffers;
using System.Text;
using Sidecar.Protocols.Http1;
using Sidecar.Proxy.Admission;
using Sidecar.Proxy.Configuration;
using Sidecar.Proxy.Telemetry;
using Sidecar.Proxy.Tests.Telemetry;

namespace Sidecar.Proxy.Tests.Admission;

public sealed class KeyLimitsTests
{
    private readonly ManualTime _time = new();

    private KeyLimits Limits(int? requests = null, int? tokens = null, decimal? dollars = null, KeyLimits? before = null) =>
        new(new KeyOptions { Id = "k", Sha256 = "", RequestsPerMinute = requests, TokensPerMinute = tokens, BudgetUsdPerDay = dollars }, before, _time);

    private static Grant Take(KeyLimits limits, long tokens = 0)
    {
        Assert.Null(limits.TryTake(() => tokens, out var grant));
        return grant!;
    }

    private static string Refused(KeyLimits limits, long tokens = 0)
    {
        var denial = limits.TryTake(() => tokens, out var grant);
        Assert.Null(grant);
        var output = new ArrayBufferWriter<byte>();
        denial!.WriteFields(new HeadWriter(output));
        return $"{denial.Error.Name}: {denial.Message}\r\n{Encoding.ASCII.GetString(output.WrittenSpan)}";
    }

    [Fact]
    public void Past_the_limit_of_requests_the_client_is_told_when_to_come_again()
    {
        var limits = Limits(requests: 2, tokens: 1000);
        Take(limits, 100);
        _time.Advance(TimeSpan.FromSeconds(10));
        Take(limits, 100);
        Assert.Equal(
            "rate_limited: the limit of 2 requests per minute is reached; this request needs 1\r\nretry-after: 51\r\n" +
            "x-ratelimit-limit-requests: 2\r\nx-ratelimit-remaining-requests: 0\r\nx-ratelimit-reset-requests: 1m1s\r\n" +
            "x-ratelimit-limit-tokens: 1000\r\nx-ratelimit-remaining-tokens: 800\r\nx-ratelimit-reset-tokens: 1m1s\r\n",
            Refused(limits, 100));
    }

    [Fact]
    public void Past_the_limit_of_tokens_no_request_is_taken()
    {
        var limits = Limits(requests: 2, tokens: 1000);
        Take(limits, 700);
        Assert.StartsWith("rate_limited: the limit of 1000 tokens per minute is reached; this request needs 400\r\nretry-after: 61\r\n", Refused(limits, 400));
        Take(limits, 300);
    }

    [Theory]
    [InlineData(100L, 50L, 200, 1, 150)]
    [InlineData(100L, null, 200, 1, 100)]
    [InlineData(null, null, 200, 1, 500)]
    [InlineData(null, null, 502, 0, 0)]
    [InlineData(null, null, 0, 0, 0)]
    [InlineData(null, null, 200, 0, 500)]
    public void At_the_end_the_tokens_that_were_used_stand_in_the_place_of_the_estimate(long? input, long? output, int status, long content, int used)
    {
        var limits = Limits(tokens: 1000);
        var grant = Take(limits, 500);
        grant.End(new ExchangeRecord { InputTokens = input, OutputTokens = output, Status = status, ContentEvents = content });
        Take(limits, 1000 - used);
        Refused(limits, 1);
    }

    [Fact]
    public void A_spent_budget_refuses_until_the_day_is_over()
    {
        var limits = Limits(dollars: 0.3m);
        Take(limits).End(new ExchangeRecord { CostUsd = 0.1m });
        Take(limits).End(new ExchangeRecord());
        Take(limits).End(new ExchangeRecord { CostUsd = 0.2m });
        // The clock of the tests begins at 03:04:05.678.
        Assert.Equal("budget_exhausted: the budget of 0.3 dollars for this day (UTC) is spent\r\nretry-after: 75355\r\n", Refused(limits));
        _time.Advance(TimeSpan.FromSeconds(75_354));
        Refused(limits);
        _time.Advance(TimeSpan.FromSeconds(1));
        Take(limits);
    }

    [Fact]
    public void A_reload_keeps_what_was_counted_for_limits_that_stay_and_what_was_spent()
    {
        var old = Limits(requests: 1, tokens: 100, dollars: 1);
        var grant = Take(old, 100);
        var changed = Limits(requests: 1, tokens: 200, dollars: 2, before: old);
        Assert.Contains("requests per minute", Refused(changed, 1), StringComparison.Ordinal);
        grant.End(new ExchangeRecord { InputTokens = 1, CostUsd = 2 });
        _time.Advance(TimeSpan.FromSeconds(61));
        Assert.StartsWith("budget_exhausted", Refused(changed));
        Assert.StartsWith("budget_exhausted", Refused(old));
    }

    [Fact]
    public void A_key_without_limits_is_never_refused()
    {
        var limits = Limits();
        for (var i = 0; i < 10_000; i++) Take(limits, long.MaxValue).End(new ExchangeRecord { CostUsd = 1_000_000 });
    }
}

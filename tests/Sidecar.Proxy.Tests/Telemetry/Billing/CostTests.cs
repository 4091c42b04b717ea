using System.Globalization;
using System.Text;
using Sidecar.Providers;
using Sidecar.Proxy.Configuration;
using Sidecar.Proxy.Streaming;
using Sidecar.Proxy.Telemetry;
using Sidecar.Proxy.Telemetry.Billing;

namespace Sidecar.Proxy.Tests.Telemetry.Billing;

/// <summary>What a provider's figures cost, worked out by hand from its price list.</summary>
public sealed class CostTests
{
    private const string OpenAI = """{"choices":[],"usage":{"prompt_tokens":2006,"completion_tokens":300,"total_tokens":2306,"prompt_tokens_details":{"cached_tokens":1920},"completion_tokens_details":{"reasoning_tokens":128}}}""";
    private const string Responses = """{"type":"response.completed","response":{"usage":{"input_tokens":328,"input_tokens_details":{"cached_tokens":0},"output_tokens":52,"output_tokens_details":{"reasoning_tokens":0},"total_tokens":380}}}""";
    private const string Begun = """{"type":"message_start","message":{"usage":{"input_tokens":21,"cache_creation_input_tokens":0,"cache_read_input_tokens":188086,"output_tokens":1}}}""";
    private const string Ended = """{"type":"message_delta","delta":{"stop_reason":"end_turn"},"usage":{"output_tokens":393}}""";
    private const string Gemini = """{"usageMetadata":{"promptTokenCount":4000,"candidatesTokenCount":100,"thoughtsTokenCount":900,"totalTokenCount":5000,"cachedContentTokenCount":1000}}""";

    [Theory]
    // 86 × 2.50 + 1,920 × 1.25 + 300 × 10
    [InlineData("/v1/chat/completions", "gpt-4o-2024-08-06", "0.005615", OpenAI)]
    // 86 × 1.10 + 1,920 × 0.275 + 300 × 4.40
    [InlineData("/v1/chat/completions", "o4-mini", "0.0019426", OpenAI)]
    // 328 × 2 + 52 × 8
    [InlineData("/v1/responses", "gpt-4.1", "0.001072", Responses)]
    // 21 × 3 + 188,086 × 0.30 + 393 × 15
    [InlineData("/v1/messages", "claude-sonnet-4-20250514", "0.0623838", Begun, Ended)]
    // Left before the end: the provisional figure, 1 × 15, is all that came
    [InlineData("/v1/messages", "claude-sonnet-4-20250514", "0.0565038", Begun)]
    // 3,000 × 0.30 + 1,000 × 0.03 + 1,000 × 2.50; the second figures replace the first
    [InlineData("/v1beta/models/gemini-2.5-flash:streamGenerateContent", "gemini-2.5-flash", "0.00343", Gemini, Gemini)]
    public void Figures_cost_what_the_price_list_says(string path, string model, string dollars, params string[] events)
    {
        var record = new ExchangeRecord { Model = model };
        var reading = new StreamReading(DialectPaths.Find(Encoding.ASCII.GetBytes(path))!, true, record);
        foreach (var data in events) reading.Event(Encoding.UTF8.GetBytes(data), default, out _);
        Assert.Equal(decimal.Parse(dollars, CultureInfo.InvariantCulture), Cost.Of(record, new UsageOptions()));
    }

    [Fact]
    public void Without_figures_or_without_a_price_there_is_no_cost_and_a_file_replaces_the_built_in_prices()
    {
        Assert.Null(PriceTable.Parse("f", """{"mine":{"input":1,"output":2}}"""u8.ToArray(), out var prices));
        var (builtIn, own) = (new UsageOptions(), new UsageOptions { Prices = prices });
        Assert.Null(Cost.Of(new ExchangeRecord { Model = "gpt-4o" }, builtIn));
        Assert.Null(Cost.Of(new ExchangeRecord { Model = "mine", OutputTokens = 1 }, builtIn));
        Assert.Null(Cost.Of(new ExchangeRecord { Model = "gpt-4o", OutputTokens = 1 }, own));
        Assert.Null(Cost.Of(new ExchangeRecord { OutputTokens = 1 }, own));
        Assert.Equal(0.000002m, Cost.Of(new ExchangeRecord { Model = "mine", OutputTokens = 1 }, own));
    }
}

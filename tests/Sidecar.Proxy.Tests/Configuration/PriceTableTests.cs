using System.Text;
using Sidecar.Proxy.Configuration;

namespace Sidecar.Proxy.Tests.Configuration;

public sealed class PriceTableTests : Following
{
    private const string At = "sidecar.yaml:1:23: `usage.prices_file`: file `prices.json`: ";

    [Theory]
    [InlineData("gpt-4o", 2.5)]
    [InlineData("gpt-4o-2024-08-06", 2.5)]
    [InlineData("gpt-4o-2024-05-13", 5)]
    [InlineData("gpt-4o-mini-2024-07-18", 0.15)]
    [InlineData("gpt-4-0613", 30)]
    [InlineData("gpt-5-chat-latest", 1.25)]
    [InlineData("claude-sonnet-4-20250514", 3)]
    [InlineData("claude-sonnet-4@20250514", 3)]
    [InlineData("claude-opus-4-1-20250805", 15)]
    [InlineData("claude-opus-4-5-20251101", 5)]
    [InlineData("claude-3-5-haiku-latest", 0.8)]
    [InlineData("gemini-2.0-flash-001", 0.1)]
    public void A_name_stands_for_its_dated_editions(string model, double input) => Assert.Equal((decimal)input, PriceTable.BuiltIn.Find(model)?.Input);

    [Theory]
    [InlineData("gpt-4o-audio-preview")]
    [InlineData("gpt-4o-mini-tts")]
    [InlineData("gpt-4-32k")]
    [InlineData("gpt-4o2024")]
    [InlineData("claude-opus-4-9")]
    [InlineData("claude-opus-4-9-20301111")]
    [InlineData("gpt-")]
    [InlineData("-2024-08-06")]
    [InlineData("")]
    [InlineData(null)]
    public void Another_model_that_begins_alike_has_no_price_rather_than_a_wrong_one(string? model) => Assert.Null(PriceTable.BuiltIn.Find(model));

    [Fact]
    public void A_star_stands_for_any_end_and_the_longest_name_wins()
    {
        var table = Table("""{"a*":{"input":1,"output":0},"a-b*":{"input":2,"output":0},"a-b":{"input":3,"output":0},"*":{"input":4,"output":0}}""");
        Assert.Equal([1, 2, 3, 3, 4], new[] { "a-", "a-bc", "a-b", "a-b-2024", "x" }.Select(model => table.Find(model)!.Input));
    }

    [Theory]
    [InlineData("1000000 0 0 0", "2.5")]
    [InlineData("1000000 400000 0 0", "2")]
    [InlineData("0 0 1000000 1000000", "10")]
    [InlineData("1 0 1 0", "0.0000125")]
    [InlineData("3 7 0 0", "0.00000375")]
    [InlineData("1099511627776 0 1099511627776 0", "13743895.3472")]
    public void Cost_is_exact_and_the_cached_part_is_priced_apart(string tokens, string dollars)
    {
        var n = tokens.Split(' ').Select(long.Parse).ToArray();
        Assert.Equal(decimal.Parse(dollars, System.Globalization.CultureInfo.InvariantCulture), PriceTable.BuiltIn.Find("gpt-4o")!.Cost(n[0], n[1], n[2], n[3]));
    }

    [Fact]
    public void Reasoning_is_priced_apart_only_where_the_table_says_so()
    {
        Assert.Equal(0.000030m, Table("""{"m":{"input":1,"output":3}}""").Find("m")!.Cost(0, 0, 10, 4));
        Assert.Equal(0.000038m, Table("""{"m":{"input":1,"output":3,"reasoning":5}}""").Find("m")!.Cost(0, 0, 10, 4));
    }

    [Theory]
    [InlineData("", "line 1: not JSON")]
    [InlineData("{\n\"m\": {\"input\":1,}\n}", "line 2: not JSON")]
    [InlineData("[]", "must be a JSON object of models")]
    [InlineData("{}", "holds no price")]
    [InlineData("""{"m":1}""", "`m` must be an object of prices")]
    [InlineData("""{"m":{"input":1}}""", "`m` needs `input` and `output`")]
    [InlineData("""{"m":{"input":1,"output":"2"}}""", "`m`.output must be dollars for a million tokens, from 0 to 1000000")]
    [InlineData("""{"m":{"input":-1,"output":2}}""", "`m`.input must be dollars for a million tokens, from 0 to 1000000")]
    [InlineData("""{"m":{"input":1e99,"output":2}}""", "`m`.input must be dollars for a million tokens, from 0 to 1000000")]
    [InlineData("""{"m":{"input":1,"outptu":2}}""", "`m`: unknown price `outptu`; did you mean `output`?")]
    [InlineData("""{"m*n":{"input":1,"output":2}}""", "`m*n`: a `*` may only stand at the end of a name")]
    [InlineData("""{"m":{"input":1,"output":2},"m":{"input":1,"output":2}}""", "`m` stands there twice")]
    public void A_file_that_cannot_be_meant_is_refused_where_it_is_named(string content, string problem)
    {
        Given.Write("prices.json", content);
        Assert.Equal([At + problem], Given.Errors("usage: { prices_file: prices.json }\n"));
    }

    [Fact]
    public async Task The_file_is_followed_and_a_broken_one_is_refused()
    {
        var file = Given.Write("lists/prices.json", """{"m":{"input":1,"output":2}}""");
        using var source = Follow(Given.Write("config/sidecar.yaml", Start + $"usage: {{ prices_file: {file} }}\n"));
        Given.Write("lists/prices.json", """{"m":{"input":3,"output":2}}""");
        await Watched();
        Assert.Equal(3, source.Current.Usage.Prices!.Find("m")!.Input);
        Given.Write("lists/prices.json", """{"m":{"input":4""");
        await Watched();
        Assert.False(Reloads[^1].Success);
        Assert.Equal(3, source.Current.Usage.Prices!.Find("m")!.Input);
    }

    private static PriceTable Table(string json)
    {
        Assert.Null(PriceTable.Parse(null, Encoding.UTF8.GetBytes(json), out var table));
        return table!;
    }
}

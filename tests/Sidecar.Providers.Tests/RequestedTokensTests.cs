using System.Text;
using CsCheck;

namespace Sidecar.Providers.Tests;

public class RequestedTokensTests
{
    [Theory]
    [InlineData("""{"max_tokens":100}""", 100L)]
    [InlineData("""{"max_completion_tokens":100,"max_tokens":7}""", 100L)]
    [InlineData("""{"max_output_tokens":100}""", 100L)]
    [InlineData("""{"contents":[{"max_tokens":5}],"generationConfig":{"temperature":1,"stopSequences":["a"],"maxOutputTokens":100}}""", 100L)]
    [InlineData("""{"model":"m","options":{"num_predict":100,"stop":["x"]},"stream":true}""", 100L)]
    [InlineData("""{"options":{"num_predict":-1}}""", null)]
    [InlineData("""{"max_tokens":99999999999}""", 1L << 30)]
    [InlineData("""{"max_tokens":1e400}""", null)]
    [InlineData("""{"max_tokens":"100"}""", null)]
    [InlineData("""{"max_tokens":[1,{"max_tokens":2}],"max_output_tokens":3}""", 3L)]
    [InlineData("""{"messages":[{"max_tokens":5}]}""", null)]
    [InlineData("""[1]""", null)]
    [InlineData("", null)]
    public void The_longest_answer_is_read_in_every_dialect(string body, long? expected) =>
        Assert.Equal(expected, RequestedTokens.ReadLimit(Encoding.UTF8.GetBytes(body)));

    [Fact]
    public void An_estimate_is_a_token_for_four_bytes_and_the_longest_answer()
    {
        Assert.Equal((16 / 4) + 9, RequestedTokens.Estimate("""{"max_tokens":9}"""u8));
        Assert.Equal(RequestedTokens.UsualOutput, RequestedTokens.Estimate("{}"u8));
    }

    [Fact]
    public void No_body_makes_it_throw() => Gen.Byte.Array[0, 200].Sample(body => RequestedTokens.Estimate(body) >= 0);

    [Fact]
    public void No_cut_or_damaged_body_makes_it_throw()
    {
        var whole = """{"a":{"b":[1,"x"]},"generationConfig":{"maxOutputTokens":5},"options":{"num_predict":[]},"max_tokens":{"x":1}}"""u8.ToArray();
        Gen.Select(Gen.Int[0, whole.Length - 1], Gen.Byte).Sample((at, value) =>
        {
            byte[] damaged = [.. whole];
            damaged[at] = value;
            RequestedTokens.Estimate(damaged);
            RequestedTokens.Estimate(whole.AsSpan(0, at));
        });
    }
}

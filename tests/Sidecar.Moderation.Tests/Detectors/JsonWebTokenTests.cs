using System.Buffers.Text;
using System.Text;

namespace Sidecar.Moderation.Tests.Detectors;

public sealed class JsonWebTokenTests
{
    private static readonly string Signature = Encoded(string.Concat(Enumerable.Repeat("signature", 4)));

    [Theory]
    [InlineData("""{"alg":"HS256","typ":"JWT"}""", """{"sub":"1234567890","name":"John Doe"}""")]
    [InlineData("""{"typ":"JWT","alg":"RS256","kid":"2011-04-29"}""", """{"a":1}""")]
    [InlineData("""{ "alg": "none", "typ": "JWT" }""", """{ "iss": "joe" }""")]
    [InlineData("{\n  \"alg\": \"ES256\"\n}", "{\n  \"iss\": \"joe\"\n}")]
    public void A_token_is_found_up_to_the_end_of_its_signature(string header, string payload)
    {
        var token = $"{Encoded(header)}.{Encoded(payload)}.{Signature}";
        Assert.Equal([$"jwt {token}"], Found.All($"Authorization: Bearer {token}. Next"));
        Assert.Equal([$"jwt {token}"], Found.All($"{{\"token\":\"{token}\"}}"));
    }

    [Fact]
    public void A_token_without_a_signature_is_found()
    {
        var token = $"{Encoded("""{"alg":"none","typ":"JWT"}""")}.{Encoded("""{"sub":"joe"}""")}.";
        Assert.Equal([$"jwt {token}"], Found.All($"'{token}'"));
    }

    [Fact]
    public void A_token_that_is_encoded_once_more_is_found()
    {
        var token = Convert.ToBase64String(Encoding.ASCII.GetBytes($"{Encoded("""{"alg":"HS256","typ":"JWT"}""")}.{Encoded("""{"sub":"joe"}""")}.{Signature}"));
        Assert.Equal([$"jwt {token}"], Found.All($"data: {token}"));
    }

    [Fact]
    public void A_part_of_a_token_is_none()
    {
        var header = Encoded("""{"alg":"HS256","typ":"JWT"}""");
        Assert.Empty(Found.All(header));
        Assert.Empty(Found.All($"{header}.payload.signature"));
        Assert.Empty(Found.All($"{header} . {header}"));
        Assert.Empty(Found.All($"x{header}.{header}.x"));
    }

    private static string Encoded(string text) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(text));
}

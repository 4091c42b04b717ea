using System.Text;
using System.Text.Json.Nodes;

namespace Sidecar.Providers.Tests;

public class UsageSpliceTests
{
    [Theory]
    [InlineData("""{"model":"m","stream":true}""", """{"stream_options":{"include_usage":true},"model":"m","stream":true}""")]
    [InlineData(" { \n\"stream\" : true } ", " {\"stream_options\":{\"include_usage\":true}, \n\"stream\" : true } ")]
    [InlineData("""{"stream":true,"stream_options":null}""", """{"stream":true,"stream_options":{"include_usage":true}}""")]
    [InlineData("""{"stream_options": { },"stream":true}""", """{"stream_options": {"include_usage":true },"stream":true}""")]
    [InlineData("""{"stream_options":{ "include_obfuscation" : false },"stream":true}""", """{"stream_options":{"include_usage":true, "include_obfuscation" : false },"stream":true}""")]
    [InlineData("""{"stream_options":{"a":{"include_usage":true},"include_usage":false },"stream":true}""", """{"stream_options":{"a":{"include_usage":true},"include_usage":true },"stream":true}""")]
    [InlineData("""{"stream_options":{"include_usage":null},"stream":true,"x":"é"}""", """{"stream_options":{"include_usage":true},"stream":true,"x":"é"}""")]
    public void A_body_that_does_not_ask_is_made_to_and_every_other_byte_stays(string body, string expected)
    {
        var bytes = Encoding.UTF8.GetBytes(body);
        var splice = RequestShape.Read(bytes).UsageSplice!.Value;
        byte[] spliced = [.. bytes[..splice.Start], .. splice.Text, .. bytes[(splice.Start + splice.Length)..]];
        Assert.Equal(expected, Encoding.UTF8.GetString(spliced));
        Assert.True(JsonNode.Parse(spliced)!["stream_options"]!["include_usage"]!.GetValue<bool>());
        Assert.True(RequestShape.Read(spliced).IncludeUsage);
        Assert.Null(RequestShape.Read(spliced).UsageSplice);
    }

    [Theory]
    [InlineData("""{"stream":true,"stream_options":{"include_usage":true}}""")]
    [InlineData("""{"stream":true,"stream_options":{"include_usage":false,"include_usage":false}}""")]
    [InlineData("""{"stream":true,"stream_options":null,"stream_options":{}}""")]
    [InlineData("""{"stream":true,"stream_options":[]}""")]
    [InlineData("""{"stream":true,"stream_options":{"include_usage":"no"}}""")]
    [InlineData("""[{"stream":true}]""")]
    [InlineData("""{"stream":true""")]
    [InlineData("")]
    public void A_body_that_asks_or_cannot_be_made_to_stays_as_it_is(string body) => Assert.Null(RequestShape.Read(Encoding.UTF8.GetBytes(body)).UsageSplice);
}

using System.Text;

namespace Sidecar.Providers.Tests;

public class RequestShapeTests
{
    private static (RequestShape Shape, string? Model) Read(string body)
    {
        var bytes = Encoding.UTF8.GetBytes(body);
        var shape = RequestShape.Read(bytes);
        return (shape, shape.ModelName(bytes));
    }

    [Fact]
    public void Model_stream_and_usage_are_read_at_the_top_level_only()
    {
        var (shape, model) = Read("""{"messages":[{"role":"user","content":"x","model":"no","stream":false}],"model":"gpt-5","stream":true,"stream_options":{"include_usage":true,"model":"no"},"metadata":{"stream":false}}""");
        Assert.True(shape.IsJson);
        Assert.Equal("gpt-5", model);
        Assert.True(shape.Stream);
        Assert.True(shape.IncludeUsage);
        Assert.False(shape.IsAmbiguous);
    }

    [Fact]
    public void What_the_body_does_not_say_is_null()
    {
        var (shape, model) = Read("""{"model":null,"stream":null,"stream_options":null}""");
        Assert.True(shape.IsJson);
        Assert.Equal((null, null, null, false), (model, shape.Stream, shape.IncludeUsage, shape.IsAmbiguous));
        Assert.Equal((null, null, null), (Read("{}").Model, Read("{}").Shape.Stream, Read("{}").Shape.IncludeUsage));
    }

    [Fact]
    public void The_models_range_stands_inside_its_quotes()
    {
        const string body = """{ "model" : "llama3" }""";
        Assert.Equal((body.IndexOf("llama3", StringComparison.Ordinal), 6), Read(body).Shape.Model);
    }

    [Theory]
    [InlineData("""{"m\u006fdel":"gpt\u002d5"}""", "gpt-5")]
    [InlineData("""{"model":"a\/b\ud83d\ude00\n"}""", "a/b😀\n")]
    [InlineData("""{"model":"gpt\ud800"}""", null)]
    public void Escapes_are_resolved(string body, string? model) => Assert.Equal(model, Read(body).Model);

    [Theory]
    [InlineData("""{"model":"a","model":"b"}""")]
    [InlineData("""{"model":"a","mod\u0065l":"a"}""")]
    [InlineData("""{"model":"a","Model":"b"}""")]
    [InlineData("""{"MODEL":"b"}""")]
    [InlineData("""{"stream":true,"stream":true}""")]
    [InlineData("""{"stream":false,"Stream":true}""")]
    [InlineData("""{"model":["a"]}""")]
    [InlineData("""{"stream":"true"}""")]
    [InlineData("""{"stream":1}""")]
    public void A_body_that_two_servers_may_read_differently_is_ambiguous(string body) => Assert.True(Read(body).Shape.IsAmbiguous);

    [Theory]
    [InlineData("")]
    [InlineData("model=gpt-5")]
    [InlineData("[]")]
    [InlineData("\"model\"")]
    [InlineData("null")]
    [InlineData("""{"model":"a" """)]
    [InlineData("""{"model":"a"}{"model":"b"}""")]
    [InlineData("""{'model':'a'}""")]
    public void A_body_that_is_no_JSON_object_is_none(string body) => Assert.Equal(RequestShape.None, Read(body).Shape);

    [Fact]
    public void Deep_tool_schemas_are_read_and_bottomless_ones_refused()
    {
        Assert.Equal("m", Read($$"""{"tools":{{Nested(200)}},"model":"m"}""").Model);
        Assert.Equal(RequestShape.None, Read($$"""{"tools":{{Nested(300)}},"model":"m"}""").Shape);

        static string Nested(int depth) => new string('[', depth) + new string(']', depth);
    }
}

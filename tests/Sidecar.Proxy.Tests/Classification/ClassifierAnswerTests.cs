using System.Text;
using CsCheck;
using Sidecar.Proxy.Classification;
using Sidecar.Proxy.Telemetry;

namespace Sidecar.Proxy.Tests.Classification;

public sealed class ClassifierAnswerTests
{
    private const ClassifierVerdict Allowed = ClassifierVerdict.Allowed;
    private const ClassifierVerdict Flagged = ClassifierVerdict.Flagged;
    private const ClassifierVerdict Error = ClassifierVerdict.Error;

    [Theory]
    [InlineData("""{"results":[{"flagged":false}]}""", Allowed)]
    [InlineData("""{"results":[{"flagged":true}]}""", Flagged)]
    [InlineData("""{"results":[{"flagged":false},{"flagged":true},{"flagged":false}]}""", Flagged)]
    [InlineData("""{"results":[{"flagged":false},{"flagged":false}]}""", Allowed)]
    [InlineData("""{"id":"x","usage":{"flagged":true,"results":[{"flagged":true}]},"results":[{"categories":{"flagged":true},"flagged":false,"s":[1]}]}""", Allowed)]
    [InlineData(""" { "re\u0073ults" : [ { "fl\u0061gged" : true } ] } """, Flagged)]
    [InlineData("""{"results":[{"flagged":true,"flagged":false}]}""", Flagged)]
    [InlineData("""{"results":[{"flagged":false,"flagged":true}]}""", Flagged)]
    [InlineData("""{"results":[{"flagged":true}],"results":[{"flagged":false}]}""", Flagged)]
    [InlineData("""{"results":[{"flagged":true},7]}""", Flagged)]
    [InlineData("""{"results":[{"flagged":false},7]}""", Error)]
    [InlineData("""{"results":[{"flagged":false},{}]}""", Error)]
    [InlineData("""{"results":[]}""", Error)]
    [InlineData("""{"results":[{"flagged":"true"}]}""", Error)]
    [InlineData("""{"results":[{"flagged":null}]}""", Error)]
    [InlineData("""{"results":[{"flagged":[true]}]}""", Error)]
    [InlineData("""{"results":[[{"flagged":false}]]}""", Error)]
    [InlineData("""{"results":{"flagged":true}}""", Error)]
    [InlineData("""{"flagged":true}""", Error)]
    [InlineData("""[{"flagged":true}]""", Error)]
    [InlineData("""{"results\ud800":[{"flagged":false}]}""", Error)]
    [InlineData("""{"results":[{"flagged":true}]}}""", Error)]
    [InlineData("""{"results":[{"flagged":true}""", Error)]
    [InlineData("""<html>busy</html>""", Error)]
    [InlineData("true", Error)]
    [InlineData("", Error)]
    public void Any_result_that_is_flagged_counts_and_what_is_no_verdict_is_an_error(string body, ClassifierVerdict expected) =>
        Assert.Equal(expected, ClassifierAnswer.Read(Encoding.UTF8.GetBytes(body)));

    [Fact]
    public void Nesting_is_bounded()
    {
        static string Nested(int depth) => $$"""{"x":{{new string('[', depth)}}{{new string(']', depth)}},"results":[{"flagged":false}]}""";
        Assert.Equal(Allowed, ClassifierAnswer.Read(Encoding.UTF8.GetBytes(Nested(20))));
        Assert.Equal(Error, ClassifierAnswer.Read(Encoding.UTF8.GetBytes(Nested(20_000))));
    }

    [Fact]
    public void Bytes_of_any_kind_are_a_verdict_or_an_error_and_never_an_exception()
    {
        string[] pieces = ["{", "}", "[", "]", ":", ",", "\"results\"", "\"flagged\"", "true", "false", "\"\\ud800\"", "\"re\\u0073ults\"", "1", " ", "\u00ff", "\""];
        Gen.Int[0, pieces.Length - 1].Array[0, 30].Sample(
            chosen => ClassifierAnswer.Read(Encoding.Latin1.GetBytes(string.Concat(chosen.Select(i => pieces[i])))) is Allowed or Flagged or Error, iter: 20_000);
    }
}

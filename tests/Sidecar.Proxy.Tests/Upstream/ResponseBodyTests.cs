using System.Text;
using Sidecar.Protocols.Http1;
using Sidecar.Proxy.Transport;
using Sidecar.Proxy.Upstream;

namespace Sidecar.Proxy.Tests.Upstream;

public sealed class ResponseBodyTests
{
    private const string Length3 = "Content-Length: 3\r\n";
    private const string Chunked = "Transfer-Encoding: chunked\r\n";

    private static ResponseHead Head(string fields, int status = 200, bool answersHead = false)
    {
        var head = new ResponseHead(1000, 10) { AnswersHead = answersHead };
        Assert.Equal(ParseStatus.Complete, head.Parse(Encoding.ASCII.GetBytes($"HTTP/1.1 {status} X\r\n{fields}\r\n")));
        return head;
    }

    private static string Read(ref ResponseBody body, string piece)
    {
        ReadOnlySpan<byte> input = Encoding.ASCII.GetBytes(piece);
        var text = "";
        while (body.TryTake(ref input, out var data)) text += Encoding.ASCII.GetString(data);
        return text;
    }

    [Theory]
    [InlineData(Length3, "abc", "abc", BodyState.Ended, false)]
    [InlineData(Length3, "abcd", "abc", BodyState.Ended, true)]
    [InlineData(Length3, "ab", "ab", BodyState.Open, false)]
    [InlineData("Content-Length: 0\r\n", "", "", BodyState.Ended, false)]
    [InlineData("Content-Length: 0\r\n", "x", "", BodyState.Ended, true)]
    [InlineData(Chunked, "2\r\nab\r\n1;e=1\r\nc\r\n0\r\nt: 1\r\n\r\n", "abc", BodyState.Ended, false)]
    [InlineData(Chunked, "1\r\na\r\n0\r\n\r\nHTTP", "a", BodyState.Ended, true)]
    [InlineData(Chunked, "1\r\nab", "a", BodyState.Malformed, false)]
    [InlineData(Chunked, "0x1\r\n", "", BodyState.Malformed, false)]
    [InlineData(Chunked, "1\r\na\r\n", "a", BodyState.Open, false)]
    [InlineData("", "any bytes", "any bytes", BodyState.Open, false)]
    public void The_framing_is_taken_off_wherever_the_input_is_split(string fields, string input, string expected, BodyState state, bool hasExcess)
    {
        for (var split = 0; split <= input.Length; split++)
        {
            var body = new ResponseBody(Head(fields));
            var text = Read(ref body, input[..split]) + Read(ref body, input[split..]);
            Assert.Equal((expected, state), (text, body.State));
            if (state == BodyState.Ended) Assert.Equal(hasExcess, body.HasExcess);
        }
    }

    [Theory]
    [InlineData(204, false)]
    [InlineData(304, false)]
    [InlineData(200, true)]
    public void Some_responses_have_no_body_whatever_their_fields_say(int status, bool answersHead)
    {
        var body = new ResponseBody(Head(status == 304 ? Length3 : answersHead ? Chunked : "", status, answersHead));
        Assert.Equal(BodyState.Ended, body.State);
        Assert.Empty(Read(ref body, "x"));
        Assert.True(body.HasExcess);
    }

    [Theory]
    [InlineData(Length3, ConnectionEnd.Closed, BodyState.Truncated)]
    [InlineData(Chunked, ConnectionEnd.Closed, BodyState.Truncated)]
    [InlineData("", ConnectionEnd.Closed, BodyState.Ended)]
    [InlineData("", ConnectionEnd.Reset, BodyState.Truncated)]
    [InlineData("", ConnectionEnd.Aborted, BodyState.Truncated)]
    public void The_end_of_the_connection_ends_only_a_body_that_has_no_other_end(string fields, ConnectionEnd end, BodyState expected)
    {
        var body = new ResponseBody(Head(fields));
        body.OnInputEnd(end);
        Assert.Equal(expected, body.State);
    }

    [Fact]
    public void The_end_of_the_connection_changes_nothing_after_the_bodys_own()
    {
        var body = new ResponseBody(Head(Length3));
        Read(ref body, "abc");
        body.OnInputEnd(ConnectionEnd.Reset);
        Assert.Equal(BodyState.Ended, body.State);
        Assert.False(body.IsUntilClose);
    }
}

using Sidecar.Protocols.Http1;

namespace Sidecar.Protocols.Tests.Http1;

/// <summary>What a response head tells, beyond the table of hostile responses.</summary>
public class ResponseHeadTests
{
    private readonly ResponseHead _head = new(4096, 50);

    [Fact]
    public void An_answer_to_HEAD_stays_one_through_the_interim_responses()
    {
        _head.AnswersHead = true;
        Assert.Equal(ParseStatus.Complete, _head.Parse("HTTP/1.1 100 Continue\r\n\r\n"u8));
        Assert.True(_head.IsInterim);
        _head.Reset();
        Assert.Equal(ParseStatus.Complete, _head.Parse("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n"u8));
        Assert.False(_head.IsInterim);
        Assert.Equal(BodyFraming.None, _head.Framing);
        Assert.Equal(5, _head.ContentLength);
    }

    [Fact]
    public void Reset_leaves_nothing_of_the_response_before()
    {
        Assert.Equal(ParseStatus.Complete, _head.Parse("HTTP/1.1 404 Not Found\r\nConnection: close\r\nContent-Length: 5\r\n\r\n"u8));
        _head.Reset();
        Assert.Equal(ParseStatus.NeedMore, _head.Parse("HTTP/1.1"u8));
        Assert.Equal((0, true, 0), (_head.Status, _head.Reason.IsEmpty, _head.Fields.Length));
        Assert.Equal(ParseStatus.Complete, _head.Parse("HTTP/1.1 200\r\n\r\n"u8));
        Assert.Equal((200, true, BodyFraming.UntilClose, 0L), (_head.Status, _head.Reason.IsEmpty, _head.Framing, _head.ContentLength));
    }

    [Theory]
    [InlineData(100, true)]
    [InlineData(199, true)]
    [InlineData(200, false)]
    [InlineData(599, false)]
    public void Only_1xx_is_interim(int status, bool isInterim)
    {
        Assert.Equal(ParseStatus.Complete, _head.Parse(System.Text.Encoding.ASCII.GetBytes($"HTTP/1.1 {status} x\r\n\r\n")));
        Assert.Equal(isInterim, _head.IsInterim);
    }
}

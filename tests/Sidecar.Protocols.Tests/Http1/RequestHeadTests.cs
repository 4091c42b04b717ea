using System.Text;
using Sidecar.Protocols.Http1;

namespace Sidecar.Protocols.Tests.Http1;

/// <summary>What a request head tells, beyond the table of hostile requests.</summary>
public class RequestHeadTests
{
    private const int MaxBytes = 4096;

    private readonly RequestHead _head = new(MaxBytes, 50);

    [Fact]
    public void A_head_is_ready_for_the_next_one_after_reset()
    {
        Parse("POST http://a HTTP/1.1\r\nHost: a\r\nConnection: upgrade, close\r\nTE: trailers\r\n" +
            "Expect: 100-continue\r\nContent-Length: 7\r\n\r\n");
        Assert.Equal((true, true, true), (_head.IsUpgrade, _head.AcceptsTrailers, _head.ExpectsContinue));
        _head.Reset();
        Parse("HEAD /b HTTP/1.1\r\nHost: b\r\n\r\n");
        _head.Reset();
        var bytes = Parse("GET /c HTTP/1.1\r\nHost: c\r\n\r\n");
        var fresh = new RequestHead(MaxBytes, 50);
        fresh.Parse(bytes);
        Assert.Equal(HeadShape.Of(fresh), HeadShape.Of(_head));
    }

    [Fact]
    public void A_head_that_failed_fails_until_reset_and_keeps_no_range_of_an_earlier_one()
    {
        Parse("GET /a/long/path HTTP/1.1\r\nHost: a\r\n\r\n");
        _head.Reset();
        Assert.Equal(ParseStatus.Failed, _head.Parse("GET\r\n"u8));
        Assert.Equal(ParseStatus.Failed, _head.Parse("GET / HTTP/1.1\r\nHost: a\r\n\r\n"u8));
        Assert.True(_head.Method.IsEmpty && _head.Path.IsEmpty && _head.PathAndQuery.IsEmpty);
        Assert.Equal(0, _head.ByteCount);
        _head.Reset();
        Parse("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    }

    [Fact]
    public void Fields_are_found_by_kind_and_by_name_the_first_one_wins()
    {
        var bytes = Parse("GET / HTTP/1.1\r\nHost: a\r\nX-A: 1\r\nx-a: 2\r\nAuthorization: Bearer b\r\n\r\n");
        Assert.True(_head.TryGet("X-a"u8, bytes, out var value));
        Assert.Equal("1"u8, value);
        Assert.True(_head.TryGet(KnownHeader.Authorization, bytes, out value));
        Assert.Equal("Bearer b"u8, value);
        Assert.False(_head.TryGet("x-"u8, bytes, out value));
        Assert.True(value.IsEmpty);
        Assert.False(_head.TryGet(KnownHeader.Expect, bytes, out value));
        Assert.True(value.IsEmpty);
    }

    [Theory]
    [InlineData("Host", KnownHeader.Host)]
    [InlineData("Content-Length", KnownHeader.ContentLength)]
    [InlineData("Transfer-Encoding", KnownHeader.TransferEncoding)]
    [InlineData("Connection", KnownHeader.Connection)]
    [InlineData("Keep-Alive", KnownHeader.KeepAlive)]
    [InlineData("Proxy-Connection", KnownHeader.ProxyConnection)]
    [InlineData("Proxy-Authenticate", KnownHeader.ProxyAuthenticate)]
    [InlineData("Proxy-Authorization", KnownHeader.ProxyAuthorization)]
    [InlineData("TE", KnownHeader.TE)]
    [InlineData("Trailer", KnownHeader.Trailer)]
    [InlineData("Upgrade", KnownHeader.Upgrade)]
    [InlineData("Expect", KnownHeader.Expect)]
    [InlineData("Accept-Encoding", KnownHeader.AcceptEncoding)]
    [InlineData("Content-Type", KnownHeader.ContentType)]
    [InlineData("Content-Encoding", KnownHeader.ContentEncoding)]
    [InlineData("Authorization", KnownHeader.Authorization)]
    [InlineData("x-api-key", KnownHeader.ApiKey)]
    [InlineData("x-request-id", KnownHeader.RequestId)]
    [InlineData("traceparent", KnownHeader.TraceParent)]
    [InlineData("Date", KnownHeader.Date)]
    [InlineData("Content-Lengt_", KnownHeader.Other)]
    [InlineData("X", KnownHeader.Other)]
    public void A_known_field_is_known_in_any_case_and_no_other_is(string name, KnownHeader known)
    {
        foreach (var spelling in new[] { name, name.ToLowerInvariant(), name.ToUpperInvariant() })
        {
            // The response head has the fewest rules of its own; a value that suits all fields.
            var head = new ResponseHead(MaxBytes, 50);
            var value = known == KnownHeader.TransferEncoding ? "chunked" : "5";
            Assert.Equal(ParseStatus.Complete, head.Parse(Encoding.ASCII.GetBytes($"HTTP/1.1 200 OK\r\n{spelling}: {value}\r\n\r\n")));
            Assert.Equal(known, head.Fields[0].Known);
        }
    }

    [Theory]
    [InlineData("trailers", true)]
    [InlineData("Trailers", true)]
    [InlineData("gzip, \t trailers \t,x", true)]
    [InlineData("gzip", false)]
    [InlineData("trailer", false)]
    [InlineData("", false)]
    public void Trailers_are_accepted_when_TE_says_so(string te, bool accepts)
    {
        Parse($"GET / HTTP/1.1\r\nHost: a\r\nTE: {te}\r\n\r\n");
        Assert.Equal(accepts, _head.AcceptsTrailers);
    }

    [Theory]
    [InlineData("HTTP/1.1", "upgrade", true)]
    [InlineData("HTTP/1.1", "keep-alive, \t Upgrade", true)]
    [InlineData("HTTP/1.1", "upgraded", false)]
    [InlineData("HTTP/1.0", "upgrade", false)]
    public void An_upgrade_is_asked_for_by_Connection_in_HTTP_1_1(string version, string connection, bool isUpgrade)
    {
        Parse($"GET / {version}\r\nHost: a\r\nConnection: {connection}\r\n\r\n");
        Assert.Equal(isUpgrade, _head.IsUpgrade);
    }

    [Theory]
    [InlineData("/a/b?c?d", TargetForm.Origin, "/a/b", "/a/b?c?d")]
    [InlineData("http://h/a?b", TargetForm.Absolute, "/a", "/a?b")]
    [InlineData("http://h", TargetForm.Absolute, "", "")]
    [InlineData("http://h?b", TargetForm.Absolute, "", "?b")]
    public void The_target_is_taken_apart(string target, TargetForm form, string path, string pathAndQuery)
    {
        var bytes = Parse($"GET {target} HTTP/1.1\r\nHost: a\r\n\r\n");
        Assert.Equal(form, _head.Form);
        Assert.Equal(path, Encoding.ASCII.GetString(_head.Path.Of(bytes)));
        Assert.Equal(pathAndQuery, Encoding.ASCII.GetString(_head.PathAndQuery.Of(bytes)));
        Assert.Equal(path.Length == 0, _head.IsRootPath);
    }

    [Fact]
    public void Parsing_allocates_nothing_once_warm()
    {
        var bytes = Encoding.ASCII.GetBytes("POST /v1/chat/completions?x=%20 HTTP/1.1\r\nHost: [::1]:80\r\n" +
            "Connection: x-a, keep-alive\r\nX-A: 1\r\nTE: trailers\r\nContent-Length: 5\r\nAuthorization: Bearer b\r\n\r\n");
        long before = 0;
        for (var i = 0; i < 20; i++)
        {
            if (i == 10) before = GC.GetAllocatedBytesForCurrentThread();
            _head.Reset();
            for (var end = 1; end < bytes.Length; end++)
            {
                if (_head.Parse(bytes.AsSpan(0, end)) != ParseStatus.NeedMore) Assert.Fail("too early");
            }
            if (_head.Parse(bytes) != ParseStatus.Complete) Assert.Fail(_head.Error.ToString());
        }
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Fact]
    public void No_byte_is_searched_twice_while_a_line_grows()
    {
        var bytes = Encoding.ASCII.GetBytes("GET / HTTP/1.1\r\nHost: a\r\nX: " + new string('x', 2000) + "\r\n\r\n");
        var shown = (byte[])bytes.Clone();
        for (var end = 1; end < bytes.Length - 4; end++)
        {
            if (_head.Parse(shown.AsSpan(0, end)) != ParseStatus.NeedMore) Assert.Fail($"looked again at what was searched, at {end}");
            if (end > 30) shown[end - 1] = (byte)'\n';
        }
        Assert.Equal(ParseStatus.Complete, _head.Parse(bytes));
    }

    private byte[] Parse(string text)
    {
        var bytes = Encoding.ASCII.GetBytes(text);
        Assert.Equal(ParseStatus.Complete, _head.Parse(bytes));
        Assert.Equal(bytes.Length, _head.ByteCount);
        return bytes;
    }
}

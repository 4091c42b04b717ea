using System.Text;
using Sidecar.Protocols.Http1;
using Sidecar.Proxy.Server;
using Sidecar.Proxy.Tests.Transport;

namespace Sidecar.Proxy.Tests.Server;

public sealed class ResponseWriterTests
{
    private readonly MemoryConnection _client = new();

    private ResponseWriter Writer(string request)
    {
        var head = new RequestHead(1000, 10);
        Assert.Equal(ParseStatus.Complete, head.Parse(Encoding.ASCII.GetBytes(request + "\r\nHost: h\r\n\r\n")));
        return new ResponseWriter(_client, head);
    }

    private async Task<string> Write(ResponseWriter writer, BodyFraming framing, long length, string[] pieces, string trailers = "")
    {
        writer.StartHead(200, "OK"u8);
        writer.EndHead(framing, length, Encoding.ASCII.GetBytes(trailers));
        foreach (var piece in pieces) writer.Write(Encoding.ASCII.GetBytes(piece));
        if (writer.TryEnd(out var fields))
        {
            if (trailers.Length > 0) fields.Field("t"u8, 7);
            fields.End();
        }
        Assert.True(await writer.FlushAsync());
        return _client.All();
    }

    [Fact]
    public async Task A_body_of_known_length_is_written_as_it_is()
    {
        var writer = Writer("GET / HTTP/1.1");
        Assert.Equal("HTTP/1.1 200 OK\r\ncontent-length: 3\r\n\r\nabc", await Write(writer, BodyFraming.Length, 3, ["ab", "", "c"]));
        Assert.True(writer.KeepAlive && writer.IsSelfDelimited && writer.HasStarted);
    }

    [Fact]
    public async Task A_chunked_body_has_one_chunk_for_each_write_and_none_for_nothing()
    {
        var writer = Writer("GET / HTTP/1.1");
        var text = await Write(writer, BodyFraming.Chunked, -1, ["ab", "", new string('x', 300)]);
        Assert.Equal($"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\nab\r\n12c\r\n{new string('x', 300)}\r\n0\r\n\r\n", text);
        Assert.True(writer.KeepAlive && writer.IsSelfDelimited);
    }

    [Fact]
    public async Task Trailers_are_announced_and_written_after_the_last_chunk()
    {
        var text = await Write(Writer("GET / HTTP/1.1"), BodyFraming.Chunked, -1, ["a"], "t");
        Assert.Equal("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\ntrailer: t\r\n\r\n1\r\na\r\n0\r\nt: 7\r\n\r\n", text);
    }

    [Fact]
    public async Task An_http_1_0_client_reads_until_the_connection_closes()
    {
        var writer = Writer("GET / HTTP/1.0\r\nConnection: keep-alive");
        Assert.Equal("HTTP/1.1 200 OK\r\nconnection: close\r\n\r\nab", await Write(writer, BodyFraming.Chunked, -1, ["a", "b"], "t"));
        Assert.False(writer.KeepAlive || writer.IsSelfDelimited);
    }

    [Theory]
    [InlineData(BodyFraming.Length, 5, "content-length: 5\r\n")]
    [InlineData(BodyFraming.Chunked, -1, "transfer-encoding: chunked\r\n")]
    [InlineData(BodyFraming.None, -1, "")]
    public async Task A_head_request_gets_the_fields_and_no_body(BodyFraming framing, long length, string fields)
    {
        Assert.Equal($"HTTP/1.1 200 OK\r\n{fields}\r\n", await Write(Writer("HEAD / HTTP/1.1"), framing, length, ["abcde"]));
    }

    [Fact]
    public async Task A_flush_to_a_client_that_is_gone_is_false()
    {
        var writer = Writer("GET / HTTP/1.1");
        _client.Reset();
        writer.StartHead(200, "OK"u8);
        writer.EndHead(BodyFraming.Length, 0);
        Assert.False(await writer.FlushAsync());
    }
}

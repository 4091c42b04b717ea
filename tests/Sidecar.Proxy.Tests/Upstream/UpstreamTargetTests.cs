using System.Buffers;
using System.Text;
using Sidecar.Protocols.Http1;
using Sidecar.Proxy.Configuration;
using Sidecar.Proxy.Upstream;

namespace Sidecar.Proxy.Tests.Upstream;

public sealed class UpstreamTargetTests
{
    private static string[] Write(string request, string url = "http://provider.test", CredentialOptions? credential = null, long bodyLength = -1, bool readsEvents = false,
        Provider provider = Provider.OpenAI, bool hidesCredential = false)
    {
        var bytes = Encoding.Latin1.GetBytes(request + "\r\n");
        var head = new RequestHead(10_000, 100);
        Assert.Equal(ParseStatus.Complete, head.Parse(bytes));
        var output = new ArrayBufferWriter<byte>();
        var options = new UpstreamOptions { Name = "p", Url = new Uri(url), Credential = credential, Provider = provider };
        new UpstreamTarget(options).WriteHead(output, head, bytes, default, bodyLength, "id"u8, readsEvents, hidesCredential);
        var text = Encoding.Latin1.GetString(output.WrittenSpan);
        Assert.EndsWith("\r\n\r\n", text);
        return text[..^4].Split("\r\n");
    }

    [Theory]
    [InlineData("http://provider.test", "host: provider.test")]
    [InlineData("http://provider.test:80/", "host: provider.test")]
    [InlineData("https://provider.test:443/x", "host: provider.test")]
    [InlineData("https://provider.test:80/", "host: provider.test:80")]
    [InlineData("http://provider.test:8080", "host: provider.test:8080")]
    [InlineData("http://[::1]:8080/", "host: [::1]:8080")]
    [InlineData("http://[2001:db8::1]/", "host: [2001:db8::1]")]
    public void The_host_is_the_providers(string url, string expected) => Assert.Equal(expected, Write("GET / HTTP/1.1\r\nHost: sidecar\r\n", url)[1]);

    [Theory]
    [InlineData("http://p", "/a/b?c=d", "/a/b?c=d")]
    [InlineData("http://p/v1/", "/a", "/v1/a")]
    [InlineData("http://p/x/v1", "/a?b", "/x/v1/a?b")]
    [InlineData("http://p/v1", "http://other/a?q=1", "/v1/a?q=1")]
    [InlineData("http://p/v1", "http://other", "/v1/")]
    [InlineData("http://p", "http://other?x=1", "/?x=1")]
    [InlineData("http://p", "/a?x=%2F%2f+a;b=c&d=~!$()*,:@", "/a?x=%2F%2f+a;b=c&d=~!$()*,:@")]
    [InlineData("http://p", "/a%20b%C3%A9", "/a%20b%C3%A9")]
    public void The_prefix_is_put_before_the_path_and_the_query_is_kept_byte_for_byte(string url, string target, string expected) =>
        Assert.Equal($"GET {expected} HTTP/1.1", Write($"GET {target} HTTP/1.1\r\nHost: h\r\n", url)[0]);

    [Fact]
    public void What_concerns_the_clients_connection_or_the_sidecar_is_left_out_and_all_else_is_kept()
    {
        var lines = Write("POST /a HTTP/1.1\r\nHost: h\r\nX-B: 2\r\nConnection: keep-alive, X-Drop\r\nX-Drop: 1\r\nKeep-Alive: 5\r\nTE: trailers\r\nTrailer: x\r\n" +
            "Upgrade: y\r\nProxy-Authorization: z\r\nProxy-Connection: close\r\nTransfer-Encoding: chunked\r\nExpect: 100-continue\r\nX-Sidecar-User: me\r\nx-a:  1  \r\n" +
            "Authorization: Bearer k\r\nAccept-Encoding: gzip\r\nx-sidecar: kept\r\n", bodyLength: 5);
        Assert.Equal(
            ["POST /a HTTP/1.1", "host: provider.test", "X-B: 2", "x-a: 1", "Authorization: Bearer k", "Accept-Encoding: gzip", "x-sidecar: kept", "x-request-id: id", "content-length: 5"],
            lines);
    }

    [Fact]
    public void A_credential_that_was_meant_for_the_sidecar_goes_no_further_in_any_place()
    {
        var lines = Write("GET /a?key=k&b=1 HTTP/1.1\r\nHost: h\r\nAuthorization: a\r\nx-api-key: b\r\nApi-Key: c\r\nX-Goog-Api-Key: d\r\nMy-Key: e\r\n", hidesCredential: true);
        Assert.Equal(["GET /a?b=1 HTTP/1.1", "host: provider.test", "My-Key: e", "x-request-id: id"], lines);
    }

    [Fact]
    public void A_key_in_the_query_is_replaced_too_where_the_provider_takes_one_there()
    {
        const string Request = "GET /a?key=k HTTP/1.1\r\nHost: h\r\n";
        var credential = new CredentialOptions("x-goog-api-key", "ours");
        Assert.Equal("GET /a HTTP/1.1", Write(Request, credential: credential, provider: Provider.Gemini)[0]);
        Assert.Equal("GET /a?key=k HTTP/1.1", Write(Request, provider: Provider.Gemini)[0]);
        Assert.Equal("GET /a?key=k HTTP/1.1", Write(Request, credential: credential)[0]);
    }

    [Fact]
    public void Our_credential_replaces_every_credential_of_the_client()
    {
        var lines = Write("GET / HTTP/1.1\r\nHost: h\r\nAuthorization: a\r\nx-api-key: b\r\nApi-Key: c\r\nX-Goog-Api-Key: d\r\nMy-Key: e\r\n",
            credential: new CredentialOptions("my-key", "secret"));
        Assert.Equal(["GET / HTTP/1.1", "host: provider.test", "my-key: secret", "x-request-id: id"], lines);
    }

    [Fact]
    public void When_events_are_read_the_response_is_asked_for_unencoded()
    {
        var lines = Write("GET / HTTP/1.1\r\nHost: h\r\nAccept-Encoding: gzip, br\r\n", readsEvents: true);
        Assert.Equal(["GET / HTTP/1.1", "host: provider.test", "accept-encoding: identity", "x-request-id: id"], lines);
    }

    [Fact]
    public void A_request_has_exactly_one_request_id_and_one_length()
    {
        var lines = Write("POST / HTTP/1.1\r\nHost: h\r\nX-Request-Id: mine\r\nx-request-id: again\r\nContent-Length: 7\r\n", bodyLength: 0);
        Assert.Equal(["POST / HTTP/1.1", "host: provider.test", "x-request-id: id", "content-length: 0"], lines);
    }
}

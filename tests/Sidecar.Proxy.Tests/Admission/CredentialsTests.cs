using System.Text;
using Sidecar.Protocols.Http1;
using Sidecar.Proxy.Admission;

namespace Sidecar.Proxy.Tests.Admission;

public sealed class CredentialsTests
{
    [Theory]
    [InlineData("/", "Authorization: Bearer k1", "k1")]
    [InlineData("/", "authorization: BEARER   k1", "k1")]
    [InlineData("/", "Authorization: Basic k1", "")]
    [InlineData("/", "Authorization: Bearer", "")]
    [InlineData("/", "Authorization: k1", "")]
    [InlineData("/", "x-api-key: k1", "k1")]
    [InlineData("/", "x-goog-api-key: k1", "k1")]
    [InlineData("/", "api-key: k1", "k1")]
    [InlineData("/v1beta/models/m:generateContent?key=k1", "a: b", "k1")]
    [InlineData("/x?alt=sse&key=k%2B1&a=b", "a: b", "k+1")]
    [InlineData("/x?monkey=k1&keys=k2&key", "a: b", "")]
    [InlineData("/x/key=k1", "a: b", "")]
    [InlineData("/?key=k2", "x-api-key: k1", "k1")]
    [InlineData("/", "Authorization: Basic k2\r\nx-api-key: k1", "k1")]
    [InlineData("/", "a: b", "")]
    public void A_key_is_found_wherever_a_provider_takes_one(string target, string field, string expected)
    {
        var bytes = Encoding.Latin1.GetBytes($"GET {target} HTTP/1.1\r\nHost: h\r\n{field}\r\n\r\n");
        var head = new RequestHead(10_000, 100);
        Assert.Equal(ParseStatus.Complete, head.Parse(bytes));
        Assert.Equal(expected, Encoding.UTF8.GetString(Credentials.Find(head, bytes)));
    }

    [Theory]
    [InlineData("/x", "/x")]
    [InlineData("/x?", "/x?")]
    [InlineData("/x?a=b&c", "/x?a=b&c")]
    [InlineData("/x?key=k", "/x")]
    [InlineData("/x?key=k&alt=sse", "/x?alt=sse")]
    [InlineData("/x?alt=sse&key=k&key=l&z=%20&&", "/x?alt=sse&z=%20&&")]
    [InlineData("/x?k%65y=k&monkey=1&%6B%65%79=l", "/x?monkey=1")]
    [InlineData("/x?a=?key=k", "/x?a=?key=k")]
    public void A_target_goes_on_without_its_key_and_else_as_it_was(string target, string expected) =>
        Assert.Equal(expected, Encoding.Latin1.GetString(Credentials.Without(Encoding.Latin1.GetBytes(target))));
}

using System.Text;
using System.Text.Json;
using Sidecar.FunctionalTests.Client;
using Sidecar.FunctionalTests.Product;
using Sidecar.FunctionalTests.Provider;

namespace Sidecar.FunctionalTests.Http;

/// <summary>
/// Requests that two readers may read differently are answered and their connection closed; nothing of them reaches the provider,
/// and nothing that hides behind them.
/// </summary>
public sealed class RejectionTests(SidecarFixture fixture) : IClassFixture<SidecarFixture>
{
    private const string Host = "Host: sidecar.test\r\n";
    private const string Hidden = "GET /hidden HTTP/1.1\r\nHost: sidecar.test\r\n\r\n";

    /// <summary>Status, rule, request.</summary>
    public static TheoryData<int, string, string> Malformed => new()
    {
        { 400, "RFC 9112 6.3: both length and coding", Post("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n") + "0\r\n\r\n" },
        { 400, "RFC 9112 6.3: lengths that differ", Post("Content-Length: 5\r\nContent-Length: 6\r\n") + "hello!" },
        { 400, "RFC 9110 8.6: a list of lengths that differ", Post("Content-Length: 5, 6\r\n") + "hello!" },
        { 400, "RFC 9110 8.6: length with a sign", Post("Content-Length: +5\r\n") + "hello" },
        { 400, "RFC 9110 8.6: negative length", Post("Content-Length: -5\r\n") + "hello" },
        { 400, "RFC 9110 8.6: length in hexadecimal", Post("Content-Length: 0x5\r\n") + "hello" },
        { 400, "RFC 9110 8.6: length with a space", Post("Content-Length: 5 0\r\n") + "hello" },
        { 400, "RFC 9110 8.6: empty length", Post("Content-Length: \r\n") },
        { 400, "RFC 9110 8.6: length past any integer", Post("Content-Length: 99999999999999999999999999\r\n") },
        { 501, "RFC 9112 6.1: unknown coding", Post("Transfer-Encoding: gzip, chunked\r\n") + "0\r\n\r\n" },
        { 400, "RFC 9112 6.3: chunked is not the last coding", Post("Transfer-Encoding: chunked, identity\r\n") + "0\r\n\r\n" },
        { 400, "RFC 9112 6.1: chunked twice", Post("Transfer-Encoding: chunked, chunked\r\n") + "0\r\n\r\n" },
        { 400, "RFC 9112 6.1: chunked in HTTP/1.0", "POST /v1/x HTTP/1.0\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" },
        { 400, "RFC 9112 5.2: folded line", "GET /v1/x HTTP/1.1\r\n" + Host + "X-A: b\r\n c\r\n\r\n" },
        { 400, "RFC 9112 5.1: space before the colon", "GET /v1/x HTTP/1.1\r\n" + Host + "X-A : b\r\n\r\n" },
        { 400, "RFC 9112 5.1: space before the first field", "GET /v1/x HTTP/1.1\r\n " + Host + "\r\n" },
        { 400, "RFC 9110 5.1: empty field name", "GET /v1/x HTTP/1.1\r\n" + Host + ": b\r\n\r\n" },
        { 400, "RFC 9110 5.6.2: field name is no token", "GET /v1/x HTTP/1.1\r\n" + Host + "X(A): b\r\n\r\n" },
        { 400, "RFC 9112 5: a line without a colon", "GET /v1/x HTTP/1.1\r\n" + Host + "nonsense\r\n\r\n" },
        { 400, "RFC 9110 5.5: NUL in a value", "GET /v1/x HTTP/1.1\r\n" + Host + "X-A: b\0c\r\n\r\n" },
        { 400, "RFC 9112 2.2: bare CR in a value", "GET /v1/x HTTP/1.1\r\n" + Host + "X-A: b\rX-C: d\r\n\r\n" },
        { 400, "RFC 9112 2.2: bare CR in the request line", "GET /v1/x\r HTTP/1.1\r\n" + Host + "\r\n" },
        { 400, "RFC 9112 2.2: bare LF", "GET /v1/x HTTP/1.1\nHost: sidecar.test\n\n" },
        { 400, "RFC 9112 2.2: bare LF in the middle", "GET /v1/x HTTP/1.1\r\nX-A: b\nContent-Length: 5\r\n" + Host + "\r\n" },
        { 400, "RFC 9112 3.2: no Host", "GET /v1/x HTTP/1.1\r\n\r\n" },
        { 400, "RFC 9112 3.2: two Hosts", "GET /v1/x HTTP/1.1\r\n" + Host + Host + "\r\n" },
        { 400, "RFC 9112 3.2: bad Host", "GET /v1/x HTTP/1.1\r\nHost: a b\r\n\r\n" },
        { 400, "RFC 9112 3: too many words", "GET /v1/x /v1/y HTTP/1.1\r\n" + Host + "\r\n" },
        { 400, "RFC 9112 3: no version", "GET /v1/x\r\n" + Host + "\r\n" },
        { 400, "RFC 9112 3: method is no token", "G(T /v1/x HTTP/1.1\r\n" + Host + "\r\n" },
        { 400, "RFC 9112 3.2: control in the target", "GET /v1/\u0001x HTTP/1.1\r\n" + Host + "\r\n" },
        { 400, "RFC 9112 3.2: fragment in the target", "GET /v1/x#y HTTP/1.1\r\n" + Host + "\r\n" },
        { 505, "RFC 9112 2.3: unknown major version", "GET /v1/x HTTP/3.0\r\n" + Host + "\r\n" },
        { 400, "RFC 9112 2.3: version in lower case", "GET /v1/x http/1.1\r\n" + Host + "\r\n" },
        { 400, "RFC 9112 7.1: chunk size with a sign", Chunked("+5\r\nhello\r\n0\r\n\r\n") },
        { 400, "RFC 9112 7.1: chunk size with a prefix", Chunked("0x5\r\nhello\r\n0\r\n\r\n") },
        { 400, "RFC 9112 7.1: chunk size past any integer", Chunked("fffffffffffffffff\r\nhello\r\n0\r\n\r\n") },
        { 400, "RFC 9112 7.1: empty chunk size", Chunked("\r\nhello\r\n0\r\n\r\n") },
        { 400, "RFC 9112 7.1: bytes behind a chunk's data", Chunked("5\r\nhelloX\r\n0\r\n\r\n") },
        { 400, "RFC 9112 7.1: bare LF behind a chunk size", Chunked("5\nhello\r\n0\r\n\r\n") },
        { 400, "RFC 9112 7.1: bare LF behind a chunk's data", Chunked("5\r\nhello\n0\r\n\r\n") },
        { 400, "RFC 9112 7.1.1: bare LF in an extension", Chunked("5;a\nhello\r\n0\r\n\r\n") },
        { 431, "32 KB of head at most", "GET /v1/x HTTP/1.1\r\n" + Host + "X-A: " + new string('a', 40_000) + "\r\n\r\n" },
        { 431, "100 fields at most", "GET /v1/x HTTP/1.1\r\n" + Host + string.Concat(Enumerable.Range(0, 101).Select(i => $"X-{i}: 1\r\n")) + "\r\n" },
    };

    [Theory]
    [MemberData(nameof(Malformed))]
    public async Task A_malformed_request_is_refused_and_its_connection_closed(int status, string rule, string request)
    {
        fixture.Provider.TakeAll();
        var before = await RejectedAsync();
        foreach (var cut in new[] { Cut.Whole, Cut.Random(7, 11) })
        {
            using var client = await RawClient.ConnectAsync(fixture.Sidecar.DataUri);
            await TrySendAsync(client, request + Hidden, cut);
            var response = await client.ResponseAsync();
            Assert.True(status == response.Status, $"{rule}: {response.Status} {response.Text}");
            Assert.Equal("application/json", response.Header("content-type"));
            Assert.Equal(status == 431 ? "header_too_large" : "bad_request", response.Json.GetProperty("error").GetProperty("code").GetString());
            await client.EndAsync();
            Assert.Equal(0, client.Unread.Length);
        }
        await Bound.UntilAsync(async () => await RejectedAsync() == before + 2, $"two rejected streams counted ({rule})");
        Assert.Empty(fixture.Provider.TakeAll());
    }

    [Theory]
    [InlineData("/v1/chat/completions", """{"error":{"message":"","type":"","param":"","code":"bad_request"}}""")]
    [InlineData("/v1/responses", """{"error":{"message":"","type":"","param":"","code":"bad_request"}}""")]
    [InlineData("/v1/messages", """{"type":"error","error":{"type":"","message":""}}""")]
    [InlineData("/v1beta/models/m:streamGenerateContent", """{"error":{"code":400,"message":"","status":""}}""")]
    [InlineData("/api/chat", """{"error":""}""")]
    public async Task The_refusal_has_the_shape_of_the_paths_dialect(string path, string shape)
    {
        var response = await RawClient.AskAsync(fixture.Sidecar.DataUri, $"POST {path} HTTP/1.1\r\n{Host}Transfer-Encoding: chunked\r\n\r\nnonsense\r\n");
        Assert.Equal(400, response.Status);
        AssertShape(JsonElement.Parse(shape), response.Json);
    }

    private static string Post(string headers) => $"POST /v1/x HTTP/1.1\r\n{Host}{headers}\r\n";

    private static string Chunked(string chunks) => Post("Transfer-Encoding: chunked\r\n") + chunks;

    /// <summary>The sidecar may close while the request is still being written: what it answered is what counts.</summary>
    private static async Task TrySendAsync(RawClient client, string request, Func<ReadOnlyMemory<byte>, IEnumerable<ReadOnlyMemory<byte>>> cut)
    {
        try
        {
            await client.SendAsync(Encoding.Latin1.GetBytes(request), cut);
        }
        catch (System.Net.Sockets.SocketException)
        {
            // Its answer is read all the same.
        }
    }

    private async Task<double> RejectedAsync() => (await fixture.Sidecar.MetricsAsync()).Sum("llm_sidecar_streams_total", ("outcome", "rejected"));

    /// <summary>Every member of the shape is there; a number or a code must be the same, an empty string may be anything but missing.</summary>
    private static void AssertShape(JsonElement shape, JsonElement actual)
    {
        foreach (var member in shape.EnumerateObject())
        {
            Assert.True(actual.TryGetProperty(member.Name, out var value), $"{member.Name} is missing in {actual}");
            if (member.Value.ValueKind == JsonValueKind.Object) AssertShape(member.Value, value);
            else if (member.Value.ToString().Length > 0) Assert.Equal(member.Value.ToString(), value.ToString());
        }
    }
}

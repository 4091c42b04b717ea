using System.Net.Sockets;
using System.Text;
using Sidecar.FunctionalTests.Client;
using Sidecar.FunctionalTests.Product;
using Sidecar.FunctionalTests.Provider;
using Sidecar.Protocols.Tests.Http1;

namespace Sidecar.FunctionalTests.Http;

/// <summary>A sidecar with the bounds that the table of hostile requests is written for.</summary>
public sealed class HostileFixture : SidecarFixture
{
    protected override string Settings => "http: { max_header_bytes: 8KB }\n";
}

/// <summary>The table of hostile requests over sockets, with a strict origin behind the sidecar, whole and byte by byte.</summary>
public sealed class HostileRequestTests(HostileFixture fixture) : IClassFixture<HostileFixture>
{
    private const string Hidden = "GET /hidden HTTP/1.1\r\nHost: origin.test\r\n\r\n";
    private static readonly Dictionary<string, HostileRequest> Cases = HostileRequests.All.ToDictionary(request => request.Name);

    /// <summary>Names of the cases.</summary>
    public static TheoryData<string> Names => [.. Cases.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task A_request_is_refused_or_normalised_as_its_rule_asks(string name)
    {
        var request = Cases[name];
        fixture.Provider.Respond = asked => asked.Method == "HEAD" ? Script.Raw("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n") : Script.Json(200, "{}");
        foreach (var cut in new[] { Cut.Whole, Cut.ByteByByte })
        {
            fixture.Provider.TakeAll();
            using var client = await RawClient.ConnectAsync(fixture.Sidecar.DataUri);
            switch (request.Fate)
            {
                case RequestFate.Refused:
                    await RefusedAsync(client, request, cut);
                    break;
                case RequestFate.Unfinished:
                    await UnfinishedAsync(client, request, cut);
                    break;
                default:
                    await ForwardedAsync(client, request, cut);
                    break;
            }
        }
        Assert.Empty(fixture.Provider.Violations);
    }

    private async Task RefusedAsync(RawClient client, HostileRequest request, Func<ReadOnlyMemory<byte>, IEnumerable<ReadOnlyMemory<byte>>> cut)
    {
        try
        {
            await client.SendAsync((byte[])[.. request.Bytes, .. Encoding.ASCII.GetBytes(Hidden)], cut);
        }
        catch (SocketException)
        {
            // It may close while the request is still being written; its answer is read all the same.
        }
        var response = await client.ResponseAsync();
        Assert.True(request.Status == response.Status, $"{request.Rule}: {response.Status} {response.Text}");
        Assert.NotEmpty(response.Json.GetProperty("error").GetProperty("code").GetString()!);
        await client.EndAsync();
        Assert.Equal(0, client.Unread.Length);
        Assert.Empty(fixture.Provider.TakeAll());
    }

    private async Task UnfinishedAsync(RawClient client, HostileRequest request, Func<ReadOnlyMemory<byte>, IEnumerable<ReadOnlyMemory<byte>>> cut)
    {
        await client.SendAsync(request.Bytes, cut);
        client.HalfClose();
        await client.EndAsync();
        Assert.DoesNotContain("HTTP/1.1 2", Encoding.Latin1.GetString(client.Unread.Span), StringComparison.Ordinal);
        Assert.Empty(fixture.Provider.TakeAll());
    }

    private async Task ForwardedAsync(RawClient client, HostileRequest request, Func<ReadOnlyMemory<byte>, IEnumerable<ReadOnlyMemory<byte>>> cut)
    {
        await client.SendAsync(request.Bytes, cut);
        var response = await client.ResponseAsync(request.Method);
        Assert.InRange(response.Status, 200, 204);
        Assert.Equal(request.Continues, response.Interim.Contains(100));
        // OPTIONS * asks about the server, and the sidecar is that server.
        if (request.Target == "*") Assert.Empty(fixture.Provider.TakeAll());
        else AssertSeen(request, (await fixture.Provider.NextAsync()).Request);
        if (!request.KeepsOpen)
        {
            await client.EndAsync();
        }
        else if (request.Rest > 0 && request.Bytes.AsSpan(^request.Rest..).EndsWith("\r\n\r\n"u8))
        {
            // What stands behind it is a request of its own.
            Assert.Equal(200, (await client.ResponseAsync()).Status);
            await fixture.Provider.NextAsync();
        }
        else if (request.Rest == 0)
        {
            Assert.Empty(fixture.Provider.TakeAll());
            await client.SendAsync("GET /v1/next HTTP/1.1\r\nHost: origin.test\r\n\r\n");
            Assert.Equal(200, (await client.ResponseAsync()).Status);
            Assert.Equal("/v1/next", (await fixture.Provider.NextAsync()).Request.Target);
        }
    }

    private static void AssertSeen(HostileRequest expected, ReceivedRequest seen)
    {
        Assert.Equal((expected.Method, expected.Target), (seen.Method, seen.Target));
        Assert.Equal(Encoding.Latin1.GetBytes(expected.Body), seen.Body);
        var lines = seen.Headers.Select(header => $"{header.Name}: {header.Value}").ToList();
        foreach (var line in expected.Sees) Assert.Contains(line, lines);
        // Framing of the sidecar's own is not the client's.
        foreach (var name in expected.Hides) Assert.Empty(seen.All(name));
    }
}

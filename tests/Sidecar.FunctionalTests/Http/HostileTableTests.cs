using Sidecar.FunctionalTests.Client;
using Sidecar.FunctionalTests.Product;
using Sidecar.FunctionalTests.Provider;
using Sidecar.Protocols.Tests.Http1;

namespace Sidecar.FunctionalTests.Http;

/// <summary>A sidecar with the bounds that the table of hostile requests is written for.</summary>
public sealed class HostileFixture : SidecarFixture
{
    protected override string Settings => $"http: {{ max_header_bytes: {HostileRequests.MaxHeadBytes} }}\n";
}

/// <summary>
/// The whole table of hostile requests over sockets, whole and byte by byte: what is refused is answered and closed and never reaches the
/// provider; what is forwarded reaches a strict provider just as it was meant.
/// </summary>
public sealed class HostileTableTests(HostileFixture fixture) : IClassFixture<HostileFixture>
{
    private const int LongestByteByByte = 600;
    private static readonly Dictionary<string, HostileRequest> Cases = HostileRequests.All.ToDictionary(c => c.Name);

    public static TheoryData<string> Names => [.. Cases.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public Task A_hostile_request_meets_its_fate_whole(string name) => MeetAsync(Cases[name], Cut.Whole);

    [Theory]
    [MemberData(nameof(Names))]
    public Task A_hostile_request_meets_its_fate_in_pieces(string name) =>
        MeetAsync(Cases[name], Cases[name].Bytes.Length <= LongestByteByByte ? Cut.ByteByByte : Cut.Random(seed: 1, longest: Cases[name].Bytes.Length / 4));

    private async Task MeetAsync(HostileRequest expected, Func<ReadOnlyMemory<byte>, IEnumerable<ReadOnlyMemory<byte>>> cut)
    {
        fixture.Provider.TakeAll();
        using var client = await RawClient.ConnectAsync(fixture.Sidecar.DataUri);
        await client.SendAsync(expected.Bytes, cut);
        switch (expected.Fate)
        {
            case RequestFate.Refused:
                var refusal = await client.ResponseAsync(expected.Method);
                Assert.Equal(expected.Status, refusal.Status);
                Assert.NotEqual(ConnectionEnd.Open, await client.EndAsync());
                break;
            case RequestFate.Unfinished:
                client.HalfClose();
                Assert.NotEqual(ConnectionEnd.Open, await client.EndAsync());
                break;
            case RequestFate.Forwarded when expected.Target == "*":
                Assert.Equal(204, (await client.ResponseAsync(expected.Method)).Status);
                break;
            default:
                Assert.Equal(200, (await client.ResponseAsync(expected.Method)).Status);
                var hasSecond = expected.Bytes.AsSpan(expected.Bytes.Length - expected.Rest).IndexOf(" HTTP/1.1\r\n"u8) >= 0;
                if (hasSecond) Assert.Equal(200, (await client.ResponseAsync(expected.Method)).Status);
                var seen = fixture.Provider.TakeAll();
                Assert.True(seen.Count == (hasSecond ? 2 : 1), string.Join('\n', seen.Select(Told)));
                AssertSeen(expected, seen[0].Request);
                break;
        }
        Assert.Equal("", string.Join('\n', fixture.Provider.TakeAll().Select(Told)));
        Assert.Empty(fixture.Provider.Violations);
    }

    private static string Told(ProviderExchange exchange) =>
        $"{exchange.Request.Method} {exchange.Request.Target} {string.Join("; ", exchange.Request.Headers)} {exchange.Request.Body.Length} bytes";

    private static void AssertSeen(HostileRequest expected, ReceivedRequest seen)
    {
        Assert.Equal((expected.Method, expected.Target), (seen.Method, seen.Target));
        Assert.Equal(expected.Body, System.Text.Encoding.Latin1.GetString(seen.Body));
        Assert.Single(seen.All("host"));
        foreach (var line in expected.Sees)
        {
            var colon = line.IndexOf(':', StringComparison.Ordinal);
            Assert.Contains((line[..colon], line[(colon + 1)..].Trim()), seen.Headers);
        }
        foreach (var name in expected.Hides) Assert.Empty(seen.All(name));
    }
}

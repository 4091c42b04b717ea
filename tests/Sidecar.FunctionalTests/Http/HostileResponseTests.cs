using System.Text;
using Sidecar.FunctionalTests.Client;
using Sidecar.FunctionalTests.Provider;
using Sidecar.Protocols.Tests.Http1;

namespace Sidecar.FunctionalTests.Http;

/// <summary>The table of hostile upstream responses over sockets, whole and byte by byte: a strict client sees a lawful response, a cut one, or 502.</summary>
public sealed class HostileResponseTests(HostileFixture fixture) : IClassFixture<HostileFixture>
{
    // The bounds of a provider's head are the product's own choice: a test of its own holds that there are some.
    private static readonly Dictionary<string, HostileResponse> Cases = HostileResponses.All
        .Where(response => !response.Rule.StartsWith("bound of a response's", StringComparison.Ordinal)).ToDictionary(response => response.Name);

    /// <summary>Names of the cases.</summary>
    public static TheoryData<string> Names => [.. Cases.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task A_response_is_relayed_cut_or_answered_502_as_its_rule_asks(string name)
    {
        var expected = Cases[name];
        var method = expected.AnswersHead ? "HEAD" : "GET";
        foreach (var cut in new[] { Cut.Whole, Cut.ByteByByte })
        {
            fixture.Provider.Respond = _ => Script.Raw(expected.Bytes, new Step.Close()).Written(cut);
            using var client = await RawClient.ConnectAsync(fixture.Sidecar.DataUri);
            await client.SendAsync($"{method} /v1/models HTTP/1.1\r\nHost: sidecar.test\r\n\r\n");
            var response = await client.HeadAsync(method);
            var isWhole = await response.ReadOutAsync();
            switch (expected.Fate)
            {
                case ResponseFate.Relayed:
                    Assert.True(isWhole, "cut");
                    AssertRelayed(expected, response);
                    break;
                case ResponseFate.Refused:
                    Assert.True(response.Status == 502, $"{expected.Rule}: {response.Status}");
                    if (!expected.AnswersHead) Assert.Equal("upstream_protocol_error", Code(response));
                    break;
                default:
                    // In the head it is answered, in the body it is cut.
                    Assert.True(response.Status == 502 || !isWhole, $"{expected.Rule}: a whole {response.Status}");
                    break;
            }
            Assert.Equal(0, client.Unread.Length);
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Nothing_of_it_reaches_the_next_request(string name)
    {
        var expected = Cases[name];
        var method = expected.AnswersHead ? "HEAD" : "GET";
        var first = true;
        fixture.Provider.TakeAll();
        // The connection stays open behind the hostile bytes: whether it is used again is the sidecar's choice.
        fixture.Provider.Respond = _ =>
        {
            if (!first) return Script.Json(200, "\"next\"");
            first = false;
            return Script.Raw(expected.Bytes);
        };
        using (var client = await RawClient.ConnectAsync(fixture.Sidecar.DataUri))
        {
            await client.SendAsync($"{method} /v1/models HTTP/1.1\r\nHost: sidecar.test\r\n\r\n");
            // One that is not over yet would only end with the read time-out.
            if (expected.Fate is ResponseFate.Refused or ResponseFate.Relayed && !EndsByClose(expected)) await (await client.HeadAsync(method)).ReadOutAsync();
            else await fixture.Provider.NextAsync();
        }
        Assert.Equal("\"next\"", (await RawClient.AskAsync(fixture.Sidecar.DataUri, RawClient.Post("/v1/x", "{}"))).Text);
    }

    [Theory]
    [InlineData("x-a: ", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")]
    [InlineData("", "x-a: b\r\n")]
    public async Task A_head_without_end_is_answered_502(string begin, string again)
    {
        fixture.Provider.Respond = _ => Script.Raw("HTTP/1.1 200 OK\r\n" + begin + string.Concat(Enumerable.Repeat(again, 20_000)), new Step.WaitFor(new Signal()));
        var response = await RawClient.AskAsync(fixture.Sidecar.DataUri, RawClient.Post("/v1/x", "{}"));
        Assert.Equal((502, "upstream_protocol_error"), (response.Status, Code(response)));
    }

    private static bool EndsByClose(HostileResponse response)
    {
        var text = Encoding.Latin1.GetString(response.Bytes);
        return !text.Contains("content-length", StringComparison.OrdinalIgnoreCase) && !text.Contains("transfer-encoding", StringComparison.OrdinalIgnoreCase);
    }

    private static void AssertRelayed(HostileResponse expected, RawResponse response)
    {
        Assert.Equal(expected.Status, response.Status);
        Assert.Equal(expected.Body, Encoding.Latin1.GetString(response.Body.Span));
        var lines = response.Headers.Select(header => $"{header.Name}: {header.Value}").ToList();
        foreach (var line in expected.Sees) Assert.Contains(line, lines);
        foreach (var name in expected.Hides) Assert.Empty(response.All(name));
    }

    private static string? Code(RawResponse response) => response.Json.GetProperty("error").GetProperty("code").GetString();
}

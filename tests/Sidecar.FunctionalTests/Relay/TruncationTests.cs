using System.Diagnostics;
using System.Text;
using System.Text.Json;
using Sidecar.FunctionalTests.Client;
using Sidecar.FunctionalTests.Dialects;
using Sidecar.FunctionalTests.Product;
using Sidecar.FunctionalTests.Provider;
using Sidecar.FunctionalTests.Sdk;

namespace Sidecar.FunctionalTests.Relay;

/// <summary>A cut upstream never becomes a clean end: what came passes, an error event in the dialect follows, and SDKs notice.</summary>
public sealed class TruncationTests(SidecarFixture fixture) : IClassFixture<SidecarFixture>
{
    /// <summary>Each dialect with each way to be cut.</summary>
    public static TheoryData<string, string> Cases
    {
        get
        {
            var cases = new TheoryData<string, string>();
            foreach (var dialect in ApiDialect.All)
            {
                foreach (var way in new[] { "FIN between chunks", "FIN in an event", "FIN in a letter", "RST", "FIN short of the length", "FIN without the dialect's end" }) cases.Add(dialect.Name, way);
            }
            return cases;
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task What_came_passes_and_an_error_in_the_dialect_follows(string dialectName, string way)
    {
        var dialect = ApiDialect.Of(dialectName);
        var frames = dialect.Stream(Completion.Letters).Select(frame => Encoding.UTF8.GetBytes(frame.Wire)).ToList();
        var count = dialect.Stream(Completion.Letters).ToList().FindIndex(frame => frame.Content) + 1;
        var came = frames.Take(count).SelectMany(frame => frame).ToArray();
        var next = frames[count];
        fixture.Provider.Respond = _ => way switch
        {
            "FIN between chunks" => Script.Response(dialect.StreamType, Framing.Chunked, came, new Step.Close()),
            "FIN in an event" => Script.Response(dialect.StreamType, Framing.Chunked, came, next[..(next.Length / 2)], new Step.Close()),
            "FIN in a letter" => Script.Response(dialect.StreamType, Framing.Chunked, came, next[..(Array.FindIndex(next, b => b >= 0x80) + 1)], new Step.Close()),
            "RST" => Script.Response(dialect.StreamType, Framing.Chunked, came, new Step.Reset()),
            "FIN short of the length" => Script.Response(dialect.StreamType, Framing.Length, came, new Step.Close(), next),
            _ => Script.Response(dialect.StreamType, Framing.Close, [came]),
        };
        using var client = await RawClient.ConnectAsync(fixture.Sidecar.DataUri);
        await client.PostAsync(dialect.Path(true, "m"), dialect.Request(true, "m"));
        var response = await client.HeadAsync("POST");
        await response.ReadOutAsync();
        Assert.Equal(200, response.Status);
        Assert.StartsWith(Encoding.UTF8.GetString(came), response.Text, StringComparison.Ordinal);
        AssertError(dialect, response.Text[Encoding.UTF8.GetCharCount(came)..]);
    }

    [Theory]
    [MemberData(nameof(OfficialSdk.Names), MemberType = typeof(OfficialSdk))]
    public async Task An_official_sdk_raises_or_reports_it(string sdkName)
    {
        var sdk = OfficialSdk.Of(sdkName);
        var frames = sdk.Dialect.Stream(Completion.AtLimit).Select(frame => (Step)frame.Wire).Take(20).ToList();
        foreach (var end in new Step[] { new Step.Close(), new Step.Reset() })
        {
            fixture.Provider.Respond = _ => Script.Response(sdk.Dialect.StreamType, Framing.Chunked, [.. frames, end]);
            Told? told = null;
            var failure = await Record.ExceptionAsync(async () => told = await sdk.StreamAsync(fixture.Sidecar.DataUri));
            Assert.True(failure is not (null or TimeoutException) || told!.Events.Any(text => text.Contains("upstream_truncated", StringComparison.Ordinal)), $"a clean end after {told?.Events.Count} events");
        }
    }

    [Theory]
    [InlineData("before the head")]
    [InlineData("in the stream")]
    public async Task A_clients_leaving_reaches_the_provider_within_100_ms(string when)
    {
        var chat = new OpenAIChat();
        var times = new List<double>();
        for (var i = 0; i < 9; i++)
        {
            var reached = new Signal();
            fixture.Provider.Respond = _ => when == "before the head"
                ? Script.Raw(new Step.Tell(reached), new Step.WaitFor(new Signal()))
                : Script.Response("text/event-stream", Framing.Chunked, "data: 1\n\n", new Step.Tell(reached), new Step.WaitFor(new Signal()));
            fixture.Provider.TakeAll();
            using var client = await RawClient.ConnectAsync(fixture.Sidecar.DataUri);
            await client.PostAsync(chat.Path(true, "m"), chat.Request(true, "m"));
            var exchange = await fixture.Provider.NextAsync();
            await Bound.ForAsync(reached.Raised, "the script's start");
            var left = Stopwatch.GetTimestamp();
            if (i % 2 == 0) client.Reset();
            else client.Close();
            await Bound.ForAsync(exchange.PeerLeft.Raised, "the close of the provider's connection");
            times.Add(Stopwatch.GetElapsedTime(left).TotalMilliseconds);
        }
        // The median: a busy machine may hold any single one back.
        Assert.InRange(times.Order().ElementAt(times.Count / 2), 0, 100);
    }

    /// <summary>The rest holds one error of the sidecar, in the frames and fields of the dialect.</summary>
    private static void AssertError(ApiDialect dialect, string rest)
    {
        if (dialect.StreamType == "application/x-ndjson")
        {
            var line = rest.Split('\n', StringSplitOptions.RemoveEmptyEntries).Last();
            Assert.Contains("cut", JsonElement.Parse(line).GetProperty("error").GetString(), StringComparison.Ordinal);
            return;
        }
        if (dialect.Name == "gemini-array")
        {
            Assert.EndsWith("]", rest.TrimEnd(), StringComparison.Ordinal);
            Assert.Contains("\"error\"", rest, StringComparison.Ordinal);
            return;
        }
        var data = rest[(rest.LastIndexOf("data:", StringComparison.Ordinal) + 5)..];
        Assert.EndsWith("\n\n", data, StringComparison.Ordinal);
        var error = JsonElement.Parse(data);
        switch (dialect)
        {
            case AnthropicMessages:
                Assert.Contains("event: error\n", rest, StringComparison.Ordinal);
                Assert.Equal("error", error.GetProperty("type").GetString());
                Assert.NotEmpty(error.GetProperty("error").GetProperty("message").GetString()!);
                break;
            case OpenAIResponses:
                Assert.Equal(("error", "upstream_truncated"), (error.GetProperty("type").GetString(), error.GetProperty("code").GetString()));
                Assert.True(error.TryGetProperty("sequence_number", out _));
                break;
            case Gemini:
                Assert.True(error.GetProperty("error").GetProperty("code").GetInt32() >= 500);
                break;
            default:
                Assert.Equal("upstream_truncated", error.GetProperty("error").GetProperty("code").GetString());
                break;
        }
    }
}

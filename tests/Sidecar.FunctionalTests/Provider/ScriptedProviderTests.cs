using Sidecar.FunctionalTests.Client;
using Sidecar.FunctionalTests.Dialects;
using Sidecar.FunctionalTests.Sdk;

namespace Sidecar.FunctionalTests.Provider;

/// <summary>The measure is measured first: what the scripted provider and the raw client do with each other, with nothing between.</summary>
public sealed class ScriptedProviderTests
{
    [Theory]
    [InlineData(Framing.Chunked)]
    [InlineData(Framing.Length)]
    [InlineData(Framing.Close)]
    public async Task A_scripted_body_arrives_in_each_framing_however_it_is_written(Framing framing)
    {
        await using var provider = new ScriptedProvider();
        var dialect = new OpenAIChat();
        foreach (var cut in new[] { Cut.Whole, Cut.ByteByByte, Cut.PerEvent, Cut.Random(1, 40) })
        {
            provider.Respond = _ => dialect.Streamed(Completion.Letters, framing).Written(cut);
            var response = await RawClient.AskAsync(provider.Uri, RawClient.Post("/v1/chat/completions", dialect.Request(true, "m")));
            Assert.Equal(200, response.Status);
            Assert.Equal(dialect.StreamBytes(Completion.Letters), response.Body.ToArray());
            Assert.Equal(framing == Framing.Chunked, response.IsChunked);
        }
        Assert.Empty(provider.Violations);
    }

    [Fact]
    public async Task A_withheld_rest_is_not_there_until_the_signal()
    {
        await using var provider = new ScriptedProvider();
        var rest = new Signal();
        provider.Respond = _ => Script.Response("text/plain", Framing.Chunked, "one", new Step.WaitFor(rest), "two");
        using var client = await RawClient.ConnectAsync(provider.Uri);
        await client.PostAsync("/", "{}");
        var response = await client.HeadAsync();
        await response.ArrivedAsync(3);
        Assert.Equal("one", response.Text);
        rest.Raise();
        await response.CompleteAsync();
        Assert.Equal("onetwo", response.Text);
    }

    [Fact]
    public async Task A_cut_length_and_a_reset_are_seen_as_what_they_are()
    {
        await using var provider = new ScriptedProvider();
        provider.Respond = request => Script.Response("text/plain", Framing.Length, "one", request.Target == "/cut" ? new Step.Close() : new Step.Reset(), "two");
        foreach (var (target, end) in new[] { ("/cut", ConnectionEnd.Closed), ("/reset", ConnectionEnd.Reset) })
        {
            using var client = await RawClient.ConnectAsync(provider.Uri);
            await client.PostAsync(target, "{}");
            var response = await client.HeadAsync();
            Assert.False(await response.ReadOutAsync());
            Assert.Equal(end, client.End);
        }
    }

    [Fact]
    public async Task A_leaving_peer_is_told_while_the_script_waits()
    {
        await using var provider = new ScriptedProvider();
        provider.Respond = _ => Script.Response("text/plain", Framing.Chunked, "one", new Step.WaitFor(new Signal()), "two");
        foreach (var leave in new Action<RawClient>[] { client => client.Close(), client => client.Reset() })
        {
            var client = await RawClient.ConnectAsync(provider.Uri);
            await client.PostAsync("/", "{}");
            var exchange = await provider.NextAsync();
            leave(client);
            await Bound.ForAsync(exchange.PeerLeft.Raised, "the peer's leaving");
        }
    }

    [Theory]
    [InlineData("GET / HTTP/1.1\r\n\r\n", "0 Host fields")]
    [InlineData("GET / HTTP/1.1\r\nhost: a\r\nhost: a\r\n\r\n", "2 Host fields")]
    [InlineData("GET  / HTTP/1.1\r\nhost: a\r\n\r\n", "request line has 4 parts")]
    [InlineData("GET / HTTP/1.1\nhost: a\n\n", "bare LF")]
    [InlineData("GET / HTTP/1.1\r\nhost : a\r\n\r\n", "odd field line")]
    [InlineData("GET / HTTP/1.1\r\nhost: a\r\n folded\r\n\r\n", "odd field line")]
    [InlineData("POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 1\r\ntransfer-encoding: chunked\r\n\r\n", "more than one framing field")]
    [InlineData("POST / HTTP/1.1\r\nhost: a\r\ncontent-length: +1\r\n\r\nx", "content-length: +1")]
    [InlineData("POST / HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\n1;x=y\r\na\r\n0\r\n\r\n", "chunk size line")]
    [InlineData("POST / HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\n1\r\nab\r\n0\r\n\r\n", "bytes behind a chunk's data")]
    public async Task The_origin_refuses_what_another_reader_may_read_differently(string request, string rule)
    {
        await using var provider = new ScriptedProvider();
        using var client = await RawClient.ConnectAsync(provider.Uri);
        await client.SendAsync(request);
        Assert.Equal(400, (await client.ResponseAsync()).Status);
        Assert.Contains(rule, Assert.Single(provider.Violations), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_origin_refuses_bytes_that_come_before_it_has_answered()
    {
        await using var provider = new ScriptedProvider();
        var rest = new Signal();
        provider.Respond = _ => Script.Response("text/plain", Framing.Chunked, "one", new Step.WaitFor(rest), "two");
        using var client = await RawClient.ConnectAsync(provider.Uri);
        await client.SendAsync("GET /a HTTP/1.1\r\nhost: a\r\n\r\nGET /smuggled HTTP/1.1\r\nhost: a\r\n\r\n");
        await Bound.UntilAsync(() => provider.Violations.Count == 1 || provider.TakeAll().Count == 2, "a violation");
        rest.Raise();
        Assert.Contains("before the response to /a had ended", Assert.Single(provider.Violations), StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(OfficialSdk.Cases), MemberType = typeof(OfficialSdk))]
    public async Task An_official_sdk_reads_what_the_provider_was_told_to_say(string sdkName, string completionName)
    {
        await using var provider = new ScriptedProvider();
        var (sdk, completion) = (OfficialSdk.Of(sdkName), Completion.ByName[completionName]);
        provider.Respond = request => sdk.Dialect.Answer(completion, stream: request.Text.Contains("\"stream\":true", StringComparison.Ordinal));
        foreach (var told in new[] { await sdk.StreamAsync(provider.Uri), await sdk.AskAsync(provider.Uri) })
        {
            Assert.Equal(completion.WholeText, told.Text);
            Assert.NotNull(told.Finish);
            Assert.Equal(completion.InputTokens, told.InputTokens);
            Assert.Equal(completion.OutputTokens, told.OutputTokens);
        }
        Assert.Empty(provider.Violations);
        Assert.Equal(2, provider.TakeAll().Count);
    }
}

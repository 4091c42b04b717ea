using System.Text;
using Sidecar.FunctionalTests.Client;
using Sidecar.FunctionalTests.Dialects;
using Sidecar.FunctionalTests.Product;
using Sidecar.FunctionalTests.Provider;

namespace Sidecar.FunctionalTests.Relay;

/// <summary>Each event reaches the client as soon as it is complete, whatever is withheld behind it.</summary>
public sealed class EventArrivalTests(SidecarFixture fixture) : IClassFixture<SidecarFixture>
{
    /// <summary>Each dialect with each place at which the rest is withheld.</summary>
    public static TheoryData<string, string> Cases
    {
        get
        {
            var cases = new TheoryData<string, string>();
            foreach (var dialect in ApiDialect.All)
            {
                foreach (var place in new[] { "nothing", "one byte", "half", "all but one byte", "half a letter" }) cases.Add(dialect.Name, place);
            }
            return cases;
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task Each_event_arrives_while_the_rest_is_withheld_after(string dialectName, string place)
    {
        var dialect = ApiDialect.Of(dialectName);
        var frames = dialect.Stream(Completion.Letters).Select(frame => Encoding.UTF8.GetBytes(frame.Wire)).ToList();
        // Of a JSON array an element is complete at its brace: what separates it from the next stands in the next frame.
        var heads = frames.Select((_, i) => i + 1 < frames.Count ? Taken(frames[i + 1], place) : 0).ToList();
        await ArriveAsync(dialect, frames, heads);
    }

    [Theory]
    [InlineData("\n\n")]
    [InlineData("\r\n\r\n")]
    [InlineData("\r\r")]
    [InlineData("\n\r\n")]
    [InlineData("\r\n\n")]
    [InlineData("\r\n\r")]
    public async Task An_event_arrives_when_its_blank_line_has_ended_in_any_spelling(string end)
    {
        var frames = new[] { "data: {\"a\":\"ü\"}", "event: x\rdata: 1\r\ndata: 2", ": comment\nid: 7\ndata:漢" }.Select(text => Encoding.UTF8.GetBytes(text + end)).ToList();
        await ArriveAsync(new OpenAIChat(), frames, [0, 0, 0]);
    }

    [Theory]
    [InlineData("data: a\r\n\r\n", "data: b\r")]
    [InlineData("data: a\r\n\r\n", "data: b\r\n\r")]
    [InlineData("data: a\n\n", "data: b\r")]
    [InlineData(": keep-alive\r\n\r\n", "data: b\r")]
    public async Task An_event_arrives_while_the_rest_is_withheld_in_the_middle_of_a_crlf(string complete, string begun)
    {
        var rest = new Signal();
        fixture.Provider.Respond = _ => Script.Response("text/event-stream", Framing.Chunked, complete + begun, new Step.WaitFor(rest), "\n\r\n");
        using var client = await AskAsync(new OpenAIChat());
        var response = await client.HeadAsync();
        await response.ArrivedAsync(complete.Length);
        Assert.Equal(complete, response.Text[..complete.Length]);
        rest.Raise();
        await response.CompleteAsync();
        Assert.Equal(complete + begun + "\n\r\n", response.Text);
    }

    [Fact]
    public async Task A_comment_arrives_as_soon_as_its_line_ended()
    {
        var rest = new Signal();
        fixture.Provider.Respond = _ => Script.Response("text/event-stream", Framing.Chunked, ": OPENROUTER PROCESSING\n", new Step.WaitFor(rest), "\ndata: [DONE]\n\n");
        using var client = await AskAsync(new OpenAIChat());
        var response = await client.HeadAsync();
        await response.ArrivedAsync(": OPENROUTER PROCESSING\n".Length);
        rest.Raise();
        await response.CompleteAsync();
        Assert.Equal(": OPENROUTER PROCESSING\n\ndata: [DONE]\n\n", response.Text);
    }

    [Theory]
    [InlineData("text/event-stream")]
    [InlineData("application/json")]
    public async Task The_head_arrives_before_any_byte_of_the_body(string contentType)
    {
        var rest = new Signal();
        fixture.Provider.Respond = _ => Script.Response(contentType, Framing.Chunked, new Step.WaitFor(rest), "{}");
        using var client = await AskAsync(new OpenAIChat());
        var response = await client.HeadAsync();
        Assert.Equal(200, response.Status);
        rest.Raise();
        await response.CompleteAsync();
    }

    [Theory]
    [InlineData("/v1/models", "text/plain", Framing.Chunked)]
    [InlineData("/v1/models", "text/plain", Framing.Length)]
    [InlineData("/v1/models", "application/octet-stream", Framing.Close)]
    [InlineData("/v1/audio/speech", "audio/mpeg", Framing.Chunked)]
    [InlineData("/model/m/converse-stream", "application/vnd.amazon.eventstream", Framing.Chunked)]
    public async Task A_body_that_is_no_event_stream_arrives_byte_by_byte_as_it_comes(string path, string contentType, Framing framing)
    {
        var bytes = Encoding.UTF8.GetBytes("grüß\r\n\0漢");
        var signals = bytes.Select(_ => new Signal()).ToList();
        fixture.Provider.Respond = _ => Script.Response(contentType, framing, bytes.SelectMany((b, i) => new Step[] { new[] { b }, new Step.WaitFor(signals[i]) }));
        using var client = await RawClient.ConnectAsync(fixture.Sidecar.DataUri);
        await client.PostAsync(path, "{}");
        var response = await client.HeadAsync();
        for (var i = 0; i < bytes.Length; i++)
        {
            await response.ArrivedAsync(i + 1);
            Assert.Equal(bytes[..(i + 1)], response.Body.ToArray());
            signals[i].Raise();
        }
        await response.CompleteAsync();
    }

    /// <summary>Sends frame by frame, each followed by so many bytes of the next, and goes on only when the frame has arrived.</summary>
    private async Task ArriveAsync(ApiDialect dialect, List<byte[]> frames, List<int> heads)
    {
        var signals = frames.Select(_ => new Signal()).ToList();
        var steps = new List<Step>();
        for (var i = 0; i < frames.Count; i++)
        {
            var begun = i == 0 ? 0 : heads[i - 1];
            byte[] next = i + 1 < frames.Count ? frames[i + 1][..heads[i]] : [];
            steps.Add((byte[])[.. frames[i][begun..], .. next]);
            steps.Add(new Step.WaitFor(signals[i]));
        }
        fixture.Provider.Respond = _ => Script.Response(dialect.StreamType, Framing.Chunked, steps);
        using var client = await AskAsync(dialect);
        var response = await client.HeadAsync();
        var sent = new List<byte>();
        for (var i = 0; i < frames.Count; i++)
        {
            sent.AddRange(frames[i]);
            await response.ArrivedAsync(sent.Count);
            Assert.Equal(sent.ToArray(), response.Body[..sent.Count].ToArray());
            signals[i].Raise();
        }
        await response.CompleteAsync();
        Assert.Equal(sent.ToArray(), response.Body.ToArray());
    }

    private async Task<RawClient> AskAsync(ApiDialect dialect)
    {
        var client = await RawClient.ConnectAsync(fixture.Sidecar.DataUri);
        await client.PostAsync(dialect.Path(true, "m"), dialect.Request(true, "m"));
        return client;
    }

    private static int Taken(byte[] next, string place) => place switch
    {
        "nothing" => 0,
        "one byte" => 1,
        "half" => next.Length / 2,
        "all but one byte" => next.Length - 1,
        _ => Array.FindIndex(next, b => b >= 0x80) + 1,
    };
}

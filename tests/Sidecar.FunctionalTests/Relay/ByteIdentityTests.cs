using System.Text;
using Sidecar.FunctionalTests.Client;
using Sidecar.FunctionalTests.Dialects;
using Sidecar.FunctionalTests.Product;
using Sidecar.FunctionalTests.Provider;

namespace Sidecar.FunctionalTests.Relay;

/// <summary>Bytes that the sidecar has no reason to change reach the client unchanged, however the network cut them.</summary>
public sealed class ByteIdentityTests(SidecarFixture fixture, ITestOutputHelper output) : IClassFixture<SidecarFixture>
{
    private const int Small = 8 * 1024;

    [Theory]
    [MemberData(nameof(StreamBody.Names), MemberType = typeof(StreamBody))]
    public async Task A_stream_comes_through_whole(string name)
    {
        await SameAsync(name, Framing.Length, Cut.Whole, Cut.Whole);
        await SameAsync(name, Framing.Chunked, Cut.Whole, Cut.Whole);
    }

    [Theory]
    [MemberData(nameof(StreamBody.Names), MemberType = typeof(StreamBody))]
    public Task A_stream_comes_through_a_chunk_an_event(string name) => SameAsync(name, Framing.Chunked, Cut.PerEvent, Cut.Whole);

    [Theory]
    [MemberData(nameof(StreamBody.Names), MemberType = typeof(StreamBody))]
    public async Task A_stream_comes_through_in_random_chunks_and_random_writes(string name)
    {
        await SameAsync(name, Framing.Chunked, Cut.Random(seed: 1, longest: 100), Cut.Random(seed: 2, longest: 300));
        await SameAsync(name, Framing.Chunked, Cut.Random(seed: 3, longest: 3000), Cut.Random(seed: 4, longest: 1000));
        await SameAsync(name, Framing.Length, Cut.Whole, Cut.Random(seed: 5, longest: 500));
    }

    [Theory]
    [MemberData(nameof(StreamBody.Names), MemberType = typeof(StreamBody))]
    public async Task A_small_stream_comes_through_byte_by_byte(string name)
    {
        if (StreamBody.Of(name).Bytes.Length > Small)
        {
            output.WriteLine($"{name} is large: its bytes are written one by one at its start only.");
            await SameAsync(name, Framing.Length, Cut.Whole, bytes => [.. Cut.ByteByByte(bytes[..Math.Min(Small, bytes.Length)]), bytes[Math.Min(Small, bytes.Length)..]]);
            return;
        }
        await SameAsync(name, Framing.Chunked, Cut.ByteByByte, Cut.Whole);
        await SameAsync(name, Framing.Length, Cut.Whole, Cut.ByteByByte);
    }

    [Theory]
    [MemberData(nameof(ApiDialect.Names), MemberType = typeof(ApiDialect))]
    public Task A_stream_that_ends_with_its_connection_comes_through_when_its_dialect_ended(string dialect) =>
        SameAsync($"{dialect}/letters", Framing.Close, Cut.PerEvent, Cut.Whole);

    [Theory]
    [InlineData("gemini-array", "\r\n")]
    [InlineData("gemini-array", " \n\n ")]
    [InlineData("openai-chat", ": bye\n\n")]
    [InlineData("openai-chat", "\r\n\r\r\n")]
    [InlineData("openai-chat", "data: after the end\n\n")]
    [InlineData("anthropic", "data: [DONE]\n\n")]
    [InlineData("anthropic", "data: never ended")]
    [InlineData("ollama-chat", "\n\n")]
    [InlineData("ollama-chat", "{\"done\":true")]
    public async Task What_follows_the_dialects_end_comes_through_too(string dialectName, string rest)
    {
        var dialect = ApiDialect.Of(dialectName);
        foreach (var framing in new[] { Framing.Chunked, Framing.Length })
        {
            fixture.Provider.Respond = _ => Script.Response(dialect.StreamType, framing, dialect.StreamBytes(Completion.Hello), rest);
            var response = await RawClient.AskAsync(fixture.Sidecar.DataUri, RawClient.Post(dialect.Path(true, "m"), dialect.Request(true, "m")));
            Assert.Equal((byte[])[.. dialect.StreamBytes(Completion.Hello), .. Encoding.UTF8.GetBytes(rest)], response.Body.ToArray());
        }
    }

    private async Task SameAsync(
        string name, Framing framing,
        Func<ReadOnlyMemory<byte>, IEnumerable<ReadOnlyMemory<byte>>> parts,
        Func<ReadOnlyMemory<byte>, IEnumerable<ReadOnlyMemory<byte>>> writes)
    {
        StreamBody.TellAbsence(output);
        var body = StreamBody.Of(name);
        fixture.Provider.Respond = _ => Script.Response(body.ContentType, framing, parts(body.Bytes).Select(part => (Step)new Step.Send(part))).Written(writes);
        var response = await RawClient.AskAsync(fixture.Sidecar.DataUri, RawClient.Post(body.Path, body.Request));
        Assert.Equal(200, response.Status);
        Assert.Equal(body.ContentType, response.Header("content-type"));
        Assert.Equal(body.Bytes, response.Body.ToArray());
    }
}

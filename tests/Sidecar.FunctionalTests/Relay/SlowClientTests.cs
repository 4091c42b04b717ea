using System.Text;
using Sidecar.FunctionalTests.Client;
using Sidecar.FunctionalTests.Dialects;
using Sidecar.FunctionalTests.Product;
using Sidecar.FunctionalTests.Provider;

namespace Sidecar.FunctionalTests.Relay;

/// <summary>Clients that read a little a second while their provider sends all it has.</summary>
public sealed class SlowClientTests(ITestOutputHelper output)
{
    private const int Clients = 50;
    private const int StreamBytes = 10 * 1024 * 1024;
    private const int Seconds = 5;

    /// <summary>What a stream may cost beside its buffer: a read of the provider, and what the client's connection and the pools hold.</summary>
    private const int PerStream = 256 * 1024;
    private const int BufferSize = 64 * 1024;
    private static readonly OpenAIChat Chat = new();

    [Fact]
    public async Task Fifty_of_them_cost_a_bounded_memory_and_lose_nothing()
    {
        var body = Body(StreamBytes);
        var script = Script.Response(Chat.StreamType, Framing.Chunked, body.Chunk(64 * 1024).Select(part => (Step)part));
        await using var provider = new ScriptedProvider { Respond = _ => script };
        await using var sidecar = await SidecarProcess.ServeAsync(SidecarFixture.Yaml(provider.Uri) + "streaming: { write_timeout: 120s }\n");
        // What the first streams make the process load is not what the slow ones cost.
        using (var first = await BeginAsync(sidecar)) Assert.True(await Whole(first, body));
        var before = await ProcessMemory.ResidentAsync(sidecar.Id);

        var clients = new List<RawClient>();
        for (var i = 0; i < Clients; i++) clients.Add(await BeginAsync(sidecar));
        using (var second = new PeriodicTimer(TimeSpan.FromSeconds(1)))
        {
            for (var i = 0; i < Seconds; i++)
            {
                await Task.WhenAll(clients.Select(client => client.ReceiveSomeAsync(2048)));
                await second.WaitForNextTickAsync();
            }
        }
        var resident = await ProcessMemory.ResidentAsync(sidecar.Id) - before;
        var kernel = await ProcessMemory.SocketsAsync(sidecar.Id);
        output.WriteLine($"{Clients} slow clients: resident memory +{resident / 1024} KB, kernel TCP memory {kernel / 1024} KB");
        Assert.InRange(resident, long.MinValue, Clients * (BufferSize + PerStream));
        Assert.InRange(kernel, 1, 30_000_000);
        Assert.Equal(Clients, (await sidecar.MetricsAsync()).Sum("llm_sidecar_streams_active"));
        foreach (var client in clients)
        {
            Assert.True(await Whole(client, body));
            client.Dispose();
        }
    }

    [Fact]
    public async Task Where_the_provider_is_read_on_only_content_is_left_out_and_the_stream_ends_whole()
    {
        var contents = Enumerable.Range(0, 20_000).Select(i => $$$"""data: {"choices":[{"index":0,"delta":{"content":"{{{i}}} {{{new string('x', 200)}}}"}}]}""" + "\n\n").ToList();
        const string End = """data: {"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}""" + "\n\n"
            + """data: {"choices":[],"usage":{"prompt_tokens":5,"completion_tokens":20000,"total_tokens":20005}}""" + "\n\ndata: [DONE]\n\n";
        await using var provider = new ScriptedProvider();
        var sent = new Signal();
        provider.Respond = _ => Script.Response(Chat.StreamType, Framing.Chunked, [.. contents.Chunk(200).Select(part => (Step)string.Concat(part)), End, new Step.Tell(sent)]);
        await using var sidecar = await SidecarProcess.ServeAsync(SidecarFixture.Yaml(provider.Uri) + "streaming: { backpressure: { strategy: keep_reading } }\n");
        using var client = await BeginAsync(sidecar, "x-request-id: slow-one");
        await Bound.ForAsync(sent.Raised, "the provider's end: it is never slowed");
        await Bound.UntilAsync(() => sidecar.Errors.Any(line => line.Contains("too slowly", StringComparison.Ordinal)), "a warning");
        var response = await client.HeadAsync("POST");
        await response.CompleteAsync();
        Assert.EndsWith(End, response.Text, StringComparison.Ordinal);
        var events = response.Text.Split("\n\n").Select(text => text + "\n\n").ToList();
        var arrived = contents.Count(events.ToHashSet().Contains);
        var told = events.Where(line => line.StartsWith(": dropped ", StringComparison.Ordinal)).Sum(line => int.Parse(line.Trim()[10..], System.Globalization.CultureInfo.InvariantCulture));
        Assert.InRange(told, 1, contents.Count - 1);
        Assert.Equal(contents.Count, arrived + told);
        var line = await sidecar.AccessLineAsync("slow-one");
        Assert.Equal("completed", line.GetProperty("outcome").GetString());
        Assert.Equal(20_000, line.GetProperty("output_tokens").GetInt32());
        Assert.True((await sidecar.MetricsAsync()).Sum("llm_sidecar_buffer_overflows_total", ("action", "drop_oldest")) > 0);
    }

    private static async Task<RawClient> BeginAsync(SidecarProcess sidecar, params string[] headers)
    {
        var client = await RawClient.ConnectAsync(sidecar.DataUri, receiveBuffer: 4096);
        await client.PostAsync(Chat.Path(true, "m"), Chat.Request(true, "m"), headers);
        return client;
    }

    private static async Task<bool> Whole(RawClient client, byte[] body)
    {
        var response = await client.HeadAsync("POST");
        return await response.ReadOutAsync() && response.Body.Span.SequenceEqual(body);
    }

    private static byte[] Body(int length)
    {
        var text = new StringBuilder(length + 1024);
        for (var i = 0; text.Length < length; i++) text.Append("data: {\"n\":").Append(i).Append(",\"pad\":\"").Append('x', 1000).Append("\"}\n\n");
        return Encoding.ASCII.GetBytes(text.Append("data: [DONE]\n\n").ToString());
    }
}

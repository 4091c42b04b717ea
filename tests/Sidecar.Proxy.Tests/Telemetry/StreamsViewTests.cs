using System.Buffers;
using System.Text;
using System.Text.Json;
using Sidecar.Proxy.Telemetry;

namespace Sidecar.Proxy.Tests.Telemetry;

public sealed class StreamsViewTests
{
    [Fact]
    public async Task Streams_are_listed_oldest_first_with_what_is_known()
    {
        await using var rig = new Rig();
        var record = rig.NewRecord();
        var meter = rig.Exchanges.Begin(record);
        meter.OnRead(rig.Time.Advance(100), 10);
        meter.OnEvent(hasContent: true);
        (record.BufferedBytes, record.HeldBytes) = (42, 7);
        rig.Exchanges.Begin(new ExchangeRecord { Stream = "s-2", StartedAt = rig.Time.Advance(50) });
        rig.Time.Advance(25);

        const string expected = """
            {"total":2,"streams":[
            {"id":"s-1","age_ms":175,"phase":"streaming","route":"chat","model":"gpt-4o","tokens":1,"last_chunk_age_ms":75,"buffered_bytes":42,"held_bytes":7},
            {"id":"s-2","age_ms":25,"phase":"connecting","route":null,"model":null,"tokens":0,"last_chunk_age_ms":null,"buffered_bytes":0,"held_bytes":0}]}
            """;
        Assert.Equal(expected.ReplaceLineEndings(""), View(rig));
    }

    [Fact]
    public async Task No_stream_is_an_empty_list()
    {
        await using var rig = new Rig();
        rig.Run(rig.NewRecord());

        Assert.Equal("""{"total":0,"streams":[]}""", View(rig));
    }

    [Fact]
    public async Task The_list_is_bounded_and_its_texts_are_cut()
    {
        await using var rig = new Rig();
        for (var i = 0; i < StreamsView.MaxStreams + 5; i++)
        {
            var record = rig.NewRecord(new string('\u0001', 100_000));
            record.StartedAt = rig.Time.Advance(1);
            rig.Exchanges.Begin(record);
        }

        using var json = JsonDocument.Parse(View(rig));

        Assert.Equal(StreamsView.MaxStreams + 5, json.RootElement.GetProperty("total").GetInt32());
        var streams = json.RootElement.GetProperty("streams");
        Assert.Equal(StreamsView.MaxStreams, streams.GetArrayLength());
        Assert.Equal(128, streams[0].GetProperty("model").GetString()!.Length);
    }

    private static string View(Rig rig)
    {
        var output = new ArrayBufferWriter<byte>();
        StreamsView.Write(output, rig.Exchanges, rig.Time);
        return Encoding.UTF8.GetString(output.WrittenSpan);
    }
}

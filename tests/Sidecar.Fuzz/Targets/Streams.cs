using System.Text;
using System.Text.Json;
using Sidecar.Protocols;
using Sidecar.Protocols.Ndjson;
using Sidecar.Protocols.Sse;
using Sidecar.Protocols.Tests;
using Sidecar.Protocols.Tests.Sse;

namespace Sidecar.Fuzz.Targets;

/// <summary>The frame scanners. Input: where to split, the bound (0: none), then the stream.</summary>
internal static class Streams
{
    public static Target Sse { get; } = new("sse", input => Run(input, bound => new SseScanner(bound), JudgeSse),
    [
        Seed("data: a\n\n"), Seed("data: a\r\n\r\n"), Seed("data: a\r\r"), Seed("\u00ef\u00bb\u00bfdata: a\n\n"), Seed(": ping\n\ndata:a\n\n"),
        Seed("event: e\r\nid: 1\r\nretry: 5\r\ndata: {\"a\":1}\r\ndata: b\r\n\r\n"), Seed("data\ndata\n\n"), Seed("id: 1\n\ndata: b\n\r"),
        Seed("data: {\"choices\":[{\"delta\":{\"content\":\"hi\"}}]}\n\ndata: [DONE]\n\n"), Seed("data: a\n\n", 9), Seed("data: a\r\r\n", 9), Seed("data: cut"),
    ]);

    public static Target Ndjson { get; } = new("ndjson", input => Run(input, bound => new NdjsonScanner(bound), JudgeNdjson),
    [
        Seed("{\"a\":1}\n"), Seed("{\"a\":1}\r\n{\"b\":2}\r\n"), Seed("\n\n1\n"), Seed("{\"done\":true}"), Seed("1\n2\n", 2), Seed("a\rb\n\r\n"),
    ]);

    public static Target JsonArray { get; } = new("json-array", input => Run(input, bound => new JsonArrayScanner(bound), JudgeArray),
    [
        Seed("[{\"a\":1},{\"b\":[2,\"c\\\"]\"]}]"), Seed("[{\"candidates\":[{\"content\":{\"parts\":[{\"text\":\"hi\"}]}}]}\n,\r\n{\"usageMetadata\":{}}]\n"),
        Seed("{\"error\":{\"code\":400}}"), Seed("[]"), Seed(" [ 1 , -2.5e3,true,null,\"x\" ] "), Seed("[{\"a\":\"\\\\\"},\"\\\"\"]"), Seed("<html>"), Seed("[[[]],[]]", 8),
    ]);

    private static byte[] Seed(string text, byte bound = 0) => Target.Seed([3, bound], text);

    private static void Run(byte[] input, Func<int, FrameScanner> scanner, Action<byte[], FrameRun> judge)
    {
        if (input.Length < 3) return;
        var bytes = input[2..];
        var bound = input[1] == 0 ? int.MaxValue : input[1];
        var whole = FrameRun.Of(scanner(bound), bytes, Splits.Whole(bytes.Length));
        var text = Encoding.Latin1.GetString(bytes);
        Invariant.Holds(text.StartsWith(whole.Bytes, StringComparison.Ordinal), "frames are the bytes that came");
        Invariant.Holds(whole.IsTooLong || whole.Bytes.Length == text.Length, "every byte is in a frame");
        Invariant.Holds(whole.Frames.All(f => f.Bytes.Length <= bound || f.Kind == FrameKind.Opaque), "no frame is longer than the bound");
        Invariant.Holds(whole.Frames.All(f => f.Bytes.Length > 0), "no frame is empty");
        var essence = whole.Essence();
        var cut = 1 + input[0] % bytes.Length;
        Compare(whole, essence, FrameRun.Of(scanner(bound), bytes, [cut, bytes.Length]), $"split at {cut}");
        var step = bytes.Length <= 256 ? Splits.ByteByByte(bytes.Length) : Splits.Random(bytes.Length, new Random(cut));
        Compare(whole, essence, FrameRun.Of(scanner(bound), bytes, step), "step by step");
        if (!whole.IsTooLong) judge(bytes, whole);
    }

    private static void Compare(
        FrameRun whole, IReadOnlyList<(FrameKind, string, string, int, string, bool)> essence, FrameRun split, string how)
    {
        Invariant.Same(whole.IsTooLong, split.IsTooLong, how);
        Invariant.Holds(essence.SequenceEqual(split.Essence()), $"{how}: the same frames");
    }

    private static void JudgeSse(byte[] bytes, FrameRun run)
    {
        var expected = NaiveEventStream.Parse(Encoding.Latin1.GetString(bytes));
        Invariant.Holds(expected.SequenceEqual(run.Events.Select(e => (e.EventName, e.Data))), "the events of the standard");
    }

    private static void JudgeNdjson(byte[] bytes, FrameRun run)
    {
        var lines = Encoding.Latin1.GetString(bytes).Split('\n').Select(line => line.TrimEnd('\r')).Where(line => line.Length > 0);
        Invariant.Holds(lines.SequenceEqual(run.Frames.Where(f => f.Kind == FrameKind.Event).Select(f => f.Data)), "a record a line");
    }

    private static void JudgeArray(byte[] bytes, FrameRun run)
    {
        var reader = new Utf8JsonReader(bytes, new JsonReaderOptions { MaxDepth = 5000 });
        var elements = new List<string>();
        try
        {
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartArray) return;
            while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
            {
                var start = (int)reader.TokenStartIndex;
                reader.Skip();
                elements.Add(Encoding.Latin1.GetString(bytes[start..(int)reader.BytesConsumed]));
            }
            while (reader.Read())
            {
            }
        }
        catch (JsonException)
        {
            return;
        }
        Invariant.Holds(elements.SequenceEqual(run.Events.Select(e => e.Data)), "the elements that a JSON reader finds");
        Invariant.Holds(run.Frames.All(f => f.Kind != FrameKind.Opaque), "a JSON array is understood to its end");
    }
}

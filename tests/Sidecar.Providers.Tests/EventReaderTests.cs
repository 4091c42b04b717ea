using System.Text;
using CsCheck;

namespace Sidecar.Providers.Tests;

/// <summary>However an event is read, by what it shares with the one before or in full, it means the same.</summary>
public class EventReaderTests(ITestOutputHelper output)
{
    private const string Before = """{"id":"c","choices":[{"index":1,"delta":{"content":" """, Behind = """ "},"finish_reason":null}]}""";

    private static readonly byte[] Syntax = [.. "{}[]\":,\\u0d8ntf1e-. \0\u001f"u8];

    private static readonly string[] Insides =
    [
        "a", "", "é", "\\\"", "\\\\", "\\\\\\\"", "\\", "\\\\\\", "\"", "\\u00e9", "\\u00g9", "\\u00", "\\ud83d", "\\x", "\\/\\b\\f\\n\\r\\t", "\n", "\t", "\0", "\u007f",
        "x\",\"content\":\"y", "x\"},\"delta\":{\"content\":\"y", "\"}]}", "x\",\"refusal\":\"y", "{\\\"a\\\":1}", "[DONE]", "\\u0022",
    ];

    private static readonly Gen<(int Kind, double Place, byte Value)> Edit =
        Gen.Select(Gen.Int[0, 2], Gen.Double[0, 1], Gen.OneOf(Gen.Int[0, Syntax.Length - 1].Select(i => Syntax[i]), Gen.Byte));

    [Fact]
    public void The_events_of_a_recorded_stream_mean_what_each_alone_means()
    {
        if (RecordedStreams.Folder is null) output.WriteLine("The recorded streams (shared/data/streams) are not there: only streams written here are read.");
        foreach (var file in RecordedStreams.Files)
        {
            var recorded = RecordedStreams.Read(file);
            if (RecordedStreams.DialectOf(recorded) is { } dialect) AssertSame(dialect, [.. recorded.Select(e => (e.Name, e.Data))]);
        }
    }

    [Fact]
    public void Any_change_of_a_recorded_event_is_read_behind_it_as_alone()
    {
        var events = RecordedStreams.Files.Select(RecordedStreams.Read).SelectMany(recorded => recorded.Where(e => e.Data.Length < 2000).Take(30).Select(e => (RecordedStreams.DialectOf(recorded), e)))
            .Where(pair => pair.Item1 is not null).ToArray();
        Gen.Select(Gen.Int[0, events.Length - 1], Edit.Array[1, 3], Edit.Array[1, 3]).Sample((index, first, second) =>
        {
            var (dialect, e) = events[index];
            AssertSame(dialect!, [(e.Name, e.Data), (e.Name, Mutate(e.Data, first)), (e.Name, e.Data), (e.Name, Mutate(e.Data, second)), (e.Name, Mutate(e.Data, first))]);
        }, iter: 30_000);
    }

    [Fact]
    public void Any_change_of_the_text_alone_is_read_as_in_full()
    {
        Gen.Select(Edit.Array[1, 6], Gen.Int[0, Insides.Length - 1].Select(i => Insides[i])).Sample((edits, inside) =>
        {
            var text = Mutate(Encoding.UTF8.GetBytes(inside + " some text \\n of it"), edits);
            byte[] changed = [.. Encoding.UTF8.GetBytes(Before), .. text, .. Encoding.UTF8.GetBytes(Behind)];
            AssertSame(OpenAIChat.Instance, [("", Encoding.UTF8.GetBytes(Before + "a" + Behind)), ("", changed)]);
        }, iter: 30_000);
    }

    [Fact]
    public void Whatever_stands_in_the_texts_place_is_read_as_in_full()
    {
        (string, byte[]) Event(string inside) => ("", Encoding.UTF8.GetBytes(Before.TrimEnd() + inside + Behind.TrimStart()));
        foreach (var inside in Insides) AssertSame(OpenAIChat.Instance, [Event("a"), Event(inside), Event("b")]);
        // Behind half an escape or in front of the quote, the bytes behind the text may begin elsewhere than before.
        foreach (var first in Insides)
        {
            foreach (var second in Insides) AssertSame(OpenAIChat.Instance, [Event(first), Event(second)]);
        }
    }

    [Fact]
    public void Another_name_of_the_event_is_another_event()
    {
        var data = """{"choices":[{"delta":{"content":"a"}}]}"""u8.ToArray();
        AssertSame(OpenAIChat.Instance, [("", data), ("error", data), ("ping", data), ("", data), ("x", data)]);
    }

    [Fact]
    public void Events_that_become_alike_after_many_that_were_not_are_noticed()
    {
        var counted = new CountingDialect();
        var reader = new EventReader(counted);
        for (var i = 0; i < 100; i++) reader.Read(Encoding.UTF8.GetBytes($$$"""{"created":{{{i}}},"choices":[{"delta":{"content":"a"}}]}"""), default);
        Assert.Equal(100, counted.Count);
        for (var i = 0; i < 100; i++) reader.Read(Encoding.UTF8.GetBytes($$$"""{"created":1,"choices":[{"delta":{"content":"{{{i}}}"}}]}"""), default);
        Assert.InRange(counted.Count, 101, 110);
    }

    [Fact]
    public void A_body_is_read_in_full_and_so_is_the_event_behind_it()
    {
        var data = """{"choices":[{"index":0,"message":{"content":"a"}}]}"""u8.ToArray();
        var reader = new EventReader(OpenAIChat.Instance);
        var alone = new EventMeaning();
        reader.Read(data, default);
        reader.ReadBody(data);
        OpenAIChat.Instance.ReadBody(data, alone);
        Assert.Equal(Told(alone), Told(reader.Meaning));
        reader.Read(data, default);
        OpenAIChat.Instance.ReadEvent(data, default, alone);
        Assert.Equal(Told(alone), Told(reader.Meaning));
    }

    private static void AssertSame(Dialect dialect, (string Name, byte[] Data)[] events)
    {
        var reader = new EventReader(dialect);
        var alone = new EventMeaning();
        foreach (var (name, data) in events)
        {
            var nameBytes = Encoding.UTF8.GetBytes(name);
            reader.Read(data, nameBytes);
            dialect.ReadEvent(data, nameBytes, alone);
            Assert.Equal(Told(alone), Told(reader.Meaning));
        }
    }

    // All that is public of it. An empty range says nothing, wherever it lies.
    private static string Told(EventMeaning meaning)
    {
        var usage = meaning.Usage;
        var finish = meaning.FinishReason.Length == 0 ? default : meaning.FinishReason;
        var error = meaning.ErrorType.Length == 0 ? default : meaning.ErrorType;
        return $"{meaning.Traits} {meaning.Choices} {meaning.SequenceNumber} {finish} {error} {(usage.Input, usage.Output, usage.Cached, usage.Reasoning)} " +
            string.Join(' ', meaning.Texts.ToArray()) + string.Join(' ', meaning.Spellings.ToArray()) + string.Join(' ', meaning.Closings.ToArray());
    }

    private sealed class CountingDialect : Dialect
    {
        public int Count { get; private set; }

        public override string Name => "counting";

        public override void ReadEvent(ReadOnlySpan<byte> data, ReadOnlySpan<byte> eventName, EventMeaning meaning)
        {
            Count++;
            OpenAIChat.Instance.ReadEvent(data, eventName, meaning);
        }

        public override void ReadBody(ReadOnlySpan<byte> body, EventMeaning meaning) => OpenAIChat.Instance.ReadBody(body, meaning);
    }

    private static byte[] Mutate(byte[] bytes, (int Kind, double Place, byte Value)[] edits)
    {
        var mutated = bytes.ToList();
        foreach (var (kind, place, value) in edits)
        {
            var at = (int)(place * (mutated.Count - 1));
            if (kind == 0) mutated[at] = value;
            else if (kind == 1) mutated.Insert(at, value);
            else if (mutated.Count > 1) mutated.RemoveAt(at);
        }
        return [.. mutated];
    }
}

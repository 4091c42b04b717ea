using System.Text;

namespace Sidecar.Providers.Tests;

public class RecordedStreamTests(ITestOutputHelper output)
{
    private static bool IsRecorded => RecordedStreams.Folder is not null;

    private void TellWhatIsAbsent()
    {
        if (!IsRecorded) output.WriteLine("The recorded streams (shared/data/streams) are not there: only streams written here are read.");
    }

    [Fact]
    public void Every_event_of_a_dialect_reads_without_malformation_and_as_a_plain_reading_does()
    {
        TellWhatIsAbsent();
        var events = 0;
        foreach (var file in RecordedStreams.Files)
        {
            var recorded = RecordedStreams.Read(file);
            if (RecordedStreams.DialectOf(recorded) is not { } dialect) continue;
            var meaning = new EventMeaning();
            foreach (var e in recorded)
            {
                events++;
                dialect.ReadEvent(e.Data, Encoding.UTF8.GetBytes(e.Name), meaning);
                Assert.False(meaning.Traits.HasFlag(EventTraits.Malformed), $"{file}: {Encoding.UTF8.GetString(e.Data)}");
                var seen = Seen.In(meaning, e.Data).Where(s => s.Kind is not (ChannelKind.Citation or ChannelKind.Other));
                if (e.IsJson) Assert.Equal(PlainReading.Of(dialect, e.Data).OrderBy(Key), seen.OrderBy(Key));
            }
        }
        output.WriteLine($"{events} events");
        Assert.True(events > (IsRecorded ? 4000 : 5));

        static (ChannelKind, int, int, bool) Key(Seen s) => (s.Kind, s.Choice, s.Part, s.Whole);
    }

    [Fact]
    public void No_recorded_content_has_a_string_beside_it_that_may_be_continued()
    {
        TellWhatIsAbsent();
        foreach (var file in RecordedStreams.Files)
        {
            var recorded = RecordedStreams.Read(file);
            if (RecordedStreams.DialectOf(recorded) is not { } dialect) continue;
            foreach (var read in recorded.Select(e => Read(dialect, e)).Where(read => read.Meaning.HasContent && read.FinishReason.Length == 0))
            {
                Assert.DoesNotContain(read.Others, other => !other.Complete);
            }
        }
    }

    [Fact]
    public void What_is_no_JSON_is_malformed_and_nothing_else_is()
    {
        TellWhatIsAbsent();
        var meaning = new EventMeaning();
        foreach (var file in RecordedStreams.Files)
        {
            foreach (var e in RecordedStreams.Read(file).Where(e => !e.Data.AsSpan().StartsWith("[DONE]"u8)))
            {
                OpenAIChat.Instance.ReadEvent(e.Data, default, meaning);
                Assert.Equal(e.IsJson, (meaning.Traits & EventTraits.Malformed) == 0);
            }
        }
    }

    [Fact]
    public void A_repeat_equals_the_deltas_before_it()
    {
        TellWhatIsAbsent();
        var repeats = 0;
        foreach (var file in RecordedStreams.Files)
        {
            var recorded = RecordedStreams.Read(file);
            if (RecordedStreams.DialectOf(recorded) is not { } dialect) continue;
            var streamed = new Dictionary<Channel, StringBuilder>();
            foreach (var text in recorded.SelectMany(e => Read(dialect, e).Texts).Where(t => !t.Complete))
            {
                if (!streamed.TryGetValue(text.Channel, out var before)) streamed[text.Channel] = before = new StringBuilder();
                // A message beside the delta (Perplexity) may stand before the delta it already includes.
                if (!text.Whole) before.Append(text.Text);
                else if (before.Length > 0 && dialect is OpenAIResponses)
                {
                    repeats++;
                    Assert.Equal(before.ToString(), text.Text);
                }
            }
        }
        Assert.True(repeats >= (IsRecorded ? 50 : 2));
    }

    // Read by eye from the recorded bytes; -1 is "not given".
    [Theory]
    [InlineData("own-chat.sse", 7, 3, -1, -1, "stop")]
    [InlineData("own-responses.sse", 1, 2, -1, -1, "completed")]
    [InlineData("alibaba-02.sse", 18, 779, 0, -1, "stop")]
    [InlineData("anthropic-05.sse", 1 + 120 + 3068, 97, 3068, 0, "end_turn")]
    [InlineData("anthropic-09.sse", 598, 92, 0, 53, "tool_use")]
    [InlineData("anthropic-14.sse", 20, 0, -1, -1, "refusal")]
    [InlineData("google-vertex-12.sse", 394, 76, 0, -1, "tool_use")]
    [InlineData("avian-02.sse", 76, 47, 64, 34, "tool_calls")]
    [InlineData("azure-openai-04.sse", 3737, 621, 2304, 512, "completed")]
    [InlineData("azure-openai-06.sse", -1, -1, -1, -1, "stop")]
    [InlineData("azure-openai-10.sse", 19, 149, 0, 128, "stop")]
    [InlineData("databricks-02.sse", 397, 49, 0, -1, "tool_calls")]
    [InlineData("deepseek-03.sse", 496, 31, 384, -1, "tool_calls")]
    [InlineData("google-gemini-05.sse", -1, -1, -1, -1, "STOP")]
    [InlineData("google-gemini-12.sse", 27, 56 + 173, -1, 173, "STOP")]
    [InlineData("google-vertex-14.sse", 9, 9 + 36, -1, 36, "STOP")]
    [InlineData("groq-02.sse", 201, 58, -1, -1, "tool_calls")]
    [InlineData("mistral-02.sse", 352, 42, 320, -1, "stop")]
    [InlineData("moonshot-01.sse", 9, 12, -1, 7, "stop")]
    [InlineData("ollama-02.ndjson", 16, 51, -1, -1, "stop")]
    [InlineData("openai-22.sse", 33151, 3367, 4352, 2624, "completed")]
    [InlineData("openai-03.sse", -1, -1, -1, -1, "failed")]
    [InlineData("openrouter-06.sse", 43, 10, 0, 11, "length")]
    [InlineData("perplexity-02.sse", 8, 5, -1, -1, "stop")]
    [InlineData("xai-05.sse", 165, 2 + 129, 164, 129, "stop")]
    [InlineData("zai-02.sse", 15, 734, 14, 708, "stop")]
    public void The_last_figures_of_a_stream_are_its_usage(string file, long input, long outputTokens, long cached, long reasoning, string finish)
    {
        TellWhatIsAbsent();
        if (!RecordedStreams.Has(file)) return;
        var recorded = RecordedStreams.Read(file);
        var dialect = RecordedStreams.DialectOf(recorded)!;
        var (usage, reason) = (Usage.None, "");
        foreach (var read in recorded.Select(e => Read(dialect, e)))
        {
            var given = read.Meaning.Usage;
            if (given.Input >= 0) usage.Input = given.Input;
            if (given.Output >= 0) usage.Output = given.Output;
            if (given.Cached >= 0) usage.Cached = given.Cached;
            if (given.Reasoning >= 0) usage.Reasoning = given.Reasoning;
            if (read.FinishReason.Length > 0) reason = read.FinishReason;
        }
        Assert.Equal((input, outputTokens, cached, reasoning, finish), (usage.Input, usage.Output, usage.Cached, usage.Reasoning, reason));
    }

    [Theory]
    [InlineData("openai-03.sse", "insufficient_quota")]
    [InlineData("openrouter-06.sse", "400")]
    [InlineData("groq-05.sse", "invalid_request_error")]
    public void A_recorded_failure_is_an_error(string file, string type)
    {
        TellWhatIsAbsent();
        if (!RecordedStreams.Has(file)) return;
        var recorded = RecordedStreams.Read(file);
        var dialect = RecordedStreams.DialectOf(recorded)!;
        var error = recorded.Select(e => Read(dialect, e)).First(read => read.Traits.HasFlag(EventTraits.Error));
        Assert.Equal(type, error.ErrorType);
    }

    [Fact]
    public void Every_stream_that_has_its_dialects_end_shows_it_last()
    {
        TellWhatIsAbsent();
        foreach (var file in RecordedStreams.Files)
        {
            var recorded = RecordedStreams.Read(file);
            if (RecordedStreams.DialectOf(recorded) is not { } dialect || dialect is Gemini) continue;
            var ends = recorded.Select(e => Read(dialect, e).Traits.HasFlag(EventTraits.End)).ToList();
            Assert.DoesNotContain(true, ends.SkipLast(1));
        }
    }

    private static Reading Read(Dialect dialect, Recorded e) => Reading.Event(dialect, Encoding.UTF8.GetString(e.Data), e.Name);
}

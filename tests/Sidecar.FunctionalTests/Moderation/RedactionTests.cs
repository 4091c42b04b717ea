using System.Text;
using System.Text.Json;
using Sidecar.FunctionalTests.Client;
using Sidecar.FunctionalTests.Dialects;
using Sidecar.FunctionalTests.Product;
using Sidecar.FunctionalTests.Provider;
using Sidecar.FunctionalTests.Relay;
using Sidecar.FunctionalTests.Sdk;

namespace Sidecar.FunctionalTests.Moderation;

/// <summary>What a policy finds never reaches the client, however it is split; what it does not find comes as it was sent.</summary>
public sealed class RedactionTests(ModeratedSidecar fixture, ITestOutputHelper output) : IClassFixture<ModeratedSidecar>
{
    private const string Secret = "Write to john.doe@example.com, order PRJ-123456 now.";
    private const string Shown = "Write to [email], order ********56 now.";

    [Theory]
    [MemberData(nameof(OfficialSdk.Names), MemberType = typeof(OfficialSdk))]
    public async Task A_text_split_at_any_place_is_redacted_for_the_sdk(string sdkName)
    {
        var sdk = OfficialSdk.Of(sdkName);
        foreach (var completion in Enumerable.Range(1, Secret.Length - 1).Select(at => Said.InTwo(Secret, at)).Append(Said.InPieces(Secret, 1)).Append(Said.InPieces(Secret, 3)))
        {
            fixture.Provider.Respond = _ => sdk.Dialect.Streamed(completion);
            var told = await sdk.StreamAsync(fixture.Sidecar.DataUri);
            Assert.Equal(Shown, told.Text);
            Assert.Equal((completion.InputTokens, completion.OutputTokens), (told.InputTokens, told.OutputTokens));
            Assert.DoesNotContain(told.Events, text => text.Contains("doe", StringComparison.Ordinal) || text.Contains("1234", StringComparison.Ordinal));
        }
    }

    [Theory]
    [MemberData(nameof(OfficialSdk.Names), MemberType = typeof(OfficialSdk))]
    public async Task A_whole_answer_is_redacted_too(string sdkName)
    {
        var sdk = OfficialSdk.Of(sdkName);
        fixture.Provider.Respond = _ => Script.Json(200, sdk.Dialect.Body(new Completion { Text = [Secret] }));
        Assert.Equal(Shown, (await sdk.AskAsync(fixture.Sidecar.DataUri)).Text);
    }

    [Theory]
    [MemberData(nameof(ApiDialect.Names), MemberType = typeof(ApiDialect))]
    public async Task No_byte_of_it_leaks_from_any_dialect_however_the_wire_is_cut(string dialectName)
    {
        var dialect = ApiDialect.Of(dialectName);
        foreach (var seed in Enumerable.Range(1, 10))
        {
            fixture.Provider.Respond = _ => dialect.Streamed(Said.InPieces(Secret, 1 + (seed % 7))).Written(Cut.Random(seed, longest: 40));
            var response = await RawClient.AskAsync(fixture.Sidecar.DataUri, RawClient.Post(dialect.Path(true, "m"), dialect.Request(true, "m")));
            Assert.Equal(200, response.Status);
            Assert.DoesNotContain("doe", response.Text, StringComparison.Ordinal);
            Assert.Contains("[email]", response.Text, StringComparison.Ordinal);
            Assert.Contains("********", response.Text, StringComparison.Ordinal);
        }
    }

    [Theory]
    [MemberData(nameof(StreamBody.Names), MemberType = typeof(StreamBody))]
    public async Task A_stream_without_a_match_is_the_same_bytes(string name)
    {
        StreamBody.TellAbsence(output);
        var body = StreamBody.Of(name);
        foreach (var parts in new Func<ReadOnlyMemory<byte>, IEnumerable<ReadOnlyMemory<byte>>>[] { Cut.Whole, Cut.PerEvent, Cut.Random(seed: 1, longest: 300) })
        {
            fixture.Provider.Respond = _ => Script.Response(body.ContentType, Framing.Chunked, parts(body.Bytes).Select(part => (Step)new Step.Send(part)));
            var response = await RawClient.AskAsync(fixture.Sidecar.DataUri, RawClient.Post(body.Path, body.Request));
            Assert.Equal(Encoding.UTF8.GetString(body.Bytes), response.Text);
        }
    }

    [Theory]
    [MemberData(nameof(ApiDialect.Names), MemberType = typeof(ApiDialect))]
    public async Task What_is_decided_of_an_event_arrives_while_the_provider_pauses(string dialectName)
    {
        var dialect = ApiDialect.Of(dialectName);
        var rest = new Signal();
        var frames = dialect.Stream(new Completion { Text = ["It is safe. Ask john.d", "oe@example.com now."] }).ToList();
        var first = frames.FindIndex(frame => frame.Wire.Contains("safe", StringComparison.Ordinal));
        fixture.Provider.Respond = _ => Script.Response(dialect.StreamType, Framing.Chunked,
            [.. frames.Take(first + 1).Select(frame => (Step)frame.Wire), new Step.WaitFor(rest), .. frames.Skip(first + 1).Select(frame => (Step)frame.Wire)]);
        using var client = await RawClient.ConnectAsync(fixture.Sidecar.DataUri);
        await client.PostAsync(dialect.Path(true, "m"), dialect.Request(true, "m"));
        var response = await client.HeadAsync("POST");
        await response.UntilAsync(() => response.Text.Contains("It is safe. Ask ", StringComparison.Ordinal), "the decided part");
        Assert.DoesNotContain("john", response.Text, StringComparison.Ordinal);
        rest.Raise();
        await response.CompleteAsync();
        Assert.DoesNotContain("john", response.Text, StringComparison.Ordinal);
        Assert.Contains("[email]", response.Text, StringComparison.Ordinal);
        Assert.Contains(" now.", response.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Each_choice_is_a_text_of_its_own()
    {
        string[] one = ["ask jo", "hn@exam", "ple.com."], two = ["or ja", "ne@example", ".org!"];
        var events = one.Zip(two).SelectMany(pair => new[] { Chunk(0, pair.First), Chunk(1, pair.Second) });
        var body = await BodyAsync([.. events, "data: [DONE]\n\n"]);
        Assert.Equal(["ask [email].", "or [email]!"], Texts(body));
    }

    [Fact]
    public async Task Arguments_of_parallel_tool_calls_are_json_in_json_each_its_own()
    {
        string Call(int index, string text) => $$$"""data: {"choices":[{"index":0,"delta":{"tool_calls":[{"index":{{{index}}},"function":{"arguments":{{{JsonSerializer.Serialize(text)}}}}}]}}]}""" + "\n\n";
        var body = await BodyAsync([
            Call(0, "{\"to\":\"jo"), Call(1, "{\"card\":4111"), Call(0, "hn\\u0040example.com\""), Call(1, "111111111111,"), Call(0, "}"), Call(1, "\"n\":1}"),
            "data: {\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"tool_calls\"}]}\n\n", "data: [DONE]\n\n"]);
        var calls = new StringBuilder[] { new(), new() };
        foreach (var data in Data(body))
        {
            foreach (var call in Member(data, "tool_calls")) calls[call.GetProperty("index").GetInt32()].Append(call.GetProperty("function").GetProperty("arguments").GetString());
        }
        Assert.Equal("{\"to\":\"[email]\"}", calls[0].ToString());
        Assert.Equal("{\"card\":\"[credit_card]\",\"n\":1}", calls[1].ToString());
    }

    [Fact]
    public async Task Log_probabilities_of_a_text_that_was_rewritten_are_gone()
    {
        static string Event(string text) =>
            $$$"""data: {"choices":[{"index":0,"delta":{"content":"{{{text}}}"},"logprobs":{"content":[{"token":"{{{text}}}","logprob":-1}]}}]}""" + "\n\n";
        var body = await BodyAsync([Event("ask "), Event("jo"), Event("hn@x.com"), Event(" ok"), "data: [DONE]\n\n"]);
        Assert.DoesNotContain("jo", body, StringComparison.Ordinal);
        Assert.Contains("\"logprobs\":null", body, StringComparison.Ordinal);
        Assert.Contains(Event("ask "), body, StringComparison.Ordinal);
        Assert.Contains(Event(" ok"), body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_encoded_answer_is_refused_under_a_policy_and_never_passed_unread()
    {
        fixture.Provider.Respond = _ => Script.Response(200, [("content-type", "text/event-stream"), ("content-encoding", "gzip")], Framing.Chunked, new byte[] { 0x1f, 0x8b, 8, 0 });
        var dialect = new OpenAIChat();
        var response = await RawClient.AskAsync(fixture.Sidecar.DataUri, RawClient.Post(dialect.Path(true, "m"), dialect.Request(true, "m")));
        Assert.Equal(502, response.Status);
        Assert.Contains("upstream_protocol_error", response.Text, StringComparison.Ordinal);
    }

    private async Task<string> BodyAsync(IEnumerable<string> events)
    {
        var dialect = new OpenAIChat();
        fixture.Provider.Respond = _ => Script.Response("text/event-stream", Framing.Chunked, events.Select(text => (Step)text));
        return (await RawClient.AskAsync(fixture.Sidecar.DataUri, RawClient.Post(dialect.Path(true, "m"), dialect.Request(true, "m")))).Text;
    }

    private static string Chunk(int choice, string text) => $$$"""data: {"choices":[{"index":{{{choice}}},"delta":{"content":{{{JsonSerializer.Serialize(text)}}}}}]}""" + "\n\n";

    private static SortedDictionary<int, string>.ValueCollection Texts(string body)
    {
        var texts = new SortedDictionary<int, string>();
        foreach (var data in Data(body))
        {
            foreach (var choice in data.GetProperty("choices").EnumerateArray())
            {
                var index = choice.GetProperty("index").GetInt32();
                texts[index] = texts.GetValueOrDefault(index) + choice.GetProperty("delta").GetProperty("content").GetString();
            }
        }
        return texts.Values;
    }

    private static IEnumerable<JsonElement> Member(JsonElement data, string name)
    {
        foreach (var choice in data.GetProperty("choices").EnumerateArray())
        {
            if (!choice.GetProperty("delta").TryGetProperty(name, out var list)) continue;
            foreach (var item in list.EnumerateArray()) yield return item;
        }
    }

    private static IEnumerable<JsonElement> Data(string body) =>
        from line in body.Split('\n')
        where line.StartsWith("data: {", StringComparison.Ordinal)
        select JsonDocument.Parse(line[6..]).RootElement;
}

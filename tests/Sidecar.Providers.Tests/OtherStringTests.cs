using System.Text;
using System.Text.Json;

namespace Sidecar.Providers.Tests;

public class OtherStringTests
{
    private static readonly Dialect[] Dialects =
    [
        OpenAIChat.Instance, OpenAICompletions.Instance, OpenAIResponses.Instance, AnthropicMessages.Instance, Gemini.Instance, Ollama.Instance,
    ];

    private static readonly string Payload = new('A', 256);

    private static string[] Others(Dialect dialect, string data, string name = "") =>
        [.. Reading.Event(dialect, data, name).Others.Select(o => o.Text)];

    [Fact]
    public void Every_string_of_an_unknown_event_is_a_text_in_every_dialect()
    {
        const string data = """{"type":"brand.new","note":"a","deep":{"list":["b",{"c":"d"},"e"],"n":5,"t":true,"z":null,"empty":""},"n\u006fte":"\u0066"}""";
        foreach (var dialect in Dialects) Assert.Equal(["a", "b", "d", "e", "f"], Others(dialect, data, "brand.new"));
    }

    [Fact]
    public void They_are_no_content()
    {
        foreach (var dialect in Dialects)
        {
            var read = Reading.Event(dialect, """{"note":"a"}""");
            Assert.False(read.Meaning.HasContent);
            Assert.False(read.Meaning.HasText);
            Assert.All(read.Meaning.Texts.ToArray(), t => Assert.Equal((ChannelKind.Other, false, false), (t.Channel.Kind, t.Complete, t.Whole)));
        }
    }

    [Theory]
    [InlineData("openai", """{"choices":[{"index":0,"delta":{"role":"assistant","note":"x"}}]}""", EventTraits.EmptyDelta)]
    [InlineData("openai", """{"choices":[],"note":"x"}""", EventTraits.Ping)]
    [InlineData("anthropic", """{"type":"ping","note":"x"}""", EventTraits.Ping)]
    [InlineData("anthropic", """{"type":"content_block_delta","index":0,"delta":{"type":"new_delta","note":"x"}}""", EventTraits.EmptyDelta)]
    [InlineData("gemini", """{"candidates":[{"content":{"parts":[{"note":"x"}],"role":"model"}}]}""", EventTraits.EmptyDelta)]
    [InlineData("ollama", """{"message":{"content":"","note":"x"},"done":false}""", EventTraits.EmptyDelta)]
    public void They_change_nothing_that_is_told_of_the_event(string provider, string data, EventTraits traits)
    {
        var read = Reading.Event(DialectPaths.OfProvider(provider)!, data);
        Assert.Equal(traits, read.Traits);
        Assert.Equal("x", Assert.Single(read.Others).Text);
    }

    [Theory]
    [InlineData("""{"choices":["x"]}""")]
    [InlineData("""{"choices":{"a":["x"]}}""")]
    [InlineData("""{"choices":[{"delta":"x"}]}""")]
    [InlineData("""{"choices":[{"delta":{"content":{"note":"x"}}}]}""")]
    [InlineData("""{"choices":[{"delta":{"content":[["x"]]}}]}""")]
    [InlineData("""{"choices":[{"delta":{"refusal":["x"]}}]}""")]
    [InlineData("""{"choices":[{"delta":{"tool_calls":"x"}}]}""")]
    [InlineData("""{"choices":[{"index":"x","delta":{}}]}""")]
    [InlineData("""{"choices":[{"finish_reason":{"type2":"x"}}]}""")]
    [InlineData("""{"object":["x"]}""")]
    [InlineData("""{"usage":"x"}""")]
    [InlineData("""{"usage":{"prompt_tokens":"x"}}""")]
    [InlineData("""["x"]""")]
    [InlineData("\"x\"")]
    public void A_value_of_another_kind_than_promised_keeps_its_strings(string data)
    {
        var read = Reading.Event(OpenAIChat.Instance, data);
        Assert.Equal("x", Assert.Single(read.Others).Text);
        Assert.True(read.Traits.HasFlag(EventTraits.Malformed));
        Assert.False(read.Traits.HasFlag(EventTraits.NotJson));
    }

    [Theory]
    [InlineData("openai", """{"error":{"message":"x","type":"t","code":"c","param":null}}""")]
    [InlineData("openai", """{"object":"error","message":"x","code":40}""")]
    [InlineData("openai", """{"error":"x"}""")]
    [InlineData("openai", """{"error":["x"]}""")]
    [InlineData("anthropic", """{"type":"error","error":{"type":"overloaded_error","message":"x"}}""")]
    [InlineData("gemini", """{"error":{"code":429,"status":"RESOURCE_EXHAUSTED","message":"x"}}""")]
    [InlineData("ollama", """{"error":"x"}""")]
    public void An_errors_message_is_one(string provider, string data) =>
        Assert.Equal(["x"], Others(DialectPaths.OfProvider(provider)!, data));

    [Theory]
    [InlineData("openai", """{"id":"c","object":"chat.completion.chunk","model":"m","provider":"p","system_fingerprint":"f","service_tier":"s","obfuscation":"aa","choices":[{"index":0,"delta":{"role":"assistant","content":"","tool_calls":[{"index":0,"id":"i","type":"function"}]},"finish_reason":"stop","native_finish_reason":"STOP","content_filter_results":{"hate":{"severity":"safe"}}}]}""")]
    [InlineData("anthropic", """{"type":"message_start","message":{"id":"i","type":"message","role":"assistant","model":"m","content":[{"type":"thinking","thinking":"","signature":"s"}],"usage":{"service_tier":"standard"}}}""")]
    [InlineData("anthropic", """{"type":"content_block_delta","delta":{"type":"signature_delta","signature":"c2ln"}}""")]
    [InlineData("gemini", """{"candidates":[{"content":{"parts":[{"thoughtSignature":"s"}],"role":"model"},"finishReason":"STOP","safetyRatings":[{"category":"c","probability":"LOW"}]}],"modelVersion":"m","responseId":"i","usageMetadata":{"promptTokensDetails":[{"modality":"TEXT"}]}}""")]
    [InlineData("ollama", """{"model":"m","created_at":"t","message":{"role":"assistant","content":""},"done":true,"done_reason":"stop"}""")]
    public void Known_metadata_is_none(string provider, string data) => Assert.Empty(Others(DialectPaths.OfProvider(provider)!, data));

    [Fact]
    public void A_long_encoded_payload_is_none_but_only_where_one_is_known()
    {
        Assert.Empty(Others(Gemini.Instance, $$"""{"candidates":[{"content":{"parts":[{"inlineData":{"mimeType":"image/png","data":"{{Payload}}\/=="} }]} }]}"""));
        Assert.Empty(Others(Ollama.Instance, $$"""{"message":{"content":"","images":["{{Payload}}","{{Payload}}"]} }"""));
        Assert.Equal(["AA a"], Others(Ollama.Instance, """{"message":{"content":"","images":["AA a"]}}"""));
        Assert.Equal([$"{Payload}@"], Others(Gemini.Instance, $$"""{"data":"{{Payload}}@"}"""));
        Assert.Equal([Payload], Others(Gemini.Instance, $$"""{"note":"{{Payload}}"}"""));
    }

    [Fact]
    public void What_a_citation_or_tool_result_holds_beside_its_quotation_is_one()
    {
        var read = Reading.Event(AnthropicMessages.Instance, """{"type":"content_block_start","index":1,"content_block":{"type":"web_search_tool_result","content":[{"type":"web_search_result","title":"t","url":"https://x.example","page_age":"July","notes":["n"]}]}}""");
        Assert.Equal("t", Assert.Single(read.Texts).Text);
        Assert.Equal(["July", "n"], read.Others.Select(o => o.Text));
    }

    [Fact]
    public void The_name_of_an_array_is_that_of_its_strings_but_not_of_what_follows_an_object_in_it()
    {
        Assert.Empty(Others(OpenAIChat.Instance, """{"new":{"id":["a",["b"]]}}"""));
        Assert.Equal(["c"], Others(OpenAIChat.Instance, """{"new":{"note":[{"id":"a"},"c"]}}"""));
    }

    [Fact]
    public void What_the_client_itself_sent_is_none()
    {
        const string response = """{"id":"r","object":"response","status":"in_progress","instructions":"s","input":[{"content":"s"}],"metadata":{"k":"s"},"prompt":{"variables":{"v":"s"}},"tools":[{"type":"function","name":"f","description":"s","parameters":{"d":"s"}}],"tool_choice":{"name":"s"},"text":{"format":{"name":"s"}},"reasoning":{"summary":"s"},"user":"s","model":"m","output":[],"note":"x"}""";
        foreach (var type in new[] { "response.created", "response.in_progress", "response.completed" })
        {
            var read = Reading.Event(OpenAIResponses.Instance, $$"""{"type":"{{type}}","sequence_number":0,"response":{{response}}}""", type);
            Assert.Empty(read.Texts);
            Assert.Equal("x", Assert.Single(read.Others).Text);
        }
    }

    [Theory]
    [InlineData("openai", """{"choices":[{"delta":{"content":"x","channel":"c","tool_calls":[{"function":{"name":"c"}}]}}],"citations":["c"],"search_results":[{"note":"c"}],"usage":{"note":"c"},"p":"c"}""")]
    [InlineData("openai", """{"error":{"message":"c"}}""")]
    [InlineData("anthropic", """{"type":"content_block_start","index":0,"content_block":{"type":"x","note":"c"}}""")]
    [InlineData("anthropic", """{"type":"message_start","message":{"note":"c","content":[]}}""")]
    [InlineData("gemini", """{"candidates":[{"groundingMetadata":{"note":["c"]}}]}""")]
    public void What_comes_whole_is_complete(string provider, string data)
    {
        var others = Reading.Event(DialectPaths.OfProvider(provider)!, data).Others;
        Assert.NotEmpty(others);
        Assert.All(others, o => Assert.Equal(("c", true), (o.Text, o.Complete)));
    }

    [Fact]
    public void What_comes_whole_in_a_response_is_complete_and_what_stands_beside_it_belongs_to_its_item()
    {
        var others = Reading.Event(OpenAIResponses.Instance, """{"type":"response.new","item":{"note":"c"},"part":{"note":"c"},"response":{"note":"c"},"note":"d","output_index":2}""").Others;
        Assert.All(others.Take(3), o => Assert.Equal(("c", true), (o.Text, o.Complete)));
        Assert.Equal(("d", false, 2), (others[3].Text, others[3].Complete, others[3].Choice));
    }

    [Fact]
    public void An_event_of_many_strings_is_a_document_in_which_each_is_complete()
    {
        const string A = "\"a\"";
        var few = Reading.Event(OpenAIChat.Instance, $$"""{"new":[{{string.Join(',', Enumerable.Repeat(A, 32))}}]}""").Others;
        var many = Reading.Event(OpenAIChat.Instance, $$"""{"new":[{{string.Join(',', Enumerable.Repeat(A, 33))}}]}""").Others;
        Assert.All(few, o => Assert.False(o.Complete));
        Assert.All(many, o => Assert.True(o.Complete));
    }

    [Fact]
    public void JSON_of_no_dialect_gives_all_of_its_strings()
    {
        const string data = """[{"id":"a","b":{"type":["\u0063",1,null,""]}},"d"]""";
        var bytes = Encoding.UTF8.GetBytes(data);
        var meaning = new EventMeaning();
        meaning.Add(new TextRange(new Channel(ChannelKind.Content, 0, 0), 1, 1, false, false));
        JsonStrings.Read(bytes, meaning);
        Assert.Equal(["a", "c", "d"], Seen.In(meaning, bytes).Select(s => s.Text));
        Assert.Equal(EventTraits.None, meaning.Traits);
        Assert.All(meaning.Texts.ToArray(), t => Assert.Equal((ChannelKind.Other, true), (t.Channel.Kind, t.Complete)));
    }

    [Theory]
    [InlineData("")]
    [InlineData("words")]
    [InlineData("""{"a":"b" """)]
    [InlineData("""{"a":"b"} x""")]
    public void Data_of_no_dialect_that_is_no_JSON_tells_so(string data)
    {
        var meaning = new EventMeaning();
        JsonStrings.Read(Encoding.UTF8.GetBytes(data), meaning);
        Assert.Equal((EventTraits.Malformed | EventTraits.NotJson, 0), (meaning.Traits, meaning.TextCount));
    }

    [Fact]
    public void More_strings_than_the_bound_are_told()
    {
        var meaning = new EventMeaning();
        JsonStrings.Read(JsonSerializer.SerializeToUtf8Bytes(Enumerable.Repeat("a", EventMeaning.MaxTexts + 1)), meaning);
        Assert.Equal((EventMeaning.MaxTexts, EventTraits.Malformed | EventTraits.Overfull), (meaning.TextCount, meaning.Traits));
    }
}

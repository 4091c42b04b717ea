using System.Text;
using System.Text.Json;

namespace Sidecar.Providers.Tests;

public class RequestTextsTests
{
    private static (List<Seen> Texts, EventTraits Traits) Read(string body)
    {
        var (bytes, meaning) = (Encoding.UTF8.GetBytes(body), new EventMeaning());
        RequestTexts.Read(bytes, meaning);
        Assert.All(meaning.Texts.ToArray(), text => Assert.True(text.Complete));
        return (Seen.In(meaning, bytes), meaning.Traits);
    }

    private static Seen Text(ChannelKind kind, int choice, string text) => new(kind, choice, 0, text, Complete: true);

    [Fact]
    public void OpenAI_chat()
    {
        var (texts, traits) = Read("""
            {"model":"m","user":"u","stop":["s"],"messages":[
              {"role":"system","content":"a"},
              {"role":"user","name":"n","content":[{"type":"text","text":"b"},{"type":"image_url","image_url":{"url":"https://x.example"}},{"type":"file","file":{"file_data":"data:x;base64,AAAA","file_id":"f"}}]},
              {"role":"assistant","content":null,"refusal":"r","reasoning_content":"t","tool_calls":[{"id":"c","type":"function","function":{"name":"f","arguments":"{\"q\":1}"}}]},
              {"role":"tool","tool_call_id":"c","content":"d"}],
             "prediction":{"type":"content","content":"p"},
             "tools":[{"type":"function","function":{"name":"f","description":"x","parameters":{"description":"x"}}}],"response_format":{"name":"x"},"metadata":{"k":"x"}}
            """);
        Assert.Equal(
            [
                Text(ChannelKind.Content, 0, "a"), Text(ChannelKind.Content, 1, "b"), Text(ChannelKind.Refusal, 2, "r"), Text(ChannelKind.Reasoning, 2, "t"),
                Text(ChannelKind.ToolArguments, 2, "{\"q\":1}"), Text(ChannelKind.Content, 3, "d"), Text(ChannelKind.Content, 0, "p"),
            ],
            texts);
        Assert.Equal(EventTraits.None, traits);
    }

    [Fact]
    public void OpenAI_responses()
    {
        Assert.Equal([Text(ChannelKind.Content, 0, "i"), Text(ChannelKind.Content, 0, "q")], Read("""{"instructions":"i","input":"q"}""").Texts);
        Assert.Equal(
            [
                Text(ChannelKind.Content, 0, "a"), Text(ChannelKind.Content, 1, "b"), Text(ChannelKind.Reasoning, 2, "s"),
                Text(ChannelKind.ToolArguments, 3, "{}"), Text(ChannelKind.Content, 4, "o"), Text(ChannelKind.ToolArguments, 5, """{"query":"w"}"""),
                Text(ChannelKind.Content, 0, "v"),
            ],
            Read("""
                {"input":[{"role":"user","content":"a"},{"type":"message","role":"user","content":[{"type":"input_text","text":"b"},{"type":"input_image","image_url":"https://x"}]},
                  {"type":"reasoning","id":"r","encrypted_content":"e","summary":[{"type":"summary_text","text":"s"}]},{"type":"function_call","call_id":"c","name":"f","arguments":"{}"},
                  {"type":"function_call_output","call_id":"c","output":"o"},{"type":"web_search_call","action":{"query":"w"},"status":"completed"},{"type":"mcp_list_tools","tools":[{"description":"x"}]}],
                 "prompt":{"id":"p","variables":{"city":"v"}},"previous_response_id":"x","tools":[{"description":"x"}]}
                """).Texts);
    }

    [Fact]
    public void Anthropic() => Assert.Equal(
        [
            Text(ChannelKind.Content, 0, "s"), Text(ChannelKind.Content, 0, "a"), Text(ChannelKind.Reasoning, 1, "t"),
            Text(ChannelKind.ToolArguments, 1, """{"id":"deep","n":[1]}"""), Text(ChannelKind.Content, 2, "r"), Text(ChannelKind.Content, 2, "plain words"),
        ],
        Read($$$"""
            {"model":"m","system":[{"type":"text","text":"s","cache_control":{"type":"ephemeral","ttl":"5m"}}],"messages":[{"role":"user","content":"a"},
              {"role":"assistant","content":[{"type":"thinking","thinking":"t","signature":"z"},{"type":"tool_use","id":"u","name":"f","input":{"id":"deep","n":[1]}}]},
              {"role":"user","content":[{"type":"tool_result","tool_use_id":"u","content":[{"type":"text","text":"r"}]},{"type":"image","source":{"type":"base64","media_type":"image/png","data":"{{{new string('A', 400)}}}"}},
                {"type":"document","source":{"type":"text","media_type":"text/plain","data":"plain words"}}]}],
             "tools":[{"name":"f","description":"x","input_schema":{"description":"x"}}]}
            """).Texts);

    [Fact]
    public void Gemini() => Assert.Equal(
        [
            Text(ChannelKind.Content, 0, "s"), Text(ChannelKind.Content, 0, "a"), Text(ChannelKind.ToolArguments, 1, """{"q":"x"}"""),
            Text(ChannelKind.Citation, 2, """{"url":"deep"}"""),
        ],
        Read("""
            {"systemInstruction":{"parts":[{"text":"s"}]},"contents":[{"role":"user","parts":[{"text":"a"},{"fileData":{"fileUri":"gs://x","mimeType":"m"}}]},
              {"role":"model","parts":[{"functionCall":{"name":"f","args":{"q":"x"}},"thoughtSignature":"z"}]},
              {"role":"user","parts":[{"functionResponse":{"name":"f","response":{"url":"deep"}}}]}],"tools":[{"functionDeclarations":[{"description":"x"}]}]}
            """).Texts);

    [Fact]
    public void Ollama()
    {
        Assert.Equal(["s", "p", "e"], Read($$"""{"model":"m","system":"s","prompt":"p","suffix":"e","images":["{{new string('A', 400)}}"],"context":[1]}""").Texts.Select(t => t.Text));
        Assert.Equal(
            [Text(ChannelKind.Content, 0, "a"), Text(ChannelKind.ToolArguments, 1, """{"q":"x"}""")],
            Read($$"""{"messages":[{"role":"user","content":"a","images":["{{new string('A', 400)}}"]},{"role":"assistant","content":"","tool_calls":[{"function":{"name":"f","arguments":{"q":"x"} } }]}]}""").Texts);
    }

    [Fact]
    public void Lists_of_prompts_are_each_a_text() =>
        Assert.Equal(["a", "b"], Read("""{"prompt":["a","b"],"input":[1,2]}""").Texts.Select(t => t.Text));

    [Fact]
    public void No_spelling_of_a_name_hides_a_text() =>
        Assert.Equal(
            ["a", "b", "c", "d"],
            Read("""{"MESSAGES":[{"content":"a"}],"m\u0065ssages":[{"CONTENT":"b","content":"c"}],"messages":[{"new":{"deep":["d"]}}]}""").Texts.Select(t => t.Text));

    [Theory]
    [InlineData("", EventTraits.Malformed | EventTraits.NotJson)]
    [InlineData("words", EventTraits.Malformed | EventTraits.NotJson)]
    [InlineData("""{"messages":[{"content":"a"}]""", EventTraits.Malformed | EventTraits.NotJson)]
    [InlineData("[]", EventTraits.Malformed)]
    public void A_body_that_is_no_request_tells_so(string body, EventTraits traits) => Assert.Equal((0, traits), (Read(body).Texts.Count, Read(body).Traits));

    [Fact]
    public void What_is_too_deep_or_too_much_is_told()
    {
        var deep = string.Concat(Enumerable.Repeat("[", 300)) + string.Concat(Enumerable.Repeat("]", 300));
        Assert.Equal(EventTraits.Malformed | EventTraits.NotJson, Read($$"""{"messages":{{deep}}}""").Traits);
        var many = JsonSerializer.Serialize(Enumerable.Repeat("a", EventMeaning.MaxTexts + 1));
        Assert.Equal(EventTraits.Malformed | EventTraits.Overfull, Read($$"""{"input":{{many}}}""").Traits);
    }
}

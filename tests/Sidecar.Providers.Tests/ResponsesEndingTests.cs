using System.Text.Json;

namespace Sidecar.Providers.Tests;

public class ResponsesEndingTests
{
    private const string Created = """response.created|{"type":"response.created","sequence_number":0,"response":{"id":"resp_1","object":"response","created_at":7,"status":"in_progress","error":null,"incomplete_details":null,"model":"m","output":[],"tools":[],"usage":null}}""";
    private const string Message = """{"type":"response.output_item.added","sequence_number":1,"output_index":0,"item":{"id":"msg_1","type":"message","status":"in_progress","content":[],"role":"assistant"}}""";
    private const string Part = """{"type":"response.content_part.added","sequence_number":2,"item_id":"msg_1","output_index":0,"content_index":0,"part":{"type":"output_text","text":"","annotations":[]}}""";
    private const string Delta = """{"type":"response.output_text.delta","sequence_number":3,"item_id":"msg_1","output_index":0,"content_index":0,"delta":"H\u0069 "}""";
    private const string More = """{"type":"response.output_text.delta","sequence_number":4,"item_id":"msg_1","output_index":0,"content_index":0,"delta":"\"you\""}""";
    private const string TextDone = """{"type":"response.output_text.done","sequence_number":5,"item_id":"msg_1","output_index":0,"content_index":0,"text":"H\u0069 \"you\""}""";
    private const string PartDone = """{"type":"response.content_part.done","sequence_number":6,"item_id":"msg_1","output_index":0,"content_index":0,"part":{"type":"output_text","text":"H\u0069 \"you\"","annotations":[]}}""";
    private const string ItemDone = """{"type":"response.output_item.done","sequence_number":7,"output_index":0,"item":{"id":"msg_1","type":"message","status":"completed","role":"assistant","content":[{"type":"output_text","text":"H\u0069 \"you\"","annotations":[]}]}}""";
    private const string Call = """{"type":"response.output_item.added","sequence_number":8,"output_index":1,"item":{"id":"fc_1","type":"function_call","status":"in_progress","arguments":"","call_id":"call_1","name":"f"}}""";
    private const string Arguments = """{"type":"response.function_call_arguments.delta","sequence_number":9,"item_id":"fc_1","output_index":1,"delta":"{\"a"}""";
    private const string Reasoning = """{"type":"response.output_item.added","sequence_number":1,"output_index":0,"item":{"id":"rs_1","type":"reasoning","summary":[]}}""";
    private const string Summary = """{"type":"response.reasoning_summary_part.added","sequence_number":2,"item_id":"rs_1","output_index":0,"summary_index":0,"part":{"type":"summary_text","text":""}}""";
    private const string Thought = """{"type":"response.reasoning_summary_text.delta","sequence_number":3,"item_id":"rs_1","output_index":0,"summary_index":0,"delta":"hm"}""";

    private const string Said = "H\\u0069 \\\"you\\\"";
    private const string DoneMessage = "{\"id\":\"msg_1\",\"type\":\"message\",\"status\":\"completed\",\"role\":\"assistant\",\"content\":[{\"type\":\"output_text\",\"text\":\"" + Said + "\",\"annotations\":[]}]}";

    private static string Event(string type, int number, string rest) =>
        $"event: {type}\ndata: {{\"type\":\"{type}\",\"sequence_number\":{number},{rest}}}\n\n";

    private static string TextEnd(int number, string text) => Event(
        "response.output_text.done", number, $"\"item_id\":\"msg_1\",\"output_index\":0,\"content_index\":0,\"text\":\"{text}\",\"logprobs\":[]");

    private static string OpenPart(string text) => $"{{\"type\":\"output_text\",\"text\":\"{text}\",\"annotations\":[],\"logprobs\":[]}}";

    private static string PartEnd(int number, string text) => Event(
        "response.content_part.done", number, $"\"item_id\":\"msg_1\",\"output_index\":0,\"content_index\":0,\"part\":{OpenPart(text)}");

    private static string OpenMessage(string parts) =>
        $"{{\"id\":\"msg_1\",\"type\":\"message\",\"role\":\"assistant\",\"content\":[{parts}],\"status\":\"incomplete\"}}";

    private static string ItemEnd(int number, int index, string item) =>
        Event("response.output_item.done", number, $"\"output_index\":{index},\"item\":{item}");

    private static string Incomplete(int number, string output) => Event(
        "response.incomplete", number,
        "\"response\":{\"id\":\"resp_1\",\"object\":\"response\",\"created_at\":7,\"model\":\"m\",\"tools\":[],\"usage\":null,\"status\":\"incomplete\",\"error\":null,\"incomplete_details\":{\"reason\":\"content_filter\"},\"output\":[" + output + "]}");

    public static TheoryData<string, string[], string> States => new()
    {
        { "created only", [Created], Incomplete(1, "") },
        { "item only", [Created, Message], ItemEnd(2, 0, OpenMessage("")) + Incomplete(3, OpenMessage("")) },
        { "part only", [Created, Message, Part], TextEnd(3, "") + PartEnd(4, "") + ItemEnd(5, 0, OpenMessage(OpenPart(""))) + Incomplete(6, OpenMessage(OpenPart(""))) },
        { "mid text", [Created, Message, Part, Delta, More], TextEnd(5, Said) + PartEnd(6, Said) + ItemEnd(7, 0, OpenMessage(OpenPart(Said))) + Incomplete(8, OpenMessage(OpenPart(Said))) },
        { "text done", [Created, Message, Part, Delta, More, TextDone], PartEnd(6, Said) + ItemEnd(7, 0, OpenMessage(OpenPart(Said))) + Incomplete(8, OpenMessage(OpenPart(Said))) },
        { "text done at once", [Created, Message, Part, TextDone], PartEnd(6, Said) + ItemEnd(7, 0, OpenMessage(OpenPart(Said))) + Incomplete(8, OpenMessage(OpenPart(Said))) },
        { "part done", [Created, Message, Part, Delta, More, TextDone, PartDone], ItemEnd(7, 0, OpenMessage(OpenPart(Said))) + Incomplete(8, OpenMessage(OpenPart(Said))) },
        { "item done", [Created, Message, Part, Delta, More, TextDone, PartDone, ItemDone], Incomplete(8, DoneMessage) },
        { "item done at once", [Created, ItemDone], Incomplete(8, DoneMessage) },
        {
            "mid tool call", [Created, Message, ItemDone, Call, Arguments],
            ItemEnd(10, 1, "{\"id\":\"fc_1\",\"type\":\"function_call\",\"call_id\":\"call_1\",\"name\":\"f\",\"arguments\":\"{\\\"a\",\"status\":\"incomplete\"}") + Incomplete(11, DoneMessage)
        },
        {
            "reasoning open", [Created, Reasoning, Summary, Thought],
            Event("response.reasoning_summary_text.done", 4, "\"item_id\":\"rs_1\",\"output_index\":0,\"summary_index\":0,\"text\":\"hm\"")
            + Event("response.reasoning_summary_part.done", 5, "\"item_id\":\"rs_1\",\"output_index\":0,\"summary_index\":0,\"part\":{\"type\":\"summary_text\",\"text\":\"hm\"}")
            + ItemEnd(6, 0, "{\"id\":\"rs_1\",\"type\":\"reasoning\",\"summary\":[{\"type\":\"summary_text\",\"text\":\"hm\"}],\"status\":\"incomplete\"}")
            + Incomplete(7, "{\"id\":\"rs_1\",\"type\":\"reasoning\",\"summary\":[{\"type\":\"summary_text\",\"text\":\"hm\"}],\"status\":\"incomplete\"}")
        },
    };

    [Theory]
    [MemberData(nameof(States))]
    public void Open_texts_parts_and_items_end_with_what_was_sent_and_the_response_is_incomplete(string state, string[] sent, string expected)
    {
        Assert.NotEmpty(state);
        Assert.Equal(expected, new EndingScript(OpenAIResponses.Instance, sent).Ending());
    }

    [Fact]
    public void Nothing_sent_is_a_response_that_begins_and_ends()
    {
        const string response = "\"response\":{\"id\":\"resp_moderated\",\"object\":\"response\",\"created_at\":0,\"instructions\":null,\"metadata\":{},\"model\":\"\",\"parallel_tool_calls\":true,\"temperature\":null,\"tool_choice\":\"auto\",\"tools\":[],\"top_p\":null,\"usage\":null,";
        Assert.Equal(
            Event("response.created", 0, response + "\"status\":\"in_progress\",\"error\":null,\"incomplete_details\":null,\"output\":[]}")
            + Event("response.incomplete", 1, response + "\"status\":\"incomplete\",\"error\":null,\"incomplete_details\":{\"reason\":\"content_filter\"},\"output\":[]}"),
            new EndingScript(OpenAIResponses.Instance).Ending());
    }

    [Theory]
    [InlineData("refusal", "response.refusal.delta", "response.refusal.done", "refusal")]
    [InlineData("reasoning_text", "response.reasoning_text.delta", "response.reasoning_text.done", "text")]
    public void Each_kind_of_part_has_its_own_end(string partType, string deltaType, string doneType, string member)
    {
        string[] sent =
        [
            Created, Message, $$"""{"type":"response.content_part.added","output_index":0,"content_index":0,"part":{"type":"{{partType}}","{{member}}":""} }""",
            $$"""{"type":"{{deltaType}}","output_index":0,"content_index":0,"sequence_number":4,"delta":"no"}""",
        ];
        var ending = new EndingScript(OpenAIResponses.Instance, sent).Ending();
        Assert.StartsWith(Event(doneType, 5, $"\"item_id\":\"msg_1\",\"output_index\":0,\"content_index\":0,\"{member}\":\"no\""), ending, StringComparison.Ordinal);
        Assert.Contains($"\"part\":{{\"type\":\"{partType}\",\"{member}\":\"no\"}}", ending, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"id":"ws","type":"web_search_call","status":"in_progress"}""", """{"id":"ws","type":"web_search_call","status":"failed"}""")]
    [InlineData("""{"id":"ct","type":"custom_tool_call","call_id":"c","name":"n","input":""}""", """{"id":"ct","type":"custom_tool_call","call_id":"c","name":"n","input":"","status":"incomplete"}""")]
    [InlineData("""{"id":"ci","type":"code_interpreter_call","status":"in_progress","code":"","container_id":"k"}""", """{"id":"ci","type":"code_interpreter_call","container_id":"k","code":"","status":"incomplete"}""")]
    public void Half_a_call_of_any_tool_is_done_but_not_shown_in_the_response(string added, string done)
    {
        var ending = new EndingScript(OpenAIResponses.Instance, Created, $$"""{"type":"response.output_item.added","sequence_number":1,"output_index":0,"item":{{added}}}""").Ending();
        Assert.Equal(ItemEnd(2, 0, done) + Incomplete(3, ""), ending);
    }

    [Fact]
    public void An_object_on_several_lines_makes_one_line()
    {
        var ending = new EndingScript(OpenAIResponses.Instance, Created, "{\"type\":\"response.output_item.added\",\"sequence_number\":1,\"output_index\":0,\"item\":{\"id\":\"x\",\r\n\"type\":\"new_call\",\"list\":[1,\n2]}}").Ending();
        Assert.All(ending.Split("\n\n", StringSplitOptions.RemoveEmptyEntries), e => Assert.Equal(2, e.Split('\n').Length));
        Assert.DoesNotContain('\r', ending);
    }

    [Fact]
    public void Texts_past_the_bound_are_not_kept_and_the_ending_is_whole_all_the_same()
    {
        var large = new string('x', ModeratedEnding.MaxKept - 10_000);
        var delta = $$"""{"type":"response.output_text.delta","sequence_number":3,"output_index":0,"content_index":0,"delta":"{{large}}"}""";
        var item = $$"""{"type":"response.output_item.added","output_index":1,"item":{"id":"n","type":"message","content":[],"note":"{{large}}"} }""";
        var ending = new EndingScript(OpenAIResponses.Instance, Created, Message, Part, delta, delta, item).Ending();
        Assert.StartsWith(TextEnd(4, large), ending, StringComparison.Ordinal);
        Assert.EndsWith(Incomplete(7, OpenMessage(OpenPart(large))), ending, StringComparison.Ordinal);
    }

    [Fact]
    public void What_an_item_held_is_free_again_when_it_is_done()
    {
        var large = new string('x', ModeratedEnding.MaxKept / 2);
        var sent = new List<string> { Created };
        for (var i = 0; i < 8; i++)
        {
            sent.Add($$"""{"type":"response.output_item.added","output_index":{{i}},"item":{"id":"i{{i}}","type":"message"} }""");
            sent.Add($$"""{"type":"response.output_text.delta","output_index":{{i}},"content_index":0,"delta":"{{large}}"}""");
            sent.Add($$"""{"type":"response.output_item.done","output_index":{{i}},"item":{"id":"i{{i}}","type":"message"} }""");
        }
        sent.Add("""{"type":"response.output_item.added","sequence_number":1,"output_index":8,"item":{"id":"last","type":"message"}}""");
        sent.Add($$"""{"type":"response.output_text.delta","output_index":8,"content_index":0,"delta":"{{large}}"}""");
        Assert.Contains(large, new EndingScript(OpenAIResponses.Instance, [.. sent]).Ending(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_response_too_large_to_be_kept_leaves_its_identity()
    {
        var large = new string('x', ModeratedEnding.MaxKept);
        var ending = new EndingScript(OpenAIResponses.Instance, $$"""{"type":"response.created","sequence_number":0,"response":{"id":"resp_1","model":"m","created_at":7,"instructions":"{{large}}"} }""").Ending();
        Assert.DoesNotContain("response.created", ending, StringComparison.Ordinal);
        using var document = JsonDocument.Parse(ending[(ending.IndexOf("data: ", StringComparison.Ordinal) + 6)..]);
        var response = document.RootElement.GetProperty("response");
        Assert.Equal(("resp_1", "m", 7), (response.GetProperty("id").GetString(), response.GetProperty("model").GetString(), response.GetProperty("created_at").GetInt32()));
    }
}

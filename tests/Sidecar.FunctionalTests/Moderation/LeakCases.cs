using System.Text.Json;
using Sidecar.FunctionalTests.Dialects;
using Sidecar.FunctionalTests.Provider;

namespace Sidecar.FunctionalTests.Moderation;

/// <summary>A provider's answer that tries to carry john.doe@example.com, or "forbidden phrase", past the policy.</summary>
/// <param name="Name">What it tries.</param>
/// <param name="Dialect">Whose path is asked.</param>
/// <param name="Shows">What the client must see nevertheless.</param>
/// <param name="Body">What the provider sends.</param>
internal sealed record LeakCase(string Name, string Dialect, string Shows, params IReadOnlyList<Step> Body)
{
    public string ContentType { get; init; } = "text/event-stream";

    public Framing Framing { get; init; } = Framing.Chunked;

    public int Status { get; init; } = 200;

    public Script Script => Script.Response(Status, [("content-type", ContentType)], Framing, Body);
}

/// <summary>The attacks that are more than a text in pieces.</summary>
internal static class LeakCases
{
    private const string Chat = "openai-chat", Responses = "openai-responses", Anthropic = "anthropic", Gemini = "gemini-array", Ollama = "ollama-chat";
    private const string Redacted = "[email]";
    private const string Done = "data: [DONE]\n\n";

    private static readonly string Stop = Choice("\"delta\":{},\"finish_reason\":\"stop\"");

    public static IReadOnlyList<LeakCase> All { get; } = [.. Spelling(), .. Events(), .. Ends(), .. Channels(), .. Repeats(), .. Unknown(), .. Bodies(), .. Terminated()];

    private static IEnumerable<LeakCase> Spelling()
    {
        yield return new("every letter an escape, an event each", Chat, Redacted, Deltas([.. "Ask john.doe@example.com now".Select(c => $"\\u{(int)c:x4}")]));
        yield return new("a pair of surrogates split over events", Chat, Redacted, Deltas("Ask jo", "\\udb40", "\\udc41hn.d\\uDB40", "\\uDC42oe@exa", "mple.com now"));
        yield return new("half a pair that is left alone", Chat, Redacted, Deltas("Ask \\udb40", "john.doe@example.com \\udc40now"));
        yield return new("two members of one name", Chat, Redacted, Choice("\"delta\":{\"content\":\"a \",\"content\":\"john.doe@example.com \"}"), Stop, Done);
        yield return new("two members of one name, the harmless one last", Chat, Redacted, Choice("\"delta\":{\"content\":\"john.doe@example.com \",\"content\":\"a\"}"), Stop, Done);
        yield return new("two deltas", Chat, Redacted, Choice("\"delta\":{\"content\":\"a \"},\"delta\":{\"content\":\"john.doe@example.com \"}"), Stop, Done);
        yield return new("a name with escapes", Chat, Redacted, Choice("\"d\\u0065lta\":{\"con\\u0074ent\":\"john.doe@\"}"), Choice("\"delta\":{\"content\":\"example.com \"}"), Stop, Done);
        yield return new("a string that looks like members", Chat, Redacted, Deltas("\\\",\\\"content\\\":\\\"jo", "hn.doe@example.com\\\"}"));
    }

    private static IEnumerable<LeakCase> Events()
    {
        yield return new("data of several lines", Chat, Redacted, "data: {\"choices\":\ndata: [{\"index\":0,\ndata:\"delta\":{\"content\":\ndata: \"Ask jo\"}}]}\n\n", Delta("hn.doe@example.com"), Stop, Done);
        yield return new("a match in data of several lines", Chat, Redacted, "id: 1\ndata: {\"choices\":[{\"index\":0,\nevent: x\ndata: \"delta\":{\"content\":\"Ask john.doe@example.com.\"}}]}\n\n", Stop, Done);
        yield return new("carriage returns for line ends", Chat, Redacted, Delta("Ask jo").Replace('\n', '\r'), Delta("hn.doe@example.com.").Replace('\n', '\r'), Done.Replace('\n', '\r'));
        yield return new("content beside the finish reason", Chat, Redacted, Delta("Ask jo"), Choice("\"delta\":{\"content\":\"hn.doe@example.com\"},\"finish_reason\":\"stop\""), Done);
        yield return new("content behind the finish reason", Chat, Redacted, Delta("Ask jo"), Choice("\"finish_reason\":\"stop\",\"delta\":{\"content\":\"hn.doe@example.com\"}"), Done);
        yield return new("content after the finish reason", Chat, "[DONE]", Stop, Delta("john.doe@example.com"), Done);
        yield return new("data that is no JSON", Chat, Redacted, "data: Ask john.doe@example.com\n\n", Done);
        yield return new("data that is no JSON, over two events", Chat, Redacted, "data: Ask john.doe@\n\n", "data: example.com\n\n", Done);
        yield return new("a comment", Chat, Redacted, ": Ask john.doe@example.com\n\n", Delta("ok"), Stop, Done);
        yield return new("the name of an event", Chat, Redacted, "event: john.doe@example.com\n" + Delta("Ask john.doe@example.com"), Stop, Done);
        yield return new("an id", Chat, Redacted, "id: john.doe@example.com\n" + Delta("Ask john.doe@example.com"), Stop, Done);
        yield return new("an unknown field", Chat, Redacted, "note: john.doe@example.com\n" + Delta("Ask john.doe@example.com"), Stop, Done);
        yield return new("fields without data", Chat, "ok", "event: john.doe@example.com\n\n", Delta("ok"), Stop, Done);
    }

    private static IEnumerable<LeakCase> Ends()
    {
        var open = new Step[] { Delta("Ask jo"), Delta("hn.doe@exam"), Delta("ple.com") };
        yield return new("no end marker", Chat, Redacted, open);
        yield return new("no end marker, and the connection's end", Chat, Redacted, open) { Framing = Framing.Close };
        yield return new("an event that does not end", Chat, "Ask ", [Delta("Ask "), Delta("john.doe@example.com").TrimEnd('\n')]);
        yield return new("an event that does not end, and the connection's end", Chat, "Ask ", [Delta("Ask "), Delta("john.doe@example.com").TrimEnd('\n')]) { Framing = Framing.Close };
        yield return new("half an event", Chat, "Ask ", [Delta("Ask "), Delta("john.doe@example.com")[..70]]);
        yield return new("an abort in the middle", Chat, "", [Delta("Ask "), Delta("john.d"), new Step.Reset()]);
        yield return new("a close in the middle", Chat, "Ask ", [Delta("Ask "), Delta("john.d"), new Step.Close()]);
        yield return new("an abort behind a match", Chat, "", [Delta("Ask "), Delta("john.doe@example.com"), new Step.Reset()]);
        yield return new("an error of the provider in the middle", Chat, "overloaded", [Delta("Ask "), Delta("john.doe@exam"), "data: {\"error\":{\"message\":\"overloaded\",\"type\":\"server_error\"}}\n\n", Done]);
        yield return new("an error that tells", Chat, "no ", ["data: {\"error\":{\"message\":\"no john.doe@example.com here\",\"type\":\"server_error\"}}\n\n", Done]);
        yield return new("an error of Anthropic that tells", Anthropic, "no ", ["event: error\ndata: {\"type\":\"error\",\"error\":{\"type\":\"overloaded_error\",\"message\":\"no john.doe@example.com here\"}}\n\n"]);
        yield return new("a line that does not end", Ollama, "Ask ", [Line("Ask "), Line("john.doe@example.com").TrimEnd('\n')]) { ContentType = "application/x-ndjson" };
        yield return new("an array that does not end", Gemini, "Ask ", ["[" + Candidate("Ask "), "," + Candidate("john.doe@example.com")]) { ContentType = "application/json" };
    }

    private static IEnumerable<LeakCase> Channels()
    {
        foreach (var member in new[] { "reasoning_content", "reasoning", "refusal" })
        {
            yield return new(member, Chat, Redacted, Choice($"\"delta\":{{\"{member}\":\"Ask jo\"}}"), Choice($"\"delta\":{{\"{member}\":\"hn.doe@example.com\"}}"), Stop, Done);
        }
        yield return new("arguments of a tool", Chat, Redacted, Arguments("{\\\"to\\\":\\\"jo"), Arguments("hn\\\\u002edoe@exam"), Arguments("ple.com\\\"}"), Choice("\"delta\":{},\"finish_reason\":\"tool_calls\""), Done);
        yield return new("the name of a tool", Chat, Redacted, Choice("\"delta\":{\"tool_calls\":[{\"index\":0,\"function\":{\"name\":\"john.doe@example.com\",\"arguments\":\"{\\\"a\\\":\\\"john.doe@example.com\\\"}\"}}]}"), Stop, Done);
        yield return new("the transcript of a voice", Chat, Redacted, Choice("\"delta\":{\"audio\":{\"transcript\":\"Ask jo\"}}"), Choice("\"delta\":{\"audio\":{\"transcript\":\"hn.doe@example.com\"}}"), Stop, Done);
        yield return new("sources beside the choices", Chat, Redacted, "data: {\"choices\":[],\"citations\":[\"mailto:john.doe@example.com\"],\"search_results\":[{\"title\":\"john.doe@example.com\"}]}\n\n", Stop, Done);
        yield return new("two texts in one list", Chat, Redacted, Choice("\"delta\":{\"content\":[{\"type\":\"text\",\"text\":\"Ask jo\"},{\"type\":\"text\",\"text\":\"hn.doe@example.com\"}]}"), Stop, Done);
        yield return new("thoughts of Anthropic", Anthropic, Redacted, Block("thinking_delta", "thinking", "Ask jo"), Block("thinking_delta", "thinking", "hn.doe@example.com"), BlockStop, MessageStop);
        yield return new("arguments of Anthropic", Anthropic, Redacted, Block("input_json_delta", "partial_json", "{\\\"to\\\":\\\"jo"), Block("input_json_delta", "partial_json", "hn.doe@example.com\\\"}"), BlockStop, MessageStop);
        yield return new("a citation of Anthropic", Anthropic, Redacted, Named("content_block_delta", "\"index\":0,\"delta\":{\"type\":\"citations_delta\",\"citation\":{\"cited_text\":\"by john.doe@example.com\"}}"), BlockStop, MessageStop);
        yield return new("a block that begins with text", Anthropic, Redacted, Named("content_block_start", "\"index\":0,\"content_block\":{\"type\":\"text\",\"text\":\"Ask jo\"}"), Block("text_delta", "text", "hn.doe@example.com"), BlockStop, MessageStop);
    }

    private static IEnumerable<LeakCase> Repeats()
    {
        string Both(string delta, string whole) => Choice($"\"delta\":{{\"content\":\"{delta}\"}},\"message\":{{\"role\":\"assistant\",\"content\":\"{whole}\"}}");
        yield return new("the whole so far beside each delta", Chat, Redacted,
            Both("Ask jo", "Ask jo"), Both("hn.doe@exam", "Ask john.doe@exam"), Both("ple.com", "Ask john.doe@example.com"), Both(" now", "Ask john.doe@example.com now"), Stop, Done);
        yield return new("the whole in a message at the end", Chat, Redacted, Delta("Ask jo"), Delta("hn.doe@example.com"),
            Choice("\"delta\":{},\"message\":{\"role\":\"assistant\",\"content\":\"Ask john.doe@example.com\"},\"finish_reason\":\"stop\""), Done);
        yield return new("repeats of responses", Responses, Redacted, [.. new OpenAIResponses().Stream(new Completion { Text = ["Ask jo", "hn.doe@exam", "ple.com"] }).Select(frame => (Step)frame.Wire)]);
        yield return new("repeats of responses without a delta", Responses, Redacted,
            [.. new OpenAIResponses().Stream(new Completion { Text = ["Ask john.doe@example.com"] }).Where(frame => !frame.Content).Select(frame => (Step)frame.Wire)]);
        yield return new("repeats of thoughts and refusals", Responses, Redacted,
            [.. new OpenAIResponses().Stream(new Completion { Reasoning = ["Ask jo", "hn.doe@example.com"], Refusal = ["not jo", "hn.doe@example.com"] }).Select(frame => (Step)frame.Wire)]);
        yield return new("repeats of arguments", Responses, Redacted,
            [.. new OpenAIResponses().Stream(new Completion { Tools = [new("call_1", "mail", ["{\"to\":\"jo", "hn.doe@example.com\"}"])], Finish = Finish.ToolCalls }).Select(frame => (Step)frame.Wire)]);
    }

    private static IEnumerable<LeakCase> Unknown()
    {
        yield return new("an unknown delta of Anthropic", Anthropic, Redacted, Named("content_block_delta", "\"index\":0,\"delta\":{\"type\":\"novel_delta\",\"novel\":\"Ask john.doe@example.com\"}"), BlockStop, MessageStop);
        yield return new("an unknown event of Anthropic", Anthropic, Redacted, Named("novel", "\"note\":{\"deep\":[\"Ask john.doe@example.com\"]}"), MessageStop);
        yield return new("an unknown type of responses", Responses, Redacted, Named("response.novel.delta", "\"output_index\":0,\"delta\":\"Ask jo\""), Named("response.novel.delta", "\"output_index\":0,\"delta\":\"hn.doe@example.com\""),
            Named("response.completed", "\"response\":{\"status\":\"completed\",\"output\":[]}"));
        yield return new("an unknown type over three events", Chat, Redacted, Novel("Ask jo"), Novel("hn.doe@exam"), Novel("ple.com now"), Stop, Done);
        yield return new("an unknown type that the end cuts", Chat, Redacted, Novel("Ask jo"), Novel("hn.doe@example.com"), Done);
        yield return new("an unknown delta of Anthropic over two events", Anthropic, Redacted, Block("novel_delta", "novel", "Ask jo"), Block("novel_delta", "novel", "hn.doe@example.com"), BlockStop, MessageStop);
        yield return new("an unknown member beside each delta", Chat, Redacted,
            Choice("\"delta\":{\"content\":\"a \",\"novel\":\"Ask jo\"}"), Choice("\"delta\":{\"content\":\"b \",\"novel\":\"hn.doe@example.com\"}"), Stop, Done);
        yield return new("an unknown member of two choices in turn", Chat, Redacted, Second("Ask jo"), Choice("\"delta\":{\"novel\":\"Ask jo\"}"), Second("hn.doe@example.com"), Choice("\"delta\":{\"novel\":\"hn.doe@example.com\"}"), Stop, Done);
        yield return new("an unknown member of a line, over two lines", Ollama, Redacted, "{\"novel\":\"Ask jo\",\"done\":false}\n", "{\"novel\":\"hn.doe@example.com\",\"done\":false}\n", Line("x", true)) { ContentType = "application/x-ndjson" };
        yield return new("unknown members of a chunk", Chat, Redacted, Choice("\"delta\":{\"novel\":\"Ask john.doe@example.com\"},\"other\":\"john.doe@example.com\""), Stop, Done);
        yield return new("an unknown member of a line", Ollama, Redacted, "{\"message\":{\"novel\":\"Ask john.doe@example.com\"},\"done\":false}\n", Line("x", true)) { ContentType = "application/x-ndjson" };
        yield return new("JSON that is no object", Chat, Redacted, "data: [\"Ask john.doe@example.com\"]\n\n", "data: \"john.doe@example.com\"\n\n", Done);
        yield return new("bad UTF-8 in a letter's place", Chat, Redacted, Delta("Ask jo"), (byte[])[.. "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"hn.d"u8, 0xFF, .. "oe@example.com\"}}]}\n\n"u8], Stop, Done);
        yield return new("deep nesting", Chat, Redacted, "data: " + new string('[', 300) + "\"Ask john.doe@example.com\"" + new string(']', 300) + "\n\n", Done);
        yield return new("JSON that breaks off", Chat, Redacted, "data: {\"choices\":[{\"delta\":{\"content\":\"Ask john.doe@example.com\"}\n\n", Done);
    }

    private static IEnumerable<LeakCase> Bodies()
    {
        foreach (var framing in Enum.GetValues<Framing>())
        {
            yield return new($"a plain text, {framing}", Chat, Redacted, "Ask john.d", "oe@exam", "ple.com") { ContentType = "text/plain", Framing = framing };
        }
        yield return new("a page", Chat, Redacted, "<html><body>Bad gateway, ask john.d", "oe@example.com</body></html>") { ContentType = "text/html", Status = 502 };
        yield return new("an unknown JSON", Chat, Redacted, "{\"a\":{\"b\":[\"Ask john.doe@example.com\"]}}") { ContentType = "application/problem+json" };
        yield return new("JSON that is none", Chat, Redacted, "{\"a\":Ask john.doe@example.com") { ContentType = "application/json" };
        foreach (var dialect in ApiDialect.All)
        {
            yield return new($"an error body, {dialect.Name}", dialect.Name, Redacted, dialect.Error(400, "no john.doe@example.com here")) { ContentType = "application/json", Status = 400 };
            yield return new($"a whole body, {dialect.Name}", dialect.Name, Redacted, dialect.Body(new Completion { Text = ["Ask john.doe@example.com"] })) { ContentType = "application/json" };
        }
    }

    // The end of the text decides whether the last word is the phrase's.
    private static IEnumerable<LeakCase> Terminated()
    {
        yield return new("the phrase, no end marker", Chat, "Go on with a ", Delta("Go on with a "), Delta("forbidden"), Delta(" phrase"));
        yield return new("the phrase, the connection's end", Chat, "Go on with a ", Delta("Go on with a "), Delta("forbidden"), Delta(" phrase")) { Framing = Framing.Close };
        yield return new("the phrase and an end marker alone", Chat, "Go on with a ", Delta("Go on with a "), Delta("forbidden"), Delta(" phrase"), Done);
        yield return new("the phrase beside the finish reason", Chat, "Go on with a ", Delta("Go on with a forbidden"), Choice("\"delta\":{\"content\":\" phrase\"},\"finish_reason\":\"stop\""), Done);
        yield return new("the phrase, and an abort", Chat, "", Delta("Go on with a "), Delta("forbidden"), Delta(" phrase"), new Step.Reset());
        yield return new("the phrase in data that is no JSON", Chat, "data: ", "data: Go on with a forbidden phrase\n\n", Done);
        yield return new("the phrase in a plain text", Chat, "Go on with a ", "Go on with a forbidden", " phrase") { ContentType = "text/plain" };
    }

    private static Step[] Deltas(params string[] contents) => [.. contents.Select(content => (Step)Delta(content)), Stop, Done];

    private static string Delta(string content) => Choice($"\"delta\":{{\"content\":\"{content}\"}}");

    private static string Choice(string members) => $"data: {{\"choices\":[{{\"index\":0,{members}}}]}}\n\n";

    private static string Novel(string text) => $"data: {{\"type\":\"novel.delta\",\"foo\":\"{text}\"}}\n\n";

    private static string Second(string text) => $"data: {{\"choices\":[{{\"index\":1,\"delta\":{{\"novel\":\"{text}\"}}}}]}}\n\n";

    private static string Arguments(string text) => Choice($"\"delta\":{{\"tool_calls\":[{{\"index\":0,\"function\":{{\"arguments\":\"{text}\"}}}}]}}");

    private static string Named(string type, string members) => $"event: {type}\ndata: {{\"type\":\"{type}\",{members}}}\n\n";

    private static string Block(string type, string member, string text) => Named("content_block_delta", $"\"index\":0,\"delta\":{{\"type\":\"{type}\",\"{member}\":\"{text}\"}}");

    private static string BlockStop => Named("content_block_stop", "\"index\":0");

    private static string MessageStop => Named("message_stop", "\"x\":0");

    private static string Line(string content, bool done = false) => JsonSerializer.Serialize(new { model = "m", message = new { role = "assistant", content }, done }) + "\n";

    private static string Candidate(string text) => JsonSerializer.Serialize(new { candidates = new[] { new { content = new { parts = new[] { new { text } }, role = "model" } } } });
}

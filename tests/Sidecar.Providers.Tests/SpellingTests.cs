using System.Text;

namespace Sidecar.Providers.Tests;

public class SpellingTests
{
    private const string Logprobs = """[{"token":"x","logprob":-0.1,"bytes":[120],"top_logprobs":[]}]""";

    private static List<(string, int)> Of(Dialect dialect, string data) => Reading.Event(dialect, data).Spellings;

    [Fact]
    public void Log_probabilities_are_listed_whole_with_their_choice()
    {
        var chat = $$"""{"content":{{Logprobs}},"refusal":null}""";
        Assert.Equal(
            [(chat, 1), (chat, 0)],
            Of(OpenAIChat.Instance, $$"""{"choices":[{"delta":{"content":"x"},"logprobs":{{chat}},"index":1},{"index":0,"delta":{"content":"x"},"logprobs": {{chat}} }]}"""));
        const string old = """{"tokens":["x"],"token_logprobs":[-1],"top_logprobs":null,"text_offset":[0]}""";
        Assert.Equal([(old, 2)], Of(OpenAICompletions.Instance, $$"""{"choices":[{"text":"x","index":2,"logprobs":{{old}}}]}"""));
        const string gemini = """{"topCandidates":[],"chosenCandidates":[{"token":"x"}]}""";
        Assert.Equal([(gemini, 1)], Of(Gemini.Instance, $$"""{"candidates":[{"logprobsResult":{{gemini}},"avgLogprobs":-0.5,"content":{"parts":[{"text":"x"}]},"index":1}]}"""));
        Assert.Equal([(Logprobs, 0)], Of(Ollama.Instance, $$"""{"message":{"content":"x"},"logprobs":{{Logprobs}},"done":false}"""));
    }

    [Theory]
    [InlineData("""{"type":"response.output_text.delta","output_index":3,"delta":"x","logprobs":LOGPROBS}""")]
    [InlineData("""{"logprobs":LOGPROBS,"type":"response.output_text.done","text":"x","output_index":3}""")]
    [InlineData("""{"type":"response.content_part.done","output_index":3,"part":{"type":"output_text","text":"x","logprobs":LOGPROBS}}""")]
    [InlineData("""{"type":"response.output_item.done","output_index":3,"item":{"content":[{"text":"x","logprobs":LOGPROBS}]}}""")]
    [InlineData("""{"type":"response.completed","response":{"output":[{},{},{},{"content":[{"text":"x","logprobs":LOGPROBS}]}]}}""")]
    public void Those_of_responses_belong_to_their_item(string data) =>
        Assert.Equal([(Logprobs, 3)], Of(OpenAIResponses.Instance, data.Replace("LOGPROBS", Logprobs, StringComparison.Ordinal)));

    [Fact]
    public void Token_ids_spell_the_text_too()
    {
        Assert.Equal([("[1,2]", 1)], Of(OpenAIChat.Instance, """{"choices":[{"index":1,"delta":{"content":"x"},"token_ids":[1,2]}]}"""));
        Assert.Equal([("[1,2]", 0)], Of(Ollama.Instance, """{"response":"","done":true,"context":[1,2]}"""));
    }

    [Fact]
    public void They_are_found_where_no_dialect_has_them()
    {
        var read = Reading.Event(OpenAIChat.Instance, $$"""{"choices":[{"index":1,"delta":{"content":"x","logprobs":{{Logprobs}},"new":{"logprobs":{{Logprobs}},"note":"n"} } }]}""");
        Assert.Equal([(Logprobs, 1), (Logprobs, 1)], read.Spellings);
        Assert.Equal(["n"], read.Others.Select(o => o.Text));
    }

    [Theory]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{ }")]
    public void What_spells_nothing_is_not_listed(string value) =>
        Assert.Empty(Of(OpenAIChat.Instance, $$"""{"choices":[{"index":0,"delta":{"content":"x"},"logprobs":{{value}}}]}"""));

    [Fact]
    public void A_string_in_their_place_is_a_text() =>
        Assert.Equal("x", Assert.Single(Reading.Event(OpenAIChat.Instance, """{"choices":[{"index":0,"logprobs":"x"}]}""").Others).Text);

    [Fact]
    public void An_array_becomes_an_empty_one_and_an_object_null()
    {
        Assert.Equal("[]", Encoding.UTF8.GetString(new Spelling(0, 1, 0, IsList: true).Replacement));
        Assert.Equal("null", Encoding.UTF8.GetString(new Spelling(0, 1, 0, IsList: false).Replacement));
        Assert.True(Reading.Event(Ollama.Instance, """{"logprobs":[1]}""").Meaning.Spellings[0].IsList);
        Assert.False(Reading.Event(Ollama.Instance, """{"logprobs":{"a":1}}""").Meaning.Spellings[0].IsList);
    }

    [Fact]
    public void A_body_has_them_as_well() =>
        Assert.Equal(
            [("""{"content":[{"token":"x"}]}""", 0)],
            Reading.Body(OpenAIChat.Instance, """{"choices":[{"index":0,"message":{"content":"x"},"logprobs":{"content":[{"token":"x"}]}}]}""").Spellings);
}

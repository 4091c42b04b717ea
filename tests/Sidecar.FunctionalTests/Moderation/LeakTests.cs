using Sidecar.FunctionalTests.Client;
using Sidecar.FunctionalTests.Dialects;
using Sidecar.FunctionalTests.Provider;

namespace Sidecar.FunctionalTests.Moderation;

/// <summary>Whatever a provider's answer tries, no part of what a policy finds is on the client's wire at any time.</summary>
public sealed class LeakTests(ModeratedSidecar fixture) : IClassFixture<ModeratedSidecar>
{
    private const string Address = "john.doe@example.com";
    private const string Phrase = "forbidden phrase";

    // Beginnings of what must not be told; the texts around it have none of them.
    private static readonly string[] Secrets = ["jo", "hn.", "doe", "example.com", "forb", "rase"];

    private static readonly string[] AlsoSpelled = ["john", "doe@", "forbidden"];

    public static TheoryData<string> Attacks => [.. LeakCases.All.Select(attack => attack.Name)];

    public static TheoryData<string, string> Disguises => new(
        from dialect in ApiDialect.All
        from disguise in Disguised.Keys
        select (dialect.Name, disguise));

    private static Dictionary<string, Func<char, string>> Disguised { get; } = new()
    {
        ["zero-width"] = c => c + "\u200b",
        ["word joiner"] = c => "\u2060" + c,
        ["fullwidth"] = c => c is > ' ' and <= '~' ? ((char)(c + 0xFEE0)).ToString() : c.ToString(),
        ["Cyrillic"] = c => c switch { 'o' => "о", 'e' => "е", 'a' => "а", _ => c.ToString() },
        ["combining"] = c => char.IsAsciiLetter(c) ? c + "\u0301" : c.ToString(),
        ["tag characters"] = c => c + "\U000E0041",
        ["upper case"] = c => c.ToString(),
    };

    [Theory, MemberData(nameof(Attacks))]
    public async Task No_attack_brings_it_past_the_policy(string name)
    {
        var attack = LeakCases.All.Single(attack => attack.Name == name);
        foreach (var cut in new Func<ReadOnlyMemory<byte>, IEnumerable<ReadOnlyMemory<byte>>>[] { Cut.Whole, Cut.ByteByByte, Cut.Random(seed: 5, longest: 40) })
        {
            var body = await AskAsync(ApiDialect.Of(attack.Dialect), attack.Script.Written(cut));
            Contains(attack.Shows, body);
            TellsNothing(body);
        }
    }

    [Theory, MemberData(nameof(Disguises))]
    public async Task No_disguise_brings_it_past_the_policy(string dialectName, string disguise)
    {
        var dialect = ApiDialect.Of(dialectName);
        var change = Disguised[disguise];
        foreach (var length in new[] { 1, 4 })
        {
            var body = await AskAsync(dialect, dialect.Streamed(Pieces($"Ask {string.Concat(Address.Select(change))} now", length)));
            Assert.Contains(Told.By(body), text => text.Contains("Ask [email]", StringComparison.Ordinal) && text.Contains(" now", StringComparison.Ordinal));
            TellsNothing(body);
            body = await AskAsync(dialect, dialect.Streamed(Pieces($"Go on with a {string.Concat(Phrase.Select(change))} later", length)));
            Assert.Contains(Told.By(body), text => text.Contains("Go on with a", StringComparison.Ordinal) && !text.Contains("later", StringComparison.Ordinal));
            TellsNothing(body);
        }
    }

    [Theory, MemberData(nameof(ApiDialect.Names), MemberType = typeof(ApiDialect))]
    public async Task A_phrase_that_only_the_end_of_the_text_decides_ends_the_answer_as_a_moderated_one(string dialectName)
    {
        var dialect = ApiDialect.Of(dialectName);
        foreach (var length in new[] { 1, 7, 100 })
        {
            var before = await ModeratedAsync();
            var body = await AskAsync(dialect, dialect.Streamed(Pieces($"Go on with a {Phrase}", length)));
            Assert.Contains(Told.By(body), text => text.Contains("Go on with a", StringComparison.Ordinal));
            TellsNothing(body);
            Assert.Matches("content_filter|refusal|SAFETY|BLOCKLIST|SPII", body);
            await Bound.UntilAsync(async () => await ModeratedAsync() == before + 1, "the outcome");
        }
    }

    private async Task<double> ModeratedAsync() => (await fixture.Sidecar.MetricsAsync()).Sum("llm_sidecar_streams_total", ("outcome", "moderated"));

    private static void TellsNothing(string body)
    {
        foreach (var text in Told.By(body).Append(Told.Read(body)))
        {
            foreach (var secret in text.Length < body.Length / 2 ? Secrets : AlsoSpelled) Assert.DoesNotContain(secret, text, StringComparison.Ordinal);
        }
    }

    private static void Contains(string shown, string body) =>
        Assert.True(body.Contains(shown, StringComparison.Ordinal) || Told.By(body).Any(text => text.Contains(shown, StringComparison.Ordinal)), $"no {shown} in {body}");

    private static Completion Pieces(string text, int length) =>
        new() { Text = [.. text.EnumerateRunes().Chunk(length).Select(runes => string.Concat(runes.Select(rune => rune.ToString())))] };

    private async Task<string> AskAsync(ApiDialect dialect, Script script)
    {
        fixture.Provider.Respond = _ => script;
        using var client = await RawClient.ConnectAsync(fixture.Sidecar.DataUri);
        await client.PostAsync(dialect.Path(true, "m"), dialect.Request(true, "m"));
        var response = await client.HeadAsync("POST");
        await response.ReadOutAsync();
        return response.Text;
    }
}

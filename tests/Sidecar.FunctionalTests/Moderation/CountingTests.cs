using Sidecar.FunctionalTests.Client;
using Sidecar.FunctionalTests.Dialects;
using Sidecar.FunctionalTests.Provider;

namespace Sidecar.FunctionalTests.Moderation;

/// <summary>Each match is counted once, by rule and action, in the metrics and in the access line; a rule that only flags changes nothing.</summary>
public sealed class CountingTests(ModeratedSidecar fixture) : IClassFixture<ModeratedSidecar>
{
    public static TheoryData<string, string, string, int> Matches => new(
        from dialect in ApiDialect.All
        from match in new[]
        {
            (Rule: "brand", Action: "flag", Text: "We at Acme say ACME.", Count: 2),
            (Rule: "pii", Action: "redact", Text: "Ask john.doe@example.com or jane@example.org now.", Count: 2),
            (Rule: "project", Action: "mask", Text: "See PRJ-123456 for it.", Count: 1),
            (Rule: "phrase", Action: "terminate", Text: "It is a forbidden phrase, and more.", Count: 1),
        }
        select (dialect.Name, $"{match.Rule}:{match.Action}", match.Text, match.Count));

    [Theory, MemberData(nameof(Matches))]
    public async Task A_match_is_counted_once_streamed_and_in_a_whole(string dialectName, string match, string text, int count)
    {
        var dialect = ApiDialect.Of(dialectName);
        var (rule, action) = (match.Split(':')[0], match.Split(':')[1]);
        foreach (var streams in new[] { true, false })
        {
            fixture.Provider.Respond = _ => dialect.Answer(Said.InPieces(text, 5), streams);
            var id = Guid.NewGuid().ToString();
            var before = await CountAsync(rule, action);
            var response = await RawClient.AskAsync(fixture.Sidecar.DataUri, RawClient.Post(dialect.Path(streams, "m"), dialect.Request(streams, "m"), $"x-request-id: {id}"));
            var line = await fixture.Sidecar.AccessLineAsync(id);
            Assert.Equal($"{rule}:{action}={count}", line.GetProperty("moderation").GetString());
            Assert.Equal(action == "terminate" ? "moderated" : "completed", line.GetProperty("outcome").GetString());
            await Bound.UntilAsync(async () => await CountAsync(rule, action) >= before + count, "the count");
            Assert.Equal(before + count, await CountAsync(rule, action));
            if (action == "flag") Assert.Equal(streams ? dialect.StreamBytes(Said.InPieces(text, 5)) : System.Text.Encoding.UTF8.GetBytes(dialect.Body(Said.InPieces(text, 5))), response.Body.ToArray());
        }
    }

    private async Task<double> CountAsync(string rule, string action) =>
        (await fixture.Sidecar.MetricsAsync()).Sum("llm_sidecar_moderation_actions_total", ("rule", rule), ("action", action));
}

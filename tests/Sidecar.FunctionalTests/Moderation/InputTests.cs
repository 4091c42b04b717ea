using Sidecar.FunctionalTests.Client;
using Sidecar.FunctionalTests.Dialects;
using Sidecar.FunctionalTests.Product;
using Sidecar.FunctionalTests.Provider;

namespace Sidecar.FunctionalTests.Moderation;

/// <summary>A sidecar whose policy looks at requests too.</summary>
public sealed class InputSidecar : SidecarFixture
{
    protected override string Policy => "strict";

    protected override string Settings => """
        moderation:
          policies:
            strict:
              input: true
              rules:
                - { id: pii, detect: [email, credit_card], action: redact, with: "<{TYPE}_{n}>" }
                - { id: phrase, terms: [ "forbidden phrase" ], action: terminate }

        """;
}

/// <summary>With <c>input: true</c> the rules hold for the messages of a request before the provider sees them.</summary>
public sealed class InputTests(InputSidecar fixture) : IClassFixture<InputSidecar>
{
    [Theory]
    [InlineData("/v1/chat/completions", """{"model":"m","messages":[{"role":"user","content":"ask john@x.com or jane@x.com, john@x.com"}]}""",
        """{"model":"m","messages":[{"role":"user","content":"ask <EMAIL_1> or <EMAIL_2>, <EMAIL_1>"}]}""")]
    [InlineData("/v1/messages", """{"model":"john@x.com","system":"s","messages":[{"role":"user","content":[{"type":"text","text":"card 4111\u00201111 1111 1111"}]}]}""",
        """{"model":"john@x.com","system":"s","messages":[{"role":"user","content":[{"type":"text","text":"card <CREDIT_CARD_1>"}]}]}""")]
    [InlineData("/v1/responses", """{"model":"m","input":"nothing to see","instructions":"be kind"}""", """{"model":"m","input":"nothing to see","instructions":"be kind"}""")]
    [InlineData("/api/generate", """{"model":"m","prompt":"john@x.com"}""", """{"model":"m","prompt":"<EMAIL_1>"}""")]
    public async Task The_provider_gets_the_messages_as_the_rules_leave_them_and_all_else_as_it_was(string path, string sent, string received)
    {
        fixture.Provider.TakeAll();
        fixture.Provider.Respond = _ => Script.Json(200, "{}");
        await RawClient.AskAsync(fixture.Sidecar.DataUri, RawClient.Post(path, sent));
        Assert.Equal(received, (await fixture.Provider.NextAsync()).Request.Text);
    }

    [Fact]
    public async Task A_request_that_a_rule_ends_is_refused_and_never_reaches_the_provider()
    {
        fixture.Provider.TakeAll();
        var response = await RawClient.AskAsync(fixture.Sidecar.DataUri, RawClient.Post(new OpenAIChat().Path(true, "m"),
            """{"model":"m","messages":[{"role":"user","content":"a forb\u0069dden phrase"}]}"""));
        Assert.Equal(403, response.Status);
        Assert.Contains("\"code\":\"forbidden\"", response.Text, StringComparison.Ordinal);
        Assert.Empty(fixture.Provider.TakeAll());
    }

    [Fact]
    public async Task A_request_that_cannot_be_read_is_refused()
    {
        var response = await RawClient.AskAsync(fixture.Sidecar.DataUri, RawClient.Post("/v1/chat/completions", "{}", "content-encoding: gzip"));
        Assert.Equal(400, response.Status);
    }
}

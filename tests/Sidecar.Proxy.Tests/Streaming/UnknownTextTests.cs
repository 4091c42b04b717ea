using System.Text;
using System.Text.RegularExpressions;
using Sidecar.Moderation;
using Sidecar.Moderation.Detectors;
using Sidecar.Moderation.Fold;
using Sidecar.Protocols.Http1;
using Sidecar.Protocols.Sse;
using Sidecar.Providers;
using Sidecar.Proxy.Configuration;
using Sidecar.Proxy.Server;
using Sidecar.Proxy.Streaming;
using Sidecar.Proxy.Streaming.Moderation;
using Sidecar.Proxy.Tests.Transport;
using Sidecar.Proxy.Tests.Upstream;

namespace Sidecar.Proxy.Tests.Streaming;

/// <summary>Strings that no dialect knows: what is split over events is found, and nothing waits longer than it must.</summary>
public sealed class UnknownTextTests
{
    private static readonly Policy Policy = MakePolicy();

    [Fact]
    public async Task A_match_that_is_split_over_events_of_an_unknown_type_never_shows_any_of_it()
    {
        const string text = "ask bob@example.com now";
        for (var first = 0; first <= text.Length; first++)
        {
            for (var second = first; second <= text.Length; second++)
            {
                var sent = string.Concat(await Send(Novel(text[..first]), Novel(text[first..second]), Novel(text[second..]), "data: [DONE]\n\n"));
                Assert.Equal("ask [email] now", string.Concat(Regex.Matches(sent, "\"foo\":\"([^\"]*)\"").Select(match => match.Groups[1].Value)));
            }
        }
    }

    [Fact]
    public async Task A_text_that_is_unknown_waits_for_the_next_event_that_is_known_and_no_longer()
    {
        Assert.Equal(["", Novel("word") + Content("a ")], await Send(Novel("word"), Content("a ")));
        Assert.Equal(["", Novel("word") + "data: [DONE]\n\n"], await Send(Novel("word"), "data: [DONE]\n\n"));
        Assert.Equal([Novel("word, "), Content("a ")], await Send(Novel("word, "), Content("a ")));
    }

    [Fact]
    public async Task A_field_that_is_the_same_in_every_event_makes_none_wait_after_the_first_few()
    {
        var events = Enumerable.Range(0, 8).Select(i => Content($"{(char)('a' + i)} ", "word")).ToArray();
        var sent = await Send(events);
        Assert.Equal(["", "", "", string.Concat(events[..4]), .. events[4..]], sent);
    }

    [Fact]
    public async Task An_error_is_told_at_once_whatever_stands_beside_it()
    {
        const string error = "data: {\"error\":{\"message\":\"over\",\"type\":\"server_error\"},\"foo\":\"word\"}\n\n";
        Assert.Equal([error], await Send(error));
    }

    [Fact]
    public async Task A_string_beside_the_content_that_changes_is_found_over_events()
    {
        var sent = string.Concat(await Send(Content("a ", "bob@exam"), Content("b ", "ple.com"), "data: [DONE]\n\n"));
        Assert.Equal(Content("a ", "[email]") + Content("b ", "") + "data: [DONE]\n\n", sent);
    }

    [Fact]
    public async Task However_many_unknown_strings_a_stream_has_it_goes_on()
    {
        var events = Enumerable.Range(0, 2000).Select(i => $"data: {{\"n{i}\":\"word\"}}\n\n").Append("data: [DONE]\n\n").ToArray();
        Assert.Equal(string.Concat(events), string.Concat(await Send(events)));
    }

    private static string Novel(string text) => $"data: {{\"type\":\"x.delta\",\"foo\":\"{text}\"}}\n\n";

    private static string Content(string text, string? beside = null) =>
        $"data: {{\"choices\":[{{\"index\":0,\"delta\":{{\"content\":\"{text}\"{(beside is null ? "" : $",\"foo\":\"{beside}\"")}}}}}]}}\n\n";

    /// <summary>What comes of each event by the time that it is in.</summary>
    private static async Task<List<string>> Send(params string[] events)
    {
        using var rig = new UpstreamRig();
        var client = new MemoryConnection();
        var exchange = await rig.Exchange(client: client);
        exchange.Response.StartHead(200, "OK"u8);
        exchange.Response.EndHead(BodyFraming.UntilClose);
        await exchange.Response.FlushAsync();
        client.Take();
        using var held = new HeldEvents(Policy, OpenAIChat.Instance, exchange.Record, rig.Time, () => { });
        var reading = new StreamReading(OpenAIChat.Instance, true, exchange.Record);
        var relay = new FrameRelay(new SseScanner(10_000), reading, rig.Telemetry.Exchanges.Begin(exchange.Record), exchange, held);
        var sent = new List<string>();
        foreach (var one in events)
        {
            Assert.True(relay.Accept(Encoding.UTF8.GetBytes(one), 1));
            Assert.False(relay.IsOverfull);
            await exchange.Response.FlushAsync();
            sent.Add(Encoding.UTF8.GetString(client.TakeBytes()));
        }
        return sent;
    }

    private static Policy MakePolicy()
    {
        Rule[] rules = [new Rule("pii", RuleAction.Redact) { Detect = DetectorCatalogue.All }];
        return new Policy(new PolicyOptions { Rules = rules }, RuleSet.Build(rules, FoldKinds.All, out var error) ?? throw new InvalidOperationException(error), classifier: null);
    }
}

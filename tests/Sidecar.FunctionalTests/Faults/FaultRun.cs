using System.Text;
using System.Text.Json;
using Sidecar.FunctionalTests.Client;
using Sidecar.FunctionalTests.Dialects;
using Sidecar.FunctionalTests.Product;
using Sidecar.FunctionalTests.Provider;
using Sidecar.FunctionalTests.Sdk;

namespace Sidecar.FunctionalTests.Faults;

/// <summary>
/// Plays a scenario in all dialects at once, first to clients of raw bytes, then to the official SDKs, and holds each time that one stream of the
/// right outcome was counted for each, and none is left active.
/// </summary>
public sealed class FaultRun(Scenario scenario, StageSet stages)
{
    private const int SmallBuffer = 16 * 1024;

    private static readonly Dictionary<string, OfficialSdk> Sdks = new()
    {
        ["openai-chat"] = OfficialSdk.Of("OpenAI chat"), ["openai-responses"] = OfficialSdk.Of("OpenAI responses"),
        ["anthropic"] = OfficialSdk.Of("Anthropic"), ["ollama-chat"] = OfficialSdk.Of("OllamaSharp chat"),
    };

    /// <summary>Whether an SDK can be the client: they read what comes, and may be told to stop.</summary>
    private bool SuitsSdks => scenario.Client is Behaviour.Reads or Behaviour.LeavesAtTheMoment;

    /// <summary>What was seen in each dialect.</summary>
    public async Task<IReadOnlyList<Seen>> PlayAsync()
    {
        var answers = await PhaseAsync(Scenario.Dialects, AskAsync);
        var told = SuitsSdks ? await PhaseAsync([.. Scenario.Dialects.Where(dialect => Sdks.ContainsKey(dialect.Name))], StreamAsync) : [];
        return [.. answers.Select(pair =>
        {
            var (dialect, (answer, line)) = pair;
            var whole = scenario.In(dialect).Status == 200 ? ScenarioScript.Of(scenario, dialect).WholeEvents.Length : 0;
            var rest = Encoding.UTF8.GetString(answer.Body.AsSpan(Math.Min(whole, answer.Body.Length)));
            return new Seen(dialect, answer, rest, told.TryGetValue(dialect, out var sdk) ? sdk.Seen : SdkReport.NotAsked, line);
        })];
    }

    private async Task<Dictionary<ApiDialect, (T Seen, JsonElement Line)>> PhaseAsync<T>(IReadOnlyList<ApiDialect> dialects, Func<Meeting, Task<T>> client)
    {
        var stage = await stages.TakeAsync(scenario);
        var meetings = dialects.Select(dialect => new Meeting(stage, dialect, ScenarioScript.Of(scenario, dialect))).ToList();
        stage.Play(meetings.ToDictionary(meeting => meeting.Dialect, meeting => meeting.Script));
        var (before, lines) = (await stage.Sidecar.MetricsAsync(), stage.Sidecar.AccessLines().Count);
        if (scenario.Operation == Operation.Starves) await stage.StarveAsync();
        var clients = meetings.Select(client).ToList();
        await OperateAsync(stage, meetings, clients);
        var seen = await Task.WhenAll(clients);
        IReadOnlyList<JsonElement> told = [];
        await Bound.UntilAsync(() => (told = [.. stage.Sidecar.AccessLines().Skip(lines)]).Count >= dialects.Count, "an access line for each");
        if (scenario.Operation != Operation.Drains) await CountedAsync(stage.Sidecar, before, dialects);
        Assert.Empty(stage.Violations);
        if (scenario.Operation != Operation.None) await stage.DisposeAsync();
        return dialects.Index().ToDictionary(one => one.Item, one => (seen[one.Index], LineOf(one.Item, told)));
    }

    private async Task OperateAsync(Stage stage, IReadOnlyList<Meeting> meetings, IReadOnlyList<Task> clients)
    {
        switch (scenario.Operation)
        {
            case Operation.None when scenario.Client == Behaviour.LeavesInItsRequest:
                // A reset may overtake a request that nobody has read yet: then there was none.
                await Bound.UntilAsync(async () => (await stage.Sidecar.MetricsAsync()).Sum("llm_sidecar_streams_active") == meetings.Count, "active streams");
                foreach (var meeting in meetings) meeting.Script.GoOn.Raise();
                break;
            case Operation.Drains:
                foreach (var meeting in meetings) await Bound.ForAsync(meeting.Script.Reached.Raised, "the provider's moment");
                stage.Sidecar.Terminate();
                break;
            case Operation.Reloads:
                foreach (var meeting in meetings) await Bound.ForAsync(meeting.Script.Reached.Raised, "the provider's moment");
                await stage.ReloadAsync();
                foreach (var meeting in meetings) meeting.Script.GoOn.Raise();
                break;
            case Operation.Starves:
                foreach (var meeting in meetings) await Bound.ForAsync(meeting.Asked.Raised, "the request");
                Assert.DoesNotContain(clients, client => client.IsCompleted);
                stage.Feed();
                break;
        }
    }

    /// <summary>One stream of the right outcome more for each dialect, and no other; none is active.</summary>
    private async Task CountedAsync(SidecarProcess sidecar, Metrics before, IReadOnlyList<ApiDialect> dialects)
    {
        await Bound.UntilAsync(async () => (await sidecar.MetricsAsync()).Sum("llm_sidecar_streams_active") == 0, "no active stream");
        var after = await sidecar.MetricsAsync();
        double More(params (string, string)[] labels) => after.Sum("llm_sidecar_streams_total", labels) - before.Sum("llm_sidecar_streams_total", labels);
        Assert.Equal(dialects.Count, More());
        foreach (var expected in dialects.GroupBy(dialect => (scenario.In(dialect).Outcome, scenario.In(dialect).ErrorType)))
        {
            Assert.Equal(expected.Count(), More(("outcome", expected.Key.Outcome), ("error_type", expected.Key.ErrorType ?? "")));
        }
    }

    private async Task<Answer> AskAsync(Meeting meeting)
    {
        var (stage, dialect, script) = (meeting.Stage, meeting.Dialect, meeting.Script);
        using var client = await RawClient.ConnectAsync(stage.Sidecar.DataUri, scenario.Client is Behaviour.LeavesUnread or Behaviour.Stalls ? SmallBuffer : 0);
        var request = RawClient.Post(dialect.Path(true, "m"), dialect.Request(true, "m"), $"x-request-id: {IdOf(dialect)}");
        await client.SendAsync(scenario.Client == Behaviour.LeavesInItsRequest ? request[..^5] : request);
        meeting.Asked.Raise();
        switch (scenario.Client)
        {
            case Behaviour.LeavesInItsRequest:
                await Bound.ForAsync(script.GoOn.Raised, "the others");
                break;
            case Behaviour.LeavesAtTheMoment:
                await Bound.ForAsync(script.Reached.Raised, "the provider's moment");
                if (script.HasHead) await (await client.HeadAsync("POST")).ArrivedAsync(script.WholeEvents.Length);
                break;
            case Behaviour.LeavesUnread:
                await Bound.UntilAsync(() => stage.IsHeldBackAsync(dialect), "a provider that is not read");
                break;
            case Behaviour.Stalls:
                await Bound.UntilAsync(() => stage.Sidecar.AccessLines().Any(line => line.GetProperty("request_id").GetString() == IdOf(dialect)), "the stream's end");
                return await Answer.ReadAsync(client);
            default:
                return await Answer.ReadAsync(client);
        }
        client.Reset();
        return Answer.None;
    }

    private async Task<string> StreamAsync(Meeting meeting)
    {
        using var leaves = new CancellationTokenSource();
        var report = SdkReport.OfAsync(Sdks[meeting.Dialect.Name], meeting.Stage.Sidecar.DataUri, leaves.Token);
        meeting.Asked.Raise();
        if (scenario.Client == Behaviour.LeavesAtTheMoment)
        {
            await Bound.ForAsync(meeting.Script.Reached.Raised, "the provider's moment");
            await leaves.CancelAsync();
        }
        var told = await report;
        // What an SDK makes of its own token is its own, and depends on the moment.
        return scenario.Client == Behaviour.LeavesAtTheMoment ? "stops when told to" : told;
    }

    /// <summary>The one access line of a dialect, which tells the expected outcome.</summary>
    private JsonElement LineOf(ApiDialect dialect, IReadOnlyList<JsonElement> lines)
    {
        var line = lines.Single(line => IsOf(line, dialect));
        var expected = (scenario.In(dialect).Outcome, scenario.In(dialect).ErrorType);
        Assert.Equal(expected, (line.GetProperty("outcome").GetString(), line.GetProperty("error_type").GetString()));
        return line;
    }

    private string IdOf(ApiDialect dialect) => $"{scenario.Name}-{dialect.Name}";

    // A request that was never read to its end has no route yet, and an SDK sends no id of ours.
    private bool IsOf(JsonElement line, ApiDialect dialect) =>
        line.GetProperty("request_id").GetString() == IdOf(dialect) || line.GetProperty("route").GetString() == dialect.Name;

    /// <summary>One client, one stream.</summary>
    private sealed record Meeting(Stage Stage, ApiDialect Dialect, ScenarioScript Script)
    {
        /// <summary>Raised when the client has sent its request.</summary>
        public Signal Asked { get; } = new();
    }
}

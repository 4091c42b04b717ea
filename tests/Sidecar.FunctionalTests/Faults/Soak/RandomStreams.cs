using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using Sidecar.FunctionalTests.Client;
using Sidecar.FunctionalTests.Dialects;
using Sidecar.FunctionalTests.Provider;

namespace Sidecar.FunctionalTests.Faults.Soak;

/// <summary>
/// Streams in random dialects that meet random faults, and whose clients leave at random times: the same for the same seed, as far as the machine
/// lets times be the same.
/// </summary>
public sealed class RandomStreams
{
    private const int AtOnce = 64;
    private const string Header = "x-soak";
    private static readonly TimeSpan LatestLeaving = TimeSpan.FromMilliseconds(60);

    private static readonly Scenario Healthy = Alike("head chunked", "events all", "end");
    private static readonly Scenario Flooding = Alike("head chunked", "events to_content", "flood 1MB", "events all", "end");
    private static readonly IReadOnlyList<Scenario> Faults = [.. Scenario.ByName.Values.Where(scenario => scenario.IsOfTheProvider)];

    private readonly ConcurrentDictionary<string, (ScenarioScript Script, Signal Asked)> _streams = new();
    private readonly ConcurrentDictionary<string, int> _expected = new();
    private readonly int _seed;
    private readonly Uri _sidecar;
    private readonly ScriptedProvider _provider;

    /// <summary>From now on the provider plays the streams' scripts.</summary>
    public RandomStreams(int seed, Uri sidecar, ScriptedProvider provider)
    {
        (_seed, _sidecar, _provider) = (seed, sidecar, provider);
        provider.Respond = request =>
        {
            var (script, asked) = _streams[request.Header(Header)!];
            asked.Raise();
            return script.Script;
        };
    }

    /// <summary>Streams so far.</summary>
    public int Started { get; private set; }

    /// <summary>How many streams with a client that stays must have ended as what.</summary>
    public IReadOnlyDictionary<string, int> Expected => _expected;

    /// <summary>Runs so many streams, spread over at least that time.</summary>
    public async Task RunAsync(int count, TimeSpan atLeast)
    {
        var first = Started;
        Started += count;
        var started = Stopwatch.GetTimestamp();
        await Parallel.ForEachAsync(Enumerable.Range(0, count), new ParallelOptions { MaxDegreeOfParallelism = AtOnce }, async (number, _) =>
        {
            var early = (atLeast * ((double)number / count)) - Stopwatch.GetElapsedTime(started);
            if (early > TimeSpan.Zero) await Task.Delay(early, TimeProvider.System, CancellationToken.None);
            await OneAsync(first + number);
            if (number % 100 == 0) _provider.TakeAll();
        });
    }

    private async Task OneAsync(int number)
    {
        var random = new Random((_seed * 1_000_003) + number);
        var id = number.ToString(CultureInfo.InvariantCulture);
        var dialect = Scenario.Dialects[random.Next(Scenario.Dialects.Count)];
        var scenario = random.Next(50) == 0 ? Flooding : random.Next(2) == 0 ? Healthy : Faults[random.Next(Faults.Count)];
        var asked = new Signal();
        _streams[id] = (ScenarioScript.Of(scenario, dialect), asked);
        using var client = await RawClient.ConnectAsync(_sidecar);
        var request = RawClient.Post(dialect.Path(true, "m"), dialect.Request(true, "m"), $"{Header}: {id}");
        if (random.Next(3) > 0)
        {
            await client.SendAsync(request);
            await StayAsync(client, dialect, scenario);
        }
        else
        {
            await client.SendAsync(random.Next(6) == 0 ? request[..^random.Next(1, 6)] : request);
            await LeaveAsync(client, random, asked);
        }
        _streams.TryRemove(id, out _);
    }

    private async Task StayAsync(RawClient client, ApiDialect dialect, Scenario scenario)
    {
        var (expected, answer) = (scenario.In(dialect), await Answer.ReadAsync(client));
        Assert.Equal((expected.Status, expected.End), (answer.Status, answer.End));
        _expected.AddOrUpdate(expected.Outcome, 1, (_, count) => count + 1);
    }

    private static async Task LeaveAsync(RawClient client, Random random, Signal asked)
    {
        var reading = ReadAsync(client);
        await Task.WhenAny(reading, Task.Delay(LatestLeaving * random.NextDouble(), TimeProvider.System));
        // A reset may overtake a request that nobody has read yet: then there was none.
        if (!reading.IsCompleted && random.Next(2) == 0 && asked.Raised.IsCompleted) client.Reset();
        else if (!reading.IsCompleted) client.Close();
        await reading;
    }

    private static async Task ReadAsync(RawClient client)
    {
        try
        {
            await Answer.ReadAsync(client);
        }
        catch (Exception gone) when (gone is BadResponseException or ObjectDisposedException)
        {
            // It left while it read.
        }
    }

    private static Scenario Alike(params string[] steps) =>
        new() { About = "", Provider = steps, Expect = new Expectation(200, ResponseEnd.Whole, "completed") };
}

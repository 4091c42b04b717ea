namespace Sidecar.FunctionalTests.Faults;

/// <summary>The stages of a run of scenarios: one for each kind, and one of its own where a scenario changes its sidecar.</summary>
public sealed class StageSet : IAsyncLifetime
{
    private readonly Dictionary<(Origin, Clocks), Stage> _stages = [];

    /// <summary>A stage for a scenario.</summary>
    public async Task<Stage> TakeAsync(Scenario scenario)
    {
        if (scenario.Operation != Operation.None)
        {
            var own = await Stage.SetAsync(scenario.Origin, scenario.Clocks, starves: scenario.Operation == Operation.Starves);
            if (scenario.Operation == Operation.Starves) await own.WarmAsync();
            return own;
        }
        var kind = (scenario.Origin, scenario.Clocks);
        if (!_stages.TryGetValue(kind, out var stage)) _stages[kind] = stage = await Stage.SetAsync(scenario.Origin, scenario.Clocks);
        return stage;
    }

    /// <inheritdoc />
    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        foreach (var stage in _stages.Values) await stage.DisposeAsync();
    }
}

using Sidecar.FunctionalTests.Dialects;

namespace Sidecar.FunctionalTests.Faults;

/// <summary>Every fault in every dialect has the one end that its scenario tells, for the client, its SDK, the log and the counters.</summary>
public sealed class FaultMatrixTests(StageSet stages) : IClassFixture<StageSet>
{
    private const string Least = """{ "about": "x", "expect": { "status": 200, "end": "whole", "outcome": "completed" }""";

    /// <summary>The names of all scenarios.</summary>
    public static TheoryData<string> Scenarios => new(Scenario.ByName.Keys);

    [Theory]
    [MemberData(nameof(Scenarios))]
    public async Task A_fault_ends_as_its_scenario_tells_and_as_the_page_says(string name)
    {
        var scenario = Scenario.ByName[name];
        var seen = await new FaultRun(scenario, stages).PlayAsync();
        var section = FaultPage.Section(scenario, seen);
        foreach (var one in seen)
        {
            var whole = scenario.In(one.Dialect).Status == 200 ? ScenarioScript.Of(scenario, one.Dialect).WholeEvents : [];
            one.Check(scenario.In(one.Dialect), whole);
        }
        if (FaultPage.IsWritten) FaultPage.Write(scenario, section);
        else Assert.Equal(FaultPage.SectionOf(scenario), section);
    }

    [Fact]
    public void The_page_has_no_section_without_a_scenario() =>
        Assert.Empty(FaultPage.Sections().Skip(1).Select(section => section.Heading).Except(Scenario.ByName.Keys));

    [Theory]
    [InlineData(Least + """, "provider": [ "evnts all" ] }""", "no such step: evnts all")]
    [InlineData(Least + """, "provider": [ "delay 5" ] }""", "no such step: delay 5")]
    [InlineData(Least + """, "clinet": "reads" }""", "clinet")]
    [InlineData(Least + """, "client": "sleeps" }""", "client")]
    [InlineData(Least + """, "about": "y" }""", "about")]
    [InlineData(Least + """, "except": { "openai": { "status": 200, "end": "cut", "outcome": "completed" } } }""", "no dialect openai")]
    [InlineData("""{ "about": "x", "expect": { "status": 200, "end": "whole" } }""", "outcome")]
    [InlineData("""{ "about": "x" }""", "expect")]
    public void A_scenario_that_is_not_understood_is_an_error(string json, string told) =>
        Assert.Contains(told, Assert.Throws<BadScenarioException>(() => Scenario.Parse("odd", json)).Message, StringComparison.OrdinalIgnoreCase);
}

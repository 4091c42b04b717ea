namespace Sidecar.Fuzz.Tests;

/// <summary>Every fuzz target, for a short time and alike in every run. Findings of long runs become cases of the parsers' own tests.</summary>
public class SmokeTests
{
    public static TheoryData<string> Targets => [.. Target.All.Select(target => target.Name)];

    [Theory]
    [MemberData(nameof(Targets))]
    public void A_target_holds_for_its_seeds_and_twenty_thousand_mutants_of_them(string name) =>
        Smoke.Run(Target.Find(name)!, 20_000, seed: 1);

    [Fact]
    public void A_smoke_run_tells_a_broken_invariant_with_its_input()
    {
        var broken = new Target("broken", input => ArgumentOutOfRangeException.ThrowIfGreaterThan(input.Length, 3), [[1, 2, 3]]);
        var failure = Assert.Throws<InvalidOperationException>(() => Smoke.Run(broken, 1000, seed: 1));
        Assert.Contains("broken fails for base64 ", failure.Message, StringComparison.Ordinal);
    }
}

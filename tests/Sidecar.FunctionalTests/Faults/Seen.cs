using System.Text;
using System.Text.Json;
using Sidecar.FunctionalTests.Dialects;

namespace Sidecar.FunctionalTests.Faults;

/// <summary>What came of a fault in one dialect, as its client, its SDK and the log saw it.</summary>
/// <param name="Dialect">Which.</param>
/// <param name="Answer">The client's bytes.</param>
/// <param name="Rest">What follows the events that the provider sent whole.</param>
/// <param name="Sdk">What the application learned from its SDK.</param>
/// <param name="Line">The access line.</param>
public sealed record Seen(ApiDialect Dialect, Answer Answer, string Rest, string Sdk, JsonElement Line)
{
    /// <summary>Holds what was seen against what must come of it.</summary>
    public void Check(Expectation expected, byte[] wholeEvents)
    {
        Assert.Equal((expected.Status, expected.End), (Line.GetProperty("status").GetInt32(), Answer.End));
        if (expected.End == ResponseEnd.Unseen) return;
        Assert.Equal(expected.Status, Answer.Status);
        if (expected.Status == 200) Assert.StartsWith(Encoding.UTF8.GetString(wholeEvents), Encoding.UTF8.GetString(Answer.Body), StringComparison.Ordinal);
        if (expected.Code is { } code) Assert.Contains($"\"{code}\"", Rest, StringComparison.Ordinal);
        if (Sdk == SdkReport.NotAsked) return;
        // Of a failure an application must learn, of none it must not; what a provider ends too early is the application's to judge.
        if (expected.Outcome != "completed") Assert.Matches("^(raises|reports)", Sdk);
        else if (expected.ErrorType is null) Assert.StartsWith("ends:", Sdk, StringComparison.Ordinal);
    }

    /// <summary>A text of the access line.</summary>
    public string? Text(string name) => Line.GetProperty(name).GetString();
}

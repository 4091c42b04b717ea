using Sidecar.Compare.Measuring;

namespace Sidecar.Compare.Reporting;

/// <summary>Whether a contender passes on what it is given.</summary>
internal static class Verdict
{
    private const double MostHeld = 0.5;

    /// <summary>In a few words: "whole", or what is wrong.</summary>
    public static string Of(Results results, string contender)
    {
        var faults = results.Faults(contender);
        List<string> wrong = [];
        void Add(int count, string what)
        {
            if (count > 0) wrong.Add($"{count} {what}");
        }
        Add(faults.Lost, "events lost");
        Add(faults.Reordered, "reordered");
        Add(faults.Repeated, "repeated");
        Add(faults.Merged, "merged");
        Add(faults.Foreign, "of another stream");
        Add(faults.Altered, "with other bytes");
        Add(faults.Cut, "streams without their end");
        Add(faults.Refused, "responses that are no stream");
        // One that is too busy is late too; under the light load nobody is.
        if (results.Of(contender, "paced", one => one.Held) is { IsKnown: true, Value: > MostHeld } held) wrong.Add($"buffers ({Text.Percent(held.Value)} of events came behind the next)");
        return wrong.Count == 0 ? "whole" : $"**wrong**: {string.Join(", ", wrong)}";
    }

    /// <summary>Whether it may be called ahead of others.</summary>
    public static bool IsFit(Results results, string contender) => Of(results, contender) == "whole";
}

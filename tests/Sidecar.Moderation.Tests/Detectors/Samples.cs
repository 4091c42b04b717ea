using Sidecar.Moderation.Patterns;

namespace Sidecar.Moderation.Tests.Detectors;

/// <summary>Random texts of a pattern: walks through its automaton. What looks like a key is made here, and stands nowhere.</summary>
internal static class Samples
{
    private const string Characters = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_-+/=.~:%|@'\" ";

    /// <param name="pattern">The pattern.</param>
    /// <param name="stopAt">How likely a walk ends where it may: 0 for the longest texts.</param>
    public static IEnumerable<string> Of(Pattern pattern, double stopAt = 0.3)
    {
        var table = PatternTable.Build([pattern], 20_000, out var error) ?? throw new InvalidOperationException(error);
        var random = new Random(1);
        while (true)
        {
            var text = new System.Text.StringBuilder();
            for (var state = table.Start(table.EdgeClass); ;)
            {
                var next = Characters.Where(c => table.Next(state, table.ClassOf(c)) != PatternTable.Dead).ToArray();
                if (!table.Accepts(state).IsEmpty && (next.Length == 0 || random.NextDouble() < stopAt)) break;
                var chosen = next[random.Next(next.Length)];
                text.Append(chosen);
                state = table.Next(state, table.ClassOf(chosen));
            }
            yield return text.ToString();
        }
    }
}

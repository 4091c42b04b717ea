using Sidecar.FunctionalTests.Dialects;

namespace Sidecar.FunctionalTests.Moderation;

/// <summary>Completions that say something a policy concerns.</summary>
internal static class Said
{
    /// <summary>The text in deltas of so many characters.</summary>
    public static Completion InPieces(string text, int length) => new() { Text = [.. text.Chunk(length).Select(piece => new string(piece))] };

    /// <summary>The text in two deltas.</summary>
    public static Completion InTwo(string text, int at) => new() { Text = [text[..at], text[at..]] };
}

using System.Text;
using Sidecar.Fuzz.Targets;

namespace Sidecar.Fuzz;

/// <summary>One thing that is fuzzed. An input's first bytes choose what varies besides the bytes, such as where they are split.</summary>
/// <param name="Name">On the command line.</param>
/// <param name="Run">Feeds an input; throws where something that must hold does not.</param>
/// <param name="Seeds">Inputs to start from.</param>
public sealed record Target(string Name, Action<byte[]> Run, IReadOnlyList<byte[]> Seeds)
{
    /// <summary>Longest input: what is longer only costs speed.</summary>
    public const int MaxInputBytes = 4096;

    /// <summary>All of them.</summary>
    public static IReadOnlyList<Target> All { get; } =
        [Heads.Request, Heads.Response, Chunked.Target, Streams.Sse, Streams.Ndjson, Streams.JsonArray, Dialects.Target, Scanner.Target];

    /// <summary>The target of that name, or null.</summary>
    public static Target? Find(string name) => All.FirstOrDefault(target => target.Name == name);

    /// <summary>A seed: the bytes that choose, and Latin-1 text.</summary>
    internal static byte[] Seed(byte[] choice, string text) => [.. choice, .. Encoding.Latin1.GetBytes(text)];
}

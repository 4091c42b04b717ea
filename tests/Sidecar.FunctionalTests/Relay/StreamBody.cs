using System.Text.Json;
using Sidecar.FunctionalTests.Dialects;

namespace Sidecar.FunctionalTests.Relay;

/// <summary>
/// A streamed response body with the request that brings it: recorded from a real provider where the recordings are at hand,
/// and for each dialect and completion as the scripted provider writes it.
/// </summary>
public sealed record StreamBody(string Name, string Path, string Request, string ContentType, byte[] Bytes)
{
    private static readonly Lazy<string?> Folder = new(() =>
    {
        for (var at = new DirectoryInfo(AppContext.BaseDirectory); at is not null; at = at.Parent)
        {
            var streams = System.IO.Path.Combine(at.FullName, "shared", "data", "streams");
            if (Directory.Exists(streams)) return streams;
        }
        return null;
    });

    private static readonly Lazy<Dictionary<string, StreamBody>> Found = new(() => Written().Concat(Recorded()).ToDictionary(body => body.Name));

    /// <summary>All names, for theories.</summary>
    public static TheoryData<string> Names => new(Found.Value.Keys);

    /// <summary>The body of a name.</summary>
    public static StreamBody Of(string name) => Found.Value[name];

    /// <summary>The bodies of a path that an SDK would ask.</summary>
    public static IEnumerable<StreamBody> For(string path) => Found.Value.Values.Where(body => body.Path == path);

    /// <summary>Says plainly when the recordings are not there.</summary>
    public static void TellAbsence(ITestOutputHelper output)
    {
        if (Folder.Value is null) output.WriteLine("No folder shared/data/streams above the tests: only the streams that the tests write themselves are tested.");
    }

    private static IEnumerable<StreamBody> Written() =>
        from dialect in ApiDialect.All
        from named in Completion.ByName
        where dialect.CanSay(named.Value)
        select new StreamBody($"{dialect.Name}/{named.Key}", dialect.Path(true, "m"), dialect.Request(true, "m"), dialect.StreamType, dialect.StreamBytes(named.Value));

    private static IEnumerable<StreamBody> Recorded()
    {
        if (Folder.Value is not { } folder) yield break;
        using var index = JsonDocument.Parse(File.ReadAllBytes(System.IO.Path.Combine(folder, "index.json")));
        foreach (var entry in index.RootElement.EnumerateArray())
        {
            var file = entry.GetProperty("file").GetString()!;
            var features = entry.GetProperty("features").EnumerateArray().Select(feature => feature.GetString()!).ToHashSet();
            var (path, request) = Target(file, entry.GetProperty("url_path").GetString()!, features);
            yield return new StreamBody(file, path, request, entry.GetProperty("content_type").GetString()!, File.ReadAllBytes(System.IO.Path.Combine(folder, file)));
        }
    }

    /// <summary>The path that names the dialect, where the recording's own does not or is unknown.</summary>
    private static (string Path, string Request) Target(string file, string path, HashSet<string> features)
    {
        if (file.EndsWith(".awses", StringComparison.Ordinal)) return (path, "{}");
        ApiDialect dialect =
            features.Contains("openai-responses") ? new OpenAIResponses()
            : file.EndsWith(".ndjson", StringComparison.Ordinal) ? new Ollama(chat: !path.EndsWith("generate", StringComparison.Ordinal))
            : file.StartsWith("anthropic", StringComparison.Ordinal) || path.Contains("/publishers/anthropic/", StringComparison.Ordinal) ? new AnthropicMessages()
            : file.StartsWith("google", StringComparison.Ordinal) ? new Gemini(sse: true)
            : new OpenAIChat();
        return (dialect.Path(true, "m"), dialect.Request(true, "m"));
    }
}

using Sidecar.Proxy.Configuration.Yaml;

namespace Sidecar.Proxy.Configuration;

/// <summary>One reading of a configuration: what was given where, what is wrong with it, and what must not be shown.</summary>
internal sealed class Reading(FileSnapshot files, IReadOnlyDictionary<string, string> environment, string directory)
{
    private readonly Substitution _substitution = new(files, environment, directory);
    private readonly Dictionary<string, Node> _given = [];
    private readonly Dictionary<string, string> _texts = [];
    private readonly HashSet<string> _failed = [];
    private readonly HashSet<string> _concealed = [];

    /// <summary>The environment of the process.</summary>
    public IReadOnlyDictionary<string, string> Environment => environment;

    /// <summary>Everything found wrong so far.</summary>
    public List<ConfigurationError> Errors { get; } = [];

    /// <summary>Paths of values that came from a file or an environment variable.</summary>
    public IReadOnlySet<string> Concealed => _concealed;

    /// <summary>The path of a key inside the object at <paramref name="path"/>.</summary>
    public static string Join(string path, string key) => path.Length == 0 ? key : $"{path}.{key}";

    /// <summary>Remembers where a key got its value.</summary>
    public void Give(string path, Node node) => _given[path] = node;

    /// <summary>The value of a key as written, or null when it was not.</summary>
    public Node? Given(string path) => _given.GetValueOrDefault(path);

    /// <summary>The text of a single value, its references replaced, or null when there is none.</summary>
    public string? Text(string path) => _texts.GetValueOrDefault(path);

    /// <summary>Where a key is written, else where what should hold it is.</summary>
    public Place PlaceOf(string path)
    {
        while (!_given.ContainsKey(path))
            path = path[..int.Max(0, path.AsSpan().LastIndexOfAny('.', '['))];
        return _given[path].Place;
    }

    /// <summary>Whether the value of a key was refused.</summary>
    public bool Failed(string path) => _failed.Contains(path);

    /// <summary>Refuses the value of a key.</summary>
    public void Fail(string path, Place place, string message)
    {
        _failed.Add(path);
        Errors.Add(new ConfigurationError(place, path.Length == 0 ? $"the document {message}" : $"`{path}`: {message}"));
    }

    /// <summary>Refuses a key that is not in the table.</summary>
    public void FailUnknown(string path, string key, Place place, IEnumerable<string> known) =>
        Errors.Add(new ConfigurationError(place, $"unknown key `{Join(path, Shown.Text(key))}`{Shown.Suggestion(key, known)}"));

    /// <summary>The text of a scalar with its references replaced; an error when it is none.</summary>
    public bool TryText(Node node, string path, out string text)
    {
        text = "";
        var problem = node is not ScalarNode ? "must be a single value" : node.IsNull ? "has no value" : null;
        var replaced = false;
        if (problem is null)
            problem = _substitution.Expand(((ScalarNode)node).Text, out text, out replaced);
        if (problem is not null)
        {
            Fail(path, node.Place, problem);
            return false;
        }
        if (replaced)
            _concealed.Add(path);
        _texts[path] = text;
        return true;
    }

    /// <summary>The absolute path and the content of a file that must be readable, and is watched; what is wrong otherwise.</summary>
    public string? File(string name, out string path, out byte[] bytes, int maxBytes = FileSnapshot.UsualBytes)
    {
        bytes = [];
        path = _substitution.Absolute(name) ?? "";
        if (path.Length == 0)
            return "must be the path of a file";
        return files.Read(path, out bytes, maxBytes) is { } problem ? FileProblem(path, problem) : null;
    }

    /// <summary>The absolute path that a name means, in the configuration's directory; null when it means none.</summary>
    public string? Absolute(string name) => _substitution.Absolute(name);

    /// <summary>What is wrong with a file, as errors say it.</summary>
    public static string FileProblem(string path, string problem) => $"file `{Shown.Text(path)}`: {problem}";
}

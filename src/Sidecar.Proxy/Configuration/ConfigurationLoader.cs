using System.Collections;
using Sidecar.Proxy.Configuration.Table;
using Sidecar.Proxy.Configuration.Yaml;

namespace Sidecar.Proxy.Configuration;

/// <summary>Finds, reads and validates a configuration. Bad input gives errors, never an exception.</summary>
public static class ConfigurationLoader
{
    /// <summary>Where a file is looked for when none is named.</summary>
    public const string DefaultPath = "/etc/sidecar/sidecar.yaml";

    /// <summary>Names the file when the command line does not.</summary>
    public const string PathVariable = "SIDECAR_CONFIG";

    /// <summary>The environment of this process as it is now.</summary>
    public static IReadOnlyDictionary<string, string> ProcessEnvironment() =>
        Environment.GetEnvironmentVariables().Cast<DictionaryEntry>()
            .ToDictionary(pair => (string)pair.Key, pair => (string?)pair.Value ?? "");

    /// <summary>Reads the file that <see cref="Find"/> names, or the built-in configuration.</summary>
    /// <param name="path">The file the command line names, or null.</param>
    /// <param name="environment">Overrides (<c>SIDECAR__…</c>) and what <c>${env:}</c> sees.</param>
    /// <param name="defaultPath">Looked for when nothing names a file.</param>
    public static LoadResult Load(string? path, IReadOnlyDictionary<string, string> environment, string defaultPath = DefaultPath) =>
        Read(Find(path, environment, defaultPath), environment, running: null);

    /// <summary>The file to read: the one named, else <c>SIDECAR_CONFIG</c>, else the default one if it is there, else null.</summary>
    public static string? Find(string? path, IReadOnlyDictionary<string, string> environment, string defaultPath = DefaultPath)
    {
        if (path is not null)
            return path;
        if (environment.TryGetValue(PathVariable, out var named) && named.Length > 0)
            return named;
        return File.Exists(defaultPath) ? defaultPath : null;
    }

    /// <summary>Reads a file, or the built-in configuration. <paramref name="running"/>: the options that it is to replace.</summary>
    internal static LoadResult Read(string? file, IReadOnlyDictionary<string, string> environment, SidecarOptions? running)
    {
        var files = new FileSnapshot();
        var full = string.IsNullOrEmpty(file) || file.Contains('\0') ? null : Path.GetFullPath(file);
        var reading = new Reading(files, environment, Path.GetDirectoryName(full) ?? Directory.GetCurrentDirectory());
        var options = Document(file, full, files, reading.Errors) is { } root ? Bind(root, running, reading) : null;
        var hash = files.Digest();
        return new LoadResult
        {
            Configuration = options is null || reading.Errors.Count > 0
                ? null
                : new LoadedConfiguration { Options = options, File = file, Hash = hash, Concealed = reading.Concealed },
            Errors = Ordered(reading.Errors),
            File = file,
            Files = files.Files,
            Hash = hash,
        };
    }

    private static MapNode? Document(string? file, string? full, FileSnapshot files, List<ConfigurationError> errors)
    {
        if (file is null)
            return new MapNode([], new Place("built-in"));
        var bytes = Array.Empty<byte>();
        var problem = full is null ? "no such file" : files.Read(full, out bytes);
        if (problem is not null)
        {
            errors.Add(new ConfigurationError(new Place(Shown.Text(file)), problem));
            return null;
        }
        var root = YamlReader.ReadFile(bytes, file, errors);
        if (root is { IsNull: true })
            return new MapNode([], root.Place);
        if (root is not null and not MapNode)
            errors.Add(new ConfigurationError(root.Place, "the document must be a mapping"));
        return root as MapNode;
    }

    private static SidecarOptions Bind(MapNode document, SidecarOptions? running, Reading reading)
    {
        var root = EnvironmentOverlay.Apply(BuiltIn.Complete(document, reading.Errors), reading);
        reading.Give("", root);
        var options = ConfigurationTable.Root.Read(root, "", reading, ConfigurationTable.Root.Seed);
        // With one upstream there is nothing for a route to choose.
        if (reading.Given("routes") is null && options.Upstreams.Count == 1)
        {
            var only = options.Upstreams.Keys.First();
            options = options with { Routes = [new RouteOptions { Name = only, Upstreams = [new RouteTarget(only)] }] };
        }
        ConfigurationChecks.Run(options, running, reading);
        return options;
    }

    private static ConfigurationError[] Ordered(List<ConfigurationError> errors) =>
    [
        .. errors.Distinct()
            .OrderBy(error => error.Place.Line == 0)
            .ThenBy(error => error.Place.Line)
            .ThenBy(error => error.Place.Column),
    ];
}

using System.Diagnostics.CodeAnalysis;

namespace Sidecar.Proxy.Configuration;

/// <summary>A configuration that holds, and where it came from.</summary>
public sealed record LoadedConfiguration
{
    /// <summary>The options.</summary>
    public required SidecarOptions Options { get; init; }

    /// <summary>The file as it was named; null for the built-in configuration.</summary>
    public string? File { get; init; }

    /// <summary>Short hexadecimal digest of the file and of all files it names.</summary>
    public required string Hash { get; init; }

    /// <summary>Paths of values that came from <c>${file:}</c> or <c>${env:}</c> and are not shown.</summary>
    public IReadOnlySet<string> Concealed { get; init; } = new HashSet<string>();
}

/// <summary>What came of reading a configuration.</summary>
public sealed record LoadResult
{
    /// <summary>The configuration; null when there are errors.</summary>
    public LoadedConfiguration? Configuration { get; init; }

    /// <summary>Whether there is a configuration.</summary>
    [MemberNotNullWhen(true, nameof(Configuration))]
    public bool Success => Configuration is not null;

    /// <summary>Everything that is wrong, in the order of the file, overrides of the environment last.</summary>
    public IReadOnlyList<ConfigurationError> Errors { get; init; } = [];

    /// <summary>The file found, as it was named; null for the built-in configuration.</summary>
    public string? File { get; init; }

    /// <summary>Absolute paths of all files it depends on, readable or not.</summary>
    public IReadOnlyList<string> Files { get; init; } = [];

    /// <summary>Short hexadecimal digest of the content of <see cref="Files"/>.</summary>
    public required string Hash { get; init; }
}

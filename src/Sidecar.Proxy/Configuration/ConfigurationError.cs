namespace Sidecar.Proxy.Configuration;

/// <summary>Where a value was written.</summary>
/// <param name="Source">The file as it was named, or <c>env NAME</c>.</param>
/// <param name="Line">1-based; 0 where the source has no lines.</param>
/// <param name="Column">1-based, in characters; 0 where the source has no lines.</param>
public readonly record struct Place(string Source, int Line = 0, int Column = 0)
{
    /// <summary><c>FILE:LINE:COL</c>, or the source alone.</summary>
    public override string ToString() => Line == 0 ? Source : $"{Source}:{Line}:{Column}";
}

/// <summary>One thing that is wrong with a configuration.</summary>
/// <param name="Place">Where.</param>
/// <param name="Message">What, on one line; never a value that came from a file or an environment variable.</param>
public sealed record ConfigurationError(Place Place, string Message)
{
    /// <summary><c>FILE:LINE:COL: message</c></summary>
    public override string ToString() => $"{Place}: {Message}";
}

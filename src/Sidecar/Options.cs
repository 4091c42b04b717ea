namespace Sidecar;

/// <summary>A parsed command line.</summary>
internal sealed record Options(string Verb)
{
    /// <summary>Where the admin port of a sidecar with the default configuration is.</summary>
    private static readonly Uri DefaultAdmin = new("http://127.0.0.1:9464");

    public string? Config { get; private init; }

    public Uri Url { get; private init; } = DefaultAdmin;

    public bool Once { get; private init; }

    public string[] By { get; private init; } = ["team", "model"];

    public string? Journal { get; private init; }

    /// <summary>The options, or what is wrong with them. <c>--name value</c> and <c>--name=value</c> mean the same.</summary>
    public static (Options? Options, string? Error) Parse(string verb, ReadOnlySpan<string> args)
    {
        if (verb is not ("serve" or "demo" or "check" or "schema" or "health" or "drain" or "top" or "usage")) return (null, $"unknown verb '{verb}'");
        var options = new Options(verb);
        for (var i = 0; i < args.Length; i++)
        {
            var equals = args[i].IndexOf('=', StringComparison.Ordinal);
            var name = equals < 0 ? args[i] : args[i][..equals];
            if (name == "--once" && verb == "demo" && equals < 0)
            {
                options = options with { Once = true };
                continue;
            }
            var isConfig = name == "--config" && verb is ("serve" or "check");
            var isUrl = name == "--url" && verb is ("health" or "drain" or "top");
            var (isBy, isJournal) = (name == "--by" && verb == "usage", name == "--journal" && verb == "usage");
            if (!isConfig && !isUrl && !isBy && !isJournal) return (null, $"unknown option '{args[i]}' of '{verb}'");
            var value = equals >= 0 ? args[i][(equals + 1)..] : ++i < args.Length ? args[i] : "";
            if (value.Length == 0) return (null, $"'{name}' needs a value");
            if (isConfig) options = options with { Config = value };
            else if (isJournal) options = options with { Journal = Path.GetFullPath(value) };
            else if (isBy)
            {
                options = options with { By = value.Split(',', StringSplitOptions.TrimEntries) };
                if (Array.Find(options.By, field => !UsageReport.Fields.Contains(field)) is { } unknown)
                    return (null, $"'{unknown}' is none of {string.Join(", ", UsageReport.Fields)}");
            }
            else if (Uri.TryCreate(value, UriKind.Absolute, out var url) && url.Scheme == Uri.UriSchemeHttp) options = options with { Url = url };
            else return (null, $"'{value}' is no http URL");
        }
        return verb == "check" && options.Config is null ? (null, "'check' needs --config FILE") : (options, null);
    }
}

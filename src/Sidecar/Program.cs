namespace Sidecar;

/// <summary>The command line: one verb, its options, an exit code (0 clean, 1 failed at run time, 2 bad usage or configuration).</summary>
internal static class Program
{
    private const string Usage = """
        usage: sidecar VERB [OPTIONS]

          serve  [--config FILE]   run the sidecar
          demo   [--once]          stream one completion from an embedded provider, then stay up
          check  --config FILE     validate a configuration; prints every error
          schema                   print the JSON Schema of the configuration
          health [--url URL]       exit 0 when a running sidecar is ready
          drain  [--url URL]       ask a running sidecar to drain
          top    [--url URL]       live table of a running sidecar's streams
          usage  [--by team,model] [--journal FILE]
                                   what a journal tells, summed up
        """;

    private static async Task<int> Main(string[] args)
    {
        if (args.Length == 0 || args[0] is "help" or "--help" or "-h")
        {
            Console.Out.WriteLine(Usage);
            return args.Length == 0 ? ExitCode.Usage : ExitCode.Clean;
        }
        var (options, error) = Options.Parse(args[0], args.AsSpan(1));
        if (options is null)
        {
            await Console.Error.WriteLineAsync($"sidecar: {error}\n\n{Usage}").ConfigureAwait(false);
            return ExitCode.Usage;
        }
        return options.Verb switch
        {
            "serve" => await Serve.RunAsync(options.Config).ConfigureAwait(false),
            "demo" => await Demo.DemoVerb.RunAsync(options.Once).ConfigureAwait(false),
            "check" => Check.Run(options.Config!),
            "schema" => Schema.Run(),
            "health" => await Health.RunAsync(options.Url).ConfigureAwait(false),
            "usage" => await UsageReport.RunAsync(options.By, options.Journal).ConfigureAwait(false),
            "top" => await Top.RunAsync(options.Url).ConfigureAwait(false),
            _ => await Drain.RunAsync(options.Url).ConfigureAwait(false),
        };
    }
}

/// <summary>What a verb ends with.</summary>
internal static class ExitCode
{
    public const int Clean = 0;
    public const int Failed = 1;
    public const int Usage = 2;
}

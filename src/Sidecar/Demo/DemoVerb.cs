using System.Globalization;
using System.Net;
using Sidecar.Proxy.Configuration;
using Sidecar.Proxy.Hosting;
using Sidecar.Proxy.Telemetry;

namespace Sidecar.Demo;

/// <summary>
/// <c>sidecar demo</c>: an embedded provider, a sidecar in front of it, one completion on the terminal, and what it took. No key, no network.
/// </summary>
internal static class DemoVerb
{
    public static async Task<int> RunAsync(bool once)
    {
        var time = TimeProvider.System;
        await using var log = new Log(Stream.Null, new LoggingOptions { AccessLog = false }, time, new SidecarMetrics(new MetricsOptions(), time).LogLinesDropped);
        using var provider = new DemoProvider(log, time);
        // The built-in defaults, with the embedded provider in OpenAI's place.
        var environment = EnvironmentOf(provider.EndPoint);
        using var configuration = new ConfigurationSource(ConfigurationLoader.Load(null, environment, defaultPath: ""), environment, time);
        await using var host = SidecarHost.Start(configuration, Stream.Null, time);
        using var leave = new LeaveSignals();

        Console.Out.WriteLine($"provider http://{provider.EndPoint}  ←  sidecar http://{host.DataEndPoint}  ←  this terminal\n");
        var figures = await new DemoClient(Console.Out, time).RunAsync(host.DataEndPoint).ConfigureAwait(false);
        Print(figures);
        if (once || !figures.IsComplete)
        {
            await host.DrainAsync().ConfigureAwait(false);
            return figures.IsComplete ? ExitCode.Clean : ExitCode.Failed;
        }
        Invite(host);
        await Task.WhenAny(leave.Asked, host.LeaveRequested).ConfigureAwait(false);
        await host.DrainAsync().ConfigureAwait(false);
        return ExitCode.Clean;
    }

    private static Dictionary<string, string> EnvironmentOf(IPEndPoint provider) => new()
    {
        ["SIDECAR__LISTEN"] = "127.0.0.1:0",
        ["SIDECAR__ADMIN__LISTEN"] = "127.0.0.1:0",
        ["SIDECAR__UPSTREAMS__OPENAI__URL"] = $"http://{provider}",
    };

    private static void Print(DemoFigures figures)
    {
        var gaps = figures.Gaps.Select(gap => gap.TotalMilliseconds).Order().ToArray();
        string Milliseconds(double value) => value.ToString("0.0", CultureInfo.InvariantCulture) + " ms";
        Console.Out.WriteLine();
        Console.Out.WriteLine($"TTFT {Milliseconds(figures.TimeToFirstToken.TotalMilliseconds)}");
        if (gaps.Length > 0) Console.Out.WriteLine($"gap  p50 {Milliseconds(gaps[gaps.Length / 2])}  max {Milliseconds(gaps[^1])}");
        Console.Out.WriteLine($"output tokens {figures.OutputTokens}");
    }

    private static void Invite(SidecarHost host)
    {
        Console.Out.WriteLine($$"""

            Try it:
              curl -N http://{{host.DataEndPoint}}/v1/chat/completions -H 'content-type: application/json' -d '{"model":"demo","stream":true,"messages":[]}'
              curl http://{{host.AdminEndPoint}}/metrics
              curl http://{{host.AdminEndPoint}}/streams
            Ctrl+C ends it.
            """);
    }
}

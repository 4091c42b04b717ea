using System.Globalization;
using System.Net;
using System.Text.Json;
using Sidecar.Proxy.Configuration;
using Sidecar.Proxy.Hosting;
using Sidecar.Proxy.Telemetry;

namespace Sidecar.Demo;

/// <summary>
/// <c>sidecar demo</c>: an embedded provider, a sidecar in front of it, on the terminal one completion in which a policy redacts and one that it
/// ends, and what the first took. No key, no network.
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
        var isColored = !Console.IsOutputRedirected && Environment.GetEnvironmentVariable("NO_COLOR") is null or "";
        var figures = await new DemoClient(Console.Out, isColored, time).RunAsync(host.DataEndPoint, DemoProvider.Model).ConfigureAwait(false);
        Console.Out.WriteLine();
        var blocked = await new DemoClient(Console.Out, isColored, time).RunAsync(host.DataEndPoint, DemoProvider.BlockedModel).ConfigureAwait(false);
        Print(figures, blocked, await CostAsync(host).ConfigureAwait(false));
        var isComplete = figures.IsComplete && blocked.IsComplete;
        if (once || !isComplete)
        {
            await host.DrainAsync().ConfigureAwait(false);
            return isComplete ? ExitCode.Clean : ExitCode.Failed;
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
        ["SIDECAR__ROUTES"] = "[ { name: demo, match: { path: /v1/* }, upstreams: [ { name: openai } ], moderation: demo } ]",
        ["SIDECAR__MODERATION__POLICIES__DEMO__RULES"] =
            "[ { id: personal, detect: [ email, credit_card ], action: redact }, " +
            $"{{ id: secret, terms: [ {DemoProvider.BlockedTerm} ], action: terminate }} ]",
    };

    // What /usage says; the model of the second answer has no price.
    private static async Task<string> CostAsync(SidecarHost host)
    {
        var (status, text) = await AdminRequest.SendAsync(new Uri($"http://{host.AdminEndPoint}"), "GET", "/usage").ConfigureAwait(false);
        if (status != 200) return "unknown";
        using var usage = JsonDocument.Parse(text);
        return usage.RootElement.GetProperty("total").GetProperty("cost_usd").GetDecimal().ToString("0.000000", CultureInfo.InvariantCulture);
    }

    private static void Print(DemoFigures figures, DemoFigures blocked, string cost)
    {
        var gaps = figures.Gaps.Select(gap => gap.TotalMilliseconds).Order().ToArray();
        string Milliseconds(double value) => value.ToString("0.0", CultureInfo.InvariantCulture) + " ms";
        Console.Out.WriteLine();
        Console.Out.WriteLine($"TTFT {Milliseconds(figures.TimeToFirstToken.TotalMilliseconds)}");
        if (gaps.Length > 0) Console.Out.WriteLine($"gap  p50 {Milliseconds(gaps[gaps.Length / 2])}  max {Milliseconds(gaps[^1])}");
        Console.Out.WriteLine($"output tokens {figures.OutputTokens}");
        Console.Out.WriteLine($"cost {cost} USD at the list price of {DemoProvider.Model}");
        var replaced = figures.Replaced.Select(type => $"{type} redacted");
        Console.Out.WriteLine($"moderation: {string.Join(", ", replaced.Append($"the second answer ended with {blocked.FinishReason}"))}");
    }

    private static void Invite(SidecarHost host)
    {
        Console.Out.WriteLine($$"""

            Try it:
              curl -N http://{{host.DataEndPoint}}/v1/chat/completions -H 'content-type: application/json' -d '{"model":"{{DemoProvider.Model}}","stream":true,"messages":[]}'
              curl -N http://{{host.DataEndPoint}}/v1/chat/completions -H 'content-type: application/json' -d '{"model":"{{DemoProvider.BlockedModel}}","stream":true,"messages":[]}'
              curl http://{{host.AdminEndPoint}}/metrics
              curl http://{{host.AdminEndPoint}}/streams
              curl http://{{host.AdminEndPoint}}/usage
            Ctrl+C ends it.
            """);
    }
}

using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Sidecar.Load;

// provider PORT TOKENS                      answers every request with a paced stream until it is killed; TOKENS is "word", "space" or "letters"
// load PORT STREAMS RATE SECONDS PID        reads as many streams, checks each, prints one JSON object; PID is the process whose CPU time is told
switch (args)
{
    case ["provider", var port, var tokens]:
        await new ScriptedProvider(Number(port), Tokens.Of(tokens)).RunAsync();
        return 0;
    case ["load", var port, var streams, var rate, var seconds, var pid]:
        var plan = new Plan(Number(streams), Number(rate), Number(seconds));
        var load = new PacedLoad(Number(port), plan);
        await load.OpenAsync();
        var (proxyBefore, ownBefore) = (ProcessorTime.Of(Number(pid)), Environment.CpuUsage.TotalTime);
        await load.ReadAsync();
        var (proxy, own) = (ProcessorTime.Of(Number(pid)) - proxyBefore, Environment.CpuUsage.TotalTime - ownBefore);
        Console.WriteLine(JsonSerializer.Serialize(load.Result(proxy, own)));
        return load.IsWhole ? 0 : 1;
    default:
        Console.Error.WriteLine("usage: provider PORT word|space|letters, or load PORT STREAMS RATE SECONDS PID");
        return 2;
}

static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);

using System.Text.Json;
using Sidecar.Load;
using Sidecar.Load.Clients;
using Sidecar.Load.Figures;
using Sidecar.Load.Provider;

const string Usage = """
    provider --port P [--certificate FILE]     serves scripted streams; with TLS where FILE is to receive its certificate
    streams  --port P [--streams 50] [--rate 50] [--seconds 5] [--events N] [--burst 1] [--first MS] [--bytes 250] [--tokens letters|space|word]
             [--dialect openai|anthropic|ollama] [--spread MS] [--slow N] [--slow-rate 2048] [--slow-bytes 10000000] [--aborts N] [--header "name: value"]
             [--proxy PID] [--provider PID]    reads streams, checks each, prints JSON; --rate 0 floods, --events asks again and again
    small    --port P [--streams 50] [--seconds 5] [--header ...] [--proxy PID] [--provider PID]     asks for small documents
    """;

try
{
    switch (args)
    {
        case ["provider", .. var rest]:
            Serve(new Arguments(rest));
            return 0;
        case ["streams", .. var rest]:
            using (var run = new LoadRun(new Arguments(rest).Load())) return Tell(run.Run());
        case ["small", .. var rest]:
            using (var run = new SmallRun(new Arguments(rest).Load())) return Tell(run.Run());
    }
}
catch (Exception error) when (error is ArgumentException or FormatException)
{
    Console.Error.WriteLine(error.Message);
}
Console.Error.WriteLine(Usage);
return 2;

static void Serve(Arguments arguments)
{
    using var provider = new ScriptedProvider((int)arguments.Number("port", 0), arguments.Text("certificate") is { } file ? OwnCertificate.Make(file) : null);
    Console.Error.WriteLine($"listening {provider.Port}");
    provider.Run();
}

static int Tell(LoadFigures figures)
{
    Console.WriteLine(JsonSerializer.Serialize(figures));
    return figures.Faults.Total + figures.Beside.Total == 0 ? 0 : 1;
}

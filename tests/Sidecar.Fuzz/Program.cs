using System.Globalization;
using Sidecar.Fuzz;
using SharpFuzz;

// Sidecar.Fuzz fuzz TARGET            under afl-fuzz (see run.sh)
// Sidecar.Fuzz seeds TARGET DIR       writes the seed corpus
// Sidecar.Fuzz once TARGET FILE…      feeds files, to look at findings
// Sidecar.Fuzz smoke TARGET N SEED    feeds the seeds and N mutants of them
// Sidecar.Fuzz list                   names the targets
if (args is ["fuzz", var name])
{
    // Instrumented code must not run before the fuzzer has given it its memory, so the target is looked up within.
    Fuzzer.OutOfProcess.Run(stream =>
    {
        using var bytes = new MemoryStream();
        stream.CopyTo(bytes);
        if (bytes.Length <= Target.MaxInputBytes) Target.Find(name)!.Run(bytes.ToArray());
    });
    return 0;
}
if (args is ["list"])
{
    foreach (var each in Target.All) Console.WriteLine(each.Name);
    return 0;
}
if (args.Length < 2 || Target.Find(args[1]) is not { } target)
{
    Console.Error.WriteLine("usage: Sidecar.Fuzz list | fuzz TARGET | seeds TARGET DIR | once TARGET FILE… | smoke TARGET N SEED");
    return 2;
}
switch (args[0])
{
    case "seeds" when args.Length == 3:
        Directory.CreateDirectory(args[2]);
        foreach (var (i, seed) in target.Seeds.Index()) File.WriteAllBytes(Path.Combine(args[2], $"{i:d4}"), seed);
        Console.WriteLine($"{target.Seeds.Count} seeds");
        return 0;
    case "once":
        foreach (var file in args[2..])
        {
            Console.WriteLine(file);
            target.Run(File.ReadAllBytes(file));
        }
        return 0;
    case "smoke" when args.Length == 4:
        Smoke.Run(target, int.Parse(args[2], CultureInfo.InvariantCulture), int.Parse(args[3], CultureInfo.InvariantCulture));
        return 0;
    default:
        return 2;
}

using System.Globalization;

namespace Sidecar.FunctionalTests.Faults.Soak;

/// <summary>How long a soak is, and where it tells its figures: small by default, as large as the environment says.</summary>
public sealed record SoakSize(int Streams, TimeSpan AtLeast, int Seed)
{
    /// <summary>What the environment says.</summary>
    public static SoakSize Current { get; } = new(
        Number("SIDECAR_SOAK_STREAMS", 1000), TimeSpan.FromSeconds(Number("SIDECAR_SOAK_SECONDS", 0)), Number("SIDECAR_SOAK_SEED", 1));

    /// <summary>Streams before the figures of a sidecar at rest are taken: a runtime that compiles as it goes grows for some 1,500.</summary>
    public int WarmUp => Math.Max(1000, Streams / 10);

    /// <summary>Adds a line to the report, where there is one.</summary>
    public static void Report(string line)
    {
        if (Environment.GetEnvironmentVariable("SIDECAR_SOAK_REPORT") is { Length: > 0 } file) File.AppendAllText(file, line + "\n");
    }

    private static int Number(string name, int otherwise) =>
        Environment.GetEnvironmentVariable(name) is { Length: > 0 } text ? int.Parse(text, NumberStyles.None, CultureInfo.InvariantCulture) : otherwise;
}

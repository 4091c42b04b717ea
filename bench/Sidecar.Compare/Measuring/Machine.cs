using System.Runtime.InteropServices;

namespace Sidecar.Compare.Measuring;

/// <summary>What a run is on.</summary>
/// <param name="Processor">Model.</param>
/// <param name="Cores">How many.</param>
/// <param name="Kernel">Release.</param>
/// <param name="Runtime">Of .NET.</param>
internal sealed record Machine(string Processor, int Cores, string Kernel, string Runtime)
{
    /// <summary>This one.</summary>
    public static Machine Read()
    {
        var model = File.ReadLines("/proc/cpuinfo").FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal))?.Split(':')[1].Trim();
        return new(model ?? RuntimeInformation.ProcessArchitecture.ToString(), Environment.ProcessorCount, File.ReadAllText("/proc/sys/kernel/osrelease").Trim(),
            RuntimeInformation.FrameworkDescription);
    }

    /// <summary>Whether figures of both may be compared.</summary>
    public bool IsLike(Machine other) => other.Processor == Processor && other.Cores == Cores;
}

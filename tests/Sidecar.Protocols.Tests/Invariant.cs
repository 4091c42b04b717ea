namespace Sidecar.Protocols.Tests;

/// <summary>What must hold whatever the input: for code that tests and fuzzing share.</summary>
public static class Invariant
{
    /// <summary>Throws unless it holds.</summary>
    public static void Holds(bool condition, string what)
    {
        if (!condition) throw new InvariantBrokenException(what);
    }

    /// <summary>Throws unless both are the same.</summary>
    public static void Same<T>(T expected, T actual, string what)
    {
        if (EqualityComparer<T>.Default.Equals(expected, actual)) return;
        throw new InvariantBrokenException($"{what}: {expected} is not {actual}");
    }
}

/// <summary>Something that must hold does not.</summary>
public sealed class InvariantBrokenException(string message) : Exception(message);

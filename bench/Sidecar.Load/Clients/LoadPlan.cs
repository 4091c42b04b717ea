using Sidecar.Load.Wire;

namespace Sidecar.Load.Clients;

/// <summary>A load.</summary>
internal sealed record LoadPlan
{
    /// <summary>Where the proxy listens on loopback.</summary>
    public required int Port { get; init; }

    /// <summary>Streams at once.</summary>
    public int Streams { get; init; } = 50;

    /// <summary>Events of each in a second; 0 for as many as come.</summary>
    public int Rate { get; init; } = 50;

    /// <summary>The time over which the first requests are spread.</summary>
    public TimeSpan Spread { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>How long is measured, once all streams flow.</summary>
    public double Seconds { get; init; } = 5;

    /// <summary>Events of a stream that is followed by the next on its connection; 0 for streams that last until the end.</summary>
    public int Events { get; init; }

    /// <summary>Events that come at one moment.</summary>
    public int Burst { get; init; } = 1;

    /// <summary>Milliseconds from a request to its first event.</summary>
    public int First { get; init; }

    /// <summary>Bytes of an event.</summary>
    public int Bytes { get; init; } = 250;

    /// <summary>Which text.</summary>
    public string Tokens { get; init; } = "letters";

    /// <summary>How the API speaks.</summary>
    public StreamDialect Dialect { get; init; } = StreamDialect.OpenAI;

    /// <summary>Readers beside them that take <see cref="SlowRate"/> of a stream that floods.</summary>
    public int Slow { get; init; }

    /// <summary>Bytes in a second that each of the slow readers takes.</summary>
    public int SlowRate { get; init; } = 2048;

    /// <summary>Bytes that the provider has for each of them.</summary>
    public int SlowBytes { get; init; } = 10_000_000;

    /// <summary>Streams in a second that are opened beside them, and left after three events.</summary>
    public int Aborts { get; init; }

    /// <summary>Fields of each request, beside those it needs.</summary>
    public IReadOnlyList<string> Headers { get; init; } = [];

    /// <summary>The proxy's process, whose time and memory are told; 0 for none.</summary>
    public int Proxy { get; init; }

    /// <summary>The provider's process.</summary>
    public int Provider { get; init; }

    /// <summary>Whether each connection asks for one stream after the other.</summary>
    public bool Repeats => Events > 0 || Rate == 0;
}

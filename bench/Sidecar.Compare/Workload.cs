namespace Sidecar.Compare;

/// <summary>A load that every contender is put under.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Meaning">What it is, in a report.</param>
/// <param name="Verb">Of the load generator.</param>
/// <param name="Seconds">How long it is measured in a report.</param>
/// <param name="Arguments">Of the load generator.</param>
internal sealed record Workload(string Name, string Meaning, string Verb, double Seconds, params string[] Arguments)
{
    /// <summary>Streams of the busy load, and of the one whose memory is told.</summary>
    public const int ManyStreams = 500;

    /// <summary>All of them, in the order of a round.</summary>
    public static readonly Workload[] All =
    [
        new("paced", "50 streams, 50 events/s each", "streams", 4, "--streams", "50", "--rate", "50"),
        new("busy", "500 streams, 50 events/s each", "streams", 3.5, "--streams", "500", "--rate", "50"),
        new("flood", "64 streams, as fast as they go", "streams", 2.5, "--streams", "64", "--rate", "0"),
        new("first", "16 connections, one stream of three events after the other", "streams", 1.5, "--streams", "16", "--rate", "1000", "--events", "3"),
        new("slow", "50 streams, 50 events/s each, beside 50 readers that take 2 KB/s of 10 MB", "streams", 3.5, "--streams", "50", "--rate", "50", "--slow", "50"),
        new("leaving", "50 streams, 50 events/s each, beside 50 clients a second that leave in the middle", "streams", 2, "--streams", "50", "--rate", "50", "--aborts", "50"),
        new("small", "64 connections, one small document after the other", "small", 1.5, "--streams", "64"),
    ];

    /// <summary>Wakes what is loaded or compiled at the first streams, and leaves no large buffers behind.</summary>
    public static readonly Workload First = new("first-streams", "", "streams", 1, "--streams", "16", "--rate", "50");

    /// <summary>Streams that are open and hardly move.</summary>
    public static readonly Workload Open = new("open", "", "streams", 1, "--streams", "500", "--rate", "2");

    /// <summary>Wakes what is only compiled or allocated under load.</summary>
    public static readonly Workload WarmUp = new("warm-up", "", "streams", 1, "--streams", "16", "--rate", "0");

    /// <summary>The one whose system calls are counted.</summary>
    public static readonly Workload Traced = new("traced", "", "streams", 1.5, "--streams", "50", "--rate", "50");

    /// <summary>The one of a name.</summary>
    public static Workload Named(string name) => All.First(one => one.Name == name);
}

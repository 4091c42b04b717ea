namespace Sidecar.Compare;

/// <summary>A proxy that is measured, or none.</summary>
/// <param name="Name">As <c>bench/peers/run</c> knows it.</param>
/// <param name="Title">As a report calls it.</param>
/// <param name="HasTls">Whether its provider speaks TLS.</param>
internal sealed record Contender(string Name, string Title, bool HasTls = false)
{
    /// <summary>What stands between client and provider: nothing.</summary>
    public const string Direct = "direct";

    /// <summary>All that are known, in the order of a report.</summary>
    public static readonly Contender[] All =
    [
        new(Direct, "direct (the ceiling)"),
        new("sidecar", "sidecar"),
        new("sidecar-moderated", "sidecar, moderation on"),
        new("sidecar-tls", "sidecar, TLS upstream", HasTls: true),
        new("sidecar-jit", "sidecar, JIT"),
        new("nginx", "nginx"),
        new("nginx-tls", "nginx, TLS upstream", HasTls: true),
        new("haproxy", "HAProxy"),
        new("haproxy-tls", "HAProxy, TLS upstream", HasTls: true),
        new("yarp", "YARP"),
        new("yarp-spinning", "YARP, pool threads that spin (its default)"),
        new("portkey", "Portkey gateway"),
    ];

    /// <summary>Whether nothing stands in between.</summary>
    public bool IsDirect => Name == Direct;

    /// <summary>Whether it is ours.</summary>
    public bool IsOurs => Name.StartsWith("sidecar", StringComparison.Ordinal);

    /// <summary>The one of a name.</summary>
    public static Contender Named(string name) => All.First(one => one.Name == name);

    /// <summary>Fields that its requests need.</summary>
    /// <param name="provider">Where the provider listens.</param>
    public string[] Headers(int provider) =>
        Name == "portkey" ? ["x-portkey-provider: openai", $"x-portkey-custom-host: http://127.0.0.1:{provider}/v1"] : [];
}

using System.Text;

namespace Sidecar.FunctionalTests.Provider;

/// <summary>A request as it stood on the wire.</summary>
public sealed record ReceivedRequest(
    int Connection, string Method, string Target, IReadOnlyList<(string Name, string Value)> Headers, byte[] Body,
    IReadOnlyList<(string Name, string Value)> Trailers)
{
    /// <summary>The one value of a header; null when it is missing. Twice is an error.</summary>
    public string? Header(string name) => All(name).SingleOrDefault();

    /// <summary>All values of a header, in order.</summary>
    public IEnumerable<string> All(string name) =>
        Headers.Where(header => header.Name.Equals(name, StringComparison.OrdinalIgnoreCase)).Select(header => header.Value);

    /// <summary>The body as text.</summary>
    public string Text => Encoding.UTF8.GetString(Body);
}

/// <summary>One request and what became of the answer.</summary>
public sealed class ProviderExchange(ReceivedRequest request)
{
    /// <summary>What was asked.</summary>
    public ReceivedRequest Request { get; } = request;

    /// <summary>Raised when the peer closed or reset the connection before the script came to its end.</summary>
    public Signal PeerLeft { get; } = new();

    /// <summary>When each send was written, since the request was read. Complete once <see cref="Ended"/> is raised.</summary>
    public List<TimeSpan> Writes { get; } = [];

    /// <summary>Raised when the script came to its end or was cut off.</summary>
    public Signal Ended { get; } = new();
}

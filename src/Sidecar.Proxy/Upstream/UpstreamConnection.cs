using Sidecar.Protocols.Http1;
using Sidecar.Proxy.Transport;

namespace Sidecar.Proxy.Upstream;

/// <summary>A connection to a provider and the head of the response it carries now. Owned by one exchange, or idle in its pool.</summary>
/// <param name="connection">The transport.</param>
public sealed class UpstreamConnection(Connection connection)
{
    private const int MaxHeadBytes = 64 * 1024;
    private const int MaxFields = 200;

    /// <summary>The transport.</summary>
    public Connection Connection => connection;

    /// <summary>The response head, reused for each response.</summary>
    public ResponseHead Head { get; } = new(MaxHeadBytes, MaxFields);

    /// <summary>Whether it carried an exchange before: its peer may have closed it meanwhile.</summary>
    public bool IsReused { get; set; }

    /// <summary>When it became idle.</summary>
    public long IdleSince { get; set; }

    /// <summary>Whether an idle connection can still be used: open, and silent as it must be.</summary>
    public bool IsFresh()
    {
        if (!connection.Input.TryRead(out var read)) return connection.End == ConnectionEnd.Open && !connection.HasUnread;
        connection.Input.AdvanceTo(read.Buffer.End);
        return false;
    }
}

using System.IO.Pipelines;
using System.Net;

namespace Sidecar.Proxy.Transport;

/// <summary>Why no more bytes come from a peer.</summary>
public enum ConnectionEnd : byte
{
    /// <summary>They still may.</summary>
    Open,
    /// <summary>The peer sent its FIN (or a TLS close).</summary>
    Closed,
    /// <summary>The connection broke: a reset, a network error.</summary>
    Reset,
    /// <summary>We ended it.</summary>
    Aborted,
}

/// <summary>
/// All that protocol code knows of a connection. Reads and flushes never throw for what a peer does: a broken connection completes
/// them, and <see cref="End"/> says why.
/// </summary>
public abstract class Connection
{
    /// <summary>Bytes from the peer.</summary>
    public abstract PipeReader Input { get; }

    /// <summary>Bytes to the peer. A flush waits while more than the high watermark is unsent.</summary>
    public abstract PipeWriter Output { get; }

    /// <summary>The peer's address.</summary>
    public abstract EndPoint? RemoteEndPoint { get; }

    /// <summary>Why no more bytes come.</summary>
    public abstract ConnectionEnd End { get; }

    /// <summary>Whether bytes or an end came that <see cref="Input"/> cannot know of yet; a transport that reads ahead has none.</summary>
    public virtual bool HasUnread => false;

    /// <summary>Bytes written to <see cref="Output"/> so far.</summary>
    public abstract long BytesWritten { get; }

    /// <summary>Bytes of those that the kernel took.</summary>
    public abstract long BytesSent { get; }

    /// <summary>Ends the connection at once; pending reads and flushes complete. The peer sees a reset.</summary>
    public abstract void Abort();

    /// <summary>
    /// Sends what is written, then the FIN, and frees the connection. With <paramref name="linger"/> it reads on and discards until the
    /// peer closes too, so that a peer that is still sending reads our answer before it sees a reset (RFC 9112 §9.6).
    /// </summary>
    /// <param name="patience">How long sending, and then lingering, may make no progress.</param>
    /// <param name="linger">Whether the peer may still be sending.</param>
    /// <returns>Whether all bytes were taken by the kernel.</returns>
    public abstract Task<bool> CloseAsync(TimeSpan patience, bool linger);
}

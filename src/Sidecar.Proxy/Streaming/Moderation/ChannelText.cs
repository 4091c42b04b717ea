using Sidecar.Moderation.Scanning;
using Sidecar.Moderation.Text;
using Sidecar.Providers;

namespace Sidecar.Proxy.Streaming.Moderation;

/// <summary>One text of a stream that comes in pieces, and how far it is decided.</summary>
internal sealed class ChannelText(RuleScanner scanner)
{
    /// <summary>Which text.</summary>
    public Channel Channel { get; set; }

    /// <summary>How it is written.</summary>
    public TextForm Form { get; set; }

    /// <summary>Finds what the policy's rules mean.</summary>
    public RuleScanner Scanner => scanner;

    /// <summary>Pieces of it in events that were not sent yet.</summary>
    public int Waiting { get; set; }

    /// <summary>The event that continued it last.</summary>
    public long LastEvent { get; set; }

    /// <summary>Whether nothing continues it any more.</summary>
    public bool IsClosed { get; set; }
}

/// <summary>A run of a channel's text inside an event.</summary>
/// <param name="Text">The text.</param>
/// <param name="Position">Where the run starts in the text.</param>
/// <param name="Start">Where it starts in the event's data.</param>
/// <param name="Length">Bytes as written.</param>
internal readonly record struct Piece(ChannelText Text, long Position, int Start, int Length)
{
    /// <summary>One past its last byte in the text.</summary>
    public long End => Position + Length;

    /// <summary>Whether all of it is decided.</summary>
    public bool IsDecided => Text.Scanner.Decided >= End;
}

using Sidecar.Protocols;

namespace Sidecar.Proxy.Streaming.Moderation;

/// <summary>What is to be known of an event that waits to be sent.</summary>
[Flags]
internal enum EventMarks : ushort
{
    /// <summary>Nothing.</summary>
    None = 0,
    /// <summary>It carries content.</summary>
    Content = 1,
    /// <summary>A text that stands alone in it must be rewritten.</summary>
    Touched = 2,
    /// <summary>A text that stands alone in it ends the answer.</summary>
    Terminates = 4,
    /// <summary>It repeats a text as far as it has come, and the repeat's end is undecided.</summary>
    OpenRepeat = 8,
    /// <summary>The ending must know of it.</summary>
    Observed = 16,
    /// <summary>Part of its texts may go before the rest.</summary>
    Divisible = 32,
    /// <summary>Texts end with it.</summary>
    Closes = 64,
    /// <summary>The classifier has been offered its texts.</summary>
    Offered = 128,
    /// <summary>It is not the client's.</summary>
    Hidden = 256,
}

/// <summary>An event that waits to be sent, in the order of arrival.</summary>
internal struct HeldEvent
{
    /// <summary>Where it starts in the bytes that wait.</summary>
    public int Start;

    /// <summary>Its frame.</summary>
    public Frame Frame;

    /// <summary>What is to be known of it.</summary>
    public EventMarks Marks;

    /// <summary>Its pieces of continued texts, in the queue's list.</summary>
    public int FirstPiece, PieceCount;

    /// <summary>Up to where the classifier must have released the stream's text for it to go.</summary>
    public long OfferedUpTo;
}

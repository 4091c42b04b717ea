using System.Runtime.InteropServices;
using Sidecar.Proxy.Server;

namespace Sidecar.Proxy.Streaming.Moderation;

/// <summary>The events of a stream of which a part was sent; the rest of each goes when it is decided.</summary>
internal sealed class DividedEvents(ChannelTexts texts, EventRewriter rewriter)
{
    private readonly List<DividedEvent> _events = [];
    private readonly List<Piece> _first = [];

    /// <summary>Bytes of the events.</summary>
    public int Bytes { get; private set; }

    /// <summary>Sends what is decided of an event and keeps the rest; whether that was anything.</summary>
    public bool Divide(in HeldEvent held, ReadOnlySpan<byte> bytes, ReadOnlySpan<Piece> pieces, ResponseWriter response)
    {
        var divided = new DividedEvent(bytes, held, pieces);
        Bytes += bytes.Length;
        _events.Add(divided);
        if (!divided.Take(_first)) return false;
        response.Write(rewriter.Rewrite(divided.Held, bytes, CollectionsMarshal.AsSpan(_first)));
        return true;
    }

    /// <summary>Sends the rests that are decided.</summary>
    public void Release(ResponseWriter response)
    {
        for (var i = 0; i < _events.Count; i++)
        {
            var divided = _events[i];
            var isTerminated = HeldEvents.Terminates(divided.Held, divided.Pieces);
            if (!isTerminated && !HeldEvents.IsDecided(divided.Pieces)) continue;
            if (!isTerminated) response.Write(rewriter.Rewrite(divided.Held, divided.Bytes, divided.Pieces));
            foreach (ref readonly var piece in divided.Pieces) texts.Release(piece);
            Bytes -= divided.Bytes.Length;
            _events.RemoveAt(i--);
        }
    }
}

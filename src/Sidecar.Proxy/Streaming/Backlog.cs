using System.Globalization;
using System.Text;
using Sidecar.Protocols;
using Sidecar.Providers;
using Sidecar.Proxy.Server;

namespace Sidecar.Proxy.Streaming;

/// <summary>
/// Whole frames that wait for a client that takes none now, while its provider is read on (<c>keep_reading</c>). Where they become too many the oldest
/// that carry nothing but content can be left out; a comment tells the client how many, where the framing has comments.
/// </summary>
/// <param name="kind">How the stream is framed.</param>
/// <param name="dialect">What its events mean.</param>
/// <param name="maxEventBytes">Longest event.</param>
internal sealed class Backlog(StreamKind kind, Dialect dialect, int maxEventBytes) : IBodySink
{
    private readonly Carry _frames = new();
    private readonly EventMeaning _meaning = new();
    private long _untold;

    /// <summary>Bytes that wait.</summary>
    public int Length => _frames.Length;

    /// <inheritdoc/>
    public void Write(ReadOnlySpan<byte> bytes) => _frames.Append(bytes);

    /// <summary>Leaves out the oldest frames that carry nothing but content, until no more than <paramref name="limit"/> bytes wait or none is left.</summary>
    /// <returns>How many were left out.</returns>
    public int Shrink(long limit)
    {
        // The elements of an array hang together by their commas.
        if (kind is not (StreamKind.Events or StreamKind.Lines)) return 0;
        var dropped = 0;
        var kept = new Carry();
        var scanner = kind.ScannerOf(maxEventBytes);
        var rest = _frames.Bytes;
        while (kept.Length + rest.Length > limit && scanner.Next(rest, out var frame) == ScanStatus.Frame)
        {
            var bytes = rest[..frame.Length];
            rest = rest[frame.Length..];
            if (IsMereContent(bytes, frame)) dropped++;
            else kept.Append(bytes);
        }
        kept.Append(rest);
        Clear();
        _frames.Append(kept.Bytes);
        kept.Remove(kept.Length);
        _untold += dropped;
        return dropped;
    }

    /// <summary>Passes all that waits on.</summary>
    public void MoveTo(ResponseWriter response)
    {
        if (_untold > 0 && kind == StreamKind.Events) response.Write(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $": dropped {_untold}\n\n")));
        _untold = 0;
        response.Write(_frames.Bytes);
        Clear();
    }

    /// <summary>Forgets all that waits.</summary>
    public void Clear() => _frames.Remove(_frames.Length);

    // Whatever ends, counts, opens or repeats something must arrive, or the client's SDK is left with half a message.
    private bool IsMereContent(ReadOnlySpan<byte> bytes, in Frame frame)
    {
        if (frame.Kind != FrameKind.Event || frame.DataLines != 1) return false;
        dialect.ReadEvent(frame.Data.Of(bytes), frame.EventName.Of(bytes), _meaning);
        if (_meaning.FinishReason.Length > 0 || !_meaning.Closings.IsEmpty || _meaning.Traits != EventTraits.None) return false;
        // Gemini repeats its usage so far in every event.
        if (_meaning.Usage.IsGiven && dialect is not Gemini) return false;
        foreach (ref readonly var text in _meaning.Texts)
        {
            if (text.Whole || text.Complete || text.Channel.Kind is ChannelKind.ToolArguments or ChannelKind.Citation or ChannelKind.Other) return false;
        }
        return _meaning.HasContent;
    }
}

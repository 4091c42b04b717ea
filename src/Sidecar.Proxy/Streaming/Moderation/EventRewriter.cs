using System.Buffers;
using Sidecar.Moderation;
using Sidecar.Moderation.Text;
using Sidecar.Protocols;
using Sidecar.Protocols.Sse;
using Sidecar.Providers;

namespace Sidecar.Proxy.Streaming.Moderation;

/// <summary>
/// Rewrites the events in which something was found: the texts are spliced into the event's own bytes, and whatever spells them out beside them
/// goes. An event is read again for it, which happens only where there is a match.
/// </summary>
internal sealed class EventRewriter(Policy policy, Dialect dialect, ChannelTexts texts, Action<Hit> onFound, ModeratedEnding? ending)
{
    private readonly EventMeaning _meaning = new();
    private readonly DataRewriter _data = new();
    private readonly ArrayBufferWriter<byte> _newData = new();
    private readonly ArrayBufferWriter<byte> _event = new();
    private readonly List<int> _touchedChoices = [];
    private readonly OtherLines _otherLines = new(texts, onFound);

    /// <summary>Looks at a text that stands alone.</summary>
    public EventMarks LookAt(in TextRange text, ReadOnlySpan<byte> data)
    {
        var scanner = texts.Scan(data.Slice(text.Start, text.Length), Policy.FormOf(text), ends: false);
        var marks = text.Whole && scanner.Decided < scanner.Length ? EventMarks.OpenRepeat : EventMarks.None;
        scanner.End();
        if (!scanner.Edits.IsEmpty) marks |= EventMarks.Touched;
        return scanner.IsTerminated ? marks | EventMarks.Terminates : marks;
    }

    /// <summary>Looks at a frame that has no data.</summary>
    public EventMarks LookAt(ReadOnlySpan<byte> frame)
    {
        var scanner = texts.Scan(frame, TextForm.Plain);
        return scanner.IsTerminated ? EventMarks.Terminates : scanner.Edits.IsEmpty ? EventMarks.None : EventMarks.Touched;
    }

    /// <summary>Looks at what an event says beside its data: its name, its id, fields that are unknown.</summary>
    public EventMarks LookAtLines(ReadOnlySpan<byte> bytes, in Frame frame) => _otherLines.LookAt(bytes, frame);

    /// <summary>Whether anything was found in an event whose texts are decided.</summary>
    public static bool IsFoundIn(in HeldEvent held, ReadOnlySpan<Piece> pieces)
    {
        if ((held.Marks & EventMarks.Touched) != 0) return true;
        foreach (ref readonly var piece in pieces)
        {
            foreach (ref readonly var edit in piece.Text.Scanner.Edits)
            {
                if (edit.Start < piece.End && edit.End > piece.Position) return true;
            }
        }
        return false;
    }

    /// <summary>The event with what was found replaced. Valid until the next call.</summary>
    public ReadOnlySpan<byte> Rewrite(in HeldEvent held, ReadOnlySpan<byte> waiting, ReadOnlySpan<Piece> pieces)
    {
        var bytes = waiting.Slice(held.Start, held.Frame.Length);
        _event.ResetWrittenCount();
        if (held.Frame.Kind != FrameKind.Event)
        {
            _data.Clear();
            if (pieces.IsEmpty) _data.Apply(texts.Scan(bytes, TextForm.Plain), 0, 0, bytes.Length, onFound);
            else SubstitutePiece(pieces[0], 0, bytes.Length);
            _data.Write(bytes, _event);
            return _event.WrittenSpan;
        }
        var data = Read(bytes, held.Frame, out var joined);
        Substitute(held, data, pieces);
        Finish(held, bytes, data);
        if (joined is not null) ArrayPool<byte>.Shared.Return(joined);
        return _event.WrittenSpan;
    }

    /// <summary>
    /// What may be sent of the event in which a rule ends the answer: its texts before the match, without the finish that would tell of another ending.
    /// Nothing where the match stands in a text that cannot be cut. Valid until the next call.
    /// </summary>
    public ReadOnlySpan<byte> Cut(in HeldEvent held, ReadOnlySpan<byte> waiting, ReadOnlySpan<Piece> pieces)
    {
        var bytes = waiting.Slice(held.Start, held.Frame.Length);
        _event.ResetWrittenCount();
        if (held.Frame.Kind != FrameKind.Event) return pieces.IsEmpty ? default : Rewrite(held, waiting, pieces);
        var data = Read(bytes, held.Frame, out var joined);
        Substitute(held, data, pieces);
        var isWhole = (_meaning.Traits & (EventTraits.End | EventTraits.Error)) != 0 && dialect is not Gemini;
        if ((held.Marks & EventMarks.Terminates) == 0 && !isWhole)
        {
            if (_meaning.FinishReason is { Length: > 0 } finish) _data.Replace(finish.Start - 1, finish.Length + 2, "null"u8);
            Finish(held, bytes, data);
        }
        if (joined is not null) ArrayPool<byte>.Shared.Return(joined);
        return _event.WrittenSpan;
    }

    /// <summary>Tells the ending of an event that goes as it is.</summary>
    public void Observe(in HeldEvent held, ReadOnlySpan<byte> waiting)
    {
        var data = Read(waiting.Slice(held.Start, held.Frame.Length), held.Frame, out var joined);
        ending?.Observe(data, _meaning);
        if (joined is not null) ArrayPool<byte>.Shared.Return(joined);
    }

    /// <summary>The data of an event, or the whole of what has none.</summary>
    public static ReadOnlySpan<byte> DataOf(ReadOnlySpan<byte> bytes, in Frame frame, out byte[]? joined)
    {
        joined = null;
        if (frame.Kind != FrameKind.Event) return bytes;
        if (frame.DataLines == 1) return frame.Data.Of(bytes);
        joined = ArrayPool<byte>.Shared.Rent(bytes.Length);
        return joined.AsSpan(0, SseScanner.JoinData(bytes, frame, joined));
    }

    private ReadOnlySpan<byte> Read(ReadOnlySpan<byte> bytes, in Frame frame, out byte[]? joined)
    {
        var data = DataOf(bytes, frame, out joined);
        dialect.ReadEvent(data, frame.EventName.Of(bytes), _meaning);
        return data;
    }

    private void Substitute(in HeldEvent held, ReadOnlySpan<byte> data, ReadOnlySpan<Piece> pieces)
    {
        _data.Clear();
        _touchedChoices.Clear();
        if ((_meaning.Traits & EventTraits.NotJson) != 0)
        {
            SubstitutePiece(pieces[0], 0, data.Length);
            return;
        }
        var next = 0;
        foreach (ref readonly var text in _meaning.Texts)
        {
            if (!policy.Concerns(text)) continue;
            var found = Policy.StandsAlone(text) ? SubstituteAlone(held, text, data, pieces) : SubstitutePiece(pieces[next++], text.Start, text.Length);
            if (found) _touchedChoices.Add(text.Channel.Choice);
        }
        foreach (ref readonly var spelling in _meaning.Spellings)
        {
            if (_touchedChoices.Contains(spelling.Choice)) _data.Replace(spelling.Start, spelling.Length, spelling.Replacement);
        }
    }

    private bool SubstitutePiece(in Piece piece, int start, int length)
    {
        // Of a divided event's text, what stands before the piece was sent already, and what stands behind it comes later.
        if (piece.Start > start) _data.Replace(start, piece.Start - start, default);
        var found = _data.Apply(piece.Text.Scanner, piece.Position, piece.Start, piece.Length, onFound);
        var end = piece.Start + piece.Length;
        if (end < start + length) _data.Replace(end, start + length - end, default);
        return found;
    }

    private bool SubstituteAlone(in HeldEvent held, in TextRange text, ReadOnlySpan<byte> data, ReadOnlySpan<Piece> pieces)
    {
        var scanner = texts.Scan(data.Slice(text.Start, text.Length), Policy.FormOf(text), ends: false);
        var decided = (int)scanner.Decided;
        if (text.Whole && (held.Marks & EventMarks.OpenRepeat) != 0 && decided < text.Length && EndsInMatch(pieces))
        {
            // A repeat of the text so far, in the middle of a match: what it repeats of the match goes.
            var found = _data.Apply(scanner, 0, text.Start, decided, null);
            _data.Replace(text.Start + decided, text.Length - decided, default);
            return true;
        }
        scanner.End();
        return _data.Apply(scanner, 0, text.Start, text.Length, text.Whole ? null : onFound);
    }

    private static bool EndsInMatch(ReadOnlySpan<Piece> pieces)
    {
        foreach (ref readonly var piece in pieces)
        {
            foreach (ref readonly var edit in piece.Text.Scanner.Edits)
            {
                if (edit.Start < piece.End && edit.End > piece.End) return true;
            }
        }
        return false;
    }

    private void Finish(in HeldEvent held, ReadOnlySpan<byte> bytes, ReadOnlySpan<byte> data)
    {
        _newData.ResetWrittenCount();
        _data.Write(data, _newData);
        var range = held.Frame.Data;
        _otherLines.Write(bytes[..range.Start], _event);
        if (held.Frame.DataLines == 1) _event.Write(_newData.WrittenSpan);
        else WriteLines(_newData.WrittenSpan);
        _otherLines.Write(OtherLines.Behind(bytes, held.Frame), _event);
        if (ending is null || (held.Marks & EventMarks.Observed) == 0) return;
        dialect.ReadEvent(_newData.WrittenSpan, held.Frame.EventName.Of(bytes), _meaning);
        ending.Observe(_newData.WrittenSpan, _meaning);
    }

    // Data of several lines stays data of several lines.
    private void WriteLines(ReadOnlySpan<byte> data)
    {
        while (data.IndexOf((byte)'\n') is var end and >= 0)
        {
            _event.Write(data[..end]);
            _event.Write("\ndata: "u8);
            data = data[(end + 1)..];
        }
        _event.Write(data);
    }
}

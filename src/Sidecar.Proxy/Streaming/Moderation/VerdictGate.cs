using System.Buffers;
using Sidecar.Moderation.Text;
using Sidecar.Providers;
using Sidecar.Proxy.Classification;

namespace Sidecar.Proxy.Streaming.Moderation;

/// <summary>
/// Puts the events that the rules let go before the classifier: their texts are offered as the client would read them, and an event passes when all of them
/// are released.
/// </summary>
/// <param name="gate">The classifier's gate of the stream.</param>
internal sealed class VerdictGate(StreamGate gate) : IDisposable
{
    private readonly ArrayBufferWriter<byte> _text = new();

    /// <summary>Whether a verdict has ended the answer.</summary>
    public bool IsFlagged => gate.IsFlagged;

    /// <summary>Whether nothing more may be read before a verdict is in.</summary>
    public bool IsFull => gate.IsFull;

    /// <summary>Whether a verdict is awaited.</summary>
    public bool IsAwaited => !gate.IsDecided;

    /// <summary>Puts the texts of an event before the classifier.</summary>
    public void Offer(ref HeldEvent held, ReadOnlySpan<byte> data, ReadOnlySpan<Piece> pieces)
    {
        foreach (ref readonly var piece in pieces)
        {
            if (piece.Text.Channel.Kind != ChannelKind.Other) Offer(piece, data);
        }
        if ((held.Marks & EventMarks.Closes) != 0) gate.End();
        held.Marks |= EventMarks.Offered;
        held.OfferedUpTo = gate.Offered;
    }

    /// <summary>Whether an event whose texts were offered may go.</summary>
    public bool Passes(in HeldEvent held) => gate.Released >= held.OfferedUpTo;

    /// <summary>Takes the verdicts that are in.</summary>
    /// <param name="flushes">Whether text that waits for the rest of its sentence is asked about as it is.</param>
    public void Advance(bool flushes)
    {
        if (flushes) gate.Flush();
        gate.Advance();
    }

    /// <summary>All text is over.</summary>
    public void End() => gate.End();

    /// <summary>Completes with the next verdict.</summary>
    public Task WaitAsync() => gate.WaitAsync();

    /// <summary>Nobody waits any more.</summary>
    public void Cancel() => gate.Cancel();

    /// <inheritdoc/>
    public void Dispose() => gate.Dispose();

    private void Offer(in Piece piece, ReadOnlySpan<byte> data)
    {
        _text.ResetWrittenCount();
        var scanner = piece.Text.Scanner;
        var form = piece.Text.Form;
        var at = piece.Position;
        foreach (ref readonly var edit in scanner.Edits)
        {
            if (edit.Start >= piece.End || edit.End <= at) continue;
            if (edit.Start >= at)
            {
                WrittenText.Read(Slice(piece, data, at, edit.Start), form, _text);
                WrittenText.Read(scanner.Replacement(edit), form, _text);
            }
            at = Math.Min(edit.End, piece.End);
        }
        WrittenText.Read(Slice(piece, data, at, piece.End), form, _text);
        gate.Offer(piece.Text.Channel, _text.WrittenSpan);
    }

    private static ReadOnlySpan<byte> Slice(in Piece piece, ReadOnlySpan<byte> data, long start, long end) =>
        data.Slice(piece.Start + (int)(start - piece.Position), (int)(end - start));
}

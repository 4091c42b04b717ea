using Sidecar.Moderation.Text;
using Sidecar.Protocols;
using Sidecar.Providers;

namespace Sidecar.Proxy.Streaming.Moderation;

/// <summary>Takes the texts of a stream's events in: those that are continued go to their scanners, the others are looked at where they stand.</summary>
internal sealed class EventIntake(Policy policy, Dialect dialect, ChannelTexts texts, EventRewriter rewriter, ModeratedEnding? ending)
{
    // Data that is no JSON continues a text of its own.
    private const int PlainPart = int.MaxValue;

    private readonly UnknownTexts _unknown = new();

    /// <summary>Takes an event; what is to be known of it.</summary>
    /// <param name="frame">Its frame.</param>
    /// <param name="data">Its data.</param>
    /// <param name="meaning">What it means.</param>
    /// <param name="pieces">Receives its pieces of continued texts.</param>
    public EventMarks Take(in Frame frame, ReadOnlySpan<byte> data, EventMeaning meaning, List<Piece> pieces)
    {
        var marks = EventMarks.None;
        texts.BeginEvent();
        _unknown.Begin(data, meaning);
        // The texts end in the middle, though the stream goes on in order and need not be changed for a mere word.
        if ((meaning.Traits & EventTraits.Error) != 0) texts.CutAll(keepsWords: true);
        if ((meaning.Traits & EventTraits.NotJson) != 0) TakePlain(data, pieces);
        foreach (ref readonly var text in meaning.Texts)
        {
            if (!policy.Concerns(text)) continue;
            if (Policy.StandsAlone(text)) marks |= rewriter.LookAt(text, data);
            else if (UnknownTexts.IsUnknown(text)) ContinueUnknown(text, data, pieces);
            else Continue(text, Policy.FormOf(text), data, pieces);
        }
        if (meaning.HasContent) texts.CloseUnknownBefore();
        // Nothing that belongs to an error comes after it, and it must be told at once.
        if ((meaning.Traits & EventTraits.Error) != 0) texts.CloseAll();
        foreach (ref readonly var end in meaning.Closings) texts.Close(end);
        if (!meaning.Closings.IsEmpty) marks |= EventMarks.Closes;
        if (ending is not null && ending.Learns(meaning)) marks |= EventMarks.Observed;
        var isWhole = frame.DataLines != 1 || (marks & EventMarks.OpenRepeat) != 0;
        return isWhole || !IsDivisible(meaning) ? marks : marks | EventMarks.Divisible;
    }

    /// <summary>Takes what is text as it stands.</summary>
    public void TakePlain(ReadOnlySpan<byte> bytes, List<Piece> pieces) =>
        Continue(new TextRange(new Channel(ChannelKind.Content, 0, PlainPart), 0, bytes.Length, false, false), TextForm.Plain, bytes, pieces);

    private void Continue(in TextRange text, TextForm form, ReadOnlySpan<byte> data, List<Piece> pieces)
    {
        texts.CloseBefore(text.Channel);
        pieces.Add(texts.Append(text, data, form));
    }

    private void ContinueUnknown(in TextRange text, ReadOnlySpan<byte> data, List<Piece> pieces)
    {
        var piece = _unknown.Next(text);
        Continue(piece, Policy.FormOf(piece), data, pieces);
        var (kind, choice, part) = piece.Channel;
        if (_unknown.IsField(piece.Channel, data.Slice(piece.Start, piece.Length))) texts.Close(new Closing(kind, choice, part));
    }

    // The rest goes in the same shell, so nothing in it may count twice. Gemini's usage, which every chunk repeats, replaces what came before.
    private bool IsDivisible(EventMeaning meaning) =>
        meaning.FinishReason.Length == 0 && meaning.Spellings.IsEmpty && meaning.Closings.IsEmpty && (!meaning.Usage.IsGiven || dialect is Gemini) &&
        (meaning.Traits & ~EventTraits.NotJson) is EventTraits.None;
}

using Sidecar.Moderation.Text;

namespace Sidecar.Moderation.Scanning;

/// <summary>
/// Finds the matches of a policy in one text that comes in pieces. Leftmost first, of those that start together the longest, of those that are
/// alike the earlier rule's; then it goes on behind the match. All before <see cref="Decided"/> is decided; what is held behind it is just what may still
/// become part of a match. How the text was split never enters: the pieces are one text.
/// </summary>
public sealed class TextScanner : IDisposable
{
    /// <summary>Bytes of one undecided attempt past which it fails closed: the text is replaced unread.</summary>
    public const int MaxHeldBytes = 16 * 1024;

    private readonly MatchSearch _search;

    /// <param name="tables">What to look for.</param>
    /// <param name="numbers">The stream's numbers for <c>{n}</c>.</param>
    internal TextScanner(RuleTables tables, StreamNumbers numbers) => _search = new MatchSearch(tables, numbers);

    /// <summary>Everything before this position is decided: it may go, but for the edits in it.</summary>
    public long Decided => _search.Decided;

    /// <summary>Bytes of the text so far.</summary>
    public long Length => _search.Length;

    /// <summary>Whether a rule has ended the text: nothing from <see cref="Decided"/> on may go.</summary>
    public bool IsTerminated => _search.IsTerminated;

    /// <summary>The edits that were not forgotten yet, in order; only the last may still be open.</summary>
    public ReadOnlySpan<Edit> Edits => _search.Found.Edits;

    /// <summary>The text that takes the place of an edit, in the form of the text.</summary>
    public ReadOnlySpan<byte> Replacement(in Edit edit) => _search.Found.Of(edit);

    /// <summary>Starts a new text.</summary>
    public void Reset(TextForm form) => _search.Reset(form);

    /// <summary>Takes the next piece of the text.</summary>
    public void Append(ReadOnlySpan<byte> piece)
    {
        if (IsTerminated) return;
        _search.Append(piece);
        _search.Scan(isEnd: false);
        _search.Settle();
    }

    /// <summary>The text ends here; all of it is decided. What comes next is another text, whose positions go on counting.</summary>
    public void End()
    {
        if (IsTerminated) return;
        _search.Scan(isEnd: true);
        _search.Settle();
        _search.Edge();
    }

    /// <summary>The text was cut here: what may still have become part of a match is withheld, since its rest may be known elsewhere. Nothing follows.</summary>
    /// <param name="keepsWord">Whether a mere last word stays: with almost every word a match could begin.</param>
    public void Cut(bool keepsWord)
    {
        if (IsTerminated) return;
        _search.Cut(keepsWord);
        _search.Settle();
    }

    /// <summary>Drops the edits that end at or before a position: they are written.</summary>
    public void Forget(long position) => _search.Found.Forget(position);

    /// <inheritdoc/>
    public void Dispose() => _search.Dispose();
}

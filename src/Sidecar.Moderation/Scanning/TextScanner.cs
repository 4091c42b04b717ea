using System.Buffers;
using Sidecar.Moderation.Text;

namespace Sidecar.Moderation.Scanning;

/// <summary>
/// Finds the matches of a policy in one text that comes in pieces. Leftmost first, of those that start together the longest, of those that are
/// alike the earlier rule's; then it goes on behind the match. All before <see cref="Decided"/> is decided; what is held behind it is just what may still
/// become part of a match. How the text was split never enters: the pieces are one text.
/// </summary>
/// <remarks>
/// The attempt that lives has consumed everything from <c>_start</c> to <c>_next</c>. When it dies without a match, the next one starts one code point later.
/// The buffer keeps the text from <c>_start</c> on and nothing else.
/// </remarks>
public sealed class TextScanner : IDisposable
{
    /// <summary>Bytes of one undecided attempt past which it fails closed: the text is replaced unread.</summary>
    public const int MaxHeldBytes = 16 * 1024;

    private const int FirstBytes = 128;

    private readonly RuleTables _tables;
    private readonly Replacements _replacements;
    private TextForm _form;
    private byte[]? _text;
    private int _length;
    private long _base;
    private int _start;
    private int _next;
    private int _lastEnd;
    private int _firstEnd;
    private Symbol _before;
    private Symbol _first;
    private Symbol _last;
    private Attempt _attempt;
    private bool _isLive;
    private bool _isGrowing;
    private bool _isInString;

    /// <param name="tables">What to look for.</param>
    /// <param name="numbers">The stream's numbers for <c>{n}</c>.</param>
    internal TextScanner(RuleTables tables, StreamNumbers numbers)
    {
        _tables = tables;
        _replacements = new Replacements(tables, numbers);
        Reset(TextForm.Plain);
    }

    /// <summary>Everything before this position is decided: it may go, but for the edits in it.</summary>
    public long Decided { get; private set; }

    /// <summary>Bytes of the text so far.</summary>
    public long Length => _base + _length;

    /// <summary>Whether a rule has ended the text: nothing from <see cref="Decided"/> on may go.</summary>
    public bool IsTerminated { get; private set; }

    /// <summary>The edits that were not forgotten yet, in order; only the last may still be open.</summary>
    public ReadOnlySpan<Edit> Edits => _replacements.Edits;

    /// <summary>The text that takes the place of an edit, in the form of the text.</summary>
    public ReadOnlySpan<byte> Replacement(in Edit edit) => _replacements.Of(edit);

    /// <summary>Starts a new text.</summary>
    public void Reset(TextForm form)
    {
        _form = form;
        _length = _start = _next = 0;
        _base = 0;
        Decided = 0;
        _isLive = _isGrowing = _isInString = IsTerminated = false;
        _before = _tables.Edge;
        _replacements.Clear();
    }

    /// <summary>Takes the next piece of the text.</summary>
    public void Append(ReadOnlySpan<byte> piece)
    {
        if (IsTerminated) return;
        Keep(piece);
        Scan(isEnd: false);
        Settle();
    }

    /// <summary>The text ends here; all of it is decided. What comes next is another text, whose positions go on counting.</summary>
    public void End()
    {
        if (IsTerminated) return;
        Scan(isEnd: true);
        Settle();
        _before = _tables.Edge;
        _isInString = false;
    }

    /// <summary>The text was cut here: what may still have become part of a match is withheld, since its rest may be known elsewhere. Nothing follows.</summary>
    /// <param name="keepsWord">Whether a mere last word stays: with almost every word a match could begin.</param>
    public void Cut(bool keepsWord)
    {
        if (IsTerminated) return;
        if (_isLive) Offer(_tables.Edge);
        // What is a match already, however it would have gone on, is told as one.
        if (_isGrowing || (_isLive && _attempt.BestHit >= 0)) EndAttempt();
        if (IsTerminated) return;
        if (_start < _length && !(keepsWord && IsWord(Text(_length)))) Commit(Hit.Cut, _length, long.MaxValue);
        _isLive = false;
        _start = _next = _length;
        Settle();
    }

    /// <summary>Drops the edits that end at or before a position: they are written.</summary>
    public void Forget(long position) => _replacements.Forget(position);

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_text is not null) ArrayPool<byte>.Shared.Return(_text);
        _text = null;
        _length = 0;
        _replacements.Dispose();
    }

    private void Keep(ReadOnlySpan<byte> piece)
    {
        if (_text is null || _text.Length - _length < piece.Length)
        {
            var larger = ArrayPool<byte>.Shared.Rent(Math.Max(FirstBytes, Math.Max(_length + piece.Length, _length * 2)));
            _text.AsSpan(0, _length).CopyTo(larger);
            if (_text is not null) ArrayPool<byte>.Shared.Return(_text);
            _text = larger;
        }
        piece.CopyTo(_text.AsSpan(_length));
        _length += piece.Length;
    }

    // Drops what is decided from the buffer.
    private void Settle()
    {
        if (IsTerminated) return;
        var decided = _isGrowing ? _next : _start;
        Decided = _base + decided;
        if (decided == 0) return;
        _text.AsSpan(decided, _length - decided).CopyTo(_text);
        _base += decided;
        _length -= decided;
        _start = Math.Max(_start - decided, 0);
        _next -= decided;
        _lastEnd -= decided;
        _firstEnd -= decided;
        _attempt.BestEnd -= decided;
    }

    private void Scan(bool isEnd)
    {
        while (!IsTerminated)
        {
            if (_isLive) TakeQuietly();
            else if (!_isGrowing) SkipWhatBeginsNothing();
            if (_next == _length)
            {
                if (!isEnd || !(_isLive || _isGrowing)) return;
                EndAttempt(_tables.Edge);
                continue;
            }
            var c = _text![_next];
            if (c < 0x80 && c != '\\' && (c != '"' || _form != TextForm.JsonValue))
            {
                Take(_tables.Ascii(c), 1);
                continue;
            }
            switch (TextUnit.Read(_text.AsSpan(_next, _length - _next), _form, out var codePoint, out var length))
            {
                case UnitStatus.NeedMore when !isEnd: return;
                case UnitStatus.NeedMore: Pass(_length - _next); break;
                case UnitStatus.Nothing: Pass(length); break;
                case UnitStatus.Quote: TakeQuote(length); break;
                default: TakeCodePoint(codePoint, length); break;
            }
        }
    }

    private void SkipWhatBeginsNothing()
    {
        var count = _tables.CountIdle(_before, _text.AsSpan(_next, _length - _next));
        if (count == 0) return;
        _start = _next += count;
        _before = _tables.Ascii(_text![_next - 1]);
    }

    // What changes nothing but the state of the attempt.
    private void TakeQuietly()
    {
        var count = _attempt.Run(_tables, _text.AsSpan(_next, Math.Min(_length, _start + MaxHeldBytes) - _next));
        if (count == 0) return;
        _lastEnd = _next += count;
        _last = _tables.Ascii(_text![_next - 1]);
    }

    private void TakeCodePoint(int codePoint, int length)
    {
        if (codePoint < 0x80)
        {
            Take(_tables.Ascii((byte)codePoint), length);
            return;
        }
        var folded = _tables.Fold(codePoint);
        if (folded.IsEmpty) Pass(length);
        else if (folded.Length == 1) Take(_tables.SymbolOf(folded[0]), length);
        else TakeAll(folded, length);
    }

    // A code point that shows nothing: not there, as far as matching goes.
    private void Pass(int length)
    {
        _next += length;
        if (_isLive) CheckHeld();
        else if (!_isGrowing) _start = _next;
    }

    // Quotes of JSON inside a text bound its strings: no match crosses one.
    private void TakeQuote(int length)
    {
        if (_isLive || _isGrowing)
        {
            EndAttempt(_tables.Edge);
            return;
        }
        _isInString = !_isInString;
        _before = _tables.Edge;
        _start = _next += length;
    }

    private void Take(in Symbol symbol, int length)
    {
        Follow(symbol);
        if (_attempt.Step(_tables, symbol)) Consumed(symbol, length);
        else Died(symbol, length);
    }

    // One code point that folds to several: a match begins before the first or ends behind the last of them, never between.
    private void TakeAll(ReadOnlySpan<int> folded, int length)
    {
        var first = _tables.SymbolOf(folded[0]);
        Follow(first);
        var last = first;
        var lives = _attempt.Step(_tables, first);
        for (var i = 1; i < folded.Length; i++)
        {
            last = _tables.SymbolOf(folded[i]);
            lives = lives && _attempt.Step(_tables, last);
        }
        if (lives) Consumed(last, length);
        else Died(last, length);
    }

    // What was waiting for the next symbol is decided by it. An attempt starts where there is none.
    private void Follow(in Symbol symbol)
    {
        if (_isLive) Offer(symbol);
        else if (!_isGrowing) _attempt.Begin(_tables, _before);
    }

    private void Consumed(in Symbol last, int length)
    {
        _next += length;
        if (!_isLive && !_isGrowing)
        {
            _firstEnd = _next;
            _first = last;
            _isLive = true;
        }
        _lastEnd = _next;
        _last = last;
        if (_isGrowing) return;
        Offer();
        if (_attempt.IsFinal(_tables)) EndAttempt();
        else if (_attempt.IsSettled(_tables) && _tables.Hits[_attempt.BestHit].IsEarly) Grow();
        else CheckHeld();
    }

    private void Died(in Symbol last, int length)
    {
        if (_isLive || _isGrowing)
        {
            EndAttempt();
            return;
        }
        _before = last;
        _start = _next += length;
    }

    private void Offer()
    {
        var at = 0;
        while (_attempt.NextAccepted(_tables, ref at) is var hit and >= 0) Consider(hit);
    }

    private void Offer(in Symbol follows)
    {
        var at = 0;
        while (_attempt.NextAccepted(_tables, ref at, follows) is var hit and >= 0) Consider(hit);
    }

    private void Consider(int hit)
    {
        var isLonger = _attempt.BestHit < 0 || _lastEnd > _attempt.BestEnd;
        if (!isLonger && _tables.Hits[hit].Order >= _tables.Hits[_attempt.BestHit].Order) return;
        if (_tables.Hits[hit].Test is { } test && !_replacements.Passes(test, Text(_lastEnd), _form)) return;
        _attempt.BestHit = hit;
        _attempt.BestEnd = _lastEnd;
        _attempt.BestLast = _last;
    }

    private ReadOnlySpan<byte> Text(int end) => _text.AsSpan(_start, end - _start);

    private void EndAttempt(in Symbol follows)
    {
        if (_isLive) Offer(follows);
        EndAttempt();
    }

    private void EndAttempt()
    {
        if (_isGrowing)
        {
            // Whatever shows nothing behind it went with it already.
            _replacements.Close(_base + _next);
            _isGrowing = false;
            _before = _last;
            _start = _next;
            return;
        }
        _isLive = false;
        if (_attempt.BestHit < 0)
        {
            _before = _first;
            _start = _next = _firstEnd;
            return;
        }
        Commit(_tables.Hits[_attempt.BestHit], _attempt.BestEnd, _base + _attempt.BestEnd);
        _before = _attempt.BestLast;
        _start = _next = _attempt.BestEnd;
    }

    // The match is certain and can only grow: its text need not be held any more.
    private void Grow()
    {
        Commit(_tables.Hits[_attempt.BestHit], _attempt.BestEnd, long.MaxValue);
        _isLive = false;
        _isGrowing = !IsTerminated;
    }

    private void CheckHeld()
    {
        if (_next - _start <= MaxHeldBytes) return;
        if (_attempt.IsSettled(_tables))
        {
            Grow();
            return;
        }
        Commit(Hit.HoldBack, _next, _base + _next);
        _isLive = false;
        _before = _last;
        _start = _next;
    }

    // As words are written: what has capitals within may be most of a key.
    private static bool IsWord(ReadOnlySpan<byte> text) =>
        text.TrimEnd((byte)'.') is [var first, .. var rest] && char.IsAsciiLetter((char)first) && !rest.ContainsAnyExceptInRange((byte)'a', (byte)'z');

    private void Commit(Hit hit, int end, long position)
    {
        if (hit.Rule.Action == RuleAction.Terminate)
        {
            IsTerminated = true;
            Decided = _base + _start;
            position = long.MaxValue;
        }
        _replacements.Add(new Edit(_base + _start, position, hit), Text(end), _form, _isInString);
    }
}

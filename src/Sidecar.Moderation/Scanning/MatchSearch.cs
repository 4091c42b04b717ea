using Sidecar.Moderation.Text;

namespace Sidecar.Moderation.Scanning;

/// <summary>
/// The search for matches, code point by code point: one attempt at a time, and behind a match or a failed attempt the next.
/// </summary>
/// <remarks>
/// The attempt that lives has consumed everything from <c>_start</c> to <c>_next</c>. When it dies without a match, the next one starts one code point later.
/// The buffer keeps the text from <c>_start</c> on and nothing else.
/// </remarks>
internal sealed class MatchSearch : IDisposable
{
    private readonly RuleTables _tables;
    private readonly Replacements _replacements;
    private HeldText _text = new();
    private TextForm _form;
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

    public MatchSearch(RuleTables tables, StreamNumbers numbers)
    {
        _tables = tables;
        _replacements = new Replacements(tables, numbers);
        Reset(TextForm.Plain);
    }

    /// <summary>Everything before this position is decided.</summary>
    public long Decided { get; private set; }

    /// <summary>Bytes of the text so far.</summary>
    public long Length => _text.Base + _text.Length;

    /// <summary>Whether a rule has ended the text.</summary>
    public bool IsTerminated { get; private set; }

    /// <summary>What was found.</summary>
    public Replacements Found => _replacements;

    /// <summary>Starts a new text.</summary>
    public void Reset(TextForm form)
    {
        _form = form;
        _text.Clear();
        _start = _next = 0;
        Decided = 0;
        _isLive = _isGrowing = IsTerminated = false;
        _replacements.Clear();
        Edge();
    }

    /// <summary>What comes next has nothing before it.</summary>
    public void Edge()
    {
        _before = _tables.Edge;
        _isInString = false;
    }

    /// <summary>Adds a piece of the text, to be looked at.</summary>
    public void Append(ReadOnlySpan<byte> piece) => _text.Append(piece);

    /// <summary>Drops what is decided.</summary>
    public void Settle()
    {
        if (IsTerminated) return;
        var decided = _isGrowing ? _next : _start;
        Decided = _text.Base + decided;
        if (decided == 0) return;
        _text.Drop(decided);
        _start = Math.Max(_start - decided, 0);
        _next -= decided;
        _lastEnd -= decided;
        _firstEnd -= decided;
        _attempt.BestEnd -= decided;
    }

    /// <summary>Withholds what may still have become part of a match.</summary>
    /// <param name="keepsWord">Whether a mere last word stays.</param>
    public void Cut(bool keepsWord)
    {
        if (_isLive) Offer(_tables.Edge);
        // What is a match already, however it would have gone on, is told as one.
        if (_isGrowing || (_isLive && _attempt.BestHit >= 0)) EndAttempt();
        if (IsTerminated) return;
        if (_start < _text.Length && !(keepsWord && IsWord(Text(_text.Length)))) Commit(Hit.Cut, _text.Length, long.MaxValue);
        _isLive = false;
        _start = _next = _text.Length;
    }

    /// <summary>Looks at what was not looked at yet.</summary>
    /// <param name="isEnd">Whether the text ends there.</param>
    public void Scan(bool isEnd)
    {
        while (!IsTerminated)
        {
            if (_isLive) TakeQuietly();
            else if (!_isGrowing) SkipWhatBeginsNothing();
            if (_next == _text.Length)
            {
                if (!isEnd || !(_isLive || _isGrowing)) return;
                EndAttempt(_tables.Edge);
                continue;
            }
            var c = _text[_next];
            if (c < 0x80 && c != '\\' && (c != '"' || _form != TextForm.JsonValue))
            {
                Take(_tables.Ascii(c), 1);
                continue;
            }
            switch (TextUnit.Read(_text.Bytes[_next..], _form, out var codePoint, out var length))
            {
                case UnitStatus.NeedMore when !isEnd: return;
                case UnitStatus.NeedMore: Pass(_text.Length - _next); break;
                case UnitStatus.Nothing: Pass(length); break;
                case UnitStatus.Quote: TakeQuote(length); break;
                default: TakeCodePoint(codePoint, length); break;
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _text.Dispose();
        _replacements.Dispose();
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

    // A quote of JSON inside a text, which bounds its strings: no match crosses one.
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

    private void EndAttempt(in Symbol follows)
    {
        if (_isLive) Offer(follows);
        EndAttempt();
    }

    private void SkipWhatBeginsNothing()
    {
        var count = _tables.CountIdle(_before, _text.Bytes[_next..]);
        if (count == 0) return;
        _start = _next += count;
        _before = _tables.Ascii(_text[_next - 1]);
    }

    private void TakeQuietly()
    {
        var count = _attempt.Run(_tables, _text.Bytes.Slice(_next, Math.Min(_text.Length, _start + TextScanner.MaxHeldBytes) - _next));
        if (count == 0) return;
        _lastEnd = _next += count;
        _last = _tables.Ascii(_text[_next - 1]);
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

    private ReadOnlySpan<byte> Text(int end) => _text.Bytes.Slice(_start, end - _start);

    private void EndAttempt()
    {
        if (_isGrowing)
        {
            // Whatever shows nothing behind it went with it already.
            _replacements.Close(_text.Base + _next);
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
        Commit(_tables.Hits[_attempt.BestHit], _attempt.BestEnd, _text.Base + _attempt.BestEnd);
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
        if (_next - _start <= TextScanner.MaxHeldBytes) return;
        if (_attempt.IsSettled(_tables))
        {
            Grow();
            return;
        }
        Commit(Hit.HoldBack, _next, _text.Base + _next);
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
            Decided = _text.Base + _start;
            position = long.MaxValue;
        }
        _replacements.Add(new Edit(_text.Base + _start, position, hit), Text(end), _form, _isInString);
    }
}

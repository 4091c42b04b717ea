using System.Runtime.CompilerServices;
using Sidecar.Moderation.Patterns;
using Sidecar.Moderation.Terms;

namespace Sidecar.Moderation.Scanning;

/// <summary>
/// One attempt at a match: all automata, started at one place. While one of them lives, the text from that place on may still become a match;
/// when none does, the longest candidate that passed its test is one.
/// </summary>
internal struct Attempt
{
    private int _words;
    private int _anywhere;
    private int _pattern;

    /// <summary>Number of the hit of the longest candidate so far, or -1.</summary>
    public int BestHit;

    /// <summary>Where the longest candidate ends.</summary>
    public int BestEnd;

    /// <summary>The last symbol of the longest candidate.</summary>
    public Symbol BestLast;

    /// <summary>Starts behind a symbol.</summary>
    public void Begin(RuleTables tables, in Symbol before)
    {
        _words = before.IsWord ? TermTrie.Dead : TermTrie.Root;
        _anywhere = TermTrie.Root;
        _pattern = tables.Patterns.Start(before.Class);
        BestHit = -1;
    }

    /// <summary>Takes a symbol; false when nothing lives after it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool Step(RuleTables tables, in Symbol symbol)
    {
        if (_words != TermTrie.Dead) _words = tables.Words.Next(_words, symbol.Term);
        if (_anywhere != TermTrie.Dead) _anywhere = tables.Anywhere.Next(_anywhere, symbol.Term);
        _pattern = tables.Patterns.Next(_pattern, symbol.Class);
        return (_words | _anywhere | _pattern) != 0;
    }

    /// <summary>
    /// Takes plain characters for as long as the attempt lives and nothing is accepted, settled or final, neither here nor behind any of them: then
    /// there is nothing else to do for a symbol. Most text is taken here.
    /// </summary>
    /// <returns>How many.</returns>
    public int Run(RuleTables tables, ReadOnlySpan<byte> text)
    {
        if (!IsQuiet(tables, _words, _anywhere, _pattern)) return 0;
        var at = 0;
        for (; at < text.Length && (_words | _anywhere) != TermTrie.Dead; at++)
        {
            ref readonly var symbol = ref tables.Plain(text[at]);
            var words = _words == TermTrie.Dead ? TermTrie.Dead : tables.Words.Next(_words, symbol.Term);
            var anywhere = _anywhere == TermTrie.Dead ? TermTrie.Dead : tables.Anywhere.Next(_anywhere, symbol.Term);
            var pattern = tables.Patterns.Next(_pattern, symbol.Class);
            if ((words | anywhere | pattern) == 0 || !IsQuiet(tables, words, anywhere, pattern)) return at;
            (_words, _anywhere, _pattern) = (words, anywhere, pattern);
        }
        return at + tables.Patterns.Run(ref _pattern, text[at..]);
    }

    private static bool IsQuiet(RuleTables tables, int words, int anywhere, int pattern) =>
        !tables.Patterns.HasOutcome(pattern) && (words == TermTrie.Dead || tables.Words.HitOf(words) < 0) &&
        (anywhere == TermTrie.Dead || tables.Anywhere.HitOf(anywhere) < 0);

    /// <summary>The hit of the next thing that is accepted here whatever follows, after <paramref name="at"/>; -1 when there is none.</summary>
    public readonly int NextAccepted(RuleTables tables, ref int at)
    {
        if (at == 0)
        {
            at++;
            if (_anywhere != TermTrie.Dead && tables.Anywhere.HitOf(_anywhere) is var hit and >= 0) return hit;
        }
        var accepts = tables.Patterns.Accepts(_pattern);
        while (at - 1 < accepts.Length)
        {
            var accept = accepts[at++ - 1];
            if (accept.Follow == 0) return tables.PatternHits[accept.Pattern];
        }
        return -1;
    }

    /// <summary>The same of things that are accepted here because <paramref name="follows"/> comes next.</summary>
    public readonly int NextAccepted(RuleTables tables, ref int at, in Symbol follows)
    {
        if (at == 0)
        {
            at++;
            if (_words != TermTrie.Dead && !follows.IsWord && tables.Words.HitOf(_words) is var hit and >= 0) return hit;
        }
        var accepts = tables.Patterns.Accepts(_pattern);
        while (at - 1 < accepts.Length)
        {
            var accept = accepts[at++ - 1];
            if (accept.Follow != 0 && tables.Patterns.MayFollow(accept.Follow, follows.Class)) return tables.PatternHits[accept.Pattern];
        }
        return -1;
    }

    /// <summary>Whether nothing that comes next changes what was found: no automaton can go on, and none waits for what follows.</summary>
    public readonly bool IsFinal(RuleTables tables) =>
        _words == TermTrie.Dead && (_anywhere == TermTrie.Dead || tables.Anywhere.IsLeaf(_anywhere)) && (_pattern == PatternTable.Dead || tables.Patterns.IsFinal(_pattern));

    /// <summary>Whether the best candidate is certain and can only grow.</summary>
    public readonly bool IsSettled(RuleTables tables)
    {
        if ((_words | _anywhere) != 0 || BestHit < 0) return false;
        var settled = tables.Patterns.SettledPattern(_pattern);
        return settled >= 0 && tables.PatternHits[settled] == BestHit;
    }
}

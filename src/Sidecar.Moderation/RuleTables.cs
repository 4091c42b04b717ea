using Sidecar.Moderation.Fold;
using Sidecar.Moderation.Patterns;
using Sidecar.Moderation.Terms;

namespace Sidecar.Moderation;

/// <summary>The automata of some rules of a policy, and what their findings mean. Immutable.</summary>
internal sealed class RuleTables
{
    private const int AsciiCount = 128;
    private const int BitsPerWord = 64;

    private readonly TermAlphabet _alphabet;
    private readonly FoldTable _fold;
    private readonly Symbol[] _ascii = new Symbol[AsciiCount];
    private readonly ulong[] _begins;

    /// <param name="hits">What is found, by number.</param>
    /// <param name="patternHits">The hit of each pattern.</param>
    /// <param name="patterns">All patterns.</param>
    /// <param name="words">Terms that count only as whole words.</param>
    /// <param name="anywhere">Terms that count anywhere.</param>
    /// <param name="alphabet">The terms' code points.</param>
    /// <param name="fold">How texts are folded.</param>
    public RuleTables(Hit[] hits, int[] patternHits, PatternTable patterns, TermTrie words, TermTrie anywhere, TermAlphabet alphabet, FoldTable fold)
    {
        Hits = hits;
        PatternHits = patternHits;
        Patterns = patterns;
        Words = words;
        Anywhere = anywhere;
        _alphabet = alphabet;
        _fold = fold;
        Edge = new Symbol(0, patterns.EdgeClass, false);
        for (var c = 0; c < AsciiCount; c++) _ascii[c] = MakeSymbol(c);
        _begins = FindBeginnings();
    }

    /// <summary>What is found, by number.</summary>
    public Hit[] Hits { get; }

    /// <summary>The number of the hit of each pattern.</summary>
    public int[] PatternHits { get; }

    /// <summary>All patterns.</summary>
    public PatternTable Patterns { get; }

    /// <summary>Terms that count only as whole words.</summary>
    public TermTrie Words { get; }

    /// <summary>Terms that count anywhere.</summary>
    public TermTrie Anywhere { get; }

    /// <summary>No code point: before the first and after the last one.</summary>
    public Symbol Edge { get; }

    /// <summary>Bytes of all tables.</summary>
    public long ByteCount => Patterns.ByteCount + Words.ByteCount + Anywhere.ByteCount + (_begins.Length * sizeof(ulong));

    /// <summary>What an ASCII character is.</summary>
    public ref readonly Symbol Ascii(byte c) => ref _ascii[c];

    /// <summary>The code points that one that is not ASCII folds to.</summary>
    public ReadOnlySpan<int> Fold(in int codePoint) => _fold.Fold(codePoint);

    /// <summary>What a folded code point is.</summary>
    public Symbol SymbolOf(int codePoint) => (uint)codePoint < AsciiCount ? _ascii[codePoint] : MakeSymbol(codePoint);

    /// <summary>Whether a match may begin with an ASCII character that follows <paramref name="before"/>.</summary>
    public bool Begins(in Symbol before, byte c) => (_begins[(Context(before) * 2) + (c / BitsPerWord)] & (1UL << c)) != 0;

    private static int Context(in Symbol before) => (before.Class * 2) + (before.IsWord ? 1 : 0);

    private Symbol MakeSymbol(int codePoint) =>
        new(_alphabet.SymbolOf(_fold.Lower(codePoint)), Patterns.ClassOf(codePoint), FoldTable.IsWord(codePoint));

    private ulong[] FindBeginnings()
    {
        var begins = new ulong[Patterns.ClassCount * 2 * 2];
        for (var context = 0; context < Patterns.ClassCount * 2; context++)
        {
            var words = (context & 1) == 0 ? TermTrie.Root : TermTrie.Dead;
            var start = Patterns.Start(context / 2);
            for (var c = 0; c < AsciiCount; c++)
            {
                var symbol = _ascii[c];
                var isLive = Words.Next(words, symbol.Term) != TermTrie.Dead || Anywhere.Next(TermTrie.Root, symbol.Term) != TermTrie.Dead ||
                    Patterns.Next(start, symbol.Class) != PatternTable.Dead;
                if (isLive) begins[(context * 2) + (c / BitsPerWord)] |= 1UL << c;
            }
        }
        return begins;
    }
}

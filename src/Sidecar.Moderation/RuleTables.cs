using Sidecar.Moderation.Fold;
using Sidecar.Moderation.Patterns;
using Sidecar.Moderation.Terms;

namespace Sidecar.Moderation;

/// <summary>The automata of some rules of a policy, and what their findings mean. Immutable.</summary>
internal sealed class RuleTables
{
    private const int AsciiCount = 128;
    private const int Bytes = 256;

    private readonly TermAlphabet _alphabet;
    private readonly FoldTable _fold;
    private readonly Symbol[] _ascii = new Symbol[AsciiCount];
    private readonly Symbol[] _plain = new Symbol[Bytes];
    private readonly int[] _contexts;
    private readonly int[] _contextsOfPlain = new int[Bytes];
    private readonly bool[] _begins;

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
        for (var c = 0; c < Bytes; c++) _plain[c] = IsPlain(c) ? _ascii[c] : Edge;
        (_contexts, _begins) = FindBeginnings();
        for (var c = 0; c < Bytes; c++) _contextsOfPlain[c] = _contexts[Context(_plain[c])];
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
    public long ByteCount => Patterns.ByteCount + Words.ByteCount + Anywhere.ByteCount + _begins.Length;

    /// <summary>What an ASCII character is.</summary>
    public ref readonly Symbol Ascii(byte c) => ref _ascii[c];

    /// <summary>The code points that one that is not ASCII folds to.</summary>
    public ReadOnlySpan<int> Fold(in int codePoint) => _fold.Fold(codePoint);

    /// <summary>What a folded code point is.</summary>
    public Symbol SymbolOf(int codePoint) => (uint)codePoint < AsciiCount ? _ascii[codePoint] : MakeSymbol(codePoint);

    /// <summary>What a byte is that is a character of its own in every form of text; any other leads on to nothing.</summary>
    public ref readonly Symbol Plain(byte c) => ref _plain[c];

    /// <summary>How many plain characters at the front of a text no match begins with.</summary>
    /// <param name="before">The symbol before the text.</param>
    /// <param name="text">The text.</param>
    public int CountIdle(in Symbol before, ReadOnlySpan<byte> text)
    {
        var begins = _begins;
        var contexts = _contextsOfPlain;
        var context = _contexts[Context(before)];
        for (var at = 0; at < text.Length; at++)
        {
            var c = text[at];
            if (begins[context + c]) return at;
            context = contexts[c];
        }
        return text.Length;
    }

    // What is not: escapes, the quotes that bound strings of JSON in JSON, and parts of longer code points.
    private static bool IsPlain(int c) => c < AsciiCount && c != '\\' && c != '"';

    private static int Context(in Symbol before) => (before.Class * 2) + (before.IsWord ? 1 : 0);

    private Symbol MakeSymbol(int codePoint) =>
        new(_alphabet.SymbolOf(_fold.Lower(codePoint)), Patterns.ClassOf(codePoint), FoldTable.IsWord(codePoint));

    // By what stands before: the row of what begins behind it. Most of what may stand before is alike.
    private (int[] Contexts, bool[] Begins) FindBeginnings()
    {
        var contexts = new int[Patterns.ClassCount * 2];
        var rows = new Dictionary<(int Words, int Pattern), int>();
        var begins = new List<bool>();
        for (var context = 0; context < contexts.Length; context++)
        {
            var words = (context & 1) == 0 ? TermTrie.Root : TermTrie.Dead;
            var start = Patterns.Start(context / 2);
            if (rows.TryAdd((words, start), begins.Count)) AddRow(words, start);
            contexts[context] = rows[(words, start)];
        }
        return (contexts, [.. begins]);

        void AddRow(int words, int start)
        {
            for (var c = 0; c < Bytes; c++)
            {
                var symbol = _plain[c];
                begins.Add(!IsPlain(c) || Words.Next(words, symbol.Term) != TermTrie.Dead || Anywhere.Next(TermTrie.Root, symbol.Term) != TermTrie.Dead ||
                    Patterns.Next(start, symbol.Class) != PatternTable.Dead);
            }
        }
    }
}

namespace Sidecar.Moderation.Fold;

/// <summary>
/// The fold of single code points. A text's fold is that of its code points one after the other, a homomorphism: it commutes with
/// splitting, which normalisation of a whole text does not.
/// </summary>
public sealed class FoldTable
{
    /// <summary>The table of a set of kinds; one instance each.</summary>
    public static FoldTable For(FoldKinds kinds) => throw new InvalidOperationException();

    /// <summary>What a code point at or above U+0080 becomes, its case apart: itself, others, or nothing. ASCII is always itself.</summary>
    public ReadOnlySpan<int> Fold(int codePoint) => throw new InvalidOperationException();

    /// <summary>The lower case of a code point where <see cref="FoldKinds.Case"/> is among the kinds, else the code point.</summary>
    public int Lower(int codePoint) => throw new InvalidOperationException();

    /// <summary>Whether a folded code point is part of a word: a letter, a digit, or a low line.</summary>
    public static bool IsWord(int codePoint) => throw new InvalidOperationException();
}

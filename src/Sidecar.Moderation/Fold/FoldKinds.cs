namespace Sidecar.Moderation.Fold;

/// <summary>Which differences between two writings of a text do not count.</summary>
[Flags]
public enum FoldKinds : byte
{
    /// <summary>Every code point counts as it is.</summary>
    None = 0,
    /// <summary>Upper and lower case are one.</summary>
    Case = 1,
    /// <summary>Compatibility forms are one: fullwidth, mathematical, circled, ligatures (NFKD).</summary>
    Width = 2,
    /// <summary>Code points that show nothing are not there: zero-width, format, tag and variation characters.</summary>
    ZeroWidth = 4,
    /// <summary>Letters that look like ASCII ones are these, and combining marks are not there.</summary>
    Confusables = 8,
    /// <summary>All of them.</summary>
    All = Case | Width | ZeroWidth | Confusables,
}

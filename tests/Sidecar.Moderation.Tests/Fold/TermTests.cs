using System.Text;
using CsCheck;
using Sidecar.Moderation.Fold;

namespace Sidecar.Moderation.Tests.Fold;

public class TermTests
{
    private static string[] FoldTerm(FoldKinds kinds, string term) =>
        [.. FoldTable.For(kinds).FoldTerm(term).Select(fold => string.Concat(fold.Select(codePoint => new Rune(codePoint).ToString())))];

    [Theory]
    [InlineData("Straße 9", "strasse 9")]
    [InlineData("Вода Волга", "boдa boлra")]
    [InlineData("中文", "中文")]
    public void A_term_becomes_one_fold(string term, string fold) => Assert.Equal([fold], FoldTerm(FoldKinds.All, term));

    [Theory]
    [InlineData("νέα υόρκη")]
    [InlineData("Νέα Υόρκη")]
    [InlineData("ΝΈΑ ΥΌΡΚΗ")]
    public void A_Greek_term_is_found_in_small_in_capitals_and_with_initials(string term)
    {
        string[] folds = FoldTerm(FoldKinds.All, term);
        Assert.All(["νέα υόρκη", "Νέα Υόρκη", "ΝΕΑ ΥΟΡΚΗ"], text => Assert.Contains(Folding.Fold(FoldKinds.All, text), folds));
        Assert.Equal(3, folds.Length);
    }

    [Fact]
    public void Without_case_a_term_is_found_as_it_stands_only() => Assert.Equal(["vea"], FoldTerm(FoldKinds.Confusables, "νέα"));

    [Theory]
    [InlineData("")]
    [InlineData("\u200B\u00AD\u0301")]
    public void A_term_of_nothing_seen_is_empty(string term) => Assert.Equal([""], FoldTerm(FoldKinds.All, term));

    [Fact]
    public void The_first_fold_is_that_of_the_term_as_a_text() =>
        Gen.Int[0, 0x1FFFF].Where(Rune.IsValid).Select(codePoint => new Rune(codePoint).ToString()).Array[0, 20].Select(string.Concat)
            .Sample(term => Assert.Equal(Folding.Fold(FoldKinds.All, term), FoldTerm(FoldKinds.All, term)[0]));
}

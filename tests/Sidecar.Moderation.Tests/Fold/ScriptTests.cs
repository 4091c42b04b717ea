using Sidecar.Moderation.Fold;

namespace Sidecar.Moderation.Tests.Fold;

public class ScriptTests
{
    private const FoldKinds AllButCase = FoldKinds.All & ~FoldKinds.Case;

    [Theory]
    [InlineData("中文文本一二三口卜工八丶丿")]
    [InlineData("안녕하세요세계")]
    [InlineData("こんにちはノーへロ一二")]
    [InlineData("مرحبابالعالمهه")]
    [InlineData("שלוםעולםוסט")]
    [InlineData("नमस्तेदुनियादुःखकिकु")]
    [InlineData("สวัสดีชาวโลกกำ")]
    [InlineData("ދިވެހި")]
    [InlineData("தமிழ்")]
    public void Plain_text_stays_as_it_is(string text) =>
        Assert.Equal(text.Replace("ำ", "ํา", StringComparison.Ordinal), Folding.Fold(FoldKinds.All, text));

    [Theory]
    [InlineData("が", "か")]
    [InlineData("パ", "ハ")]
    [InlineData("ค่า", "คา")]
    [InlineData("किल", "कल")]
    [InlineData("कु", "के")]
    [InlineData("أ", "إ")]
    [InlineData("ؤ", "و")]
    public void Words_that_a_mark_tells_apart_stay_two(string one, string other) =>
        Assert.NotEqual(Folding.Fold(FoldKinds.All, one), Folding.Fold(FoldKinds.All, other));

    [Theory]
    [InlineData("ﾊﾟｿｺﾝ", "パソコン")]
    [InlineData("が", "か\u3099")]
    [InlineData("ﷲ", "الله")]
    [InlineData("ﺳﻼﻡ", "سلام")]
    [InlineData("مُحَمَّد", "محمد")]
    [InlineData("שָׁלוֹם", "שלום")]
    [InlineData("STRASSE", "Straße")]
    [InlineData("ΤΈΛΟΣ", "τέλος")]
    [InlineData("Ёлка Йод", "ЁЛКА ЙОД")]
    [InlineData("ВОДА ЗИМА КЛЮЧ БЫЛ", "вода зима ключ был")]
    [InlineData("㍿", "株式会社")]
    public void Two_spellings_of_one_text_are_one(string one, string other) =>
        Assert.Equal(Folding.Fold(FoldKinds.All, one), Folding.Fold(FoldKinds.All, other));

    [Fact]
    public void Precomposed_Hangul_is_itself()
    {
        foreach (FoldKinds kinds in InvariantTests.EveryKinds)
            Assert.All(Enumerable.Range(0xAC00, 11172), syllable => Assert.True(Folding.IsItself(FoldTable.For(kinds), syllable)));
    }

    [Theory]
    [InlineData(FoldKinds.None, "Éｘ\u200Bа①", "Éｘ\u200Bа①")]
    [InlineData(FoldKinds.Case, "Éｘ\u200Bа①", "éｘ\u200Bа①")]
    [InlineData(FoldKinds.Width, "Éｘ\u200Bа①", "E\u0301x\u200Bа1")]
    [InlineData(FoldKinds.ZeroWidth, "Éｘ\u200Bа①", "Éｘа①")]
    [InlineData(FoldKinds.Confusables, "Éｘ\u200Bа①", "Ex\u200Ba1")]
    [InlineData(AllButCase, "Éｘ\u200Bа①", "Exa1")]
    public void Each_kind_does_its_part(FoldKinds kinds, string text, string folded) => Assert.Equal(folded, Folding.Fold(kinds, text));
}

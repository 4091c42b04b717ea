using System.Text;
using Sidecar.Moderation.Fold;

namespace Sidecar.Moderation.Tests.Fold;

public class WordTests
{
    [Fact]
    public void In_ASCII_letters_digits_and_the_low_line_are_of_a_word() =>
        Assert.Equal(
            "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz",
            new string([.. Enumerable.Range(0, 128).Where(FoldTable.IsWord).Select(codePoint => (char)codePoint)]));

    [Theory]
    [InlineData("नमस्ते")]
    [InlineData("สวัสดี")]
    [InlineData("中文")]
    [InlineData("안녕")]
    [InlineData("مرحبا٣")]
    [InlineData("Ⅻʰ𝐀𐐀e\u0301")]
    public void Letters_numbers_and_marks_of_every_script_are_of_a_word(string word) =>
        Assert.All(word.EnumerateRunes(), rune => Assert.True(FoldTable.IsWord(rune.Value)));

    [Theory]
    [InlineData("\u0080\u00A0·«—…€×©①½、。😀\u200B\uFEFF\uFFFD")]
    public void Punctuation_symbols_spaces_and_formats_are_not(string text) =>
        Assert.All(text.EnumerateRunes(), rune => Assert.False(FoldTable.IsWord(rune.Value)));

    [Fact]
    public void A_surrogate_is_of_no_word() =>
        Assert.All(Enumerable.Range(0xD800, 0x800), codePoint => Assert.False(FoldTable.IsWord(codePoint)));
}

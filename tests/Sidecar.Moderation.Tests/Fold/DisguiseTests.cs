using System.Text;
using CsCheck;
using Sidecar.Moderation.Fold;

namespace Sidecar.Moderation.Tests.Fold;

public class DisguiseTests
{
    [Theory]
    [InlineData("ｊｏｈｎ＠ｘ．ｃｏｍ", "john@x.com")]
    [InlineData("john＠x.com", "john@x.com")]
    [InlineData("ＪＯＨＮ－１２３", "john-123")]
    [InlineData("john﹫x․com", "john@x.com")]
    [InlineData("john@x。com", "john@x.com")]
    [InlineData("john@x｡com", "john@x.com")]
    public void Fullwidth_and_small_forms(string disguised, string plain) => IsSeenAs(plain, disguised);

    [Theory]
    [InlineData("раураі", "paypai")]
    [InlineData("аеорсухѕіј", "aeopcyxsij")]
    [InlineData("АВЕКМНОРСТУХЅІЈ", "abekmhopctyxsij")]
    [InlineData("ԁԛԝһ", "dqwh")]
    [InlineData("Яussіа", "russia")]
    public void Cyrillic_lookalikes(string disguised, string plain) => IsSeenAs(plain, disguised);

    [Theory]
    [InlineData("ΑΒΕΖΗΙΚΜΝΟΡΤΥΧ", "abezhikmnoptyx")]
    [InlineData("αικνορτυχγ", "aikvoptuxy")]
    [InlineData("ά ή ί ό ύ ώ", "a n i o u w")]
    [InlineData("fμck fµck", "fuck fuck")]
    public void Greek_lookalikes(string disguised, string plain) => IsSeenAs(plain, disguised);

    [Theory]
    [InlineData("օսհո", "ouhn")]                            // Armenian
    [InlineData("ᎪᏴᏟᎠᎬ", "abcde")]                           // Cherokee
    [InlineData("ꓐꓢꓲꓳ", "bsio")]                             // Lisu
    [InlineData("Ⲥⲟⲣ", "cop")]                               // Coptic
    [InlineData("ᴀʙᴄᴅᴇꜰɢʜɪᴊᴋʟᴍɴᴏᴘʀꜱᴛᴜᴠᴡʏᴢ", "abcdefghijklmnoprstuvwyz")]
    [InlineData("øłđħŧƀɓƈɗƒɠƙɲƥʂƭʋⱳɏʐ", "oldhtbbcdfgknpstvwyz")]
    [InlineData("ɑɡɩıȷ", "agiij")]
    public void Lookalikes_of_other_alphabets(string disguised, string plain) => IsSeenAs(plain, disguised);

    [Theory]
    [InlineData(0x1D41A)]   // bold
    [InlineData(0x1D44E)]   // italic
    [InlineData(0x1D482)]   // bold italic
    [InlineData(0x1D4EA)]   // bold script
    [InlineData(0x1D51E)]   // fraktur
    [InlineData(0x1D552)]   // double-struck
    [InlineData(0x1D586)]   // bold fraktur
    [InlineData(0x1D5BA)]   // sans-serif
    [InlineData(0x1D5EE)]   // sans-serif bold
    [InlineData(0x1D622)]   // sans-serif italic
    [InlineData(0x1D656)]   // sans-serif bold italic
    [InlineData(0x1D68A)]   // monospace
    [InlineData(0x24D0)]    // circled
    [InlineData(0xFF41)]    // fullwidth
    [InlineData(0x1F150)]   // negative circled
    [InlineData(0x1F130)]   // squared
    [InlineData(0x1F170)]   // negative squared
    [InlineData(0x1CCD6)]   // outlined
    public void Alphabets_of_letters_in_dress(int a)
    {
        IEnumerable<int> alphabet = Enumerable.Range(0, 26).Select(i => i + a);
        // Italic h was there before the others.
        Assert.Equal(Enumerable.Range('a', 26), Folding.Fold(FoldKinds.All, alphabet.Select(c => c == 0x1D455 ? 0x210E : c)));
    }

    [Theory]
    [InlineData("ᵃᵇᶜ ₐₑₒ x²³", "abc aeo x23")]
    [InlineData("𝒽ℯ𝓁𝓁ℴ", "hello")]
    [InlineData("⒜⒝ ⑴ ⑫ ❶➂", "(a)(b) (1) 12 13")]
    [InlineData("ﬁ ﬃ Ⅻ № ㎏ ½", "fi ffi xii no kg 1/2")]
    public void Superscripts_circles_and_ligatures(string disguised, string plain) => IsSeenAs(plain, disguised);

    [Theory]
    [InlineData("٤١١١ ۴۱۱۱ ४१११ ๔๑๑๑ ４１１１ 𝟒𝟏𝟏𝟏 𝟜𝟙𝟙𝟙", "4111 4111 4111 4111 4111 4111 4111")]
    public void Digits_of_every_script(string disguised, string plain) => IsSeenAs(plain, disguised);

    [Theory]
    [InlineData("john‐doe‑x–y—z−1", "john-doe-x-y-z-1")]
    [InlineData("a‚b ‘c’ “d” ′x″", "a,b 'c' \"d\" 'x''")]
    [InlineData("a∶b a꞉b ⁄ ∕ ∗ ﹢", "a:b a:b / / * +")]
    [InlineData("a\u00A0b\u2003c\u3000d\u2028e", "a b c d e")]
    [InlineData("x∣∥y", "x|||y")]
    public void Lookalike_punctuation_and_spaces(string disguised, string plain) => IsSeenAs(plain, disguised);

    [Theory]
    [InlineData(0xAD)]      // soft hyphen
    [InlineData(0x34F)]     // grapheme joiner
    [InlineData(0x61C)]     // Arabic letter mark
    [InlineData(0x115F)]    // Hangul fillers
    [InlineData(0x1160)]
    [InlineData(0x3164)]
    [InlineData(0xFFA0)]
    [InlineData(0x17B4)]    // Khmer inherent vowels
    [InlineData(0x17B5)]
    [InlineData(0x180B)]    // Mongolian selector and separator
    [InlineData(0x180E)]
    [InlineData(0x200B)]    // zero-width space, non-joiner, joiner
    [InlineData(0x200C)]
    [InlineData(0x200D)]
    [InlineData(0x200E)]    // direction
    [InlineData(0x200F)]
    [InlineData(0x202E)]
    [InlineData(0x2060)]    // word joiner, invisible plus
    [InlineData(0x2064)]
    [InlineData(0x2066)]
    [InlineData(0x2069)]
    [InlineData(0xFE00)]    // variation selectors
    [InlineData(0xFE0F)]
    [InlineData(0xE0100)]
    [InlineData(0xE01EF)]
    [InlineData(0xFEFF)]    // byte order mark
    [InlineData(0xFFF9)]    // annotation
    [InlineData(0x1D173)]   // musical
    [InlineData(0xE0001)]   // tags
    [InlineData(0xE0061)]
    [InlineData(0xE007F)]
    [InlineData(0x80)]      // a control
    public void What_shows_nothing_is_not_there(int codePoint)
    {
        Assert.Empty(Folding.Fold(FoldKinds.ZeroWidth, codePoint));
        IsSeenAs("john", "jo" + new Rune(codePoint) + "hn");
    }

    [Theory]
    [InlineData("h̶a̶t̶e̶")]
    [InlineData("h̸a̷t̴e̵")]
    [InlineData("ĥäťê")]
    [InlineData("h\u0302a\u0308t\u030Ce\u0302")]
    [InlineData("h⃣a⃝t⃠e⃤")]
    [InlineData("ḥ̴̛̯͍̗ą̷̛̮̦̖̔t̵̢̛̲̙͖̾̓e̸̡̧̛͎̪̺̐̑")]
    [InlineData("h\u0489a\uFE20t\u1AB0e\u20D2")]
    public void Marks_on_and_over_letters(string disguised) => IsSeenAs("hate", disguised);

    [Fact]
    public void Any_number_of_marks_and_invisible_characters_anywhere_hides_nothing()
    {
        Gen<string> noise = Gen.OneOf(Gen.Int[0x300, 0x36F], Gen.Int[0x200B, 0x200F], Gen.Int[0x2060, 0x206F], Gen.Int[0xE0000, 0xE0FFF], Gen.Const(0xAD))
            .Select(codePoint => new Rune(codePoint).ToString()).Array[0, 20].Select(string.Concat);
        int[] alphabets = ['a', 0xFF41, 0x1D41A, 0x1D4EA, 0x1D5BA, 0x24D0, 0x1F150];
        Gen<int> dress = Gen.Int[0, alphabets.Length - 1].Select(i => alphabets[i]);
        Gen.Select(Gen.Char['a', 'z'], dress, noise).Array[1, 30].Sample(letters =>
        {
            string plain = new(letters.Select(letter => letter.Item1).ToArray());
            string disguised = string.Concat(letters.Select(letter => new Rune(letter.Item2 + letter.Item1 - 'a') + letter.Item3));
            IsSeenAs(plain, disguised);
        });
    }

    private static void IsSeenAs(string plain, string disguised) => Assert.Equal(plain, Folding.Fold(FoldKinds.All, disguised));
}

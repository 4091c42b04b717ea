using System.Numerics;

namespace Sidecar.Moderation.Tests.Detectors;

public sealed class IbanTests
{
    [Theory]
    [InlineData("DE", "370400440532013000")]
    [InlineData("GB", "NWBK60161331926819")]
    [InlineData("FR", "20041010050500013M02606")]
    [InlineData("NO", "86011117947")]
    [InlineData("BE", "539007547034")]
    [InlineData("MT", "MALT011000012345MTLCAST001S")]
    [InlineData("BR", "00360305000010009795493P1")]
    [InlineData("LC", "HEMM000100010012001200023015")]
    [InlineData("SC", "SSCB11010000000000001497USD")]
    [InlineData("NI", "BAPR00000013000003558124")]
    [InlineData("RU", "04452522540817810538091310419")]
    public void A_number_is_found_in_one_piece_and_in_groups_of_four(string country, string body)
    {
        var number = WithCheckDigits(country, body);
        var groups = string.Join(' ', number.Chunk(4).Select(group => new string(group)));
        Assert.Equal([number], Found.By("iban", $"to {number}."));
        Assert.Equal([groups], Found.By("iban", $"to {groups} X in a sentence"));
        Assert.Equal([groups.Replace(' ', '-')], Found.By("iban", $"to {groups.Replace(' ', '-')}, now"));
        Assert.Equal([number.ToLowerInvariant()], Found.By("iban", $"to {number.ToLowerInvariant()} now"));
    }

    [Theory]
    [InlineData("GB30 NWBK 6016 1331 9268 19")]
    [InlineData("GB29 NWBK 6016 1331 9268")]
    [InlineData("GB29NWBK60161331926819X")]
    [InlineData("AGB29NWBK60161331926819")]
    [InlineData("GB29  NWBK 6016 1331 9268 19")]
    [InlineData("ZZ29 NWBK 6016 1331 9268 19")]
    public void Other_texts_of_the_form_are_not(string text) => Assert.Empty(Found.By("iban", text));

    [Fact]
    public void Letters_where_a_country_has_digits_make_it_none()
    {
        var number = WithCheckDigits("DE", "37040044A532013000");
        Assert.Empty(Found.By("iban", number));
    }

    private static string WithCheckDigits(string country, string body)
    {
        var digits = string.Concat($"{body}{country}00".Select(c => char.IsAsciiDigit(c) ? $"{c}" : $"{c - 'A' + 10}"));
        return $"{country}{98 - (int)(BigInteger.Parse(digits, System.Globalization.CultureInfo.InvariantCulture) % 97):00}{body}";
    }
}

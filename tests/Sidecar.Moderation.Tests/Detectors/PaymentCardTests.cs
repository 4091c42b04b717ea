using System.Globalization;
using CsCheck;

namespace Sidecar.Moderation.Tests.Detectors;

public sealed class PaymentCardTests
{
    [Theory]
    [InlineData("4", 13)]
    [InlineData("4", 16)]
    [InlineData("4", 19)]
    [InlineData("51", 16)]
    [InlineData("2221", 16)]
    [InlineData("2720", 16)]
    [InlineData("34", 15)]
    [InlineData("37", 15)]
    [InlineData("300", 14)]
    [InlineData("36", 14)]
    [InlineData("6011", 16)]
    [InlineData("65", 16)]
    [InlineData("3528", 16)]
    [InlineData("62", 17)]
    [InlineData("6304", 12)]
    [InlineData("6759", 18)]
    [InlineData("2200", 16)]
    [InlineData("5085", 16)]
    [InlineData("122", 15)]
    public void A_number_with_an_issuers_prefix_and_length_is_found(string prefix, int length) => Gen.Int[0, 9].Array[length - prefix.Length - 1].Sample(digits =>
    {
        var number = WithCheckDigit(prefix + string.Concat(digits));
        if (number.Length == 13 && IsArticle(number)) return;
        Assert.Equal([number], Found.By("credit_card", $"card {number}, please"));
    }, iter: 200);

    [Theory]
    [InlineData("4012 8888 8888 1881")]
    [InlineData("4012-8888-8888-1881")]
    [InlineData("3714 496353 98431")]
    [InlineData("3056 930902 5904")]
    public void A_number_in_the_usual_groups_is_found(string number) => Assert.Equal([number], Found.By("credit_card", $"It is {number} 12/27."));

    [Theory]
    [InlineData("4012888888881882")]
    [InlineData("4012-8888 8888-1881")]
    [InlineData("4012 88888888 1881")]
    [InlineData("40128888888818810")]
    [InlineData("0.4012888888881881")]
    [InlineData("x4012888888881881")]
    [InlineData("4006381333931")]
    [InlineData("1000000000000008")]
    [InlineData("9007199254740991")]
    public void Other_numbers_are_not(string text) => Assert.Empty(Found.By("credit_card", text));

    [Fact]
    public void One_digit_more_or_less_or_other_is_no_card() => Gen.Select(Gen.Int[0, 9].Array[14], Gen.Int[1, 15], Gen.Int[1, 9]).Sample((digits, place, change) =>
    {
        var number = WithCheckDigit("4" + string.Concat(digits));
        var other = (number[place] - '0' + change) % 10;
        Assert.Empty(Found.By("credit_card", string.Concat(number.AsSpan(0, place), other.ToString(CultureInfo.InvariantCulture), number.AsSpan(place + 1))));
        Assert.Empty(Found.By("credit_card", number[..^1]));
    }, iter: 500);

    private static string WithCheckDigit(string number)
    {
        var sum = 0;
        for (var i = 0; i < number.Length; i++)
        {
            var digit = (number[^(i + 1)] - '0') * (i % 2 == 0 ? 2 : 1);
            sum += (digit / 10) + (digit % 10);
        }
        return number + (char)('0' + ((10 - (sum % 10)) % 10));
    }

    private static bool IsArticle(string number) => number.Select((digit, i) => (digit - '0') * (i % 2 == 0 ? 1 : 3)).Sum() % 10 == 0;
}

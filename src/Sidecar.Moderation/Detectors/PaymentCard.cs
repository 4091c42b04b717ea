namespace Sidecar.Moderation.Detectors;

/// <summary>Numbers of payment cards: an issuer's prefix with its lengths (ISO/IEC 7812), grouped as on cards or not at all, and the check digit.</summary>
internal static class PaymentCard
{
    private const int MinDigits = 12;
    private const int MaxDigits = 19;
    private const int PrefixDigits = 6;
    private const int ArticleLength = 13;

    private const string NotBehind = "(?<![0-9A-Za-z_.+-])";
    private const string NotBefore = "(?![0-9A-Za-z_])";

    public static Detector Detector { get; } = new("credit_card",
    [
        new($"{NotBehind}[1-689][0-9]{{11,18}}{NotBefore}", Test: IsNumber),
        .. Grouped(' '),
        .. Grouped('-'),
    ]);

    /// <summary>Whether the digits of a text, spaces and dashes left out, are a card's number.</summary>
    public static bool IsNumber(ReadOnlySpan<byte> text)
    {
        Span<byte> digits = stackalloc byte[MaxDigits];
        var count = 0;
        foreach (var c in text)
        {
            if (!char.IsAsciiDigit((char)c)) continue;
            if (count == MaxDigits) return false;
            digits[count++] = (byte)(c - '0');
        }
        return count >= MinDigits && IsIssued(Prefix(digits), count) && HasCheckDigit(digits[..count]) && !IsArticle(digits[..count]);
    }

    // Cards of 13 digits are few and old, numbers of articles (EAN, ISBN) are many: weights 1 and 3 in turn, GS1 General Specifications §7.9.
    private static bool IsArticle(ReadOnlySpan<byte> digits)
    {
        if (digits.Length != ArticleLength) return false;
        var sum = 0;
        for (var i = 0; i < digits.Length; i++) sum += (i & 1) == 0 ? digits[i] : digits[i] * 3;
        return sum % 10 == 0;
    }

    private static DetectorPattern[] Grouped(char separator) =>
    [
        new($"{NotBehind}[1-689][0-9]{{3}}(?:{separator}[0-9]{{4}}){{3}}(?:{separator}[0-9]{{1,3}})?{NotBefore}", Test: IsNumber),
        new($"{NotBehind}3[0-9]{{3}}{separator}[0-9]{{6}}{separator}[0-9]{{4,5}}{NotBefore}", Test: IsNumber),
    ];

    private static int Prefix(ReadOnlySpan<byte> digits)
    {
        var prefix = 0;
        foreach (var digit in digits[..PrefixDigits]) prefix = (prefix * 10) + digit;
        return prefix;
    }

    private static bool IsIssued(int prefix, int length) => prefix switch
    {
        // Universal Air Travel Plan (10 stands before no airline's code, and before many other numbers) and, as 1800 and 2131, the first of JCB.
        >= 110000 and <= 199999 or >= 213100 and <= 213199 => length == 15,
        // Mir, Mastercard.
        >= 220000 and <= 220499 => length is >= 16 and <= 19,
        >= 222100 and <= 272099 or >= 510000 and <= 559999 => length == 16,
        // Diners Club, American Express, JCB.
        >= 300000 and <= 305999 or >= 309500 and <= 309599 or >= 360000 and <= 369999 or >= 380000 and <= 399999 => length is 14 or 16 or 19,
        >= 340000 and <= 349999 or >= 370000 and <= 379999 => length == 15,
        >= 350000 and <= 359999 => length is >= 16 and <= 19,
        // Visa.
        >= 400000 and <= 499999 => length is 13 or 16 or 19,
        // Maestro and Dankort; Verve, Elo and RuPay.
        >= 501800 and <= 501899 or >= 502000 and <= 502099 or >= 503800 and <= 503899 or >= 589300 and <= 589399 or >= 630400 and <= 630499 or
            >= 675900 and <= 675999 or >= 676100 and <= 676399 => length is >= 12 and <= 19,
        >= 501900 and <= 501999 => length == 16,
        >= 506099 and <= 506198 or >= 506699 and <= 506778 or >= 508500 and <= 508999 or >= 509000 and <= 509999 => length is 16 or 18 or 19,
        // Discover, RuPay, InterPayment, Elo, UnionPay, Troy.
        >= 600000 and <= 609999 or >= 636000 and <= 639999 or >= 644000 and <= 659999 => length is 16 or 19,
        >= 620000 and <= 629999 or >= 810000 and <= 819999 => length is >= 16 and <= 19,
        >= 820000 and <= 829999 or >= 979200 and <= 979299 => length == 16,
        _ => false,
    };

    // Luhn's formula, ISO/IEC 7812-1 annex B.
    private static bool HasCheckDigit(ReadOnlySpan<byte> digits)
    {
        var sum = 0;
        for (var i = 0; i < digits.Length; i++)
        {
            var isDoubled = ((digits.Length - i) & 1) == 0;
            var digit = isDoubled ? digits[i] * 2 : digits[i];
            sum += digit > 9 ? digit - 9 : digit;
        }
        return sum % 10 == 0 && digits.ContainsAnyExcept(digits[0]);
    }
}

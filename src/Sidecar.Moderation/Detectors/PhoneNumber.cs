namespace Sidecar.Moderation.Detectors;

/// <summary>
/// Telephone numbers: with a calling code in any grouping, and national ones where their grouping tells (North America, a trunk 0 in front, mobile
/// numbers of China and Italy). Bare digits are none.
/// </summary>
internal static class PhoneNumber
{
    private const int MaxDigits = 16;
    private const string NotBehind = "(?<![0-9A-Za-z_.+/-])";
    private const string NotBefore = "(?![0-9A-Za-z_])";
    private const string Hundreds = "[2-9][0-9]{2}";
    private const string Extension = "(?: ?(?:x|ext\\.?) ?[0-9]{1,5})?";

    public static Detector Detector { get; } = new("phone",
    [
        new($"(?<![0-9A-Za-z_+])(?:\\(\\+[1-9][0-9]{{0,2}}\\)|\\+[1-9][0-9]{{0,2}})[ ./-]?(?:\\([0-9]{{1,5}}\\)[ ./-]?)?[0-9](?:[ ./-]?[0-9]){{4,13}}" +
            $"{Extension}{NotBefore}", Test: IsInternational),
        new($"{NotBehind}00[1-9][0-9]{{0,2}}[ -](?:\\([0-9]{{1,5}}\\) ?)?[0-9](?:[ -]?[0-9]){{4,13}}{NotBefore}", Test: IsInternational),
        new($"{NotBehind}(?:1[ .-])?(?:\\({Hundreds}\\) ?{Hundreds}[ .-]|{Hundreds}(?:-{Hundreds}-|\\.{Hundreds}\\.| {Hundreds}-))[0-9]{{4}}{Extension}{NotBefore}"),
        new($"{NotBehind}(?:[2-9][0-9]{{2}} [2-9]|3[2-9][0-9] [0-9])[0-9]{{2}} [0-9]{{4}}{Extension}{NotBefore}", Test: IsNoSeries),
        new($"{NotBehind}(?:\\(0[1-9][0-9]{{0,4}}\\) ?[0-9](?:[ .-]?[0-9]){{3,8}}|0[1-9](?:(?:[ .]| ?/ ?)?[0-9]){{7,10}})(?![0-9A-Za-z_:])", Test: IsNational),
        new($"{NotBehind}0[1-9](?:(?:-| ?/ ?)?[0-9]){{7,10}}(?![0-9A-Za-z_:-])", Test: IsNational),
        new($"{NotBehind}\\([1-9][0-9]\\) ?9?[0-9]{{4}}-[0-9]{{4}}{NotBefore}"),
        new($"{NotBehind}(?:1[3-9][0-9][ -][0-9]{{4}}[ -][0-9]{{4}}|[6-9][0-9]{{2}}(?: [0-9]{{2}}){{3}}){NotBefore}"),
    ]);

    /// <summary>Whether a text of the international form has a calling code, and behind it a number of its plan's length.</summary>
    public static bool IsInternational(ReadOnlySpan<byte> text)
    {
        Span<byte> buffer = stackalloc byte[MaxDigits + 2];
        var digits = ReadDigits(WithoutExtension(text), buffer);
        if (digits.StartsWith("00"u8)) digits = digits[2..];
        if (CallingCodes.CodeLength(digits) is not (> 0 and var codeLength)) return false;
        var code = digits[..codeLength];
        var number = digits[codeLength..];
        return code.SequenceEqual("1"u8) ? IsNorthAmerican(number) : IsOfPlan(code, number);
    }

    /// <summary>
    /// Whether a text that begins with a trunk 0 is a number: nine to eleven digits with one kind of separator, and no date, bits, row of counters or
    /// number of another kind.
    /// </summary>
    public static bool IsNational(ReadOnlySpan<byte> text)
    {
        Span<byte> buffer = stackalloc byte[MaxDigits + 2];
        var digits = ReadDigits(text, buffer);
        var groups = new DigitGroups(text);
        var isLong = digits.Length == 12 && groups.Count == 2;
        if (digits.Length is < 9 or > 11 && !isLong) return false;
        if (!groups.AreFew || groups.HasSingle || !groups.HaveOneSeparator || !digits.ContainsAnyExcept("01"u8)) return false;
        if (groups.Separator == '.') return groups.Count == 5 && groups.ArePairs;
        return !groups.AreOfOtherKind && !(groups.ArePairs && (groups.WithZero >= 3 || groups.Steps >= 2));
    }

    /// <summary>Whether three groups, the form of North America and of mobile numbers in Italy, are no series of numbers: 256 512 1024.</summary>
    public static bool IsNoSeries(ReadOnlySpan<byte> text)
    {
        const int MostRise = 4;
        var (first, second, third) = (Value(text[..3]), Value(text[4..7]), Value(text[8..12]));
        return first >= second || second >= third || third > second * MostRise;
    }

    // Area codes and exchanges begin with 2 to 9 (NANPA).
    private static bool IsNorthAmerican(ReadOnlySpan<byte> number) => number.Length == 10 && number[0] >= '2' && number[3] >= '2';

    // A 0 in front is dropped behind a calling code, or put in brackets; some keep it. Two are the end of a large round number.
    private static bool IsOfPlan(ReadOnlySpan<byte> code, ReadOnlySpan<byte> number)
    {
        if (number.StartsWith("00"u8)) return false;
        return CallingCodes.IsLength(code, number.Length) || number[0] == '0' && CallingCodes.IsLength(code, number.Length - 1);
    }

    private static int Value(ReadOnlySpan<byte> digits)
    {
        var value = 0;
        foreach (var digit in digits) value = (value * 10) + (digit - '0');
        return value;
    }

    private static ReadOnlySpan<byte> WithoutExtension(ReadOnlySpan<byte> text)
    {
        var at = text.IndexOfAny((byte)'x', (byte)'e');
        return at < 0 ? text : text[..at];
    }

    private static ReadOnlySpan<byte> ReadDigits(ReadOnlySpan<byte> text, Span<byte> buffer)
    {
        var count = 0;
        foreach (var c in text)
            if (char.IsAsciiDigit((char)c) && count < buffer.Length) buffer[count++] = c;
        return buffer[..count];
    }
}

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
    private const string Extension = "(?: ?(?:x|ext\\.?) ?[0-9]{1,5})?";

    public static Detector Detector { get; } = new("phone",
    [
        new($"(?<![0-9A-Za-z_+])(?:\\(\\+[1-9][0-9]{{0,2}}\\)|\\+[1-9][0-9]{{0,2}})[ ./-]?(?:\\([0-9]{{1,5}}\\)[ ./-]?)?[0-9](?:[ ./-]?[0-9]){{4,13}}{Extension}{NotBefore}", Test: IsInternational),
        new($"{NotBehind}00[1-9][0-9]{{0,2}}[ -](?:\\([0-9]{{1,5}}\\) ?)?[0-9](?:[ -]?[0-9]){{4,13}}{NotBefore}", Test: IsInternational),
        new($"{NotBehind}(?:1[ .-])?(?:\\([2-9][0-9]{{2}}\\) ?|[2-9][0-9]{{2}}[ .-])[2-9][0-9]{{2}}[ .-][0-9]{{4}}{Extension}{NotBefore}"),
        new($"{NotBehind}(?:\\(0[1-9][0-9]{{0,4}}\\) ?[0-9](?:[ .-]?[0-9]){{3,8}}|0[1-9](?:[ ./-]?[0-9]){{7,10}})(?![0-9A-Za-z_:])", Test: IsNational),
        new($"{NotBehind}\\([1-9][0-9]\\) ?9?[0-9]{{4}}-[0-9]{{4}}{NotBefore}"),
        new($"{NotBehind}(?:1[3-9][0-9][ -][0-9]{{4}}[ -][0-9]{{4}}|3[2-9][0-9] [0-9]{{3}} [0-9]{{4}}|[6-9][0-9]{{2}}(?: [0-9]{{2}}){{3}}){NotBefore}"),
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
    /// Whether a text that begins with a trunk 0 is a number: nine to eleven digits behind one kind of separator, and no date, bits or row of counters.
    /// </summary>
    public static bool IsNational(ReadOnlySpan<byte> text)
    {
        Span<byte> buffer = stackalloc byte[MaxDigits + 2];
        var digits = ReadDigits(text, buffer);
        var groups = new Groups(text);
        var isLong = digits.Length == 12 && groups.Count == 2;
        if (digits.Length is < 9 or > 11 && !isLong) return false;
        if (!groups.HaveOneSeparator || !digits.ContainsAnyExcept("01"u8)) return false;
        if (groups.Separator == '.') return groups.Count == 5 && groups.ArePairs;
        return !groups.BeginLikeDate && !(groups.ArePairs && groups.WithZero >= 3);
    }

    // Area codes and exchanges begin with 2 to 9 (NANPA).
    private static bool IsNorthAmerican(ReadOnlySpan<byte> number) => number.Length == 10 && number[0] >= '2' && number[3] >= '2';

    // A 0 in front is dropped behind a calling code, or put in brackets; some keep it. Two are the end of a large round number.
    private static bool IsOfPlan(ReadOnlySpan<byte> code, ReadOnlySpan<byte> number)
    {
        if (number.StartsWith("00"u8)) return false;
        return CallingCodes.IsLength(code, number.Length) || number[0] == '0' && CallingCodes.IsLength(code, number.Length - 1);
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

    /// <summary>The groups of digits in a national number.</summary>
    private readonly ref struct Groups
    {
        private const int MaxCount = 5;
        private readonly int _first;
        private readonly int _second;
        private readonly int _third;

        public Groups(ReadOnlySpan<byte> text)
        {
            Span<int> lengths = stackalloc int[MaxCount + 1];
            lengths.Clear();
            HaveOneSeparator = true;
            for (var i = 0; i < text.Length; i++)
            {
                if (char.IsAsciiDigit((char)text[i]))
                {
                    if (lengths[Count]++ == 0 && Count > 0 && text[i] == '0') WithZero++;
                    continue;
                }
                if (lengths[Count] == 0) continue;
                // What follows the area code may differ from what separates the rest: 030/123 45, (030) 123-45.
                if (Count > 1 && Separator != text[i]) HaveOneSeparator = false;
                Separator = text[i];
                Count++;
            }
            Count++;
            (_first, _second, _third) = (lengths[0], lengths[1], lengths[2]);
            ArePairs = !lengths[..Count].ContainsAnyExcept(2);
        }

        public int Count { get; }

        /// <summary>Between the last two groups.</summary>
        public byte Separator { get; }

        public bool HaveOneSeparator { get; }

        /// <summary>Groups but for the first that begin with 0.</summary>
        public int WithZero { get; }

        public bool ArePairs { get; }

        public bool BeginLikeDate => (_first, _second, _third) is (2, 2, 4);
    }
}

namespace Sidecar.Moderation.Detectors;

/// <summary>The groups of digits in a number.</summary>
internal readonly ref struct DigitGroups
{
    private const int MaxCount = 16;
    private const int MostCount = 5;
    private readonly int _first;
    private readonly int _second;
    private readonly int _third;

    /// <summary>Reads them.</summary>
    /// <param name="text">Digits, and what stands between them; at most as many groups as an attempt has digits.</param>
    public DigitGroups(ReadOnlySpan<byte> text)
    {
        Span<int> lengths = stackalloc int[MaxCount];
        lengths.Clear();
        HaveOneSeparator = true;
        var (previous, value) = (-1L, 0L);
        for (var i = 0; i < text.Length; i++)
        {
            if (char.IsAsciiDigit((char)text[i]))
            {
                if (lengths[Count]++ == 0 && Count > 0 && text[i] == '0') WithZero++;
                value = (value * 10) + (text[i] - '0');
                continue;
            }
            if (lengths[Count] == 0) continue;
            Count++;
            if (value == previous + 1) Steps++;
            (previous, value) = (value, 0);
            // What follows the area code may differ from what separates the rest: 030/123 45, (030) 123-45.
            if (text[i] is (byte)')' or (byte)'/' || text[i..].StartsWith(" /"u8)) continue;
            if (Separator != 0 && Separator != text[i]) HaveOneSeparator = false;
            Separator = text[i];
        }
        Count++;
        if (value == previous + 1) Steps++;
        (_first, _second, _third) = (lengths[0], lengths[1], lengths[2]);
        ArePairs = !lengths[..Count].ContainsAnyExcept(2);
        HasSingle = lengths[..Count].Contains(1);
    }

    /// <summary>How many.</summary>
    public int Count { get; }

    /// <summary>Whether there are as many as numbers are written in.</summary>
    public bool AreFew => Count is > 1 and <= MostCount;

    /// <summary>Between groups; 0 when only the area code stands apart.</summary>
    public byte Separator { get; }

    /// <summary>Whether that is the same between all.</summary>
    public bool HaveOneSeparator { get; }

    /// <summary>Groups but for the first that begin with 0.</summary>
    public int WithZero { get; }

    /// <summary>Groups that are one more than the one before: 07 08 09.</summary>
    public int Steps { get; }

    /// <summary>Whether all have two digits.</summary>
    public bool ArePairs { get; }

    /// <summary>Whether one has but one.</summary>
    public bool HasSingle { get; }

    /// <summary>Like 01-02-2003, like 012-34-5678 of social security, or like 01234-5678 of the post.</summary>
    public bool AreOfOtherKind => _first > 5 || (_first, _second, _third) is (2, 2, 4) or (3, 2, 4) || (Separator != 0 && (_first, _second, _third) is (5, 4, 0));
}

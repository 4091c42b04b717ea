namespace Sidecar.Moderation.Detectors;

/// <summary>
/// Addresses of IPv4 (dotted decimal) and IPv6 (RFC 4291 §2.2, with a zone of RFC 4007), each with a prefix length where one follows.
/// </summary>
internal static class IpAddress
{
    private const string Octet = "(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])";
    private const string Rest = $"(?:\\.{Octet}){{3}}";

    /// <summary>Versions, identifiers and coordinates mostly begin with one digit, addresses seldom.</summary>
    private const string Low = $"[1-9]{Rest}";
    private const string High = $"(?:25[0-5]|2[0-4][0-9]|1[0-9]{{2}}|[1-9][0-9]|0){Rest}";
    private const string NotBehind = "(?<![0-9A-Za-z_.])";
    private const string NotBefore = "(?![0-9A-Za-z_])";
    private const string NotBehindV6 = "(?<![0-9A-Za-z_:.])";
    private const string Zone = "(?:%[0-9A-Za-z][0-9A-Za-z_-]{0,14})?";
    private const string Groups = $"(?::|[0-9A-Fa-f]{{1,4}}):(?:[0-9A-Fa-f]{{0,4}}:){{0,7}}(?:[0-9A-Fa-f]{{1,4}}|{Octet}{Rest})?";

    /// <summary>Most digits of four numbers that are rather a version: addresses so short are private ones.</summary>
    private const int VersionDigits = 5;

    private const int V6Groups = 8;

    public static Detector Detector { get; } = new("ip_address",
    [
        new($"{NotBehind}{High}{NotBefore}", Test: IsV4),
        new($"{NotBehind}{Low}{NotBefore}", Test: IsResolver),
        new($"(?<![0-9A-Za-z_.,-]){Low}(?![0-9A-Za-z_.-])", Test: IsV4),
        new($"{NotBehind}(?:{High}|{Low})/(?:3[0-2]|[12]?[0-9]){NotBefore}"),
        new($"{NotBehindV6}{Groups}{Zone}(?:/[0-9]{{1,3}})?(?![0-9A-Za-z_:.])", Test: IsV6),
        // A dot ends a sentence, or goes on with an IPv4 address that is none.
        new($"{NotBehindV6}{Groups}{Zone}(?:/[0-9]{{1,3}})?(?=\\.)", Test: IsV6AtEnd),
    ]);

    /// <summary>Whether four octets are an address rather than the version of a program (4.8.1.0, 9.4.146.19, 12.2.0.1, 124.0.0.0) or an identifier.</summary>
    public static bool IsV4(ReadOnlySpan<byte> text)
    {
        Span<byte> octets = stackalloc byte[4];
        ReadOctets(text, octets);
        if (IsResolver(text) || !octets.ContainsAnyExcept(octets[0])) return true;
        if (!octets[1..].ContainsAnyExcept((byte)0)) return octets[0] is 10 or 127 or >= 224;
        // Few addresses begin with two numbers so low, and most versions do.
        return octets[0] == 10 || text.Length - 3 > VersionDigits && (octets[0] > 9 || octets[1] > 9) && !IsIdentifier(text);
    }

    // Object identifiers of the ISO's organisations (curves and digests among them), of X.500's attributes and extensions, of the CA/Browser Forum.
    private static bool IsIdentifier(ReadOnlySpan<byte> text) =>
        text.StartsWith("1.3."u8) || text.StartsWith("2.5.4."u8) || text.StartsWith("2.5.29."u8) || text.StartsWith("2.23.140."u8);

    /// <summary>Whether four octets are the address of a public name server, which people write as they write words.</summary>
    public static bool IsResolver(ReadOnlySpan<byte> text) =>
        text.SequenceEqual("8.8.8.8"u8) || text.SequenceEqual("8.8.4.4"u8) || text.SequenceEqual("1.1.1.1"u8) || text.SequenceEqual("9.9.9.9"u8);

    /// <summary>Whether a text of groups is an address, and no clock time, slice of an array or scope operator.</summary>
    public static bool IsV6(ReadOnlySpan<byte> text)
    {
        var slash = text.IndexOf((byte)'/');
        if (slash >= 0 && !IsPrefixLength(text[(slash + 1)..])) return false;
        if (slash >= 0) text = text[..slash];
        var zone = text.IndexOf((byte)'%');
        if (zone >= 0) text = text[..zone];
        var gap = text.IndexOf("::"u8);
        if (gap < 0) return CountGroups(text) == V6Groups;
        var front = text[..gap];
        var back = text[(gap + 2)..];
        var (before, after) = (CountGroups(front), CountGroups(back));
        return before >= 0 && after >= 0 && before + after < V6Groups && (slash >= 0 || IsPlausible(front, back, before, after));
    }

    /// <summary>The same, where a dot follows: the last group is not the first number of an IPv4 address.</summary>
    public static bool IsV6AtEnd(ReadOnlySpan<byte> text)
    {
        var last = text[(text.LastIndexOf((byte)':') + 1)..];
        return IsV6(text) && (last.Length is not (2 or 3) || last.ContainsAnyExceptInRange((byte)'0', (byte)'9'));
    }

    // A gap leaves few groups, and programs write :: too: [::2], a1::b2, Foo::bad.
    private static bool IsPlausible(ReadOnlySpan<byte> front, ReadOnlySpan<byte> back, int before, int after)
    {
        const int LettersFrom = 4;
        var hasDigit = front.ContainsAnyInRange((byte)'0', (byte)'9') || back.ContainsAnyInRange((byte)'0', (byte)'9');
        if (!hasDigit && before + after < LettersFrom) return false;
        if (before > 0) return before + after >= LettersFrom || IsFirstGroup(front);
        // ::1, an address of IPv4 inside one of IPv6, ::ffff:c000:201
        return back.SequenceEqual("1"u8) || back.Contains((byte)'.') || after > 1;
    }

    // Three digits suffice for no prefix that is in use, but for that of translators (RFC 6052).
    private static bool IsFirstGroup(ReadOnlySpan<byte> front)
    {
        var colon = front.IndexOf((byte)':');
        return (colon < 0 ? front.Length : colon) == 4 || front.StartsWith("64:"u8);
    }

    private static bool IsPrefixLength(ReadOnlySpan<byte> digits) =>
        digits.Length < 3 || digits[0] == '1' && (digits[1] < '2' || digits[1] == '2' && digits[2] <= '8');

    /// <summary>Groups of sixteen bits in a row, an IPv4 address as two; -1 when a group is empty.</summary>
    private static int CountGroups(ReadOnlySpan<byte> text)
    {
        if (text.IsEmpty) return 0;
        if (text[0] == ':' || text[^1] == ':' || text.IndexOf("::"u8) >= 0) return -1;
        return text.Count((byte)':') + (text.Contains((byte)'.') ? 2 : 1);
    }

    private static void ReadOctets(ReadOnlySpan<byte> text, Span<byte> octets)
    {
        octets.Clear();
        var at = 0;
        foreach (var c in text)
        {
            if (c == '.') at++;
            else octets[at] = (byte)((octets[at] * 10) + (c - '0'));
        }
    }
}

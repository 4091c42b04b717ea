namespace Sidecar.Moderation.Detectors;

/// <summary>
/// Addresses of IPv4 (dotted decimal) and IPv6 (RFC 4291 §2.2, with a zone of RFC 4007), each with a prefix length where one follows.
/// </summary>
internal static class IpAddress
{
    private const string Octet = "(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])";
    private const string Dotted = $"{Octet}(?:\\.{Octet}){{3}}";
    private const string NotBehindV4 = "(?<![0-9A-Za-z_.])";
    private const string Groups = $"(?::|[0-9A-Fa-f]{{1,4}}):(?:[0-9A-Fa-f]{{0,4}}:){{0,7}}(?:[0-9A-Fa-f]{{1,4}}|{Dotted})?";

    /// <summary>Most digits of four numbers that are rather a version; addresses so short are private ones.</summary>
    private const int VersionDigits = 5;

    private const int V6Groups = 8;

    public static Detector Detector { get; } = new("ip_address",
    [
        new($"{NotBehindV4}{Dotted}(?![0-9A-Za-z_.])", Test: IsV4),
        // A dot is the end of a sentence, or it leads to a fifth number.
        new($"{NotBehindV4}{Dotted}(?=\\.)", Test: IsV4AndNoIdentifier),
        new($"{NotBehindV4}{Dotted}/(?:3[0-2]|[12]?[0-9])(?![0-9A-Za-z_])"),
        new($"(?<![0-9A-Za-z_:.]){Groups}(?:%[0-9A-Za-z][0-9A-Za-z_-]{{0,14}})?(?:/[0-9]{{1,3}})?(?![0-9A-Za-z_:])", Test: IsV6),
    ]);

    /// <summary>Whether four octets are an address rather than the version of a program: 4.8.1.0, 12.2.0.1, 124.0.0.0.</summary>
    public static bool IsV4(ReadOnlySpan<byte> text)
    {
        Span<byte> octets = stackalloc byte[4];
        ReadOctets(text, octets);
        if (!octets.ContainsAnyExcept(octets[0]) || text.SequenceEqual("8.8.4.4"u8)) return true;
        if (!octets[1..].ContainsAnyExcept((byte)0)) return octets[0] is 10 or 127 or >= 224;
        return text.Length - 3 > VersionDigits || octets[0] == 10;
    }

    /// <summary>The same, where a dot follows: the first numbers of an object identifier (0 to 2 stand at its root) are no address.</summary>
    public static bool IsV4AndNoIdentifier(ReadOnlySpan<byte> text) => IsV4(text) && (text[1] != '.' || text[0] > '2');

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

    // A gap leaves few groups, and programs write :: too: [::2], a1::b2, Foo::bad.
    private static bool IsPlausible(ReadOnlySpan<byte> front, ReadOnlySpan<byte> back, int before, int after)
    {
        const int LettersFrom = 4;
        var hasDigit = front.ContainsAnyInRange((byte)'0', (byte)'9') || back.ContainsAnyInRange((byte)'0', (byte)'9');
        if (!hasDigit && before + after < LettersFrom) return false;
        if (before > 0) return before + after >= LettersFrom || IsFirstGroup(front);
        // ::1, an address of IPv4 inside one of IPv6, and ::ffff:c000:201; what IPv4 was cut off from is none.
        return back.SequenceEqual("1"u8) || back.Contains((byte)'.') || after > 2 || (after == 2 && !back.StartsWith("ffff:"u8));
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

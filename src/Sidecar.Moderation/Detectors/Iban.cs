using System.Text;

namespace Sidecar.Moderation.Detectors;

/// <summary>International bank account numbers (ISO 13616): a country's length and structure, and the check digits. In one piece or in groups of four.</summary>
internal static class Iban
{
    private const int MaxLength = 34;
    private const int BodyAt = 4;

    /// <summary>
    /// The national part behind country and check digits, in the notation of the registry (SWIFT, IBAN Registry): n digits, a letters, c either.
    /// </summary>
    private const string Registry =
        "AD:8n12c AE:19n AL:8n16c AT:16n AZ:4a20c BA:16n BE:12n BG:4a6n8c BH:4a14c BI:23n BR:23n1a1c BY:4c4n16c CH:5n12c CR:18n CY:8n16c CZ:20n DE:18n DJ:23n " +
        "DK:14n DO:4c20n EE:16n EG:25n ES:20n FI:14n FK:2a12n FO:14n FR:10n11c2n GB:4a14n GE:2a16n GI:4a15c GL:14n GR:7n16c GT:4c20c HN:4a20n HR:17n HU:24n " +
        "IE:4a14n IL:19n IQ:4a15n IS:22n IT:1a10n12c JO:4a4n18c KW:4a22c KZ:3n13c LB:4n20c LC:4a24c LI:5n12c LT:16n LU:3n13c LV:4a13c LY:21n MC:10n11c2n " +
        "MD:2c18c ME:18n MK:3n10c2n MN:16n MR:23n MT:4a5n18c MU:4a19n3a NI:4a20n NL:4a10n NO:11n OM:3n16c PK:4a16c PL:24n PS:4a21c PT:21n QA:4a21c RO:4a16c " +
        "RS:18n RU:14n15c SA:2n18c SC:4a20n3a SD:14n SE:20n SI:15n SK:20n SM:1a10n12c SO:19n ST:21n SV:4a20n TL:19n TN:20n TR:6n16c UA:6n19c VA:18n VG:4a16n " +
        "XK:16n YE:4a4n18c " +
        // Not in the registry, but published by their banks (ISO 13616 in form).
        "AO:21n BF:2c22n BJ:2c22n CF:23n CG:23n CI:2a22n CM:23n CV:21n DZ:22n GA:23n GQ:23n GW:2c19n IR:22n KM:23n MA:24n MG:23n ML:2c22n MZ:21n " +
        "NE:2a22n SN:2a22n TD:23n TG:2a22n";

    private static readonly byte[]?[] Structures = ReadRegistry();

    public static Detector Detector { get; } = new("iban",
    [
        new("(?<![0-9A-Za-z_])[A-Z]{2}[0-9]{2}[0-9A-Z]{11,30}(?![0-9A-Za-z_])", IgnoreCase: true, IsNumber),
        Grouped(' '),
        Grouped('-'),
    ]);

    /// <summary>Whether a text, spaces and dashes left out, is a number of a known country with the right check digits.</summary>
    public static bool IsNumber(ReadOnlySpan<byte> text)
    {
        Span<byte> number = stackalloc byte[MaxLength];
        var length = 0;
        foreach (var c in text)
        {
            if (c is (byte)' ' or (byte)'-') continue;
            if (length == MaxLength) return false;
            number[length++] = char.IsAsciiLetterLower((char)c) ? (byte)(c - 0x20) : c;
        }
        number = number[..length];
        return Structures[Country(number)] is { } structure && Has(structure, number[BodyAt..]) && HasCheckDigits(number);
    }

    private static DetectorPattern Grouped(char separator) =>
        new($"(?<![0-9A-Za-z_])[A-Z]{{2}}[0-9]{{2}}(?:{separator}[0-9A-Z]{{4}}){{2,7}}(?:{separator}[0-9A-Z]{{1,3}})?(?![0-9A-Za-z_])", IgnoreCase: true, IsNumber);

    private static int Country(ReadOnlySpan<byte> number) => ((number[0] - 'A') * 26) + (number[1] - 'A');

    private static bool Has(byte[] structure, ReadOnlySpan<byte> body)
    {
        if (body.Length != structure.Length) return false;
        for (var i = 0; i < body.Length; i++)
        {
            var isDigit = char.IsAsciiDigit((char)body[i]);
            if (structure[i] == 'n' && !isDigit || structure[i] == 'a' && isDigit) return false;
        }
        return true;
    }

    // ISO 7064 MOD 97-10: the first four behind the rest, letters as 10 to 35.
    private static bool HasCheckDigits(ReadOnlySpan<byte> number)
    {
        var remainder = 0;
        for (var i = 0; i < number.Length; i++)
        {
            var c = number[(i + BodyAt) % number.Length];
            remainder = (char.IsAsciiDigit((char)c) ? (remainder * 10) + (c - '0') : (remainder * 100) + (c - 'A' + 10)) % 97;
        }
        return remainder == 1;
    }

    private static byte[]?[] ReadRegistry()
    {
        var structures = new byte[]?[26 * 26];
        foreach (var entry in Registry.Split(' '))
        {
            var structure = new StringBuilder();
            var count = 0;
            foreach (var c in entry[3..])
            {
                if (char.IsAsciiDigit(c)) count = (count * 10) + (c - '0');
                else
                {
                    structure.Append(c, count);
                    count = 0;
                }
            }
            structures[Country(Encoding.ASCII.GetBytes(entry))] = Encoding.ASCII.GetBytes(structure.ToString());
        }
        return structures;
    }
}

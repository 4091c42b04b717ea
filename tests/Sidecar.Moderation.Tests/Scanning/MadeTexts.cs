using System.Globalization;
using System.Text;

namespace Sidecar.Moderation.Tests.Scanning;

/// <summary>Texts made of what rules look for, of what only looks like it, and of all sorts of letters between; the same in each run.</summary>
internal static class MadeTexts
{
    private const int TextCount = 240;
    private const int WordCount = 10_000;
    private const string Letters = "abcdefghijklmnopqrstuvwxyz";
    private const string Alphanumeric = "ABCDEFGHIJKLMNOPQRSTUVWXYZ" + Letters + "0123456789";

    private static readonly string[] Syllables =
        ["ka", "lo", "mi", "ra", "ten", "sol", "vi", "du", "per", "gan", "zu", "el", "bor", "qui", "nax", "ou", "é", "ß", "ñ", "да", "ко", "字"];

    private static readonly string[] Between = [" ", " ", " ", ", ", "", "\n", ".", "-", "/", "\u00a0", "\"", "'", "(", "\u3000", "\u200b", "\t"];

    private static readonly string[] Plain =
        ["the", "order", "v1.2.3", "2024-05-06", "漢字かな", "👩‍🚀", "Grüße", "e\u0301te\u0301", "ﬁne", "ＡＢＣ", "#1234", "x=y@z", "a@b", "if (a < b) {", "0x1F", "🏴\U000E0067\U000E0062\U000E007F"];

    /// <summary>Words to look for.</summary>
    public static IReadOnlyList<string> Words { get; } = MakeWords();

    /// <summary>The texts.</summary>
    public static IReadOnlyList<string> All { get; } = MakeTexts();

    private static string[] MakeWords()
    {
        var random = new Random(10_000);
        var words = new HashSet<string>(StringComparer.Ordinal);
        while (words.Count < WordCount) words.Add(string.Concat(Enumerable.Range(0, random.Next(2, 6)).Select(_ => Pick(random, Syllables))));
        return [.. words];
    }

    private static string[] MakeTexts()
    {
        var random = new Random(3);
        return [.. Enumerable.Range(0, TextCount).Select(_ => MakeText(random))];
    }

    private static string MakeText(Random random)
    {
        var text = new StringBuilder();
        for (var left = random.Next(1, 11); left > 0; left--)
        {
            var part = random.Next(3) switch { 0 => Pick(random, Plain), 1 => Pick(random, Words), _ => Sensitive(random) };
            text.Append(random.Next(4) == 0 ? Disguised(random, part) : part).Append(Pick(random, Between));
        }
        return text.ToString();
    }

    private static string Sensitive(Random random) => random.Next(13) switch
    {
        0 => $"{Some(random, Letters, 1, 12)}.{Some(random, Letters, 1, 6)}@{Some(random, Letters, 2, 10)}.{Pick(random, ["com", "org", "co.uk", "de"])}",
        1 => $"{Some(random, Alphanumeric, 1, 70)}@{Some(random, Letters, 1, 70)}.io",
        2 => Card(random, isRight: true),
        3 => Card(random, isRight: false),
        4 => "+49 30 " + Digits(random, 7),
        5 => $"({random.Next(201, 990)}) 555-{Digits(random, 4)}",
        6 => Iban(random),
        7 => $"{random.Next(100, 665)}-{random.Next(10, 99)}-{random.Next(1000, 9999)}",
        8 => $"{random.Next(1, 224)}.{random.Next(256)}.{random.Next(256)}.{random.Next(300)}",
        9 => string.Join(random.Next(2) == 0 ? ':' : '-', Enumerable.Range(0, 6).Select(_ => random.Next(256).ToString("x2", CultureInfo.InvariantCulture))),
        10 => Key(random),
        11 => "ey" + "J" + Some(random, Alphanumeric, 20, 40) + ".ey" + "J" + Some(random, Alphanumeric, 20, 60) + "." + Some(random, Alphanumeric, 20, 40),
        _ => "PRJ-" + Digits(random, random.Next(3, 10)),
    };

    private static string Key(Random random) => random.Next(4) switch
    {
        0 => "AK" + "IA" + Some(random, "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", 16, 17),
        1 => "gh" + "p_" + Some(random, Alphanumeric, 36, 37),
        2 => "sk" + "-proj-" + Some(random, Alphanumeric, 20, 80),
        _ => "-----BEGIN " + "RSA PRIVATE KEY-----\n" + Some(random, Alphanumeric, 30, 64) + "\n" + Some(random, Alphanumeric, 30, 64) + "\n-----END " + "RSA PRIVATE KEY-----",
    };

    // A Visa number; ISO/IEC 7812-1 annex B.
    private static string Card(Random random, bool isRight)
    {
        var digits = "4" + Digits(random, 14);
        var sum = digits.Reverse().Select((digit, i) => i % 2 == 0 ? ((digit - '0') * 2 / 10) + ((digit - '0') * 2 % 10) : digit - '0').Sum();
        digits += ((10 - (sum % 10) + (isRight ? 0 : 1)) % 10).ToString(CultureInfo.InvariantCulture);
        return random.Next(2) == 0 ? digits : string.Join(random.Next(2) == 0 ? ' ' : '-', digits.Chunk(4).Select(group => new string(group)));
    }

    // Germany's; ISO 13616.
    private static string Iban(Random random)
    {
        var account = Digits(random, 18);
        var check = 98 - (int)(UInt128.Parse(account + "131400", CultureInfo.InvariantCulture) % 97);
        var iban = "DE" + check.ToString("00", CultureInfo.InvariantCulture) + account;
        return random.Next(2) == 0 ? iban : string.Join(' ', iban.Chunk(4).Select(group => new string(group)));
    }

    private static string Disguised(Random random, string text)
    {
        var kind = random.Next(5);
        return string.Concat(text.Select(c => (kind, c) switch
        {
            (0, > ' ' and <= '~') => ((char)(c + 0xFEE0)).ToString(),
            (1, _) when random.Next(3) == 0 => c + Pick(random, ["\u200b", "\u2060", "\u00ad", "\ufeff"]),
            (2, _) when char.IsAsciiLetter(c) && random.Next(3) == 0 => c + Pick(random, ["\u0301", "\u0327", "\u20dd"]),
            (3, 'a') => "а",
            (3, 'o') => "о",
            (3, 'e') => "е",
            (4, _) when !char.IsSurrogate(c) && random.Next(3) == 0 => c + "\U000E0041",
            _ => c.ToString(),
        }));
    }

    private static string Digits(Random random, int count) => string.Concat(Enumerable.Range(0, count).Select(_ => random.Next(10)));

    private static string Some(Random random, string alphabet, int least, int below) =>
        string.Concat(Enumerable.Range(0, random.Next(least, below)).Select(_ => alphabet[random.Next(alphabet.Length)]));

    private static string Pick(Random random, IReadOnlyList<string> choices) => choices[random.Next(choices.Count)];
}

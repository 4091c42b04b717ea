using System.Text;

namespace Sidecar.Microbenchmarks;

/// <summary>Texts of one length and made-up terms, the same in every run.</summary>
internal static class Texts
{
    /// <summary>Bytes of every text.</summary>
    public const int Length = 1 << 20;

    private const int Seed = 20261124;

    private static readonly string[] Sentences =
    [
        "The river had risen in the night, and by the time the ferry left there was hardly any of the landing stage to be seen.",
        "Nobody remembers who planted the first tree, but there are 340 of them now, and most bear fruit.",
        "To read a file line by line, open it with a buffered reader and stop when the next line is empty.",
        "In 1998 the museum moved to a new building on Harbour Street, where it has stayed ever since.",
        "A function should do one thing; when its name needs an \"and\", it is usually two functions.",
        "Prices rose by 3.5 percent last year, more than the bank had expected, yet less than many people feared.",
        "First, preheat the oven to 180 degrees; then mix the flour, the sugar and a pinch of salt.",
        "I'm sorry, but I can't say for certain which of the two answers is right without seeing the data.",
        "Light takes about eight minutes and twenty seconds to travel from the Sun to the Earth.",
        "The committee meets on the second Tuesday of every month, at 10:30, in room B-204.",
        "Version 2.4.1 fixes a race between the writer and the reader that could lose the last record.",
        "She walked along the shore for an hour before she noticed that the tide was coming in.",
        "There are three ways to solve this: by hand, with a short script, or by asking whoever wrote it.",
        "Most birds that winter in the south return in April, when insects become plentiful again.",
        "If the request fails with status 503, wait a moment and try again, but never more than five times.",
        "The old clock in the hall struck twelve, although everyone knew that it was barely half past nine.",
        "Water boils at a lower temperature in the mountains, so rice and beans take longer to cook there.",
        "An index makes reading faster and writing slower; whether it pays depends on what you do more often.",
        "Please let me know if you would like a shorter summary, or more detail about any of the points above.",
        "His letters, 57 in all, were found in a drawer and published by his daughter in the spring of 2003.",
    ];

    private static readonly string[] Onsets = ["b", "br", "c", "d", "dr", "f", "fl", "g", "gr", "h", "j", "k", "l", "m", "n", "p", "pl", "qu", "r", "s", "st", "t", "tr", "v", "w", "z", ""];
    private static readonly string[] Rhymes = ["a", "e", "i", "o", "u", "an", "el", "im", "or", "ush", "ax", "ek", "il", "ond", "urn"];

    /// <summary>English prose, as models write it.</summary>
    public static byte[] Prose { get; } = MakeProse();

    /// <summary>Terms that nobody writes, of one to three words.</summary>
    public static IReadOnlyList<string> Terms(int count)
    {
        var random = new Random(Seed);
        var terms = new HashSet<string>();
        while (terms.Count < count)
        {
            var words = random.Next(4) == 0 ? random.Next(2, 4) : 1;
            terms.Add(string.Join(' ', Enumerable.Range(0, words).Select(_ => Word(random))));
        }
        return [.. terms];
    }

    /// <summary>A piece of text again and again.</summary>
    public static byte[] Repeat(string piece)
    {
        var bytes = Encoding.UTF8.GetBytes(piece);
        var text = new byte[Length];
        for (var i = 0; i < text.Length; i++) text[i] = bytes[i % bytes.Length];
        return text;
    }

    private static byte[] MakeProse()
    {
        var random = new Random(Seed);
        var text = new StringBuilder();
        while (text.Length < Length) text.Append(Sentences[random.Next(Sentences.Length)]).Append(random.Next(6) == 0 ? "\n\n" : " ");
        return Encoding.ASCII.GetBytes(text.ToString(0, Length));
    }

    private static string Word(Random random)
    {
        var word = new StringBuilder();
        for (var syllables = random.Next(2, 5); syllables > 0; syllables--) word.Append(Onsets[random.Next(Onsets.Length)]).Append(Rhymes[random.Next(Rhymes.Length)]);
        return word.ToString();
    }
}

using System.Text;

namespace Sidecar.Load.Wire;

/// <summary>English text in tokens, as models send it.</summary>
internal static class Tokens
{
    private const string Text =
        "The river had risen in the night, and by the time the ferry left there was hardly any of the landing stage to be seen. " +
        "Nobody remembers who planted the first tree, but there are 340 of them now, and most bear fruit. " +
        "To read a file line by line, open it with a buffered reader and stop when the next line is empty. " +
        "Prices rose by 3.5 percent last year, more than the bank had expected, yet less than many people feared. " +
        "First, preheat the oven to 180 degrees; then mix the flour, the sugar and a pinch of salt. " +
        "Light takes about eight minutes and twenty seconds to travel from the Sun to the Earth. ";

    /// <summary>
    /// The tokens: <c>word</c> puts the space in front, so that each ends in the middle of what may go on; <c>space</c> puts it behind, which leaves
    /// numbers that may go on; <c>letters</c> has none of these either.
    /// </summary>
    public static byte[][] Of(string kind)
    {
        var words = Text.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        string[] tokens = kind switch
        {
            "word" => Array.ConvertAll(words, word => " " + word),
            "space" => Array.ConvertAll(words, word => word + " "),
            "letters" => [.. words.Where(word => !word.Any(char.IsAsciiDigit)).Select(word => word + " ")],
            _ => throw new ArgumentException($"word, space or letters, not {kind}"),
        };
        return Array.ConvertAll(tokens, Encoding.ASCII.GetBytes);
    }
}

using System.Globalization;

namespace Sidecar.Load.Wire;

/// <summary>What a client asks its provider to stream. It travels in the prompt, which every proxy passes on.</summary>
/// <param name="Stream">The stream's number, unique in a run.</param>
/// <param name="Rate">Events in a second; 0 for as fast as the connection takes them.</param>
/// <param name="Events">How many.</param>
/// <param name="Burst">Events that are due at one moment and go in one write.</param>
/// <param name="FirstMilliseconds">From the request to the first event.</param>
/// <param name="Bytes">Bytes of an event; one that cannot be so small is longer.</param>
/// <param name="Tokens">Which text: see <see cref="Wire.Tokens"/>.</param>
internal sealed record StreamPlan(int Stream, int Rate, int Events, int Burst = 1, int FirstMilliseconds = 0, int Bytes = 250, string Tokens = "letters")
{
    private const string Opening = "plan ";

    /// <summary>As words of a prompt.</summary>
    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{Opening}{Stream} {Rate} {Events} {Burst} {FirstMilliseconds} {Bytes} {Tokens} ");

    /// <summary>Finds the plan in a request; null where there is none.</summary>
    public static StreamPlan? Find(string request)
    {
        var start = request.IndexOf(Opening, StringComparison.Ordinal);
        if (start < 0) return null;
        var words = request[(start + Opening.Length)..].Split(' ', 8);
        return words.Length < 8 ? null : new(Number(words[0]), Number(words[1]), Number(words[2]), Number(words[3]), Number(words[4]), Number(words[5]), words[6]);
    }

    private static int Number(string word) => int.Parse(word, CultureInfo.InvariantCulture);
}

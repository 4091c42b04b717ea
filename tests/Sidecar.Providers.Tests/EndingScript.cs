using System.Buffers;
using System.Text;

namespace Sidecar.Providers.Tests;

/// <summary>What a client is sent before moderation ends its stream: events, of which each is its data, behind a name and a bar where it has one.</summary>
internal sealed record EndingScript(Dialect Dialect, params string[] Sent)
{
    /// <summary>The ending.</summary>
    /// <param name="framing">How the stream is framed.</param>
    /// <param name="isFrugal">Whether only those events are observed of which the ending says that it learns.</param>
    public string Ending(ErrorFraming framing = ErrorFraming.Sse, bool isFrugal = false)
    {
        var ending = Observed(isFrugal);
        var writer = new ArrayBufferWriter<byte>();
        ending.Write(writer, framing);
        return Encoding.UTF8.GetString(writer.WrittenSpan);
    }

    /// <summary>An ending that knows what was sent.</summary>
    public ModeratedEnding Observed(bool isFrugal = false)
    {
        var ending = ModeratedEnding.Of(Dialect);
        var meaning = new EventMeaning();
        foreach (var (name, data) in Events)
        {
            var bytes = Encoding.UTF8.GetBytes(data);
            Dialect.ReadEvent(bytes, Encoding.UTF8.GetBytes(name), meaning);
            if (!isFrugal || ending.Learns(meaning)) ending.Observe(bytes, meaning);
        }
        return ending;
    }

    /// <summary>All that the client is sent, in the framing that its API has.</summary>
    public string Stream
    {
        get
        {
            if (Dialect is Ollama) return string.Concat(Events.Select(e => e.Data + "\n")) + Ending(ErrorFraming.Ndjson);
            return string.Concat(Events.Select(e => (e.Name.Length > 0 ? $"event: {e.Name}\n" : "") + $"data: {e.Data}\n\n")) + Ending();
        }
    }

    private IEnumerable<(string Name, string Data)> Events => Sent.Select(sent =>
        sent.IndexOf('|', StringComparison.Ordinal) is > 0 and < 40 and var bar ? (sent[..bar], sent[(bar + 1)..]) : ("", sent));
}

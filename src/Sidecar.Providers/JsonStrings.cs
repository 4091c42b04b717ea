using System.Text.Json;

namespace Sidecar.Providers;

/// <summary>JSON of which no dialect is known: every string in it is a text, whatever its name.</summary>
public static class JsonStrings
{
    // As requests: bodies of any API, deeper than an event.
    private const int MaxDepth = 256;

    /// <summary>Reads a document.</summary>
    /// <param name="data">The document.</param>
    /// <param name="meaning">Reset and filled. Data that is no JSON is <see cref="EventTraits.NotJson"/>, never an exception.</param>
    public static void Read(ReadOnlySpan<byte> data, EventMeaning meaning)
    {
        meaning.Reset();
        var json = new Utf8JsonReader(data, new JsonReaderOptions { MaxDepth = MaxDepth });
        try
        {
            while (json.Read())
            {
                if (json.TokenType != JsonTokenType.String || json.ValueSpan.IsEmpty) continue;
                var start = (int)json.TokenStartIndex + 1;
                var channel = new Channel(ChannelKind.Other, 0, 0);
                meaning.Add(new TextRange(channel, start, json.ValueSpan.Length, json.ValueIsEscaped, false) { Complete = true });
            }
        }
        catch (JsonException)
        {
            meaning.Reset();
            meaning.Traits = EventTraits.Malformed | EventTraits.NotJson;
        }
    }
}

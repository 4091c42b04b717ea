using System.Text;
using System.Text.Json;

namespace Sidecar.FunctionalTests.Client;

/// <summary>A response that is read as far as a test asks.</summary>
public sealed class RawResponse(RawClient client, ResponseParser parser)
{
    internal ResponseParser Parser => parser;

    public int Status => parser.Status;
    public string Version => parser.Version;
    public IReadOnlyList<int> Interim => parser.Interim;
    public IReadOnlyList<(string Name, string Value)> Headers => parser.Headers;
    public IReadOnlyList<(string Name, string Value)> Trailers => parser.Trailers;
    public bool IsChunked => parser.IsChunked;
    public bool IsComplete => parser.IsComplete;
    public ReadOnlyMemory<byte> Body => parser.Body;
    public string Text => Encoding.UTF8.GetString(parser.Body.Span);

    /// <summary>The body as JSON.</summary>
    public JsonElement Json => JsonElement.Parse(parser.Body.Span);

    /// <summary>The one value of a header; null when it is missing. Twice is an error.</summary>
    public string? Header(string name) => All(name).SingleOrDefault();

    /// <summary>All values of a header.</summary>
    public IEnumerable<string> All(string name) =>
        parser.Headers.Where(header => header.Name.Equals(name, StringComparison.OrdinalIgnoreCase)).Select(header => header.Value);

    /// <summary>Reads until this many bytes of the body have come.</summary>
    public Task ArrivedAsync(int length) => UntilAsync(() => parser.Body.Length >= length, $"{length} bytes of body");

    /// <summary>Reads to the end of the response; a cut is an error.</summary>
    public Task CompleteAsync() => UntilAsync(() => parser.IsComplete, "the end of the response");

    /// <summary>Reads to the end of the response or of the connection; true when the response was whole.</summary>
    public async Task<bool> ReadOutAsync()
    {
        client.Feed(parser);
        while (!parser.IsComplete && client.End == ConnectionEnd.Open)
        {
            await client.ReceiveAsync("the end of the response or the connection");
            client.Feed(parser);
        }
        return parser.IsComplete;
    }

    internal async Task UntilAsync(Func<bool> reached, string what)
    {
        client.Feed(parser);
        while (!reached())
        {
            if (client.End != ConnectionEnd.Open) throw new BadResponseException($"connection {client.End} before {what}; body so far: {Text}");
            await client.ReceiveAsync($"{what}; body so far: {Text}");
            client.Feed(parser);
        }
    }
}

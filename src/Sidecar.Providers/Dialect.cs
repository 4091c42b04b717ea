namespace Sidecar.Providers;

/// <summary>The shape of an API's requests, events and errors.</summary>
public abstract class Dialect
{
    /// <summary>Name as in configuration and error shapes: openai, anthropic, gemini, ollama.</summary>
    public abstract string Name { get; }

    /// <summary>Reads one event.</summary>
    /// <param name="data">The event's data: of SSE the joined data lines, of NDJSON the line, of a JSON array the element.</param>
    /// <param name="eventName">The SSE event field; empty when there is none.</param>
    /// <param name="meaning">Reset and filled. Data that cannot be read is <see cref="EventTraits.Malformed"/>, never an exception.</param>
    public abstract void ReadEvent(ReadOnlySpan<byte> data, ReadOnlySpan<byte> eventName, EventMeaning meaning);

    /// <summary>Reads a whole, non-streamed response body: texts, usage, finish reason, error.</summary>
    public abstract void ReadBody(ReadOnlySpan<byte> body, EventMeaning meaning);
}

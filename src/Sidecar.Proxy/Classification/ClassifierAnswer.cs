using System.Text.Json;
using Sidecar.Proxy.Telemetry;

namespace Sidecar.Proxy.Classification;

/// <summary>
/// Reads a classifier's answer, <c>{"results":[{"flagged":true,…}]}</c> (OpenAI, create moderation). Whatever else it says is passed over; what
/// does not say whether each result is flagged is no verdict.
/// </summary>
internal static class ClassifierAnswer
{
    private const int MaxDepth = 32;

    /// <summary>Allowed, flagged (any result is), or an error.</summary>
    public static ClassifierVerdict Read(ReadOnlySpan<byte> body)
    {
        var json = new Utf8JsonReader(body, new JsonReaderOptions { MaxDepth = MaxDepth });
        try
        {
            return ReadAnswer(ref json);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // Bad JSON, or a name that is no text.
            return ClassifierVerdict.Error;
        }
    }

    private static ClassifierVerdict ReadAnswer(ref Utf8JsonReader json)
    {
        json.Read();
        if (json.TokenType != JsonTokenType.StartObject) return ClassifierVerdict.Error;
        int allowed = 0, flagged = 0, others = 0;
        while (NextProperty(ref json, "results"u8, out var isResults))
        {
            if (!isResults || json.TokenType != JsonTokenType.StartArray)
            {
                json.Skip();
                continue;
            }
            while (json.Read() && json.TokenType != JsonTokenType.EndArray)
            {
                var verdict = ReadResult(ref json);
                if (verdict == ClassifierVerdict.Flagged) flagged++;
                else if (verdict == ClassifierVerdict.Allowed) allowed++;
                else others++;
            }
        }
        // Anything behind the answer is bad JSON.
        json.Read();
        if (flagged > 0) return ClassifierVerdict.Flagged;
        return allowed > 0 && others == 0 ? ClassifierVerdict.Allowed : ClassifierVerdict.Error;
    }

    private static ClassifierVerdict ReadResult(ref Utf8JsonReader json)
    {
        var verdict = ClassifierVerdict.Error;
        if (json.TokenType != JsonTokenType.StartObject)
        {
            json.Skip();
            return verdict;
        }
        while (NextProperty(ref json, "flagged"u8, out var isFlagged))
        {
            // Of two that contradict each other the stricter one counts.
            if (isFlagged && json.TokenType == JsonTokenType.True) verdict = ClassifierVerdict.Flagged;
            else if (isFlagged && json.TokenType == JsonTokenType.False && verdict == ClassifierVerdict.Error) verdict = ClassifierVerdict.Allowed;
            json.Skip();
        }
        return verdict;
    }

    /// <summary>Moves onto the next value of the object here; false at its end.</summary>
    private static bool NextProperty(ref Utf8JsonReader json, ReadOnlySpan<byte> name, out bool isNamed)
    {
        json.Read();
        isNamed = json.TokenType == JsonTokenType.PropertyName && json.ValueTextEquals(name);
        if (json.TokenType != JsonTokenType.PropertyName) return false;
        json.Read();
        return true;
    }
}

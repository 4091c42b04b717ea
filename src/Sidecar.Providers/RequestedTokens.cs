using System.Text.Json;

namespace Sidecar.Providers;

/// <summary>How many tokens a request may use, guessed before anybody counts them: all dialects alike.</summary>
public static class RequestedTokens
{
    /// <summary>Taken for the answer of a request that names no limit.</summary>
    public const long UsualOutput = 1024;

    private const int MaxDepth = 256;
    private const int BytesPerToken = 4;
    private const long MostOutput = 1 << 30;

    /// <summary>A token for each four bytes, and as many for the answer as it may have.</summary>
    public static long Estimate(ReadOnlySpan<byte> body) => (body.Length / BytesPerToken) + (ReadLimit(body) ?? UsualOutput);

    /// <summary>The longest answer that a request allows; null when it does not say. Of several limits the largest counts. Never throws.</summary>
    public static long? ReadLimit(ReadOnlySpan<byte> body)
    {
        var json = new Utf8JsonReader(body, new JsonReaderOptions { MaxDepth = MaxDepth });
        long? most = null;
        try
        {
            if (!json.Read() || json.TokenType != JsonTokenType.StartObject) return null;
            while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
            {
                var holder = json.ValueTextEquals("generationConfig"u8) || json.ValueTextEquals("generation_config"u8) || json.ValueTextEquals("options"u8);
                var isLimit = IsLimit(ref json);
                json.Read();
                if (holder && json.TokenType == JsonTokenType.StartObject) most = Larger(most, ReadHeld(ref json));
                if (isLimit) most = Larger(most, Number(json));
                json.Skip();
            }
            return most;
        }
        catch (JsonException)
        {
            return most;
        }
    }

    private static bool IsLimit(ref Utf8JsonReader json) =>
        json.ValueTextEquals("max_tokens"u8) || json.ValueTextEquals("max_completion_tokens"u8) || json.ValueTextEquals("max_output_tokens"u8);

    private static long? ReadHeld(ref Utf8JsonReader json)
    {
        long? most = null;
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            var isLimit = json.ValueTextEquals("maxOutputTokens"u8) || json.ValueTextEquals("max_output_tokens"u8) || json.ValueTextEquals("num_predict"u8);
            json.Read();
            if (isLimit) most = Larger(most, Number(json));
            json.Skip();
        }
        return most;
    }

    // Ollama's num_predict -1 is no limit.
    private static long? Number(in Utf8JsonReader json) =>
        json.TokenType == JsonTokenType.Number && json.TryGetInt64(out var value) && value >= 0 ? Math.Min(value, MostOutput) : null;

    private static long? Larger(long? a, long? b) => a is null || b > a ? b : a;
}

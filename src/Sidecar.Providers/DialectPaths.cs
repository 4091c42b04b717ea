using System.Text;

namespace Sidecar.Providers;

/// <summary>Which dialect a request path tells, and which model where the path names it.</summary>
/// <remarks>
/// Only a path's end counts, as base URLs differ (<c>/openai/v1</c>, <c>/api/v1</c>, none). A path is compared as a lenient upstream
/// would read it: percent-escapes resolved, case ignored, empty segments dropped, so that no spelling of it goes unread.
/// </remarks>
public static class DialectPaths
{
    private const int TailLength = 512;

    /// <summary>The dialect of a path (with or without a query), or null: then the body is relayed as bytes.</summary>
    public static Dialect? Find(ReadOnlySpan<byte> path)
    {
        Span<byte> buffer = stackalloc byte[TailLength];
        ReadOnlySpan<byte> tail = buffer[..Normalise(WithoutQuery(path), buffer)];
        // A stored completion or response is fetched by its id, below the path that made it.
        var parent = tail[..Math.Max(tail.LastIndexOf((byte)'/'), 0)];
        if (tail.EndsWith("/chat/completions"u8) || parent.EndsWith("/chat/completions"u8)) return OpenAIChat.Instance;
        if (tail.EndsWith("/completions"u8)) return OpenAICompletions.Instance;
        if (tail.EndsWith("/responses"u8) || parent.EndsWith("/responses"u8)) return OpenAIResponses.Instance;
        // Not /v1/threads/…/messages, which is OpenAI's; count_tokens and batches are other paths.
        if (tail.EndsWith("/v1/messages"u8) || tail.SequenceEqual("/messages"u8)) return AnthropicMessages.Instance;
        if (IsGemini(tail)) return Gemini.Instance;
        if (tail.EndsWith("/api/chat"u8) || tail.EndsWith("/api/generate"u8)) return Ollama.Instance;
        return null;
    }

    /// <summary>
    /// The dialect that a provider of the configuration speaks when the path does not tell: for the shape of errors, not for reading.
    /// Null for a name that is none.
    /// </summary>
    public static Dialect? OfProvider(ReadOnlySpan<char> provider) => provider switch
    {
        "openai" or "azure" => OpenAIChat.Instance,
        "anthropic" => AnthropicMessages.Instance,
        "gemini" => Gemini.Instance,
        "ollama" => Ollama.Instance,
        _ => null,
    };

    /// <summary>
    /// The model or deployment that the path names, as written there (percent-escapes kept); empty when it names none. Gemini:
    /// <c>…/models/MODEL:generateContent</c>; Azure: <c>…/deployments/DEPLOYMENT/…</c>.
    /// </summary>
    public static ReadOnlySpan<byte> Model(ReadOnlySpan<byte> path)
    {
        path = WithoutQuery(path);
        Span<byte> buffer = stackalloc byte[TailLength];
        if (IsGemini(buffer[..Normalise(path, buffer)])) return GeminiModel(path.TrimEnd((byte)'/'));
        while (!path.IsEmpty)
        {
            if (Ascii.EqualsIgnoreCase(NextSegment(ref path), "deployments"u8)) return NextSegment(ref path);
        }
        return default;
    }

    private static bool IsGemini(ReadOnlySpan<byte> tail) =>
        tail.EndsWith(":generatecontent"u8) || tail.EndsWith(":streamgeneratecontent"u8);

    private static ReadOnlySpan<byte> GeminiModel(ReadOnlySpan<byte> path)
    {
        var last = path[(path.LastIndexOf((byte)'/') + 1)..];
        var colon = last.LastIndexOf((byte)':');
        // A client may have escaped the colon.
        if (colon < 0) colon = last.LastIndexOf("%3A"u8);
        if (colon < 0) colon = last.LastIndexOf("%3a"u8);
        return colon < 0 ? default : last[..colon];
    }

    private static ReadOnlySpan<byte> NextSegment(scoped ref ReadOnlySpan<byte> path)
    {
        path = path.TrimStart((byte)'/');
        var end = path.IndexOf((byte)'/');
        var segment = end < 0 ? path : path[..end];
        path = path[segment.Length..];
        return segment;
    }

    private static ReadOnlySpan<byte> WithoutQuery(ReadOnlySpan<byte> path)
    {
        var end = path.IndexOfAny((byte)'?', (byte)'#');
        return end < 0 ? path : path[..end];
    }

    // Fills the buffer with the path's end in lower case, without escapes and empty segments.
    private static int Normalise(ReadOnlySpan<byte> path, Span<byte> buffer)
    {
        if (path.Length > buffer.Length) path = path[^buffer.Length..];
        var length = 0;
        for (var i = 0; i < path.Length; i++)
        {
            var c = path[i];
            if (c == '%' && i + 2 < path.Length && char.IsAsciiHexDigit((char)path[i + 1]) && char.IsAsciiHexDigit((char)path[i + 2]))
            {
                c = (byte)((HexValue(path[i + 1]) << 4) | HexValue(path[i + 2]));
                i += 2;
            }
            if (c == '/' && length > 0 && buffer[length - 1] == '/') continue;
            buffer[length++] = c is >= (byte)'A' and <= (byte)'Z' ? (byte)(c | 0x20) : c;
        }
        return length > 1 && buffer[length - 1] == '/' ? length - 1 : length;
    }

    private static int HexValue(byte digit) => digit <= '9' ? digit - '0' : (digit | 0x20) - 'a' + 10;
}

using System.Globalization;
using System.Text;
using Sidecar.Protocols.Http1;
using Sidecar.Providers;

namespace Sidecar.Proxy.Admission;

/// <summary>Why a request is not let through, and what its client may know of it.</summary>
/// <param name="Error">Code and status of the answer.</param>
/// <param name="Message">For people; no key, no token.</param>
public sealed record Denial(ErrorCode Error, string Message)
{
    /// <summary>When it is worth asking again; null when time changes nothing.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>The limit of requests; null when the key has none.</summary>
    public WindowState? Requests { get; init; }

    /// <summary>The limit of tokens; null when the key has none.</summary>
    public WindowState? Tokens { get; init; }

    internal static Denial NotReady { get; } = new(ErrorCode.Overloaded, "the keys of the issuer are not known yet");

    internal static Denial Unauthorized { get; } = new(ErrorCode.Unauthorized, "a valid credential is required");

    /// <summary>Writes the fields of the answer's head that tell of it.</summary>
    public void WriteFields(HeadWriter head)
    {
        if (Error == ErrorCode.Unauthorized) head.Field("www-authenticate"u8, "Bearer"u8);
        if (RetryAfter is { } wait) head.Field("retry-after"u8, Math.Max(1, (long)Math.Ceiling(wait.TotalSeconds)));
        if (Requests is { } requests)
        {
            head.Field("x-ratelimit-limit-requests"u8, requests.Limit);
            head.Field("x-ratelimit-remaining-requests"u8, requests.Remaining);
            head.Field("x-ratelimit-reset-requests"u8, Duration(requests.Reset));
        }
        if (Tokens is not { } tokens) return;
        head.Field("x-ratelimit-limit-tokens"u8, tokens.Limit);
        head.Field("x-ratelimit-remaining-tokens"u8, tokens.Remaining);
        head.Field("x-ratelimit-reset-tokens"u8, Duration(tokens.Reset));
    }

    // As OpenAI spells it: 1s, 1m1s, in whole seconds here.
    private static byte[] Duration(TimeSpan span)
    {
        var seconds = (long)Math.Ceiling(span.TotalSeconds);
        var text = seconds < 60 ? $"{seconds}s" : string.Create(CultureInfo.InvariantCulture, $"{seconds / 60}m{seconds % 60}s");
        return Encoding.ASCII.GetBytes(text);
    }
}

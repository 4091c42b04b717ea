using System.Buffers;
using System.Text;
using System.Text.Json;
using Sidecar.Moderation.Patterns;

namespace Sidecar.Proxy.Configuration.Table;

/// <summary>The kinds of free text, each bounded to what its place can carry.</summary>
internal static class Texts
{
    /// <summary>Longest term, in characters.</summary>
    public const int MaxTermLength = 1024;

    private const int MaxLength = 8192;

    private const string NamePattern = "^[A-Za-z0-9_.-]{1,64}$";
    private const string HeaderPattern = "^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,256}$";
    private const string MetricPattern = "^[a-zA-Z_:][a-zA-Z0-9_:]*$";

    private static readonly SearchValues<char> NameCharacters =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.-");

    // RFC 9110 §5.6.2, token.
    private static readonly SearchValues<char> TokenCharacters =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789!#$%&'*+-.^_`|~");

    // The Prometheus exposition format's metric names.
    private static readonly SearchValues<char> MetricCharacters =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_:");

    // They frame the message or belong to one connection: RFC 9110 §7.6.1, RFC 9112 §6.
    private static readonly string[] FramingHeaders =
    [
        "connection", "content-length", "expect", "host", "keep-alive", "proxy-connection", "te", "trailer", "transfer-encoding", "upgrade",
    ];

    /// <summary>A name that appears in labels, logs and other keys.</summary>
    public static readonly Kind<string> Name = Text(ParseName, NamePattern);

    /// <summary>Names of upstreams.</summary>
    public static readonly Names ByName = new(ParseName, NamePattern);

    /// <summary>Names of headers, made lower case.</summary>
    public static readonly Names ByHeader = new(ParseHeader, HeaderPattern);

    /// <summary>Names of metrics.</summary>
    public static readonly Names ByMetric = new(
        (string text, out string value) =>
        {
            value = text;
            return text.Length is > 0 and <= 256 && !char.IsAsciiDigit(text[0]) && !text.AsSpan().ContainsAnyExcept(MetricCharacters)
                ? null
                : "must be a metric's name such as `llm_sidecar_overhead_seconds`";
        },
        MetricPattern);

    /// <summary>A header's name, made lower case.</summary>
    public static readonly Kind<string> Header = Text(ParseHeader, HeaderPattern);

    /// <summary>The name of a header that may carry a credential, made lower case.</summary>
    public static readonly Kind<string> CredentialHeader = Text(
        (string text, out string value) =>
            ParseHeader(text, out value) ?? (FramingHeaders.Contains(value) ? $"`{value}` cannot carry a credential" : null),
        HeaderPattern);

    /// <summary>A header's value: RFC 9110 §5.5 without obs-text.</summary>
    public static readonly Kind<string> HeaderValue = Text(
        (string text, out string value) =>
        {
            value = text;
            return text.Length is > 0 and <= MaxLength && !text.AsSpan().ContainsAnyExceptInRange(' ', '~')
                && text[0] != ' ' && text[^1] != ' '
                    ? null
                    : "must be a header's value: visible ASCII, no line break, no space at its ends";
        },
        "^[!-~]([ -~]*[!-~])?$");

    /// <summary>A route's path: exact, or a prefix with a final <c>*</c>.</summary>
    public static readonly Kind<string> PathPattern = Text(
        (string text, out string value) =>
        {
            value = text;
            var star = text.IndexOf('*', StringComparison.Ordinal);
            return text.Length <= MaxLength && text.StartsWith('/') && (star < 0 || star == text.Length - 1)
                && !text.AsSpan().ContainsAnyExceptInRange('!', '~') && !text.AsSpan().ContainsAny('?', '#')
                    ? null
                    : "must be a path such as `/v1/models`, or the beginning of one with a final `*`";
        },
        @"^/[^*?#\s]*\*?$");

    /// <summary>A model's name; <c>*</c> matches any run of characters where patterns are meant.</summary>
    public static readonly Kind<string> Model = Text(
        (string text, out string value) =>
        {
            value = text;
            return text.Length is > 0 and <= 256 && !text.Any(char.IsControl) ? null : "must be a model's name, up to 256 characters";
        },
        "^.{1,256}$");

    /// <summary>A short text for logs and views, or what a token must hold; may be empty.</summary>
    public static readonly Kind<string> Label = Text(
        (string text, out string value) =>
        {
            value = text;
            return text.Length <= 256 && !text.Any(char.IsControl) ? null : "must be a text of up to 256 characters on one line";
        },
        "^.{0,256}$");

    /// <summary>The SHA-256 of a key, which is never shown: a weak key could be guessed from it.</summary>
    public static readonly Kind<string> Sha256 = Text(
        (string text, out string value) =>
        {
            value = text.ToLowerInvariant();
            return text.Length == 64 && text.All(char.IsAsciiHexDigit) ? null : "must be the 64 hexadecimal digits of a SHA-256";
        },
        "^[0-9A-Fa-f]{64}$");

    /// <summary>A host name or address as certificates name it.</summary>
    public static readonly Kind<string> ServerName = Text(
        (string text, out string value) =>
        {
            value = text;
            return Uri.CheckHostName(text) is UriHostNameType.Dns or UriHostNameType.IPv4 or UriHostNameType.IPv6
                ? null
                : "must be a host name or an address";
        },
        @"^[^\s/]+$");

    /// <summary>A literal text that a rule finds.</summary>
    public static readonly Kind<string> Term = Text(
        (string text, out string value) =>
        {
            value = text;
            return text.Length <= MaxTermLength && !string.IsNullOrWhiteSpace(text)
                ? null
                : $"must be a text of up to {MaxTermLength} characters that is not blank";
        },
        @"\S");

    /// <summary>A regular expression; what it may hold is told once it is known which writings are one.</summary>
    public static readonly Kind<string> PatternText = Text(
        (string text, out string value) =>
        {
            value = text;
            return text.Length is > 0 and <= Pattern.MaxTextLength ? null : $"must be a pattern of up to {Pattern.MaxTextLength} characters";
        },
        $"^[\\s\\S]{{1,{Pattern.MaxTextLength}}}$");

    /// <summary>What stands in a text's place, placeholders and all.</summary>
    public static readonly Kind<string> Replacement = Text(ParseReplacement, @"^[\s\S]{0,256}$");

    /// <summary>The key of a digest, as UTF-8.</summary>
    public static readonly Kind<byte[]> DigestKey = new ScalarKind<byte[]>(
        (string text, out byte[] value) =>
        {
            value = Encoding.UTF8.GetBytes(text);
            return value.Length is >= 16 and <= MaxLength ? null : $"must be 16 to {MaxLength} bytes";
        },
        (writer, _) => writer.WriteStringValue(Shown.Redacted),
        """{"type":"string","minLength":16}""");

    /// <summary>A policy's name, or <c>off</c>, which is null.</summary>
    public static readonly Kind<string?> PolicyOrOff = new ScalarKind<string?>(
        (string text, out string? value) =>
        {
            var problem = ParseName(text, out var name);
            value = IsOff(text) ? null : name;
            return problem;
        },
        (writer, value) => writer.WriteStringValue(value ?? "off"),
        $$"""{"type":"string","pattern":"{{NamePattern}}"}""", """{"const":false}""");

    /// <summary>Names of policies.</summary>
    public static readonly Names ByPolicy = new(
        (string text, out string value) => ParseName(text, out value) ?? (IsOff(text) ? "cannot be `off`" : null),
        $"^(?!(off|false)$){NamePattern[1..]}");

    // YAML before 1.2 reads `off` as false.
    private static bool IsOff(string text) => text is "off" or "Off" or "OFF" or "false" or "False" or "FALSE";

    private static string? ParseReplacement(string text, out string value)
    {
        value = text;
        if (text.Length > 256)
            return "must be a text of up to 256 characters";
        for (var rest = text.AsSpan(); rest.IndexOf('{') is var open and >= 0;)
        {
            rest = rest[open..];
            var close = rest.IndexOf('}');
            if (close < 0)
                break;
            if (rest[..(close + 1)] is not ("{type}" or "{TYPE}" or "{n}"))
                return "has an unknown placeholder; there are `{type}`, `{TYPE}` and `{n}`";
            rest = rest[(close + 1)..];
        }
        return null;
    }

    private static Kind<string> Text(Parse<string> parse, string pattern) =>
        new ScalarKind<string>(parse, (writer, value) => writer.WriteStringValue(value),
            $$"""{"type":"string","pattern":"{{JsonEncodedText.Encode(pattern)}}"}""");

    private static string? ParseName(string text, out string value)
    {
        value = text;
        return text.Length is > 0 and <= 64 && !text.AsSpan().ContainsAnyExcept(NameCharacters)
            ? null
            : "must be up to 64 letters, digits, `_`, `.` or `-`";
    }

    private static string? ParseHeader(string text, out string value)
    {
        value = text.ToLowerInvariant();
        return text.Length is > 0 and <= 256 && !text.AsSpan().ContainsAnyExcept(TokenCharacters)
            ? null
            : "must be a header's name";
    }
}

using System.Text;

namespace Sidecar.Protocols.Tests.Http1;

/// <summary>
/// The table of hostile requests. Bytes are written as Latin-1 text, one char a byte. The file has no dependency, so that
/// the functional tests compile it too and drive it over sockets.
/// </summary>
public static partial class HostileRequests
{
    /// <summary>Longest head, <c>http: { max_header_bytes: 8KB }</c>: less than the default, as each case runs split at every index.</summary>
    public const int MaxHeadBytes = 8 * 1024;

    /// <summary>Most field lines, the default.</summary>
    public const int MaxFields = 100;

    /// <summary>Longest body, the default.</summary>
    public const int MaxBodyBytes = 32 * 1024 * 1024;

    /// <summary>Longest chunk-size line.</summary>
    public const int MaxChunkLineBytes = 1024;

    /// <summary>Longest trailer section.</summary>
    public const int MaxTrailerBytes = 8 * 1024;

    /// <summary>Control characters without HTAB, LF and CR, which have rules of their own; DEL included.</summary>
    private static char[] Controls =>
        [.. Enumerable.Range(0, 32).Where(c => c is not (9 or 10 or 13)).Append(127).Select(c => (char)c)];

    /// <summary>All of them.</summary>
    public static IReadOnlyList<HostileRequest> All { get; } =
    [
        .. Lengths(), .. Encodings(), .. RequestLines(), .. Versions(), .. Targets(), .. Hosts(), .. LineEnds(), .. Names(), .. Values(),
        .. Connections(), .. Bounds(), .. ChunkSizes(), .. ChunkExtensions(), .. ChunkData(), .. Trailers(),
    ];

    private static HostileRequest Refused(string error, string name, string rule, string bytes) => new()
    {
        Name = name,
        Rule = rule,
        Bytes = Encoding.Latin1.GetBytes(bytes),
        Fate = RequestFate.Refused,
        Error = error,
        Status = StatusOf(error),
    };

    private static HostileRequest Forwarded(string name, string rule, string bytes) => new()
    {
        Name = name,
        Rule = rule,
        Bytes = Encoding.Latin1.GetBytes(bytes),
        Fate = RequestFate.Forwarded,
        Method = bytes.TrimStart('\r', '\n').Split(' ')[0],
    };

    private static HostileRequest Unfinished(string name, string rule, string bytes) => new()
    {
        Name = name,
        Rule = rule,
        Bytes = Encoding.Latin1.GetBytes(bytes),
        Fate = RequestFate.Unfinished,
    };

    /// <summary>A good request with one or more field lines more.</summary>
    private static string Get(params string[] lines) => Head("GET /v1/models HTTP/1.1", ["Host: origin.test", .. lines]);

    /// <summary>A POST with field lines; its body is appended by the case.</summary>
    private static string Post(params string[] lines) => Head("POST /v1/models HTTP/1.1", ["Host: origin.test", .. lines]);

    /// <summary>A request line, with all else good.</summary>
    private static string Line(string requestLine) => Head(requestLine, "Host: origin.test");

    /// <summary>A chunked POST.</summary>
    private static string Chunked(string coded) => Post("Transfer-Encoding: chunked") + coded;

    private static string Head(string requestLine, params string[] lines) =>
        requestLine + "\r\n" + string.Concat(lines.Select(line => line + "\r\n")) + "\r\n";

    private static string Utf8(string text) => Encoding.Latin1.GetString(Encoding.UTF8.GetBytes(text));

    private static string Hex(char c) => $"0x{(int)c:X2}";

    /// <summary>The contract: 400, 413, 417, 431, 501, 505.</summary>
    private static int StatusOf(string error) => error switch
    {
        "" => 413,
        "HeadTooLarge" or "TooManyFields" => 431,
        "MethodNotImplemented" or "UnknownTransferCoding" => 501,
        "VersionNotSupported" => 505,
        "UnknownExpectation" => 417,
        _ => 400,
    };
}

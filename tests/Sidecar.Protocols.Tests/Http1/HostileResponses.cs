using System.Text;

namespace Sidecar.Protocols.Tests.Http1;

/// <summary>The table of hostile upstream responses: heads. Latin-1 text, one char a byte; no dependency, as <see cref="HostileRequests"/>.</summary>
public static partial class HostileResponses
{
    /// <summary>Longest head.</summary>
    public const int MaxHeadBytes = HostileRequests.MaxHeadBytes;

    /// <summary>Most field lines.</summary>
    public const int MaxFields = HostileRequests.MaxFields;

    /// <summary>All of them.</summary>
    public static IReadOnlyList<HostileResponse> All { get; } =
        [.. StatusLines(), .. Interims(), .. Fields(), .. Framings(), .. Codings(), .. WithoutBody(), .. Bodies(), .. KeepAlive(), .. Bounds()];

    private static HostileResponse Relayed(string name, string rule, string bytes) => Case(ResponseFate.Relayed, name, rule, bytes);

    private static HostileResponse Refused(string error, string name, string rule, string bytes) => Case(ResponseFate.Refused, name, rule, bytes) with { Error = error };

    private static HostileResponse Broken(string error, string name, string rule, string bytes) => Case(ResponseFate.Broken, name, rule, bytes) with { Error = error };

    private static HostileResponse Cut(string name, string rule, string bytes) => Case(ResponseFate.Cut, name, rule, bytes);

    private static HostileResponse Case(ResponseFate fate, string name, string rule, string bytes) =>
        new() { Name = name, Rule = rule, Bytes = Encoding.Latin1.GetBytes(bytes), Fate = fate };

    private static string Head(string statusLine, params string[] lines) =>
        statusLine + "\r\n" + string.Concat(lines.Select(line => line + "\r\n")) + "\r\n";

    /// <summary>A good head with one or more field lines more.</summary>
    private static string Ok(params string[] lines) => Head("HTTP/1.1 200 OK", lines);

    /// <summary>A good response but for its status line.</summary>
    private static string Line(string statusLine) => Head(statusLine, "Content-Length: 2") + "ok";

    private static IEnumerable<HostileResponse> StatusLines()
    {
        const string Rule = "RFC 9112 §4: HTTP-version SP status-code SP [reason-phrase]";
        return
        [
            Relayed("plain", Rule, Line("HTTP/1.1 200 OK")) with { Body = "ok" },
            Relayed("empty reason", Rule, Line("HTTP/1.1 200 ")) with { Body = "ok", Reason = "" },
            Relayed("no space before an empty reason", "RFC 9112 §4, as deployed servers write it", Line("HTTP/1.1 200")) with { Body = "ok", Reason = "" },
            Relayed("reason of words and a tab", Rule, Line("HTTP/1.1 200 all is\twell")) with { Body = "ok", Reason = "all is\twell" },
            Relayed("reason with obs-text", Rule, Line("HTTP/1.1 200 \u00c3\u00a9")) with { Body = "ok", Reason = "\u00c3\u00a9" },
            Relayed("two spaces before the reason", "RFC 9112 §4: SP may start a reason", Line("HTTP/1.1 200  OK")) with { Body = "ok", Reason = " OK" },
            Relayed("HTTP/1.0", "RFC 9112 §9.3", Line("HTTP/1.0 200 OK")) with { Body = "ok", KeepsOpen = false },
            Relayed("an unknown status", "RFC 9110 §15", Line("HTTP/1.1 299 Odd")) with { Body = "ok", Status = 299, Reason = "Odd" },
            Relayed("status 599", "RFC 9110 §15", Line("HTTP/1.1 599 x")) with { Body = "ok", Status = 599, Reason = "x" },
            .. new[] { "HTTP/2 200", "HTTP/2 200 OK", "ICY 200 OK", "HTTP/1.1", "HTTP/1.1 ", "HTTP/1.1  200 OK", "HTTP/1.1\t200 OK", "HTTP/1.1 200\tOK", "HTTP/1.1 20 OK", "HTTP/1.1 2000 OK",
                    "HTTP/1.1 2x0 OK", "HTTP/1.1 0x2 OK", "HTTP/1.1 -20 OK", "HTTP/1.1 +20 OK", "HTTP/1.1 200OK", "HTTP/1.1 099 x", "HTTP/1.1 000 x", "HTTP/1.1 600 x", "HTTP/1.1 999 x", "HTTP/1.1 OK 200",
                    "HTTP/1.1 \u00b2\u00b2\u00b2 x", "HTTP/1.1200 OK", "200 OK", "HTTP/1.1-200 OK", "hello", "{\"error\":\"not http\"}", "<html>", "SSH-2.0-OpenSSH_9.2", "HTTP/1.1 200 O\0K",
                    "HTTP/1.1 200 O\bK", "HTTP/1.1 200 \u007f", "HTTP/1.1 200 \u001b[31m", " HTTP/1.1 200 OK", "HTTP/11 200 OK", "HTTP/1. 1 200 OK", "HTTP /1.1 200 OK" }
                .Select(line => Refused("BadStatusLine", $"status line '{Shown(line)}'", Rule, Line(line))),
            .. new[] { "http/1.1 200 OK", "Http/1.1 200 OK", "HTTPS1.1 200 OK", "HTTP/1,1 200 OK", "HTTP/a.1 200 OK", "HTTP/1.x 200 OK", "RTSP/1.0 200 OK" }
                .Select(line => Refused("BadVersion", $"status line '{line}'", "RFC 9112 §2.3", Line(line))),
            .. new[] { "HTTP/2.0 200 OK", "HTTP/0.9 200 OK", "HTTP/1.2 200 OK", "HTTP/3.0 200 OK" }
                .Select(line => Refused("VersionNotSupported", $"status line '{line}'", "RFC 9110 §2.5", Line(line))),
            Refused("BadStatusLine", "an empty line first", "RFC 9112 §2.2: only before requests", "\r\n" + Line("HTTP/1.1 200 OK")),
            Refused("BareLf", "HTTP/0.9: a body alone", "RFC 9112 §4", "hello\nworld\n"),
            Refused("BadStatusLine", "an HTTP/2 frame", "RFC 9113 §3.4", "\0\0\u0012\u0004\0\0\0\0\0\0\u0003\0\0\0d\0\u0004\r\n\r\n"),
            Refused("BareLf", "LF ends the status line", "RFC 9112 §2.2", "HTTP/1.1 200 OK\nContent-Length: 2\r\n\r\nok"),
            Refused("BareCr", "CR ends the status line", "RFC 9112 §2.2", "HTTP/1.1 200 OK\rContent-Length: 2\r\n\r\nok"),
            Refused("BareCr", "CR CR LF ends the status line", "RFC 9112 §2.2", "HTTP/1.1 200 OK\r\r\nContent-Length: 2\r\n\r\nok"),
            Refused("BareCr", "CR in the reason", "RFC 9112 §2.2", Line("HTTP/1.1 200 O\rK")),
            Cut("nothing", "RFC 9112 §8", ""),
            Cut("half a status line", "RFC 9112 §8", "HTTP/1.1 20"),
            Cut("a head without its empty line", "RFC 9112 §8", "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n"),
            Cut("a head without its last LF", "RFC 9112 §8", "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r"),
        ];
    }

    private static IEnumerable<HostileResponse> Interims()
    {
        const string Rule = "RFC 9110 §15.2: interim responses are skipped";
        const string Continue = "HTTP/1.1 100 Continue\r\n\r\n";
        return
        [
            Relayed("100 first", Rule, Continue + Line("HTTP/1.1 200 OK")) with { Body = "ok", Interim = 1 },
            Relayed("102 and 103 with fields first", Rule, "HTTP/1.1 102 Processing\r\n\r\n" + Head("HTTP/1.1 103 Early Hints", "Link: </x>", "X: interim") + Line("HTTP/1.1 200 OK"))
                with { Body = "ok", Interim = 2, Hides = ["Link", "X"] },
            Relayed("an unknown interim status first", Rule, "HTTP/1.1 199 x\r\n\r\n" + Line("HTTP/1.1 404 Not Found")) with { Body = "ok", Interim = 1, Status = 404, Reason = "Not Found" },
            Relayed("sixteen of 100 first", Rule + "; bound of 16", string.Concat(Enumerable.Repeat(Continue, 16)) + Line("HTTP/1.1 200 OK")) with { Body = "ok", Interim = 16 },
            Relayed("100 with Content-Length has no body", "RFC 9112 §6.3", Head("HTTP/1.1 100 Continue", "Content-Length: 2") + Line("HTTP/1.1 200 OK")) with { Body = "ok", Interim = 1 },
            Relayed("100 with chunked has no body", "RFC 9112 §6.1, §6.3", Head("HTTP/1.1 100 Continue", "Transfer-Encoding: chunked") + Line("HTTP/1.1 200 OK")) with { Body = "ok", Interim = 1 },
            Relayed("100 before the answer to HEAD", Rule, Continue + Ok("Content-Length: 5")) with { AnswersHead = true, Interim = 1 },
            Refused("BadStatusLine", "100 with a body", "RFC 9112 §6.3", Head("HTTP/1.1 100 Continue", "Content-Length: 2") + "ok\r\n" + Line("HTTP/1.1 200 OK")),
            Refused("LengthAndEncoding", "100 with both framings", "RFC 9112 §6.1", Head("HTTP/1.1 100 Continue", "Content-Length: 2", "Transfer-Encoding: chunked") + Line("HTTP/1.1 200 OK")),
            Refused("BadStatusLine", "100 and then no HTTP", "RFC 9112 §4", Continue + "hello\r\n\r\n"),
            Refused("", "101 that nobody asked for", "RFC 9110 §7.8, §15.2.2", Head("HTTP/1.1 101 Switching Protocols", "Connection: upgrade", "Upgrade: x")),
            Refused("", "seventeen of 100", Rule + "; bound of 16", string.Concat(Enumerable.Repeat(Continue, 17)) + Line("HTTP/1.1 200 OK")),
            Cut("100 alone", "RFC 9110 §15.2", Continue),
        ];
    }

    private static IEnumerable<HostileResponse> Fields()
    {
        const string Cr = "RFC 9112 §2.2: bare CR";
        const string Lf = "RFC 9112 §2.2: bare LF";
        return
        [
            Relayed("space before a colon", "RFC 9112 §5.1: a proxy removes it", Ok("X : y", "Content-Length\t : 2") + "ok") with { Body = "ok", Sees = ["X: y"] },
            Relayed("spaces and tabs around a value", "RFC 9112 §5.1", Ok("X: \t y \t", "Content-Length: 2") + "ok") with { Body = "ok", Sees = ["X: y"] },
            Relayed("obs-text in a value", "RFC 9110 §5.5", Ok("X: \u00e9", "Content-Length: 2") + "ok") with { Body = "ok", Sees = ["X: \u00e9"] },
            Relayed("fields of the connection", "RFC 9110 §7.6.1",
                Ok("Connection: x-a", "X-A: 1", "Keep-Alive: timeout=5", "Proxy-Authenticate: x", "Trailer: X", "Upgrade: h2c", "X-B: 2", "Content-Length: 2") + "ok")
                with { Body = "ok", Sees = ["X-B: 2"], Hides = ["Connection", "X-A", "Keep-Alive", "Proxy-Authenticate", "Trailer", "Upgrade"] },
            Relayed("Set-Cookie twice", "RFC 9110 §5.3", Ok("Set-Cookie: a=1", "Set-Cookie: b=2", "Content-Length: 0")) with { Sees = ["Set-Cookie: a=1", "Set-Cookie: b=2"] },
            Relayed("Host in a response means nothing", "RFC 9110 §7.2", Ok("Host: a", "Host: b", "Content-Length: 0")),
            Refused("ObsoleteFold", "fold, space", "RFC 9112 §5.2", Ok("X: a", " b", "Content-Length: 2") + "ok"),
            Refused("ObsoleteFold", "fold, tab", "RFC 9112 §5.2", Ok("X: a", "\tb", "Content-Length: 2") + "ok"),
            Refused("ObsoleteFold", "fold on the first line", "RFC 9112 §5.2", Ok(" X: a", "Content-Length: 2") + "ok"),
            Refused("BadFieldName", "empty name", "RFC 9110 §5.1", Ok(": v", "Content-Length: 2") + "ok"),
            Refused("ObsoleteFold", "space for a name", "RFC 9112 §5.2", Ok(" : v", "Content-Length: 2") + "ok"),
            Refused("BadFieldName", "no colon", "RFC 9112 §5", Ok("X", "Content-Length: 2") + "ok"),
            Refused("BadFieldName", "space in a name", "RFC 9110 §5.1", Ok("X Y: v", "Content-Length: 2") + "ok"),
            Refused("BadFieldName", "space in a name and before the colon", "RFC 9110 §5.1", Ok("X Y : v", "Content-Length: 2") + "ok"),
            .. "\0\b\v\u007f\"(),/;<=>?@[\\]{}\u00e9".Select(c => Refused("BadFieldName", $"name with {Shown(c.ToString())}", "RFC 9110 §5.6.2", Ok($"X{c}: v", "Content-Length: 2") + "ok")),
            .. "\0\u0001\b\v\f\u001b\u007f".Select(c => Refused("BadFieldValue", $"value with {Shown(c.ToString())}", "RFC 9110 §5.5", Ok($"X: a{c}b", "Content-Length: 2") + "ok")),
            Refused("BareLf", "LF ends a field line", Lf, "HTTP/1.1 200 OK\r\nContent-Length: 2\nX: y\r\n\r\nok"),
            Refused("BareLf", "LF ends the head", Lf, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\nok"),
            Refused("BareCr", "CR ends a field line", Cr, "HTTP/1.1 200 OK\r\nContent-Length: 2\rX: y\r\n\r\nok"),
            Refused("BareCr", "CR in a value splits the response", Cr, Ok("X: a\rSet-Cookie: b", "Content-Length: 2") + "ok"),
            Refused("BareCr", "CR and something ends the head", Cr, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\rok"),
        ];
    }

    private static string Shown(string text) => string.Concat(text.Select(c => c is < ' ' or > '~' ? $"0x{(int)c:X2}" : c.ToString()));
}

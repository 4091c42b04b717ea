namespace Sidecar.Protocols.Tests.Http1;

/// <summary>The request line: its shape, methods, versions and targets.</summary>
public static partial class HostileRequests
{
    private const string LineRule = "RFC 9112 §3: method SP request-target SP HTTP-version";

    private static IEnumerable<HostileRequest> RequestLines() =>
    [
        Refused("BadRequestLine", "space before the method", LineRule, Line(" GET /v1/models HTTP/1.1")),
        Refused("BadRequestLine", "two spaces after the method", LineRule, Line("GET  /v1/models HTTP/1.1")),
        Refused("BadVersion", "two spaces before the version", LineRule, Line("GET /v1/models  HTTP/1.1")),
        Refused("BadVersion", "space behind the version", LineRule, Line("GET /v1/models HTTP/1.1 ")),
        Refused("BadVersion", "tab behind the version", LineRule, Line("GET /v1/models HTTP/1.1\t")),
        Refused("BadVersion", "a fourth word", LineRule, Line("GET /v1/models HTTP/1.1 x")),
        Refused("BadVersion", "a space in the target", LineRule, Line("GET /v1/mo dels HTTP/1.1")),
        Refused("BadVersion", "a whole second request line", LineRule, Line("GET /v1/models HTTP/1.1 GET / HTTP/1.1")),
        Refused("BadRequestLine", "tab before the method", LineRule, Line("\tGET\t/v1/models HTTP/1.1")),
        Refused("BadMethod", "tab at the start", "RFC 9110 §9.1", Line("\tGET /v1/models HTTP/1.1")),
        Refused("BadRequestLine", "tab after the method", LineRule, Line("GET\t/v1/models HTTP/1.1")),
        Refused("BadRequestLine", "tab before the version", LineRule, Line("GET /v1/models\tHTTP/1.1")),
        Refused("BadRequestLine", "tabs for spaces", LineRule, Line("GET\t/v1/models\tHTTP/1.1")),
        Refused("BadRequestLine", "vertical tabs for spaces", LineRule, Line("GET\v/v1/models\vHTTP/1.1")),
        Refused("BadRequestLine", "no-break spaces for spaces", LineRule, Line("GET\u00a0/v1/models\u00a0HTTP/1.1")),
        Refused("BadRequestLine", "method alone", LineRule, Line("GET")),
        Refused("BadRequestLine", "method and a space", LineRule, Line("GET ")),
        Refused("BadRequestLine", "method and two spaces", LineRule, Line("GET  ")),
        Refused("BadRequestLine", "no method", LineRule, Line("/v1/models HTTP/1.1")),
        Refused("BadRequestLine", "no target", LineRule, Line("GET HTTP/1.1")),
        Refused("BadRequestLine", "version alone", LineRule, Line("HTTP/1.1")),
        Refused("BadRequestLine", "a space alone", LineRule, Line(" ")),
        Refused("BadRequestLine", "HTTP/0.9 without a version", "RFC 9112 §3; RFC 1945 is not offered", "GET /v1/models\r\n"),
        Refused("BadVersion", "HTTP/0.9 with a space", "RFC 9112 §3; RFC 1945 is not offered", "GET /v1/models \r\n"),
        Refused("BadRequestLine", "a field line first", "RFC 9112 §2.1", "Host: origin.test\r\n\r\n"),
        Refused("BadMethod", "a status line", "RFC 9112 §2.1", Line("HTTP/1.1 200 OK")),
        Refused("BadRequestLine", "a TLS hello", "RFC 9112 §3", "\u0016\u0003\u0001\u0002\0\u0001\0\u0001\u00fc\u0003\u0003\r\n"),
        Unfinished("an empty connection", "RFC 9112 §8", ""),
        Unfinished("a method and no more", "RFC 9112 §8", "GET"),
        Unfinished("a head without its empty line", "RFC 9112 §8", "GET /v1/models HTTP/1.1\r\nHost: origin.test\r\n"),
        Unfinished("a head without its last LF", "RFC 9112 §8", "GET /v1/models HTTP/1.1\r\nHost: origin.test\r\n\r"),

        Forwarded("empty line first", "RFC 9112 §2.2", "\r\n" + Get()),
        Forwarded("ten empty lines first", "RFC 9112 §2.2, bounded by the head's size", string.Concat(Enumerable.Repeat("\r\n", 10)) + Get()),
        Forwarded("empty line behind", "RFC 9112 §2.2", Get() + "\r\n") with { Rest = 2 },
        Refused("BareLf", "bare LF first", "RFC 9112 §2.2", "\n" + Get()),
        Refused("BareCr", "bare CR first", "RFC 9112 §2.2", "\r" + Get()),
        Refused("BareCr", "CR CR LF first", "RFC 9112 §2.2", "\r\r\n" + Get()),
        Refused("BadRequestLine", "a line of a space first", "RFC 9112 §2.2: only CRLF is ignored", " \r\n" + Get()),

        .. Methods(),
    ];

    private static IEnumerable<HostileRequest> Methods() =>
    [
        Forwarded("HEAD", "RFC 9110 §9.3.2", Line("HEAD /v1/models HTTP/1.1")),
        Forwarded("DELETE", "RFC 9110 §9.3.5", Line("DELETE /v1/models HTTP/1.1")),
        Forwarded("OPTIONS of a path", "RFC 9110 §9.3.7", Line("OPTIONS /v1/models HTTP/1.1")),
        Forwarded("an unknown method", "RFC 9110 §9.1", Line("M-SEARCH /v1/models HTTP/1.1")),
        Forwarded("a method in lower case is another one", "RFC 9110 §9.1: case-sensitive", Line("get /v1/models HTTP/1.1")),
        Forwarded("a method of token characters", "RFC 9110 §5.6.2", Line("!#$%&'*+-.^_`|~09Az /v1/models HTTP/1.1")),
        Refused("MethodNotImplemented", "CONNECT", "RFC 9110 §9.3.6: 501", Line("CONNECT origin.test:443 HTTP/1.1")),
        Refused("MethodNotImplemented", "CONNECT of a path", "RFC 9110 §9.3.6: 501", Line("CONNECT /v1/models HTTP/1.1")),
        Refused("MethodNotImplemented", "TRACE", "RFC 9110 §9.3.8: 501", Line("TRACE /v1/models HTTP/1.1")),
        .. "\"(),/:;<=>?@[\\]{}".Select(c => Refused("BadMethod", $"method with {c}", "RFC 9110 §5.6.2", Line($"G{c}T /v1/models HTTP/1.1"))),
        .. Controls.Select(c => Refused("BadMethod", $"method with {Hex(c)}", "RFC 9110 §5.6.2", Line($"GE{c}T /v1/models HTTP/1.1"))),
        Refused("BadMethod", "method with a non-ASCII letter", "RFC 9110 §5.6.2", Line(Utf8("GÉT") + " /v1/models HTTP/1.1")),
        Refused("BadMethod", "method with 0x80", "RFC 9110 §5.6.2", Line("GE\u0080T /v1/models HTTP/1.1")),
        Refused("BadMethod", "method after a UTF-8 BOM", "RFC 9110 §5.6.2", Line("\u00ef\u00bb\u00bfGET /v1/models HTTP/1.1")),
        Refused("BadMethod", "a field's name and colon for a method", "RFC 9110 §9.1", Line("Host: a b")),
    ];

    private static IEnumerable<HostileRequest> Versions() =>
    [
        Forwarded("HTTP/1.0", "RFC 9112 §9.3", Head("GET /v1/models HTTP/1.0", "Host: origin.test")) with { KeepsOpen = false },
        Forwarded("HTTP/1.0 without Host", "RFC 9112 §3.2", Head("GET /v1/models HTTP/1.0")) with { KeepsOpen = false },
        .. new[] { "http/1.1", "Http/1.1", "HTTp/1.1", "HTTP/1", "HTTP/11", "HTTP/1.", "HTTP/.1", "HTTP/1.10", "HTTP/01.1", "HTTP/1.01", "HTTP/1,1", "HTTP/1-1",
                "HTTP 1.1", "HTTP-1.1", "HTTP\\1.1", "HTTP//1.1", "HTTP/ 1.1", "HTTP/1 .1", "HTTP/+1.1", "HTTP/-1.1", "HTTP/1.x", "HTTP/a.1", "HTTP/1.1.1", "HTTP", "HTTP/",
                "HTTP/1.1;", "HTTP/1.1,", "HTTPS/1.1", "XHTTP/1.1", "ICY/1.1", "1.1", "HTTP/0x1", "HTTP/1.1HTTP/1.1", "RTSP/1.0", "HTTP/\u00b9.1" }
            .Select(v => Refused("BadVersion", $"version {v}", "RFC 9112 §2.3: \"HTTP/\" DIGIT \".\" DIGIT, case-sensitive", Line("GET /v1/models " + v))),
        .. new[] { "HTTP/0.9", "HTTP/0.0", "HTTP/1.2", "HTTP/1.9", "HTTP/2.0", "HTTP/2.1", "HTTP/3.0", "HTTP/9.9", "HTTP/0.1" }
            .Select(v => Refused("VersionNotSupported", $"version {v}", "RFC 9110 §15.6.6: 505", Line("GET /v1/models " + v))),
        Refused("VersionNotSupported", "HTTP/2 preface", "RFC 9113 §3.4; not offered on this port", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"),
        .. Controls.Select(c => Refused("BadVersion", $"version with {Hex(c)}", "RFC 9112 §2.3", Line($"GET /v1/models HTTP/1.1{c}"))),
    ];

    private const string DotRule = "RFC 3986 §5.2.4, §6.2.2.3: a dot segment in any spelling";

    private static IEnumerable<HostileRequest> Targets() =>
    [
        Good("root", "RFC 9112 §3.2.1", "/"),
        Good("query", "RFC 9112 §3.2.1", "/v1/models?limit=5&after=x/y?z"),
        Good("empty query", "RFC 9112 §3.2.1", "/v1/models?"),
        Good("empty segments", "RFC 3986 §3.3", "//v1//models//"),
        Good("all path characters", "RFC 3986 §3.3", "/v1/-._~!$&'()*+,;=:@az09"),
        Good("brackets that deployed clients leave as they are", "RFC 3986 §3.3, relaxed where all servers agree", "/v1/[a]{b}|^`?x[]=1"),
        Good("percent-encoded", "RFC 3986 §2.1", "/v1/m%6fdels/a%2Fb%20c%C3%A9?q=%22"),
        Good("percent-encoded percent", "RFC 3986 §2.4: not decoded twice", "/v1/%252e%252e/%2500"),
        Good("encoded CR LF stays encoded", "RFC 3986 §2.1", "/v1/a%0d%0ab"),
        Good("dots that are no dot segment", "RFC 3986 §3.3", "/v1/.../.a/a./..a/a../....?x=/../"),
        Good("dots after parameters", "RFC 3986 §3.3", "/v1/a;x=../b;.."),
        .. new[] { "/.", "/..", "/./", "/../", "/v1/.", "/v1/..", "/v1/./models", "/v1/../models", "/v1/models/..?x", "/%2e", "/%2E/", "/%2e%2e/models", "/%2E%2e",
                "/.%2e/models", "/%2e./models", "/v1/%2e%2E?x", "/v1/..%2fadmin", "/v1/..%2Fadmin", "/v1%2f..%2fadmin", "/v1%2f..", "/v1/%2e%2e%2fadmin", "/v1/..%5cadmin",
                "/v1/%2e%2e%5Cadmin", "/v1%5c..%5cadmin", "/..;/admin", "/v1/..;x=y/admin", "/v1/.;/admin", "/v1/%2e%2e;/admin", "/v1/..%3bx/admin", "/..//admin" }
            .Select(t => BadTarget($"dot segment {t}", DotRule, t)),
        .. new[] { "/%", "/%2", "/%2g", "/%g2", "/%%", "/%%30", "/%u002e", "/%-1", "/% 1", "/a%", "/a%4", "/v1?x=%", "/v1?x=%zz", "/%\u00b2\u00b2" }.Where(t => !t.Contains(' '))
            .Select(t => BadTarget($"percent without two digits {t}", "RFC 3986 §2.1", t)),
        BadTarget("encoded NUL", "RFC 3986 §2.1, §7.3: %00", "/v1/%00"),
        BadTarget("encoded NUL inside", "RFC 3986 §7.3: %00", "/v1/a%00b"),
        BadTarget("encoded NUL in the query", "RFC 3986 §7.3: %00", "/v1?x=%00"),
        BadTarget("fragment", "RFC 9112 §3.2: no fragment", "/v1/models#x"),
        BadTarget("empty fragment", "RFC 9112 §3.2: no fragment", "/v1/models#"),
        BadTarget("fragment in the query", "RFC 9112 §3.2: no fragment", "/v1/models?a#b"),
        BadTarget("fragment alone", "RFC 9112 §3.2: no fragment", "#x"),
        .. "\"<>\\".Select(c => BadTarget($"character {c} in the path", "RFC 3986 §2", $"/v1/{c}x")),
        .. "\"<>\\".Select(c => BadTarget($"character {c} in the query", "RFC 3986 §2", $"/v1?{c}x")),
        BadTarget("backslashes for slashes", "RFC 3986 §2", "\\v1\\models"),
        BadTarget("UTF-8 in the path", "RFC 3986 §2: ASCII", Utf8("/v1/é")),
        BadTarget("UTF-8 in the query", "RFC 3986 §2: ASCII", Utf8("/v1?q=é")),
        BadTarget("Latin-1 in the path", "RFC 3986 §2: ASCII", "/v1/\u00e9"),
        BadTarget("0x80 in the path", "RFC 3986 §2: ASCII", "/v1/\u0080"),
        BadTarget("0xFF in the path", "RFC 3986 §2: ASCII", "/v1/\u00ff"),
        BadTarget("tab in the path", "RFC 3986 §2", "/v1/\tx"),
        .. Controls.Select(c => BadTarget($"{Hex(c)} in the target", "RFC 3986 §2", $"/v1/{c}x")),
        .. TargetForms(),
    ];

    private static IEnumerable<HostileRequest> TargetForms() =>
    [
        Absolute("absolute form", "http://other.test/v1/models?x=1", "/v1/models?x=1"),
        Absolute("absolute form, https", "https://other.test/v1/models", "/v1/models"),
        Absolute("absolute form, scheme in upper case", "HTTP://OTHER.TEST/v1/models", "/v1/models"),
        Absolute("absolute form with a port", "http://other.test:8080/v1/models", "/v1/models"),
        Absolute("absolute form with an empty port", "http://other.test:/v1/models", "/v1/models"),
        Absolute("absolute form with IPv6", "http://[::1]:80/v1/models", "/v1/models"),
        Absolute("absolute form without a path", "http://other.test", "/"),
        Absolute("absolute form without a path, with a query", "http://other.test?x=/..", "/?x=/.."),
        Refused("MissingHost", "absolute form without Host", "RFC 9112 §3.2", Head("GET http://other.test/v1/models HTTP/1.1")),
        .. new[] { "http://", "http:///v1/models", "http://?x", "http://:80/", "http://user@other.test/", "http://user:pw@other.test/", "http://@other.test/", "http://other.test:x/",
                "http://other.test:65536/", "http://other.test:-1/", "http://other.test:80:80/", "http://ot%68er.test/", "http://other.test,x/", "http://[::1/", "http://::1/", "http://[]/",
                "http://[::1]x/", "http://other.test\\v1", "http://other.test#x", "http:/v1/models", "http:v1/models", "http//v1/models", "ftp://other.test/", "file:///etc/passwd",
                "ws://other.test/", "javascript:alert(1)", "://other.test/", "HTTPX://other.test/", "http ://other.test/" }.Where(t => !t.Contains(' '))
            .Select(t => BadTarget($"absolute form {t}", "RFC 9112 §3.2.2, RFC 3986 §3.2, RFC 9110 §4.2.4", t)),
        BadTarget("absolute form with a dot segment", DotRule, "http://other.test/../admin"),
        BadTarget("absolute form with an encoded dot segment", DotRule, "http://other.test/%2e%2e/admin"),
        BadTarget("authority form outside CONNECT", "RFC 9112 §3.2.3", "other.test:443"),
        BadTarget("a path without its slash", "RFC 9112 §3.2.1", "v1/models"),
        BadTarget("a query alone", "RFC 9112 §3.2.1", "?x=1"),
        BadTarget("asterisk for GET", "RFC 9112 §3.2.4", "*"),
        BadTarget("asterisk and more", "RFC 9112 §3.2.4", "*x"),
        BadTarget("slash and asterisk is a path, two asterisks are none", "RFC 9112 §3.2.4", "**"),
        Refused("BadTarget", "asterisk for lower-case options", "RFC 9110 §9.1: case-sensitive", Line("options * HTTP/1.1")),
        Refused("BadTarget", "asterisk and a query", "RFC 9112 §3.2.4", Line("OPTIONS *?x HTTP/1.1")),
        Forwarded("OPTIONS *", "RFC 9112 §3.2.4", Line("OPTIONS * HTTP/1.1")) with { Target = "*" },
    ];

    private static HostileRequest Good(string name, string rule, string target) =>
        Forwarded($"target: {name}", rule, Line($"GET {target} HTTP/1.1")) with { Target = target };

    private static HostileRequest Absolute(string name, string target, string seen) =>
        Forwarded(name, "RFC 9112 §3.2.2: Host is the upstream's, whatever the client's says", Line($"GET {target} HTTP/1.1")) with { Target = seen };

    private static HostileRequest BadTarget(string name, string rule, string target) =>
        Refused("BadTarget", $"target: {name}", rule, Line($"GET {target} HTTP/1.1"));
}

namespace Sidecar.Protocols.Tests.Http1;

/// <summary>Line ends, field names, field values, Host.</summary>
public static partial class HostileRequests
{
    private static IEnumerable<HostileRequest> LineEnds()
    {
        const string Cr = "RFC 9112 §2.2: bare CR";
        const string Lf = "RFC 9112 §2.2: bare LF, refused where a recipient may accept it";
        const string Fold = "RFC 9112 §5.2";
        const string Start = "GET /v1/models HTTP/1.1\r\n";
        return
        [
            Refused("BareLf", "LF ends the request line", Lf, "GET /v1/models HTTP/1.1\nHost: origin.test\r\n\r\n"),
            Refused("BareLf", "LF ends a field line", Lf, Start + "Host: origin.test\nX: y\r\n\r\n"),
            Refused("BareLf", "LF ends the head", Lf, Start + "Host: origin.test\r\n\n"),
            Refused("BareLf", "LF LF ends the head", Lf, Start + "Host: origin.test\n\n"),
            Refused("BareLf", "LF everywhere", Lf, "GET /v1/models HTTP/1.1\nHost: origin.test\n\n"),
            Refused("BareLf", "LF in the method", Lf, Line("G\nET /v1/models HTTP/1.1")),
            Refused("BareLf", "LF after the method", Lf, Line("GET\n/v1/models HTTP/1.1")),
            Refused("BareLf", "LF in the target", Lf, Line("GET /v1/\nmodels HTTP/1.1")),
            Refused("BareLf", "LF before the version", Lf, Line("GET /v1/models\nHTTP/1.1")),
            Refused("BareLf", "LF in a name", Lf, Get("X\nY: z")),
            Refused("BareLf", "LF before the colon", Lf, Get("X\n: z")),
            Refused("BareLf", "LF after the colon", Lf, Get("X:\nz")),
            Refused("BareLf", "LF in a value", Lf, Get("X: a\nContent-Length: 5")),
            Refused("BareLf", "LF CR ends a line", Lf, Start + "Host: origin.test\n\rX: y\r\n\r\n"),
            Refused("BareCr", "CR ends the request line", Cr, "GET /v1/models HTTP/1.1\rHost: origin.test\r\n\r\n"),
            Refused("BareCr", "CR ends a field line", Cr, Start + "Host: origin.test\rX: y\r\n\r\n"),
            Refused("BareCr", "CR everywhere", Cr, "GET /v1/models HTTP/1.1\rHost: origin.test\r\r"),
            Refused("BareCr", "CR CR LF ends the request line", Cr, "GET /v1/models HTTP/1.1\r\r\nHost: origin.test\r\n\r\n"),
            Refused("BareCr", "CR CR LF ends a field line", Cr, Start + "Host: origin.test\r\r\n\r\n"),
            Refused("BareCr", "CR CR LF ends the head", Cr, Start + "Host: origin.test\r\n\r\r\n"),
            Refused("BareCr", "CR and something ends the head", Cr, Start + "Host: origin.test\r\n\rX: y\r\n\r\n"),
            Refused("BareCr", "CR in the method", Cr, Line("G\rET /v1/models HTTP/1.1")),
            Refused("BareCr", "CR after the method", Cr, Line("GET\r/v1/models HTTP/1.1")),
            Refused("BareCr", "CR in the target", Cr, Line("GET /v1/\rmodels HTTP/1.1")),
            Refused("BareCr", "CR before the version", Cr, Line("GET /v1/models\rHTTP/1.1")),
            Refused("BareCr", "CR in a name", Cr, Get("X\rY: z")),
            Refused("BareCr", "CR before the colon", Cr, Get("X\r: z")),
            Refused("BareCr", "CR after the colon", Cr, Get("X:\rz")),
            Refused("BareCr", "CR in a value", Cr, Get("X: a\rContent-Length: 5")),
            Refused("BareCr", "CR NUL in a value", Cr, Get("X: a\r\0b")),
            Refused("ObsoleteFold", "fold on the first line, space", Fold, Start + " Host: origin.test\r\n\r\n"),
            Refused("ObsoleteFold", "fold on the first line, tab", Fold, Start + "\tHost: origin.test\r\n\r\n"),
            Refused("ObsoleteFold", "a blank line of a space on the first line", Fold, Start + " \r\nHost: origin.test\r\n\r\n"),
            Refused("ObsoleteFold", "fold on a later line, space", Fold, Get("X: a", " b")),
            Refused("ObsoleteFold", "fold on a later line, tab", Fold, Get("X: a", "\tb")),
            Refused("ObsoleteFold", "fold after an empty value", Fold, Get("X:", " b")),
            Refused("ObsoleteFold", "fold that looks like a field", Fold, Get("X: a", " Content-Length: 5")),
            Refused("ObsoleteFold", "fold of white space alone", Fold, Get("X: a", " \t ")),
            Refused("ObsoleteFold", "fold after Host", Fold, Start + "Host: origin.test\r\n .evil.test\r\n\r\n"),
            Refused("ObsoleteFold", "a line of a space ends the head", Fold, Start + "Host: origin.test\r\n \r\n"),
        ];
    }

    private static IEnumerable<HostileRequest> Names() =>
    [
        Forwarded("a name of token characters", "RFC 9110 §5.6.2", Get("!#$%&'*+-.^_`|~09azAZ: v")) with { Sees = ["!#$%&'*+-.^_`|~09azAZ: v"] },
        Forwarded("a name of one character", "RFC 9110 §5.1", Get("X: v")) with { Sees = ["X: v"] },
        Forwarded("a name with an underscore is another name", "RFC 9110 §5.1", Get("Content_Length: 5", "Transfer_Encoding: chunked"))
            with { Sees = ["Content_Length: 5", "Transfer_Encoding: chunked"] },
        Refused("BadFieldName", "empty name", "RFC 9110 §5.1", Get(": v")),
        Refused("BadFieldName", "empty name and value", "RFC 9110 §5.1", Get(":")),
        Refused("BadFieldName", "two colons and no name", "RFC 9110 §5.1", Get(":: v")),
        Refused("BadFieldName", "no colon", "RFC 9112 §5", Get("X")),
        Refused("BadFieldName", "no colon, equals sign", "RFC 9112 §5", Get("X=v")),
        Refused("BadFieldName", "a second request line", "RFC 9112 §5", Get("GET / HTTP/1.1")),
        Refused("BadFieldName", "a second request line with a colon", "RFC 9110 §5.1", Get("GET http://x/ HTTP/1.1")),
        Refused("SpaceBeforeColon", "space before the colon", "RFC 9112 §5.1", Get("X : v")),
        Refused("SpaceBeforeColon", "tab before the colon", "RFC 9112 §5.1", Get("X\t: v")),
        Refused("SpaceBeforeColon", "spaces and tabs before the colon", "RFC 9112 §5.1", Get("X \t \t: v")),
        Refused("SpaceBeforeColon", "space before Host's colon", "RFC 9112 §5.1", Head("GET /v1/models HTTP/1.1", "Host : origin.test")),
        Refused("BadFieldName", "space in a name", "RFC 9110 §5.1", Get("X Y: v")),
        Refused("BadFieldName", "tab in a name", "RFC 9110 §5.1", Get("X\tY: v")),
        .. "\"(),/;<=>?@[\\]{}".Select(c => Refused("BadFieldName", $"name with {c}", "RFC 9110 §5.6.2", Get($"X{c}Y: v"))),
        .. "\"(),/;<=>?@[\\]{}".Select(c => Refused("BadFieldName", $"name of {c}", "RFC 9110 §5.6.2", Get($"{c}: v"))),
        .. Controls.Select(c => Refused("BadFieldName", $"name with {Hex(c)}", "RFC 9110 §5.1", Get($"X{c}Y: v"))),
        Refused("BadFieldName", "UTF-8 in a name", "RFC 9110 §5.1", Get(Utf8("É: v"))),
        Refused("BadFieldName", "0x80 in a name", "RFC 9110 §5.1", Get("X\u0080: v")),
        Refused("BadFieldName", "0xFF in a name", "RFC 9110 §5.1", Get("\u00ff: v")),
        Refused("BadFieldName", "no-break space before the colon", "RFC 9110 §5.1", Get("X\u00a0: v")),
    ];

    private static IEnumerable<HostileRequest> Values() =>
    [
        Forwarded("no space after the colon", "RFC 9112 §5", Get("X:v")) with { Sees = ["X: v"] },
        Forwarded("spaces and tabs around a value", "RFC 9112 §5.1", Get("X: \t v \t ")) with { Sees = ["X: v"] },
        Forwarded("spaces and tabs inside a value", "RFC 9110 §5.5", Get("X: a \t b")) with { Sees = ["X: a \t b"] },
        Forwarded("empty value", "RFC 9110 §5.5", Get("X:")) with { Sees = ["X: "] },
        Forwarded("value of white space", "RFC 9110 §5.5", Get("X: \t ")) with { Sees = ["X: "] },
        Forwarded("value that starts with a colon", "RFC 9110 §5.5", Get("X:: v")) with { Sees = ["X: : v"] },
        Forwarded("colons in a value", "RFC 9110 §5.5", Get("X: a:b: c")) with { Sees = ["X: a:b: c"] },
        Forwarded("UTF-8 in a value", "RFC 9110 §5.5: obs-text", Get("X: " + Utf8("é漢"))) with { Sees = ["X: " + Utf8("é漢")] },
        Forwarded("0x80 to 0xFF in a value", "RFC 9110 §5.5: obs-text", Get("X: \u0080\u00a0\u00ff")) with { Sees = ["X: \u0080\u00a0\u00ff"] },
        Forwarded("the same field twice", "RFC 9110 §5.2", Get("X: a", "x: b")) with { Sees = ["X: a", "x: b"] },
        .. Controls.Select(c => Refused("BadFieldValue", $"value with {Hex(c)}", "RFC 9110 §5.5", Get($"X: a{c}b"))),
        .. Controls.Select(c => Refused("BadFieldValue", $"value that ends in {Hex(c)}", "RFC 9110 §5.5", Get($"X: a{c}"))),
        .. Controls.Select(c => Refused("BadFieldValue", $"value of {Hex(c)}", "RFC 9110 §5.5", Get($"X:{c}"))),
    ];

    private static IEnumerable<HostileRequest> Hosts() =>
    [
        .. new[] { "a", "origin.test", "origin.test:80", "origin.test:", "origin.test:0", "origin.test:65535", "origin.test:00080", "127.0.0.1:8080", "[::1]", "[::1]:8080", "[::]",
                "[2001:db8::1]:", "[::ffff:127.0.0.1]", "a_b.test", "xn--bcher-kva.test", "a.", "-a~b", "OTHER.TEST", "other.test" }
            .Select(h => Forwarded($"Host {h}", "RFC 9110 §7.2", WithHost($"Host: {h}"))),
        Forwarded("Host between tabs and spaces", "RFC 9112 §5.1", WithHost("Host: \t origin.test \t")),
        Forwarded("Host in lower case, last", "RFC 9110 §5.1", WithHost("X: y", "host: origin.test")) with { Sees = ["X: y"] },
        Forwarded("X-Forwarded-Host is no Host", "RFC 9110 §7.2", Get("X-Forwarded-Host: evil.test")) with { Sees = ["X-Forwarded-Host: evil.test"] },
        Refused("MissingHost", "no Host", "RFC 9112 §3.2", WithHost()),
        Refused("MissingHost", "Hos", "RFC 9112 §3.2", WithHost("Hos: origin.test")),
        Refused("MissingHost", "Hosts", "RFC 9112 §3.2", WithHost("Hosts: origin.test")),
        Refused("RepeatedHost", "two Hosts", "RFC 9112 §3.2", WithHost("Host: origin.test", "Host: evil.test")),
        Refused("RepeatedHost", "two equal Hosts", "RFC 9112 §3.2", WithHost("Host: origin.test", "Host: origin.test")),
        Refused("RepeatedHost", "two Hosts apart, in other case", "RFC 9112 §3.2", WithHost("Host: origin.test", "X: y", "hOST: evil.test")),
        Refused("RepeatedHost", "two Hosts, the second empty", "RFC 9112 §3.2", WithHost("Host: origin.test", "Host:")),
        Refused("RepeatedHost", "two Hosts in HTTP/1.0", "RFC 9112 §3.2", Head("GET /v1/models HTTP/1.0", "Host: a", "Host: b")),
        Refused("BadHost", "bad Host in HTTP/1.0", "RFC 9112 §3.2", Head("GET /v1/models HTTP/1.0", "Host: a/b")),
        Refused("ObsoleteFold", "a space before Host", "RFC 9112 §5.2", WithHost("X: y", " Host: origin.test")),
        .. new[] { "", " ", ":", ":80", "a b", "a\tb", "a,b", "a, b", "a/b", "a/", "/", "a?b", "a#b", "a@b", "user:pw@a", "@a", "a%20b", "a%00", "a%2eb", "a\\b", "a;b", "a!b", "a'b",
                "\"a\"", "(a)", "a=b", "a&b", "a+b", "a*b", "*", "$a", "<a>", "{a}", "a|b", "a^b", "a`b", "http://a", "a:x", "a:80x", "a:x80", "a: 80", "a :80", "a:-1", "a:+80", "a:65536",
                "a:99999", "a:000080", "a:80:80", "a::80", "a:8 0", "a:80,", "::1", "[]", "[:]", "[::1", "::1]", "[::1]x", "[::1]80", "[::1]:x", "[::1]:65536", "[::1]]", "[[::1]]", "[1.2.3.4]",
                "[a]", "[::::]", "[1::2::3]", "[12345::]", "[1:2:3:4:5:6:7:8:9]", "[::1%25eth0]", "[fe80::1%eth0]", "[v1.a]", "[ ::1]", "[::1 ]", "[::g]" }
            .Select(h => Refused("BadHost", $"Host '{h}'", "RFC 9110 §7.2, RFC 3986 §3.2.2", WithHost($"Host: {h}"))),
        Refused("BadHost", "Host with UTF-8", "RFC 9110 §7.2", WithHost("Host: " + Utf8("bücher.test"))),
        Refused("BadHost", "Host with 0x80", "RFC 9110 §7.2", WithHost("Host: a\u0080")),
        Refused("BadHost", "Host with a no-break space", "RFC 9110 §5.6.3", WithHost("Host: origin.test\u00a0")),
        Refused("BadHost", "Host with a full-width dot", "RFC 9110 §7.2", WithHost("Host: " + Utf8("a．b"))),
        Refused("BadFieldValue", "Host with NUL", "RFC 9110 §5.5", WithHost("Host: origin.test\0.evil.test")),
    ];

    private static string WithHost(params string[] lines) => Head("GET /v1/models HTTP/1.1", lines);
}

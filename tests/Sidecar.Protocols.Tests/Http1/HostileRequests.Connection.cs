namespace Sidecar.Protocols.Tests.Http1;

/// <summary>Connection, Expect, keep-alive, and the bounds of a head.</summary>
public static partial class HostileRequests
{
    private const int MaxConnectionOptions = 32;

    private static IEnumerable<HostileRequest> Connections() =>
    [
        .. KeepAlive(),
        .. HopByHop(),
        .. Expectations(),
    ];

    private static IEnumerable<HostileRequest> KeepAlive()
    {
        const string Rule = "RFC 9112 §9.3";
        return
        [
            Forwarded("close", Rule, Get("Connection: close")) with { KeepsOpen = false, Hides = ["Connection"] },
            Forwarded("CLOSE", Rule, Get("Connection: CLOSE")) with { KeepsOpen = false },
            Forwarded("close in a list", Rule, Get("Connection: x, close ,y")) with { KeepsOpen = false },
            Forwarded("close after tab and space", "RFC 9110 §5.6.3", Get("Connection: x, \t \tclose\t ")) with { KeepsOpen = false },
            Forwarded("close in a second field", Rule, Get("Connection: x", "Connection: close")) with { KeepsOpen = false },
            Forwarded("close beats keep-alive", Rule, Get("Connection: keep-alive, close")) with { KeepsOpen = false },
            Forwarded("closed is not close", Rule, Get("Connection: closed")),
            Forwarded("keep-alive in HTTP/1.1", Rule, Get("Connection: keep-alive", "Keep-Alive: timeout=5")) with { Hides = ["Connection", "Keep-Alive"] },
            Forwarded("keep-alive in HTTP/1.0", Rule, Head("GET /v1/models HTTP/1.0", "Host: a", "Connection: Keep-Alive")) with { Hides = ["Connection"] },
            Forwarded("keep-alive and close in HTTP/1.0", Rule, Head("GET /v1/models HTTP/1.0", "Connection: close, keep-alive")) with { KeepsOpen = false },
            Forwarded("Keep-Alive alone in HTTP/1.0", Rule, Head("GET /v1/models HTTP/1.0", "Keep-Alive: timeout=5")) with { KeepsOpen = false, Hides = ["Keep-Alive"] },
            Forwarded("Proxy-Connection means nothing", "RFC 9112 §C.2.2", Head("GET /v1/models HTTP/1.0", "Proxy-Connection: keep-alive"))
                with { KeepsOpen = false, Hides = ["Proxy-Connection"] },
            Forwarded("pipelined request behind", "RFC 9112 §9.3.2", Get() + Get()) with { Rest = Get().Length },
        ];
    }

    private static IEnumerable<HostileRequest> HopByHop()
    {
        const string Rule = "RFC 9110 §7.6.1";
        const string Syntax = "RFC 9110 §7.6.1: a list of tokens";
        return
        [
            Forwarded("fields of the connection", Rule,
                Get("Connection: x-a", "Keep-Alive: 5", "Proxy-Connection: x", "Proxy-Authenticate: x", "Proxy-Authorization: x", "TE: gzip", "Trailer: x", "Upgrade: x", "X-A: 1", "X-B: 2"))
                with
            {
                Sees = ["X-B: 2"],
                Hides = ["Connection", "Keep-Alive", "Proxy-Connection", "Proxy-Authenticate", "Proxy-Authorization", "TE", "Trailer", "Upgrade", "X-A"],
            },
            Forwarded("named fields go, in any case, before and behind", Rule, Get("x-a: 1", "Connection: X-A, x-B", "X-b: 2", "x-ab: 3", "x-b: 4"))
                with { Sees = ["x-ab: 3"], Hides = ["x-a", "x-b"] },
            Forwarded("a name that is no field", Rule, Get("Connection: x-none", "X-A: 1")) with { Sees = ["X-A: 1"], Hides = ["Connection"] },
            Forwarded("Connection names Host", Rule, Get("Connection: host")),
            Forwarded("Connection names Content-Length", Rule, Post("Connection: content-length", "Content-Length: 5") + "hello") with { Body = "hello" },
            Forwarded("Connection names Transfer-Encoding", Rule, Post("Connection: transfer-encoding", "Transfer-Encoding: chunked") + "0\r\n\r\n")
                with { Hides = ["Transfer-Encoding"] },
            Forwarded("Connection names Connection", Rule, Get("Connection: connection")) with { Hides = ["Connection"] },
            Forwarded("Connection is empty", "RFC 9110 §5.6.1.2", Get("Connection:")) with { Hides = ["Connection"] },
            Forwarded("Connection with empty elements", "RFC 9110 §5.6.1.2", Get("Connection: , ,\t,x-a,,", "X-A: 1")) with { Hides = ["X-A"] },
            Forwarded("TE: trailers", "RFC 9110 §10.1.4", Get("TE: gzip;q=0.5 , \ttrailers", "Connection: TE")) with { Hides = ["TE"] },
            Forwarded("upgrade to HTTP/2", "RFC 9110 §7.8; h2c upgrade is not offered", Get("Connection: Upgrade, HTTP2-Settings", "Upgrade: h2c", "HTTP2-Settings: AAMAAABkAAQAAP__"))
                with { Hides = ["Connection", "Upgrade", "HTTP2-Settings"] },
            Forwarded("upgrade in HTTP/1.0", "RFC 9110 §7.8: ignored", Head("GET /v1/models HTTP/1.0", "Connection: upgrade", "Upgrade: x"))
                with { KeepsOpen = false, Hides = ["Upgrade"] },
            Forwarded("Connection with 32 options", "bound of 32 options", Get("Connection: " + Options(MaxConnectionOptions), "x-0: v", "x-31: v", "x-32: v"))
                with { Sees = ["x-32: v"], Hides = ["x-0", "x-31"] },
            Refused("BadConnection", "Connection with 33 options", "bound of 32 options", Get("Connection: " + Options(MaxConnectionOptions + 1))),
            Refused("BadConnection", "33 options in 33 fields", "bound of 32 options", Get([.. Enumerable.Repeat("Connection: close", MaxConnectionOptions + 1)])),
            .. new[] { "x y", "close x", "x;y", "x=y", "\"close\"", "(x)", "x/y", "x:y", "close;", "@", "x\\", "{x}" }
                .Select(v => Refused("BadConnection", $"Connection '{v}'", Syntax, Get("Connection: " + v))),
            Refused("BadConnection", "Connection with UTF-8", Syntax, Get("Connection: " + Utf8("clöse"))),
            Refused("BadConnection", "Connection with a no-break space", "RFC 9110 §5.6.3", Get("Connection: close\u00a0")),
        ];
    }

    private static string Options(int count) => string.Join(", ", Enumerable.Range(0, count).Select(i => $"x-{i}"));

    private static IEnumerable<HostileRequest> Expectations()
    {
        const string Rule = "RFC 9110 §10.1.1";
        return
        [
            Forwarded("Expect: 100-continue", Rule, Post("Expect: 100-continue", "Content-Length: 5") + "hello") with { Body = "hello", Continues = true, Hides = ["Expect"] },
            Forwarded("Expect: 100-Continue, chunked", Rule, Post("Expect: 100-CONTINUE", "Transfer-Encoding: chunked") + "5\r\nhello\r\n0\r\n\r\n")
                with { Body = "hello", Continues = true, Hides = ["Expect"] },
            Forwarded("Expect in HTTP/1.0", "RFC 9110 §10.1.1: ignored", Head("POST /v1/models HTTP/1.0", "Expect: 100-continue", "Content-Length: 5") + "hello")
                with { Body = "hello", KeepsOpen = false, Hides = ["Expect"] },
            .. new[] { "", "100", "100-continu", "100-continue2", "100 continue", "100-continue, 100-continue", "100-continue;x", "200-ok", "continue", "x" }
                .Select(v => Refused("UnknownExpectation", $"Expect '{v}'", "RFC 9110 §10.1.1: 417", Post("Expect: " + v, "Content-Length: 5") + "hello")),
            Refused("UnknownExpectation", "a good and an unknown expectation", "RFC 9110 §10.1.1: 417",
                Post("Expect: 100-continue", "Expect: x", "Content-Length: 5") + "hello"),
        ];
    }

    private static IEnumerable<HostileRequest> Bounds()
    {
        const string Size = "RFC 9112 §2.3 asks for a bound: max_header_bytes, 431";
        const string Count = "RFC 9110 §5.4: max_headers, 431";
        var longName = new string('n', 4000);
        return
        [
            Forwarded("head of exactly the bound", Size, Padded(MaxHeadBytes)),
            Refused("HeadTooLarge", "head one past the bound", Size, Padded(MaxHeadBytes + 1)),
            Refused("HeadTooLarge", "head without an end", Size, "GET /v1/models HTTP/1.1\r\nHost: a\r\nX: " + new string('x', MaxHeadBytes)),
            Unfinished("head one short of the bound, without an end", Size, ("GET /v1/models HTTP/1.1\r\nX: " + new string('x', MaxHeadBytes))[..(MaxHeadBytes - 1)]),
            Refused("HeadTooLarge", "method without an end", Size, new string('G', MaxHeadBytes)),
            Refused("HeadTooLarge", "target without an end", Size, "GET /" + new string('a', MaxHeadBytes)),
            Refused("HeadTooLarge", "empty lines without an end", Size, string.Concat(Enumerable.Repeat("\r\n", MaxHeadBytes / 2))),
            Refused("HeadTooLarge", "head that empty lines push past the bound", Size, "\r\n" + Padded(MaxHeadBytes)),
            Forwarded("a long name", Size, Get(longName + ": v")) with { Sees = [longName + ": v"] },
            Forwarded("a long target", Size, Line($"GET /{longName} HTTP/1.1")) with { Target = "/" + longName },
            Forwarded("as many fields as the bound", Count, Get([.. Enumerable.Range(1, MaxFields - 1).Select(i => $"x-{i}: {i}")])) with { Sees = ["x-1: 1", "x-99: 99"] },
            Refused("TooManyFields", "one field past the bound", Count, Get([.. Enumerable.Range(1, MaxFields).Select(i => $"x-{i}: {i}")])),
            Refused("TooManyFields", "many fields of three bytes", Count, Get([.. Enumerable.Repeat("x:", 1000)])),
        ];
    }

    private static string Padded(int size)
    {
        var padding = size - Get("X: ").Length;
        return Get("X: " + new string('x', padding));
    }
}

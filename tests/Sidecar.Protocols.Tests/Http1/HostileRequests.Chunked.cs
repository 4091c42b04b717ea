namespace Sidecar.Protocols.Tests.Http1;

/// <summary>Chunked request bodies. Each is refused with the request it belongs to, which is never forwarded in part.</summary>
public static partial class HostileRequests
{
    private const string SizeRule = "RFC 9112 §7.1: chunk-size = 1*HEXDIG";

    private static HostileRequest Body(string name, string rule, string coded, string body) =>
        Forwarded($"chunk: {name}", rule, Chunked(coded)) with { Body = body, Hides = ["Transfer-Encoding", "Trailer"] };

    private static HostileRequest BadBody(string error, string name, string rule, string coded) => Refused(error, $"chunk: {name}", rule, Chunked(coded));

    private static HostileRequest CutBody(string name, string coded) => Unfinished($"chunk: {name}", "RFC 9112 §8", Chunked(coded));

    private static IEnumerable<HostileRequest> ChunkSizes() =>
    [
        Body("last chunk alone", "RFC 9112 §7.1", "0\r\n\r\n", ""),
        Body("two chunks", "RFC 9112 §7.1", "5\r\nhello\r\n1\r\n!\r\n0\r\n\r\n", "hello!"),
        Body("then a pipelined request", "RFC 9112 §9.3.2", "5\r\nhello\r\n0\r\n\r\nGET /", "hello") with { Rest = 5 },
        Body("lower-case size", SizeRule, "a\r\n0123456789\r\n0\r\n\r\n", "0123456789"),
        Body("upper-case size", SizeRule, "A\r\n0123456789\r\n0\r\n\r\n", "0123456789"),
        Body("leading zeros", SizeRule, "0005\r\nhello\r\n0\r\n\r\n", "hello"),
        Body("leading zeros, 15 digits", "bound of 15 digits", "000000000000005\r\nhello\r\n0\r\n\r\n", "hello"),
        Body("last chunk of three zeros", "RFC 9112 §7.1: last-chunk = 1*(\"0\")", "000\r\n\r\n", ""),
        Body("data that looks like the end", "RFC 9112 §7.1", "7\r\n\r\n0\r\n\r\n\r\n0\r\n\r\n", "\r\n0\r\n\r\n"),
        Body("data of every control", "RFC 9112 §7.1: chunk-data = 1*OCTET", "5\r\n\0\r\n\u007f\u00ff\r\n0\r\n\r\n", "\0\r\n\u007f\u00ff"),
        .. new[] { "", "+5", "-5", "+0", "-0", " 5", "\t5", "0x5", "0X5", "x5", "5h", "g", "G", "5g", "5 ", "5\t", "5 5", "5,", "5,5", "5:", "5.", "5.0", "5_0", "5L", "5=", "=5", "\"5\"", "'5'",
                "%35", "(5)", "/5", "5/", "@", "`", "G0", "5\0", "\05", "5\v", "\v5", "5\f", "5\u0085", "\u00a05", "5\u007f", "\u00b2", "~", "0 ", "0\t", "0x0", "-", "+", "." }
            .Select(v => BadBody("BadChunkSize", $"size '{Shown(v)}'", SizeRule, v + "\r\nhello\r\n0\r\n\r\n")),
        BadBody("BadChunkSize", "full-width size", SizeRule, Utf8("５") + "\r\nhello\r\n0\r\n\r\n"),
        BadBody("BadChunkSize", "16 digits", "bound of 15 digits", "0000000000000005\r\nhello\r\n0\r\n\r\n"),
        BadBody("BadChunkSize", "2^60", "RFC 9112 §7.1: overflow", "1000000000000000\r\nhello\r\n0\r\n\r\n"),
        BadBody("BadChunkSize", "2^63", "RFC 9112 §7.1: overflow", "8000000000000000\r\nhello\r\n0\r\n\r\n"),
        BadBody("BadChunkSize", "2^64 - 1", "RFC 9112 §7.1: overflow", "FFFFFFFFFFFFFFFF\r\nhello\r\n0\r\n\r\n"),
        BadBody("BadChunkSize", "2^64 + 5", "RFC 9112 §7.1: overflow", "10000000000000005\r\nhello\r\n0\r\n\r\n"),
        CutBody("2^32 + 5 is no 5", "100000005\r\nhello\r\n0\r\n\r\n"),
        CutBody("2^60 - 1", "fffffffffffffff\r\nhello\r\n0\r\n\r\n"),
        BadBody("BareLf", "LF ends a size line", "RFC 9112 §2.2", "5\nhello\r\n0\r\n\r\n"),
        BadBody("BareLf", "LF ends the last size line", "RFC 9112 §2.2", "5\r\nhello\r\n0\n\r\n"),
        BadBody("BareCr", "CR ends a size line", "RFC 9112 §2.2", "5\rhello\r\n0\r\n\r\n"),
        BadBody("BareCr", "CR CR LF ends a size line", "RFC 9112 §2.2", "5\r\r\nhello\r\n0\r\n\r\n"),
        BadBody("BareCr", "CR ends the last size line", "RFC 9112 §2.2", "0\r0\r\n\r\n"),
        BadBody("BadChunkSize", "LF before a size", "RFC 9112 §7.1", "\n5\r\nhello\r\n0\r\n\r\n"),
        BadBody("BadChunkSize", "CRLF before a size", "RFC 9112 §7.1", "\r\n5\r\nhello\r\n0\r\n\r\n"),
        BadBody("BadChunkSize", "no chunk but a body", "RFC 9112 §7.1", "{\"model\":\"m\"}"),
        CutBody("nothing", ""),
        CutBody("cut in a size", "5"),
        CutBody("cut in a size line", "5\r"),
        CutBody("cut before data", "5\r\n"),
        CutBody("cut in data", "5\r\nhell"),
        CutBody("cut after data", "5\r\nhello"),
        CutBody("cut in data's CRLF", "5\r\nhello\r"),
        CutBody("cut after a chunk", "5\r\nhello\r\n"),
        CutBody("cut in the last size", "5\r\nhello\r\n0"),
        CutBody("cut in the last size line", "5\r\nhello\r\n0\r"),
        CutBody("cut before the trailers", "5\r\nhello\r\n0\r\n"),
        CutBody("cut in the last CRLF", "5\r\nhello\r\n0\r\n\r"),
        CutBody("cut in an extension", "5;a=\"b"),
        CutBody("cut in a trailer's name", "0\r\nX"),
        CutBody("cut in a trailer's value", "0\r\nX: y"),
        CutBody("cut after a trailer", "0\r\nX: y\r\n"),
    ];

    private static IEnumerable<HostileRequest> ChunkExtensions()
    {
        const string Rule = "RFC 9112 §7.1.1: unknown extensions are ignored";
        const string Bound = "RFC 9112 §7.1.1 asks for a bound: 1024 bytes a line";
        return
        [
            .. new[] { ";a", ";a=b", ";a=\"b\"", ";a=\"b;c\"", ";a=\"\\\"\"", ";a;b=c;d", " ;a", "\t;a", " \t ; a = b", ";a=\"x\ty\"", ";", ";;", ";a=", ";=b", ";a=\u00e9", ";a=\"", ";a=5\u00a0" }
                .Select(v => Body($"extension '{Shown(v)}'", Rule, $"5{v}\r\nhello\r\n0{v}\r\n\r\n", "hello")),
            .. Controls.Select(c => BadBody("BadChunkExtension", $"extension with {Hex(c)}", "RFC 9112 §7.1.1", $"5;a{c}\r\nhello\r\n0\r\n\r\n")),
            BadBody("BadChunkExtension", "quoted extension with NUL", "RFC 9110 §5.6.4", "5;a=\"\0\"\r\nhello\r\n0\r\n\r\n"),
            BadBody("BareLf", "extension with LF", "RFC 9112 §7.1.1, §2.2", "5;a\nhello\r\n0\r\n\r\n"),
            BadBody("BareLf", "extension of LF", "RFC 9112 §7.1.1, §2.2", "5;\nhello\r\n0\r\n\r\n"),
            BadBody("BareLf", "quoted extension with LF", "RFC 9110 §5.6.4", "5;a=\"\n\"\r\nhello\r\n0\r\n\r\n"),
            BadBody("BareLf", "last extension with LF", "RFC 9112 §7.1.1, §2.2", "0;a\n\r\n"),
            BadBody("BareCr", "extension with CR", "RFC 9112 §7.1.1, §2.2", "5;a\rb\r\nhello\r\n0\r\n\r\n"),
            BadBody("BareCr", "quoted extension with CR", "RFC 9110 §5.6.4", "5;a=\"\r\"\r\nhello\r\n0\r\n\r\n"),
            Body("a quote does not hide a CRLF", "RFC 9110 §5.6.4: no CRLF in a quoted string", "2;a=\"\r\n\"x\r\n0\r\n\r\n", "\"x"),
            BadBody("BadChunkSize", "space and no extension", "RFC 9112 §7.1.1: BWS belongs to an extension", "5 \r\nhello\r\n0\r\n\r\n"),
            BadBody("BadChunkSize", "space and a word", "RFC 9112 §7.1.1", "5 a\r\nhello\r\n0\r\n\r\n"),
            BadBody("BadChunkSize", "extension without a size", SizeRule, ";a\r\nhello\r\n0\r\n\r\n"),
            BadBody("BadChunkSize", "space, extension, no size", SizeRule, " ;a\r\nhello\r\n0\r\n\r\n"),
            BadBody("BareLf", "space and LF", "RFC 9112 §2.2", "5 \nhello\r\n0\r\n\r\n"),
            Body("a line of exactly the bound", Bound, SizeLine(MaxChunkLineBytes) + "hello\r\n0\r\n\r\n", "hello"),
            BadBody("ChunkLineTooLong", "a line one past the bound", Bound, SizeLine(MaxChunkLineBytes + 1) + "hello\r\n0\r\n\r\n"),
            BadBody("ChunkLineTooLong", "a line without an end", Bound, "5;" + new string('a', MaxChunkLineBytes)),
            BadBody("ChunkLineTooLong", "spaces without an end", Bound, "5" + new string(' ', MaxChunkLineBytes)),
            Body("the bound is each line's own", Bound, SizeLine(MaxChunkLineBytes) + "hello\r\n" + SizeLine(MaxChunkLineBytes) + "world\r\n0\r\n\r\n", "helloworld"),
        ];
    }

    private static IEnumerable<HostileRequest> ChunkData()
    {
        const string Rule = "RFC 9112 §7.1: chunk-data CRLF";
        return
        [
            BadBody("BadChunkEnd", "data longer than its size", Rule, "5\r\nhello!\r\n0\r\n\r\n"),
            BadBody("BadChunkEnd", "data shorter than its size", Rule, "5\r\nhell\r\n0\r\n\r\n"),
            BadBody("BadChunkEnd", "no CRLF after data", Rule, "5\r\nhello0\r\n\r\n"),
            BadBody("BadChunkEnd", "LF after data", Rule, "5\r\nhello\n0\r\n\r\n"),
            BadBody("BadChunkEnd", "CR after data", Rule, "5\r\nhello\r0\r\n\r\n"),
            BadBody("BadChunkEnd", "CR CR LF after data", Rule, "5\r\nhello\r\r\n0\r\n\r\n"),
            BadBody("BadChunkEnd", "space after data", Rule, "5\r\nhello \r\n0\r\n\r\n"),
            BadBody("BadChunkEnd", "LF CR after data", Rule, "5\r\nhello\n\r0\r\n\r\n"),
            BadBody("BadChunkEnd", "NUL after data", Rule, "5\r\nhello\0\r\n0\r\n\r\n"),
            BadBody("BadChunkEnd", "two bytes after data that are no CRLF", Rule, "5\r\nhelloXX0\r\n\r\n"),
            BadBody("BadChunkEnd", "bad end of the second chunk", Rule, "1\r\na\r\n1\r\nbX\r\n0\r\n\r\n"),
        ];
    }

    private static IEnumerable<HostileRequest> Trailers()
    {
        const string Rule = "RFC 9112 §7.1.2: trailers may be dropped";
        const string Bound = "RFC 9112 §7.1.2: bound of 8 KiB";
        return
        [
            Body("a trailer", Rule, "5\r\nhello\r\n0\r\nX: y\r\n\r\n", "hello") with { Hides = ["X"] },
            Body("trailers without values", Rule, "0\r\nX:\r\nY: \t\r\n\r\n", "") with { Hides = ["X", "Y"] },
            Body("trailers that would change the message", "RFC 9110 §6.5.1", "0\r\nContent-Length: 3\r\nTransfer-Encoding: gzip\r\nHost: evil.test\r\nAuthorization: x\r\n\r\n", "")
                with { Hides = ["Transfer-Encoding", "Authorization"] },
            Body("a trailer with obs-text and a tab", "RFC 9110 §5.5", "0\r\nX: \u00e9\ty\r\n\r\n", ""),
            Body("a trailer section of exactly the bound", Bound, "0\r\n" + TrailerSection(MaxTrailerBytes), ""),
            BadBody("TrailersTooLarge", "a trailer section one past the bound", Bound, "0\r\n" + TrailerSection(MaxTrailerBytes + 1)),
            BadBody("TrailersTooLarge", "trailers without an end", Bound, "0\r\n" + string.Concat(Enumerable.Repeat("X: y\r\n", MaxTrailerBytes / 6 + 1))),
            BadBody("TrailersTooLarge", "a trailer without an end", Bound, "0\r\nX: " + new string('y', MaxTrailerBytes)),
            BadBody("ObsoleteFold", "fold on the first line", "RFC 9112 §5.2", "0\r\n X: y\r\n\r\n"),
            BadBody("ObsoleteFold", "fold on a later line", "RFC 9112 §5.2", "0\r\nX: y\r\n\tz\r\n\r\n"),
            BadBody("SpaceBeforeColon", "space before a trailer's colon", "RFC 9112 §5.1", "0\r\nX : y\r\n\r\n"),
            BadBody("SpaceBeforeColon", "tab before a trailer's colon", "RFC 9112 §5.1", "0\r\nX\t: y\r\n\r\n"),
            BadBody("SpaceBeforeColon", "a request line for a trailer", "RFC 9112 §5", "0\r\nGET / HTTP/1.1\r\n\r\n"),
            BadBody("BadFieldName", "empty name", "RFC 9110 §5.1", "0\r\n: y\r\n\r\n"),
            BadBody("BadFieldName", "no colon", "RFC 9112 §5", "0\r\nX\r\n\r\n"),
            BadBody("BadFieldName", "data for a trailer", "RFC 9110 §5.1", "0\r\n{\"model\":1}\r\n\r\n"),
            .. "\"(),/;<=>?@[\\]{}".Select(c => BadBody("BadFieldName", $"trailer's name with {c}", "RFC 9110 §5.6.2", $"0\r\nX{c}: y\r\n\r\n")),
            .. Controls.Select(c => BadBody("BadFieldName", $"trailer's name with {Hex(c)}", "RFC 9110 §5.1", $"0\r\nX{c}: y\r\n\r\n")),
            .. Controls.Select(c => BadBody("BadFieldValue", $"trailer's value with {Hex(c)}", "RFC 9110 §5.5", $"0\r\nX: y{c}\r\n\r\n")),
            BadBody("BadFieldName", "trailer's name with UTF-8", "RFC 9110 §5.1", "0\r\n" + Utf8("É: y") + "\r\n\r\n"),
            BadBody("BareLf", "LF ends the body", "RFC 9112 §2.2", "0\r\n\n"),
            BadBody("BareLf", "LF ends a trailer", "RFC 9112 §2.2", "0\r\nX: y\n\r\n"),
            BadBody("BareLf", "LF in a trailer's name", "RFC 9112 §2.2", "0\r\nX\n: y\r\n\r\n"),
            BadBody("BareCr", "CR and something ends the body", "RFC 9112 §2.2", "0\r\n\rX"),
            BadBody("BareCr", "CR CR LF ends the body", "RFC 9112 §2.2", "0\r\n\r\r\n"),
            BadBody("BareCr", "CR ends a trailer", "RFC 9112 §2.2", "0\r\nX: y\rZ: a\r\n\r\n"),
            BadBody("BareCr", "CR CR LF ends a trailer", "RFC 9112 §2.2", "0\r\nX: y\r\r\n\r\n"),
        ];
    }

    private static string SizeLine(int bytes) => "5;" + new string('a', bytes - 4) + "\r\n";

    private static string TrailerSection(int bytes) => "X: " + new string('y', bytes - 7) + "\r\n\r\n";

    private static string Shown(string text) => string.Concat(text.Select(c => c is < ' ' or > '~' ? Hex(c) : c.ToString()));
}

namespace Sidecar.Protocols.Tests.Http1;

/// <summary>The table of hostile upstream responses: where bodies end, and whether the connection lives on.</summary>
public static partial class HostileResponses
{
    private static IEnumerable<HostileResponse> Framings()
    {
        const string Rule = "RFC 9112 §6.3";
        const string Both = "RFC 9112 §6.1, §6.3: both framings";
        return
        [
            Relayed("length", Rule, Ok("Content-Length: 5") + "hello") with { Body = "hello" },
            Relayed("length 0", Rule, Ok("Content-Length: 0")),
            Relayed("length with leading zeros", "RFC 9110 §8.6", Ok("Content-Length: 005") + "hello") with { Body = "hello" },
            Relayed("until close", Rule, Ok("Content-Type: text/plain") + "hello") with { Body = "hello", KeepsOpen = false },
            Relayed("until close, empty", Rule, Ok()) with { KeepsOpen = false },
            Relayed("until close in HTTP/1.0 that keeps alive", Rule, Head("HTTP/1.0 200 OK", "Connection: keep-alive") + "hello") with { Body = "hello", KeepsOpen = false },
            Relayed("length, then an unasked response", "RFC 9112 §9.2: poisoned connection", Ok("Content-Length: 2") + "ok" + Ok("Content-Length: 4") + "evil")
                with { Body = "ok", Rest = Ok("Content-Length: 4").Length + 4 },
            Relayed("length, then more bytes", "RFC 9112 §6.3, §9.2", Ok("Content-Length: 2") + "okay") with { Body = "ok", Rest = 2 },
            Cut("length, body one byte short", "RFC 9112 §8", Ok("Content-Length: 5") + "hell"),
            Cut("length of 18 nines", "RFC 9112 §8", Ok("Content-Length: 999999999999999999") + "hello"),
            .. new[] { "", "+5", "-5", "0x5", "5 5", "5a", "five", "5;", "\"5\"", "5.0", "9223372036854775808", "18446744073709551621", "0000000000000000005" }
                .Select(v => Refused("BadContentLength", $"length '{v}'", "RFC 9112 §6.3: 502", Ok("Content-Length: " + v) + "hello")),
            .. new[] { "5,5", "5, 5", "5,6", "5,", ",5" }
                .Select(v => Refused("RepeatedContentLength", $"length list '{v}'", "RFC 9112 §6.3", Ok("Content-Length: " + v) + "hello")),
            Refused("RepeatedContentLength", "two lengths", Rule, Ok("Content-Length: 5", "Content-Length: 6") + "hello!"),
            Refused("RepeatedContentLength", "two equal lengths", Rule, Ok("Content-Length: 5", "Content-Length: 5") + "hello"),
            Refused("RepeatedContentLength", "two lengths, one with a space before its colon", Rule, Ok("Content-Length: 5", "content-length : 6") + "hello!"),
            Refused("LengthAndEncoding", "length and chunked", Both, Ok("Content-Length: 5", "Transfer-Encoding: chunked") + "0\r\n\r\n"),
            Refused("LengthAndEncoding", "chunked and length", Both, Ok("Transfer-Encoding: chunked", "Content-Length: 5") + "0\r\n\r\n"),
            Refused("LengthAndEncoding", "length and chunked with spaces before colons", Both, Ok("Content-Length : 5", "Transfer-Encoding : chunked") + "0\r\n\r\n"),
            Refused("LengthAndEncoding", "length and chunked on 304", Both, Head("HTTP/1.1 304 Not Modified", "Content-Length: 5", "Transfer-Encoding: chunked")),
        ];
    }

    private static IEnumerable<HostileResponse> Codings()
    {
        const string Rule = "RFC 9112 §6.1, §6.3";
        return
        [
            Relayed("chunked", "RFC 9112 §7.1", Ok("Transfer-Encoding: chunked") + "5\r\nhello\r\n0\r\n\r\n") with { Body = "hello", Hides = ["Content-Length"] },
            Relayed("Chunked", "RFC 9112 §7", Ok("Transfer-Encoding : Chunked ") + "5;x=y\r\nhello\r\n0;z\r\nX: y\r\n\r\n") with { Body = "hello", Hides = ["X"] },
            Refused("UnknownTransferCoding", "gzip, chunked", Rule, Ok("Transfer-Encoding: gzip, chunked") + "0\r\n\r\n"),
            .. new[] { "", "gzip", "identity", "chunked, gzip", "chunked, chunked", "chunked,", ",chunked", "xchunked", "chunked;q=1", "chunked x", "\"chunked\"" }
                .Select(v => Refused("BadTransferEncoding", $"coding '{v}'", Rule, Ok("Transfer-Encoding: " + v) + "0\r\n\r\n")),
            Refused("BadTransferEncoding", "chunked twice, two fields", "RFC 9112 §7.1", Ok("Transfer-Encoding: chunked", "Transfer-Encoding: chunked") + "0\r\n\r\n"),
            Refused("EncodingInHttp10", "chunked in HTTP/1.0", "RFC 9112 §6.1", Head("HTTP/1.0 200 OK", "Transfer-Encoding: chunked") + "0\r\n\r\n"),
            Refused("BadConnection", "Connection is no list of tokens", "RFC 9110 §7.6.1", Ok("Connection: x y", "Content-Length: 0")),
            Refused("BadConnection", "Connection with 33 options", "bound of 32 options", Ok("Connection: " + string.Join(',', Enumerable.Range(0, 33)), "Content-Length: 0")),
        ];
    }

    private static IEnumerable<HostileResponse> WithoutBody()
    {
        const string Rule = "RFC 9112 §6.3: no body whatever its fields say";
        return
        [
            Relayed("204", Rule, Head("HTTP/1.1 204 No Content")) with { Status = 204, Reason = "No Content" },
            Relayed("204 with length 0", "RFC 9110 §8.6", Head("HTTP/1.1 204 No Content", "Content-Length: 0")) with { Status = 204, Reason = "No Content" },
            Relayed("204 with a body", Rule, Head("HTTP/1.1 204 No Content", "Content-Length: 5") + "hello") with { Status = 204, Reason = "No Content", Rest = 5 },
            Relayed("204 with a chunked body", Rule, Head("HTTP/1.1 204 No Content", "Transfer-Encoding: chunked") + "0\r\n\r\n") with { Status = 204, Reason = "No Content", Rest = 5 },
            Relayed("304 with the length of another answer", Rule, Head("HTTP/1.1 304 Not Modified", "Content-Length: 5", "ETag: \"x\""))
                with { Status = 304, Reason = "Not Modified", Sees = ["ETag: \"x\""] },
            Relayed("304 with a body", Rule, Head("HTTP/1.1 304 Not Modified", "Content-Length: 5") + "hello") with { Status = 304, Reason = "Not Modified", Rest = 5 },
            Relayed("304 with chunked", Rule, Head("HTTP/1.1 304 Not Modified", "Transfer-Encoding: chunked")) with { Status = 304, Reason = "Not Modified" },
            Relayed("answer to HEAD with a length", Rule, Ok("Content-Length: 5")) with { AnswersHead = true },
            Relayed("answer to HEAD with chunked", Rule, Ok("Transfer-Encoding: chunked")) with { AnswersHead = true },
            Relayed("answer to HEAD without framing", Rule, Ok()) with { AnswersHead = true },
            Relayed("answer to HEAD with a body", Rule, Ok("Content-Length: 5") + "hello") with { AnswersHead = true, Rest = 5 },
            Refused("LengthAndEncoding", "answer to HEAD with both framings", "RFC 9112 §6.1", Ok("Content-Length: 5", "Transfer-Encoding: chunked")) with { AnswersHead = true },
            Relayed("205 with a body of its own", "RFC 9110 §15.3.6, RFC 9112 §6.3", Head("HTTP/1.1 205 Reset Content", "Content-Length: 0")) with { Status = 205, Reason = "Reset Content" },
        ];
    }

    private static IEnumerable<HostileResponse> Bodies()
    {
        const string Rule = "RFC 9112 §7.1";
        return
        [
            .. new[] { "+5", "-5", "0x5", " 5", "5 ", "g", "", "5,5", "5\0", "0000000000000005", "FFFFFFFFFFFFFFFF" }
                .Select(v => Broken("BadChunkSize", $"chunk size '{Shown(v)}'", Rule, Chunked(v + "\r\nhello\r\n0\r\n\r\n"))),
            Broken("BareLf", "LF ends a size line", "RFC 9112 §2.2", Chunked("5\nhello\r\n0\r\n\r\n")),
            Broken("BareCr", "CR ends a size line", "RFC 9112 §2.2", Chunked("5\rhello\r\n0\r\n\r\n")),
            Broken("BareLf", "LF in an extension", "RFC 9112 §7.1.1", Chunked("5;a\nhello\r\n0\r\n\r\n")),
            Broken("BadChunkExtension", "NUL in an extension", "RFC 9112 §7.1.1", Chunked("5;\0\r\nhello\r\n0\r\n\r\n")),
            Broken("ChunkLineTooLong", "an extension without an end", "RFC 9112 §7.1.1", Chunked("5;" + new string('a', HostileRequests.MaxChunkLineBytes))),
            Broken("BadChunkEnd", "junk after data", Rule, Chunked("5\r\nhello!\r\n0\r\n\r\n")),
            Broken("BadChunkEnd", "no CRLF after data", Rule, Chunked("5\r\nhello0\r\n\r\n")),
            Broken("BadFieldName", "no trailer but data", "RFC 9112 §7.1.2", Chunked("0\r\ndata: x\r\n\"x\"\r\n\r\n")),
            Broken("BareLf", "LF ends the body", "RFC 9112 §2.2", Chunked("0\r\n\n")),
            Broken("TrailersTooLarge", "a trailer without an end", "RFC 9112 §7.1.2", Chunked("0\r\nX: " + new string('y', HostileRequests.MaxTrailerBytes))),
            Broken("BadChunkSize", "chunked that is not", Rule, Chunked("data: {}\n\n")),
            Cut("chunked, nothing", "RFC 9112 §8", Chunked("")),
            Cut("chunked, cut in a size", "RFC 9112 §8", Chunked("5")),
            Cut("chunked, cut in data", "RFC 9112 §8", Chunked("5\r\nhel")),
            Cut("chunked, cut between chunks", "RFC 9112 §8", Chunked("5\r\nhello\r\n")),
            Cut("chunked, cut in the last chunk", "RFC 9112 §8", Chunked("5\r\nhello\r\n0\r\n")),
            Cut("chunked, cut in the last CRLF", "RFC 9112 §8", Chunked("5\r\nhello\r\n0\r\n\r")),
            Relayed("chunked, then an unasked response", "RFC 9112 §9.2", Chunked("2\r\nok\r\n0\r\n\r\n") + Ok("Content-Length: 0")) with { Body = "ok", Rest = Ok("Content-Length: 0").Length },
        ];
    }

    private static IEnumerable<HostileResponse> KeepAlive()
    {
        const string Rule = "RFC 9112 §9.3";
        return
        [
            Relayed("close", Rule, Ok("Connection: close", "Content-Length: 0")) with { KeepsOpen = false, Hides = ["Connection"] },
            Relayed("close in a list", Rule, Ok("Connection: x, \t CLOSE\t", "Content-Length: 0")) with { KeepsOpen = false },
            Relayed("keep-alive in HTTP/1.0", Rule, Head("HTTP/1.0 200 OK", "Connection: keep-alive", "Content-Length: 0")),
            Relayed("close beats keep-alive", Rule, Ok("Connection: keep-alive", "Connection: close", "Content-Length: 0")) with { KeepsOpen = false },
        ];
    }

    private static IEnumerable<HostileResponse> Bounds()
    {
        const string Size = "bound of a response's head";
        var room = MaxHeadBytes - Ok("Content-Length: 0", "X: ").Length;
        return
        [
            Relayed("head of exactly the bound", Size, Ok("Content-Length: 0", "X: " + new string('x', room))),
            Refused("HeadTooLarge", "head one past the bound", Size, Ok("Content-Length: 0", "X: " + new string('x', room + 1))),
            Refused("HeadTooLarge", "reason without an end", Size, "HTTP/1.1 200 " + new string('x', MaxHeadBytes)),
            Relayed("as many fields as the bound", "bound of a response's fields", Ok([.. Enumerable.Repeat("X: y", MaxFields - 1), "Content-Length: 0"])),
            Refused("TooManyFields", "one field past the bound", "bound of a response's fields", Ok([.. Enumerable.Repeat("X: y", MaxFields), "Content-Length: 0"])),
        ];
    }

    private static string Chunked(string coded) => Ok("Transfer-Encoding: chunked") + coded;
}

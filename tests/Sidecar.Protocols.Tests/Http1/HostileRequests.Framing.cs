namespace Sidecar.Protocols.Tests.Http1;

/// <summary>Content-Length and Transfer-Encoding: where requests are smuggled.</summary>
public static partial class HostileRequests
{
    private static IEnumerable<HostileRequest> Lengths() =>
    [
        Forwarded("no body", "RFC 9112 §6.3", Get()),
        Forwarded("POST without framing has no body", "RFC 9112 §6.3", Post()),
        Forwarded("length", "RFC 9110 §8.6", Post("Content-Length: 5") + "hello") with { Body = "hello" },
        Forwarded("length 0", "RFC 9110 §8.6", Post("Content-Length: 0")),
        Forwarded("length on GET", "RFC 9110 §9.3.1", Get("Content-Length: 2") + "{}") with { Body = "{}" },
        Forwarded("length without a space", "RFC 9112 §5", Post("Content-Length:5") + "hello") with { Body = "hello" },
        Forwarded("length between tabs and spaces", "RFC 9112 §5.1", Post("Content-Length: \t 5 \t ") + "hello") with { Body = "hello" },
        Forwarded("length, name in lower case", "RFC 9110 §5.1", Post("content-length: 5") + "hello") with { Body = "hello" },
        Forwarded("length, name in upper case", "RFC 9110 §5.1", Post("CONTENT-LENGTH: 5") + "hello") with { Body = "hello" },
        Forwarded("length with leading zeros", "RFC 9110 §8.6: 1*DIGIT", Post("Content-Length: 0005") + "hello") with { Body = "hello" },
        Forwarded("length with leading zeros, 18 digits", "RFC 9110 §8.6, bound of 18 digits", Post("Content-Length: 000000000000000005") + "hello")
            with { Body = "hello" },
        Forwarded("length, then a pipelined request", "RFC 9112 §9.3.2", Post("Content-Length: 5") + "helloGET /") with { Body = "hello", Rest = 5 },
        Forwarded("length 0, then what looks like a body", "RFC 9112 §6.3", Post("Content-Length: 0") + "hello") with { Rest = 5 },
        Unfinished("length, body one byte short", "RFC 9112 §8", Post("Content-Length: 5") + "hell"),
        Unfinished("length, no body at all", "RFC 9112 §8", Post("Content-Length: 5")),
        Refused("BadContentLength", "length with 19 digits", "RFC 9110 §8.6, bound of 18 digits", Post("Content-Length: 0000000000000000005") + "hello"),
        Refused("BadContentLength", "length of 2^63", "RFC 9110 §8.6: overflow", Post("Content-Length: 9223372036854775808")),
        Refused("BadContentLength", "length of 2^64 + 5", "RFC 9110 §8.6: overflow", Post("Content-Length: 18446744073709551621") + "hello"),
        Refused("", "length of 2^32 + 5", "RFC 9110 §15.5.14, max_request_body", Post("Content-Length: 4294967301") + "hello"),
        Refused("", "length of 18 nines", "RFC 9110 §15.5.14, max_request_body", Post("Content-Length: 999999999999999999")),
        Refused("", "length one past the body's bound", "RFC 9110 §15.5.14, max_request_body", Post($"Content-Length: {MaxBodyBytes + 1}")),
        .. BadLengths.Select(v => Refused("BadContentLength", $"length '{v}'", "RFC 9110 §8.6: 1*DIGIT", Post("Content-Length: " + v) + "hello")),
        Refused("BadContentLength", "length in full-width digits", "RFC 9110 §8.6: 1*DIGIT", Post("Content-Length: " + Utf8("５")) + "hello"),
        Refused("BadContentLength", "length in Arabic digits", "RFC 9110 §8.6: 1*DIGIT", Post("Content-Length: " + Utf8("٥")) + "hello"),
        Refused("BadContentLength", "length before a no-break space", "RFC 9110 §5.6.3: OWS is SP and HTAB", Post("Content-Length: 5\u00a0") + "hello"),
        Refused("BadContentLength", "length after a no-break space", "RFC 9110 §5.6.3: OWS is SP and HTAB", Post("Content-Length: \u00a05") + "hello"),
        Refused("BadFieldValue", "length before a vertical tab", "RFC 9110 §5.5", Post("Content-Length: 5\v") + "hello"),
        Refused("BadFieldValue", "length after a form feed", "RFC 9110 §5.5", Post("Content-Length: \f5") + "hello"),
        Refused("BadFieldValue", "length before a NUL", "RFC 9110 §5.5", Post("Content-Length: 5\0") + "hello"),
        Refused("BadContentLength", "length on a folded line", "RFC 9112 §5.2", Post("Content-Length:", " 5") + "hello"),
        Refused("ObsoleteFold", "length continued on a folded line", "RFC 9112 §5.2", Post("Content-Length: 5", " 5") + "hello"),
        Refused("SpaceBeforeColon", "space after Content-Length", "RFC 9112 §5.1", Post("Content-Length : 5") + "hello"),
        Refused("SpaceBeforeColon", "tab after Content-Length", "RFC 9112 §5.1", Post("Content-Length\t: 5") + "hello"),
        Refused("ObsoleteFold", "space before Content-Length", "RFC 9112 §5.2", Post(" Content-Length: 5") + "hello"),
        Refused("BadFieldName", "Content-Length without a colon", "RFC 9112 §5", Post("Content-Length 5") + "hello"),
        Refused("BadFieldName", "NUL before Content-Length", "RFC 9110 §5.1", Post("\0Content-Length: 5") + "hello"),
        Refused("BadFieldName", "NUL after Content-Length", "RFC 9110 §5.1", Post("Content-Length\0: 5") + "hello"),
        Refused("BadFieldName", "no-break space after Content-Length", "RFC 9110 §5.1", Post("Content-Length\u00a0: 5") + "hello"),
        .. RepeatedLengths.Select(v => Refused("RepeatedContentLength", $"length list '{v}'", "RFC 9110 §8.6, RFC 9112 §6.3", Post("Content-Length: " + v) + "hello")),
        Refused("RepeatedContentLength", "two equal lengths", "RFC 9112 §6.3", Post("Content-Length: 5", "Content-Length: 5") + "hello"),
        Refused("RepeatedContentLength", "two lengths", "RFC 9112 §6.3", Post("Content-Length: 5", "Content-Length: 6") + "hello!"),
        Refused("RepeatedContentLength", "a length and an empty one", "RFC 9112 §6.3", Post("Content-Length: 5", "Content-Length:") + "hello"),
        Refused("RepeatedContentLength", "a length and a bad one", "RFC 9112 §6.3", Post("Content-Length: 5", "Content-Length: x") + "hello"),
        Refused("BadContentLength", "a bad length and a good one", "RFC 9112 §6.3", Post("Content-Length: x", "Content-Length: 5") + "hello"),
        Refused("RepeatedContentLength", "two lengths apart, in other case", "RFC 9112 §6.3",
            Post("Content-Length: 0", "X-A: b", "X-B: c", "cONTENT-lENGTH: 5") + "hello"),
        Refused("RepeatedContentLength", "two lengths in HTTP/1.0", "RFC 9112 §6.3",
            Head("POST /v1/models HTTP/1.0", "Content-Length: 5", "Content-Length: 0") + "hello"),
        Refused("BadContentLength", "bad length on GET", "RFC 9112 §6.3", Get("Content-Length: -1")),
    ];

    private static string[] BadLengths =>
    [
        "", " ", "+5", "-5", "-0", "+0", "0x5", "0X5", "5h", "0b101", "0o5", "5 5", "5\t5", "5 hello", "5.", "5.0", ".5", "5e0", "1_0", "5;", "5;q=1",
        "\"5\"", "'5'", "(5)", "5%20", "%35", "5L", "five", "NaN", "infinity", "=5", ":5", "5:", "5/5", "*", "null", "A", "5-5", "~5",
    ];

    private static string[] RepeatedLengths => ["5,5", "5, 5", "5,6", "5,", ",5", ",", "5 ,5", "5,\t5", "0,5", "5, 5, 5", "-5,5", "x,5"];

    private static IEnumerable<HostileRequest> Encodings() =>
    [
        Forwarded("chunked", "RFC 9112 §7.1", Chunked("5\r\nhello\r\n0\r\n\r\n")) with { Body = "hello", Hides = ["Transfer-Encoding"] },
        Forwarded("chunked, capital", "RFC 9112 §7", Post("Transfer-Encoding: Chunked") + "0\r\n\r\n") with { Hides = ["Transfer-Encoding"] },
        Forwarded("chunked, upper case", "RFC 9112 §7", Post("TRANSFER-ENCODING: CHUNKED") + "0\r\n\r\n") with { Hides = ["Transfer-Encoding"] },
        Forwarded("chunked between tabs and spaces", "RFC 9112 §5.1", Post("Transfer-Encoding:\t \tchunked \t ") + "0\r\n\r\n"),
        Forwarded("chunked GET", "RFC 9112 §6.1", Get("Transfer-Encoding: chunked") + "2\r\n{}\r\n0\r\n\r\n") with { Body = "{}" },
        Forwarded("TE is no Transfer-Encoding", "RFC 9110 §10.1.4", Get("TE: chunked")) with { Hides = ["TE"] },
        Refused("UnknownTransferCoding", "gzip, chunked", "RFC 9112 §6.1: 501", Post("Transfer-Encoding: gzip, chunked") + "0\r\n\r\n"),
        Refused("UnknownTransferCoding", "gzip,chunked", "RFC 9112 §6.1: 501", Post("Transfer-Encoding: gzip,chunked") + "0\r\n\r\n"),
        Refused("UnknownTransferCoding", "gzip, deflate, chunked", "RFC 9112 §6.1: 501", Post("Transfer-Encoding: gzip,\tdeflate , Chunked") + "0\r\n\r\n"),
        Refused("UnknownTransferCoding", "identity, chunked", "RFC 9112 §6.1: 501", Post("Transfer-Encoding: identity, chunked") + "0\r\n\r\n"),
        Refused("UnknownTransferCoding", "x-mine, chunked", "RFC 9112 §6.1: 501", Post("Transfer-Encoding: x-mine, chunked") + "0\r\n\r\n"),
        .. BadEncodings.Select(v => Refused("BadTransferEncoding", $"coding '{v}'", "RFC 9112 §6.1, §6.3: chunked last, and once",
            Post("Transfer-Encoding: " + v) + "0\r\n\r\n")),
        Refused("BadTransferEncoding", "chunked with a Kelvin sign", "RFC 9110 §5.6.2", Post("Transfer-Encoding: " + Utf8("chun\u212aed")) + "0\r\n\r\n"),
        Refused("BadTransferEncoding", "chunked in full-width letters", "RFC 9110 §5.6.2", Post("Transfer-Encoding: " + Utf8("ｃhunked")) + "0\r\n\r\n"),
        Refused("BadTransferEncoding", "chunked after a no-break space", "RFC 9110 §5.6.3", Post("Transfer-Encoding: \u00a0chunked") + "0\r\n\r\n"),
        Refused("BadTransferEncoding", "chunked before a no-break space", "RFC 9110 §5.6.3", Post("Transfer-Encoding: chunked\u00a0") + "0\r\n\r\n"),
        Refused("BadFieldValue", "chunked after a vertical tab", "RFC 9110 §5.5", Post("Transfer-Encoding: \vchunked") + "0\r\n\r\n"),
        Refused("BadFieldValue", "chunked before a vertical tab", "RFC 9110 §5.5", Post("Transfer-Encoding: chunked\v") + "0\r\n\r\n"),
        Refused("BadFieldValue", "chunked before a NUL", "RFC 9110 §5.5", Post("Transfer-Encoding: chunked\0") + "0\r\n\r\n"),
        Refused("BadFieldValue", "chunked before a backspace", "RFC 9110 §5.5", Post("Transfer-Encoding: chunkedd\b") + "0\r\n\r\n"),
        Refused("BareCr", "chunked before a CR", "RFC 9112 §2.2", Post("Transfer-Encoding: chunked\r") + "0\r\n\r\n"),
        Refused("BareLf", "chunked after a bare LF", "RFC 9112 §2.2", Post("X: y\nTransfer-Encoding: chunked") + "0\r\n\r\n"),
        Refused("BareCr", "chunked after a bare CR", "RFC 9112 §2.2", Post("X: y\rTransfer-Encoding: chunked") + "0\r\n\r\n"),
        Refused("BadTransferEncoding", "chunked on a folded line", "RFC 9112 §5.2", Post("Transfer-Encoding:", " chunked") + "0\r\n\r\n"),
        Refused("ObsoleteFold", "chunked continued on a folded line", "RFC 9112 §5.2", Post("Transfer-Encoding: chunked", "\t, identity") + "0\r\n\r\n"),
        Refused("SpaceBeforeColon", "space after Transfer-Encoding", "RFC 9112 §5.1", Post("Transfer-Encoding : chunked") + "0\r\n\r\n"),
        Refused("SpaceBeforeColon", "tab after Transfer-Encoding", "RFC 9112 §5.1", Post("Transfer-Encoding\t: chunked") + "0\r\n\r\n"),
        Refused("ObsoleteFold", "space before Transfer-Encoding", "RFC 9112 §5.2", Post(" Transfer-Encoding: chunked") + "0\r\n\r\n"),
        Refused("BadFieldName", "Transfer-Encoding without a colon", "RFC 9112 §5", Post("Transfer-Encoding chunked") + "0\r\n\r\n"),
        Refused("BadFieldName", "vertical tab after Transfer-Encoding", "RFC 9110 §5.1", Post("Transfer-Encoding\v: chunked") + "0\r\n\r\n"),
        Refused("BadTransferEncoding", "chunked twice, two fields", "RFC 9112 §7.1", Post("Transfer-Encoding: chunked", "Transfer-Encoding: chunked") + "0\r\n\r\n"),
        Refused("BadTransferEncoding", "chunked and identity, two fields", "RFC 9112 §6.1",
            Post("Transfer-Encoding: chunked", "Transfer-Encoding: identity") + "0\r\n\r\n"),
        Refused("BadTransferEncoding", "identity and chunked, two fields", "RFC 9112 §6.1",
            Post("Transfer-Encoding: identity", "Transfer-Encoding: chunked") + "0\r\n\r\n"),
        Refused("BadTransferEncoding", "chunked and an empty one, two fields", "RFC 9112 §6.1", Post("Transfer-Encoding: chunked", "Transfer-Encoding:") + "0\r\n\r\n"),
        Refused("BadTransferEncoding", "chunked twice, apart, in other case", "RFC 9112 §7.1",
            Post("Transfer-Encoding: chunked", "X: y", "tRANSFER-eNCODING: cHUNKED") + "0\r\n\r\n"),
        Refused("EncodingInHttp10", "chunked in HTTP/1.0", "RFC 9112 §6.1", Head("POST /v1/models HTTP/1.0", "Transfer-Encoding: chunked") + "0\r\n\r\n"),
        Refused("EncodingInHttp10", "chunked in HTTP/1.0 that keeps alive", "RFC 9112 §6.1",
            Head("POST /v1/models HTTP/1.0", "Host: origin.test", "Connection: keep-alive", "Transfer-Encoding: chunked") + "0\r\n\r\n"),
        .. LengthBesideEncoding(),
    ];

    private static IEnumerable<HostileRequest> LengthBesideEncoding()
    {
        const string Rule = "RFC 9112 §6.1, §11.2";
        yield return Refused("LengthAndEncoding", "length, then chunked", Rule, Post("Content-Length: 5", "Transfer-Encoding: chunked") + "0\r\n\r\n");
        yield return Refused("LengthAndEncoding", "chunked, then length", Rule, Post("Transfer-Encoding: chunked", "Content-Length: 5") + "0\r\n\r\n");
        yield return Refused("LengthAndEncoding", "length 0 and chunked", Rule, Post("Content-Length: 0", "Transfer-Encoding: chunked") + "0\r\n\r\n");
        yield return Refused("LengthAndEncoding", "length and chunked, apart", Rule,
            Post("content-length: 5", "X-A: b", "Accept: */*", "transfer-encoding: CHUNKED") + "0\r\n\r\n");
        yield return Refused("LengthAndEncoding", "length and chunked on GET", Rule, Get("Content-Length: 5", "Transfer-Encoding: chunked") + "0\r\n\r\n");
        yield return Refused("LengthAndEncoding", "length and chunked in HTTP/1.0", Rule,
            Head("POST /v1/models HTTP/1.0", "Content-Length: 5", "Transfer-Encoding: chunked") + "0\r\n\r\n");
        yield return Refused("LengthAndEncoding", "length and chunked, length named by Connection", Rule,
            Post("Connection: Content-Length", "Content-Length: 5", "Transfer-Encoding: chunked") + "0\r\n\r\n");
        yield return Refused("LengthAndEncoding", "length and chunked, encoding named by Connection", Rule,
            Post("Connection: Transfer-Encoding", "Content-Length: 5", "Transfer-Encoding: chunked") + "0\r\n\r\n");
        yield return Refused("BadContentLength", "bad length and chunked", Rule, Post("Content-Length: +5", "Transfer-Encoding: chunked") + "0\r\n\r\n");
        yield return Refused("BadTransferEncoding", "length and a bad coding", Rule, Post("Content-Length: 5", "Transfer-Encoding: xchunked") + "hello");
        yield return Refused("BadTransferEncoding", "length and identity", Rule, Post("Content-Length: 5", "Transfer-Encoding: identity") + "hello");
        yield return Refused("BadTransferEncoding", "length and an empty coding", Rule, Post("Content-Length: 5", "Transfer-Encoding:") + "hello");
        yield return Refused("RepeatedContentLength", "two lengths and chunked", Rule,
            Post("Content-Length: 5", "Content-Length: 5", "Transfer-Encoding: chunked") + "0\r\n\r\n");
    }

    private static string[] BadEncodings =>
    [
        "", " ", ",", ",,", "chunked,", "chunked, ", ",chunked", ", chunked", " , chunked", "chunked, chunked", "chunked,chunked", "Chunked, CHUNKED",
        "gzip", "deflate", "compress", "identity", "br", "x-mine", "xchunked", "chunkedx", "chunke", "hunked", "chunk ed", "chunked chunked", "chunked;",
        "chunked;q=1", "chunked; a=b", "chunked=1", "\"chunked\"", "'chunked'", "[chunked]", "(chunked)", "chunked gzip", "gzip chunked",
        "chunked, gzip", "chunked, identity", "chunked, gzip, chunked", "gzip, chunked, chunked", "gzip, chunked, gzip", "gzip,, chunked", "gzip, , chunked",
        "gzip;q=1, chunked", "gzip;a=\"b, chunked", "g zip, chunked", "chunked\\", "chunked/1.0", "gzip, chunked;q=1", "gzip, xchunked", "cow, chunked,",
    ];
}

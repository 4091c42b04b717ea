namespace Sidecar.Protocols.Http1;

/// <summary>What a parser made of the bytes it was given.</summary>
public enum ParseStatus : byte
{
    /// <summary>All is well so far, more bytes are needed.</summary>
    NeedMore,
    /// <summary>The element is whole.</summary>
    Complete,
    /// <summary>The bytes break a rule; the parser's error says which.</summary>
    Failed,
}

/// <summary>Why a message head or a chunked body was refused. Each value is one rule of RFC 9110 or RFC 9112, or one bound of ours.</summary>
public enum HttpError : byte
{
    /// <summary>Nothing is wrong.</summary>
    None,
    /// <summary>The request line is not METHOD SP TARGET SP VERSION (RFC 9112 §3).</summary>
    BadRequestLine,
    /// <summary>The method is not a token (RFC 9110 §9.1).</summary>
    BadMethod,
    /// <summary>CONNECT and TRACE are not offered (RFC 9110 §9.3.6, §9.3.8).</summary>
    MethodNotImplemented,
    /// <summary>The target has a form, a character or a dot segment that peers may read differently (RFC 9112 §3.2).</summary>
    BadTarget,
    /// <summary>The version is not HTTP/DIGIT.DIGIT (RFC 9112 §2.3).</summary>
    BadVersion,
    /// <summary>The version is well formed but not 1.0 or 1.1.</summary>
    VersionNotSupported,
    /// <summary>The status line is malformed (RFC 9112 §4).</summary>
    BadStatusLine,
    /// <summary>A CR that no LF follows (RFC 9112 §2.2).</summary>
    BareCr,
    /// <summary>An LF that no CR precedes (RFC 9112 §2.2; a recipient may accept it, a relay that wants no ambiguity must not).</summary>
    BareLf,
    /// <summary>A field line that starts with a space or a tab (RFC 9112 §5.2).</summary>
    ObsoleteFold,
    /// <summary>A field line with no colon, an empty name, or a name that is not a token (RFC 9110 §5.1).</summary>
    BadFieldName,
    /// <summary>White space between a field's name and its colon (RFC 9112 §5.1).</summary>
    SpaceBeforeColon,
    /// <summary>A control character in a field's value (RFC 9110 §5.5).</summary>
    BadFieldValue,
    /// <summary>An HTTP/1.1 request without Host (RFC 9112 §3.2).</summary>
    MissingHost,
    /// <summary>More than one Host (RFC 9112 §3.2).</summary>
    RepeatedHost,
    /// <summary>A Host that is no host and port (RFC 9110 §7.2).</summary>
    BadHost,
    /// <summary>A Content-Length that is not digits alone, or more than 18 of them (RFC 9110 §8.6).</summary>
    BadContentLength,
    /// <summary>More than one Content-Length, or a list in one (RFC 9110 §8.6, RFC 9112 §6.3).</summary>
    RepeatedContentLength,
    /// <summary>Content-Length beside Transfer-Encoding (RFC 9112 §6.1).</summary>
    LengthAndEncoding,
    /// <summary>A Transfer-Encoding that is malformed, repeats chunked, or does not end in it (RFC 9112 §6.1, §6.3).</summary>
    BadTransferEncoding,
    /// <summary>A transfer coding other than chunked (RFC 9112 §6.1: 501).</summary>
    UnknownTransferCoding,
    /// <summary>Transfer-Encoding in an HTTP/1.0 message (RFC 9112 §6.1).</summary>
    EncodingInHttp10,
    /// <summary>A Connection field that is no list of tokens, or too long a list (RFC 9110 §7.6.1).</summary>
    BadConnection,
    /// <summary>An expectation other than 100-continue (RFC 9110 §10.1.1: 417).</summary>
    UnknownExpectation,
    /// <summary>The head is longer than its bound.</summary>
    HeadTooLarge,
    /// <summary>The head has more fields than its bound.</summary>
    TooManyFields,
    /// <summary>A chunk size that is empty, signed, prefixed, not hexadecimal, or too long (RFC 9112 §7.1).</summary>
    BadChunkSize,
    /// <summary>A chunk extension with a character that is not allowed (RFC 9112 §7.1.1).</summary>
    BadChunkExtension,
    /// <summary>A chunk-size line longer than its bound (RFC 9112 §7.1.1 asks for one).</summary>
    ChunkLineTooLong,
    /// <summary>Chunk data that is not followed by CRLF (RFC 9112 §7.1).</summary>
    BadChunkEnd,
    /// <summary>A trailer section that is longer than its bound.</summary>
    TrailersTooLarge,
}

/// <summary>What a server answers to each error.</summary>
public static class HttpErrorStatus
{
    /// <summary>The status code of the answer to a request that was refused.</summary>
    public static int ForRequest(HttpError error) => error switch
    {
        HttpError.HeadTooLarge or HttpError.TooManyFields => 431,
        HttpError.MethodNotImplemented or HttpError.UnknownTransferCoding => 501,
        HttpError.VersionNotSupported => 505,
        HttpError.UnknownExpectation => 417,
        _ => 400,
    };
}

namespace Sidecar.Protocols.Http1;

/// <summary>The head of a response: <c>HTTP-version SP status-code SP [reason-phrase] CRLF *(field-line CRLF) CRLF</c> (RFC 9112 §4).</summary>
/// <param name="maxBytes">Longest head.</param>
/// <param name="maxFields">Most field lines.</param>
public sealed class ResponseHead(int maxBytes, int maxFields) : MessageHead(maxBytes, maxFields)
{
    /// <summary>The status code, 100 to 599.</summary>
    public int Status { get; private set; }

    /// <summary>The reason phrase; may be empty.</summary>
    public ByteRange Reason { get; private set; }

    /// <summary>Set before parsing: the request was a HEAD, so the response has no body whatever its fields say.</summary>
    public bool AnswersHead { get; set; }

    /// <summary>Whether the status is 1xx: another head follows, but for 101, which comes only to who asked for it.</summary>
    public bool IsInterim => Status < 200;

    private protected override bool IsResponse => true;

    /// <inheritdoc/>
    /// <remarks><see cref="AnswersHead"/> stays: it holds for the interim responses before the final one too.</remarks>
    public override void Reset()
    {
        base.Reset();
        Status = 0;
        Reason = default;
    }

    private protected override HttpError ReadStartLine(ReadOnlySpan<byte> line, int offset)
    {
        const int CodeStart = HttpVersion.ByteCount + 1;
        const int CodeEnd = CodeStart + 3;
        // Some servers leave out the space before an empty reason phrase; nothing can be misread in that.
        if (line.Length < CodeEnd || line[HttpVersion.ByteCount] != (byte)' ' || (line.Length > CodeEnd && line[CodeEnd] != (byte)' '))
        {
            return HttpError.BadStatusLine;
        }
        var error = HttpVersion.Read(line[..HttpVersion.ByteCount], out var minor);
        if (error != HttpError.None) return error;
        MinorVersion = minor;
        var status = 0;
        foreach (var c in line[CodeStart..CodeEnd])
        {
            if (!Characters.IsDigit(c)) return HttpError.BadStatusLine;
            status = status * 10 + (c - '0');
        }
        if (status is < 100 or > 599) return HttpError.BadStatusLine;
        Status = status;
        Reason = line.Length > CodeEnd + 1 ? new ByteRange(offset + CodeEnd + 1, line.Length - CodeEnd - 1) : default;
        return line[CodeEnd..].ContainsAny(Characters.Forbidden) ? HttpError.BadStatusLine : HttpError.None;
    }

    private protected override HttpError ConcludeMessage(ReadOnlySpan<byte> buffer)
    {
        if (IsInterim || Status is 204 or 304 || AnswersHead) Framing = BodyFraming.None;
        else if (Framing == BodyFraming.None) Framing = BodyFraming.UntilClose;
        if (Framing == BodyFraming.UntilClose) KeepAlive = false;
        return HttpError.None;
    }
}

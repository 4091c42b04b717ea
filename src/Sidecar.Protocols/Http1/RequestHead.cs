using System.Text;

namespace Sidecar.Protocols.Http1;

/// <summary>Which form the request target has (RFC 9112 §3.2).</summary>
public enum TargetForm : byte
{
    /// <summary><c>/path?query</c>.</summary>
    Origin,
    /// <summary><c>http://host/path?query</c>.</summary>
    Absolute,
    /// <summary><c>*</c>, of OPTIONS only.</summary>
    Asterisk,
}

/// <summary>The head of a request: <c>method SP request-target SP HTTP-version CRLF *(field-line CRLF) CRLF</c> (RFC 9112 §3).</summary>
/// <param name="maxBytes">Longest head.</param>
/// <param name="maxFields">Most field lines.</param>
public sealed class RequestHead(int maxBytes, int maxFields) : MessageHead(maxBytes, maxFields)
{
    /// <summary>The method as sent; case matters.</summary>
    public ByteRange Method { get; private set; }

    /// <summary>Path and query, "/" when an absolute target has no path. Empty range with <see cref="IsRootPath"/> in that case.</summary>
    public ByteRange PathAndQuery { get; private set; }

    /// <summary>The path alone.</summary>
    public ByteRange Path { get; private set; }

    /// <summary>Whether an absolute target left its path out, which means "/".</summary>
    public bool IsRootPath { get; private set; }

    /// <summary>The target's form.</summary>
    public TargetForm Form { get; private set; }

    /// <summary>Whether the method is HEAD: the response has no body.</summary>
    public bool IsHead { get; private set; }

    /// <summary>Whether the client waits for 100 (Continue) before it sends its body (RFC 9110 §10.1.1).</summary>
    public bool ExpectsContinue { get; private set; }

    /// <summary>Whether the client accepts trailers (RFC 9110 §10.1.4).</summary>
    public bool AcceptsTrailers { get; private set; }

    private protected override bool IsResponse => false;

    /// <inheritdoc/>
    public override void Reset()
    {
        base.Reset();
        Method = PathAndQuery = Path = default;
        Form = TargetForm.Origin;
        IsRootPath = IsHead = ExpectsContinue = AcceptsTrailers = false;
    }

    private protected override HttpError ReadStartLine(ReadOnlySpan<byte> line, int offset)
    {
        var methodEnd = line.IndexOf((byte)' ');
        if (methodEnd <= 0) return HttpError.BadRequestLine;
        var rest = line[(methodEnd + 1)..];
        var targetLength = rest.IndexOf((byte)' ');
        if (targetLength <= 0) return HttpError.BadRequestLine;
        var version = rest[(targetLength + 1)..];
        var method = line[..methodEnd];
        if (method.ContainsAnyExcept(Characters.Token)) return HttpError.BadMethod;
        var error = HttpVersion.Read(version, out var minor);
        if (error != HttpError.None) return error;
        MinorVersion = minor;
        Method = new ByteRange(offset, methodEnd);
        IsHead = method.SequenceEqual("HEAD"u8);
        if (method.SequenceEqual("CONNECT"u8) || method.SequenceEqual("TRACE"u8)) return HttpError.MethodNotImplemented;
        return ReadTarget(rest[..targetLength], offset + methodEnd + 1, method.SequenceEqual("OPTIONS"u8));
    }

    private HttpError ReadTarget(ReadOnlySpan<byte> target, int offset, bool isOptions)
    {
        if (target.SequenceEqual("*"u8))
        {
            Form = TargetForm.Asterisk;
            Path = PathAndQuery = new ByteRange(offset, 1);
            return isOptions ? HttpError.None : HttpError.BadTarget;
        }
        Form = TargetForm.Origin;
        if (target[0] != (byte)'/')
        {
            var scheme = StartsWithIgnoreCase(target, "http://"u8) ? 7 : StartsWithIgnoreCase(target, "https://"u8) ? 8 : 0;
            if (scheme == 0) return HttpError.BadTarget;
            var authority = target[scheme..];
            var end = authority.IndexOfAny((byte)'/', (byte)'?');
            if (end < 0) end = authority.Length;
            if (!Authority.IsValid(authority[..end])) return HttpError.BadTarget;
            Form = TargetForm.Absolute;
            offset += scheme + end;
            target = authority[end..];
            IsRootPath = target.IsEmpty || target[0] == (byte)'?';
        }
        if (!TargetPath.IsUnambiguous(target, out var pathLength)) return HttpError.BadTarget;
        PathAndQuery = new ByteRange(offset, target.Length);
        Path = new ByteRange(offset, pathLength);
        return HttpError.None;
    }

    private protected override HttpError ConcludeMessage(ReadOnlySpan<byte> buffer)
    {
        var hosts = 0;
        foreach (ref readonly var field in Fields)
        {
            var value = field.Value.Of(buffer);
            switch (field.Known)
            {
                case KnownHeader.Host when ++hosts > 1:
                    return HttpError.RepeatedHost;
                case KnownHeader.Host when !Authority.IsValid(value):
                    return HttpError.BadHost;
                case KnownHeader.Expect when Ascii.EqualsIgnoreCase(value, "100-continue"u8):
                    ExpectsContinue = MinorVersion == 1;
                    break;
                case KnownHeader.Expect:
                    return HttpError.UnknownExpectation;
                case KnownHeader.TE:
                    AcceptsTrailers |= HasTrailersToken(value);
                    break;
            }
        }
        return hosts == 0 && MinorVersion == 1 ? HttpError.MissingHost : HttpError.None;
    }

    private static bool HasTrailersToken(ReadOnlySpan<byte> value)
    {
        foreach (var range in value.Split((byte)','))
        {
            if (Ascii.EqualsIgnoreCase(value[range].Trim(Characters.WhiteSpace), "trailers"u8)) return true;
        }
        return false;
    }

    private static bool StartsWithIgnoreCase(ReadOnlySpan<byte> value, ReadOnlySpan<byte> prefix) =>
        value.Length >= prefix.Length && Ascii.EqualsIgnoreCase(value[..prefix.Length], prefix);
}

using System.Text;

namespace Sidecar.Protocols.Http1;

/// <summary>How a message's body is delimited (RFC 9112 §6.3).</summary>
public enum BodyFraming : byte
{
    /// <summary>There is none.</summary>
    None,
    /// <summary>By Content-Length.</summary>
    Length,
    /// <summary>By the chunked coding.</summary>
    Chunked,
    /// <summary>By the end of the connection (responses only).</summary>
    UntilClose,
}

/// <summary>
/// The head of a message, parsed line by line as its bytes arrive. One object serves a connection: <see cref="Reset"/> makes
/// it ready for the next head. It keeps ranges, never bytes: every call of <see cref="Parse"/> gets the same bytes again,
/// from the head's first one, with more behind them; what was parsed and searched before is not looked at again.
/// </summary>
/// <param name="maxBytes">Longest head, final empty line included.</param>
/// <param name="maxFields">Most field lines.</param>
public abstract class MessageHead(int maxBytes, int maxFields)
{
    private const int MaxConnectionOptions = 32;

    private HeaderField[] _fields = new HeaderField[Math.Min(maxFields, 16)];
    private int _fieldCount;
    private int _lineStart;
    private int _searched;
    private bool _hasStartLine;
    private int _lengthFields;
    private int _encodingFields;

    /// <summary>Why <see cref="Parse"/> answered <see cref="ParseStatus.Failed"/>.</summary>
    public HttpError Error { get; private set; }

    /// <summary>Bytes of the whole head, once complete; those of the body follow.</summary>
    public int ByteCount { get; private set; }

    /// <summary>The field lines in order.</summary>
    public ReadOnlySpan<HeaderField> Fields => _fields.AsSpan(0, _fieldCount);

    /// <summary>1 for HTTP/1.1, 0 for HTTP/1.0.</summary>
    public int MinorVersion { get; protected set; }

    /// <summary>How the body is delimited.</summary>
    public BodyFraming Framing { get; protected set; }

    /// <summary>Bytes of the body when <see cref="Framing"/> is <see cref="BodyFraming.Length"/>.</summary>
    public long ContentLength { get; private set; }

    /// <summary>Whether the sender keeps the connection open after this message (RFC 9112 §9.3).</summary>
    public bool KeepAlive { get; private protected set; }

    /// <summary>Whether a Connection field of an HTTP/1.1 message names "upgrade" (RFC 9110 §7.8).</summary>
    public bool IsUpgrade { get; private set; }

    private protected bool HasTransferEncoding => _encodingFields > 0;

    /// <summary>Whether it is a response: white space before a colon is removed there and refused in a request (RFC 9112 §5.1).</summary>
    private protected abstract bool IsResponse { get; }

    /// <summary>Makes it ready for another head.</summary>
    public virtual void Reset()
    {
        _fieldCount = _lineStart = _searched = _lengthFields = _encodingFields = 0;
        _hasStartLine = false;
        Error = HttpError.None;
        ByteCount = 0;
        Framing = BodyFraming.None;
        ContentLength = 0;
        KeepAlive = IsUpgrade = false;
    }

    /// <summary>Parses what has come so far.</summary>
    /// <param name="buffer">All bytes from the head's first one on.</param>
    public ParseStatus Parse(ReadOnlySpan<byte> buffer)
    {
        if (Error != HttpError.None) return ParseStatus.Failed;
        var window = buffer.Length > maxBytes ? buffer[..maxBytes] : buffer;
        while (true)
        {
            var end = window[_searched..].IndexOfAny((byte)'\r', (byte)'\n');
            if (end < 0)
            {
                _searched = window.Length;
                return Starved(buffer);
            }
            end += _searched;
            if (window[end] == (byte)'\n') return Fail(HttpError.BareLf);
            if (end + 1 == window.Length)
            {
                _searched = end;
                return Starved(buffer);
            }
            if (window[end + 1] != (byte)'\n') return Fail(HttpError.BareCr);
            var line = window[_lineStart..end];
            var lineStart = _lineStart;
            _lineStart = _searched = end + 2;
            if (line.IsEmpty && _hasStartLine)
            {
                ByteCount = _lineStart;
                Error = Conclude(buffer);
                return Error == HttpError.None ? ParseStatus.Complete : ParseStatus.Failed;
            }
            var error = ReadLine(line, lineStart, buffer);
            if (error != HttpError.None) return Fail(error);
        }
    }

    /// <summary>The first field of that kind, or false.</summary>
    public bool TryGet(KnownHeader known, ReadOnlySpan<byte> buffer, out ReadOnlySpan<byte> value)
    {
        foreach (ref readonly var field in Fields)
        {
            if (field.Known != known) continue;
            value = field.Value.Of(buffer);
            return true;
        }
        value = default;
        return false;
    }

    /// <summary>The first field of that name (any case), or false.</summary>
    public bool TryGet(ReadOnlySpan<byte> name, ReadOnlySpan<byte> buffer, out ReadOnlySpan<byte> value)
    {
        foreach (ref readonly var field in Fields)
        {
            if (field.Name.Length != name.Length || !Ascii.EqualsIgnoreCase(field.Name.Of(buffer), name)) continue;
            value = field.Value.Of(buffer);
            return true;
        }
        value = default;
        return false;
    }

    private protected abstract HttpError ReadStartLine(ReadOnlySpan<byte> line, int offset);

    /// <summary>Rules that need the whole head. Framing fields are read by then.</summary>
    private protected abstract HttpError ConcludeMessage(ReadOnlySpan<byte> buffer);

    private ParseStatus Starved(ReadOnlySpan<byte> buffer) =>
        buffer.Length >= maxBytes ? Fail(HttpError.HeadTooLarge) : ParseStatus.NeedMore;

    private ParseStatus Fail(HttpError error)
    {
        Error = error;
        return ParseStatus.Failed;
    }

    private HttpError ReadLine(ReadOnlySpan<byte> line, int offset, ReadOnlySpan<byte> buffer)
    {
        if (!_hasStartLine)
        {
            // RFC 9112 §2.2: empty lines before a request line are ignored. They count against the head's bound.
            if (line.IsEmpty) return IsResponse ? HttpError.BadStatusLine : HttpError.None;
            _hasStartLine = true;
            return ReadStartLine(line, offset);
        }
        if (_fieldCount == maxFields) return HttpError.TooManyFields;
        var error = FieldLine.Read(line, offset, IsResponse, out var field);
        if (error != HttpError.None) return error;
        if (_fieldCount == _fields.Length) Array.Resize(ref _fields, Math.Min(maxFields, _fields.Length * 2));
        _fields[_fieldCount++] = field;
        return field.Known switch
        {
            KnownHeader.ContentLength => ReadContentLength(field.Value.Of(buffer)),
            KnownHeader.TransferEncoding => ReadTransferEncoding(field.Value.Of(buffer)),
            _ => HttpError.None,
        };
    }

    private HttpError ReadContentLength(ReadOnlySpan<byte> value)
    {
        if (++_lengthFields > 1 || value.Contains((byte)',')) return HttpError.RepeatedContentLength;
        if (value.IsEmpty || value.Length > 18) return HttpError.BadContentLength;
        long length = 0;
        foreach (var c in value)
        {
            if (!Characters.IsDigit(c)) return HttpError.BadContentLength;
            length = length * 10 + (c - '0');
        }
        ContentLength = length;
        return HttpError.None;
    }

    private HttpError ReadTransferEncoding(ReadOnlySpan<byte> value)
    {
        // "chunked" alone is the one coding that every peer reads alike. A second field makes a list: chunked, chunked.
        if (++_encodingFields > 1) return HttpError.BadTransferEncoding;
        if (IsChunked(value)) return HttpError.None;
        // A list that ends in chunked, once, is well formed; what comes before it is not offered. Any other leaves the length open.
        var comma = value.LastIndexOf((byte)',');
        if (comma < 0 || !IsChunked(value[(comma + 1)..].Trim(Characters.WhiteSpace))) return HttpError.BadTransferEncoding;
        foreach (var range in value[..comma].Split((byte)','))
        {
            var coding = value[range].Trim(Characters.WhiteSpace);
            if (coding.IsEmpty || coding.ContainsAnyExcept(Characters.Token) || IsChunked(coding)) return HttpError.BadTransferEncoding;
        }
        return HttpError.UnknownTransferCoding;
    }

    private static bool IsChunked(ReadOnlySpan<byte> coding) => Ascii.EqualsIgnoreCase(coding, "chunked"u8);

    private HttpError Conclude(ReadOnlySpan<byte> buffer)
    {
        if (_encodingFields > 0 && _lengthFields > 0) return HttpError.LengthAndEncoding;
        if (_encodingFields > 0 && MinorVersion == 0) return HttpError.EncodingInHttp10;
        Framing = _encodingFields > 0 ? BodyFraming.Chunked : _lengthFields > 0 ? BodyFraming.Length : BodyFraming.None;
        var error = ReadConnection(buffer);
        return error != HttpError.None ? error : ConcludeMessage(buffer);
    }

    private HttpError ReadConnection(ReadOnlySpan<byte> buffer)
    {
        bool close = false, keepAlive = false, upgrade = false;
        var options = 0;
        for (var i = 0; i < _fieldCount; i++)
        {
            if (_fields[i].Known != KnownHeader.Connection) continue;
            var list = _fields[i].Value.Of(buffer);
            foreach (var range in list.Split((byte)','))
            {
                var option = list[range].Trim(Characters.WhiteSpace);
                if (option.IsEmpty) continue;
                if (option.ContainsAnyExcept(Characters.Token) || ++options > MaxConnectionOptions) return HttpError.BadConnection;
                if (Ascii.EqualsIgnoreCase(option, "close"u8)) close = true;
                else if (Ascii.EqualsIgnoreCase(option, "keep-alive"u8)) keepAlive = true;
                else if (Ascii.EqualsIgnoreCase(option, "upgrade"u8)) upgrade = true;
                else MarkHopByHop(option, buffer);
            }
        }
        KeepAlive = !close && (MinorVersion == 1 || keepAlive);
        IsUpgrade = upgrade && MinorVersion == 1;
        return HttpError.None;
    }

    private void MarkHopByHop(ReadOnlySpan<byte> name, ReadOnlySpan<byte> buffer)
    {
        foreach (ref var field in _fields.AsSpan(0, _fieldCount))
        {
            if (field.Name.Length == name.Length && Ascii.EqualsIgnoreCase(field.Name.Of(buffer), name)) field.IsHopByHop = true;
        }
    }
}

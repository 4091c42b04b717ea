using System.Buffers;
using System.Globalization;
using System.Text;

namespace Sidecar.FunctionalTests.Client;

/// <summary>What a strict client refuses.</summary>
public sealed class BadResponseException(string message) : Exception(message);

/// <summary>Reads one HTTP/1.1 response from bytes as they come (RFC 9112), strictly, and remembers when each part of the body came.</summary>
public sealed class ResponseParser(string method)
{
    private enum State { Head, Length, ChunkSize, ChunkData, ChunkEnd, Trailers, UntilClose, Complete }

    private readonly List<(string Name, string Value)> _headers = [];
    private readonly List<(string Name, string Value)> _trailers = [];
    private readonly ArrayBufferWriter<byte> _body = new();
    private State _state = State.Head;
    private long _left;

    public int Status { get; private set; }
    public string Version { get; private set; } = "";
    public List<int> Interim { get; } = [];
    public IReadOnlyList<(string Name, string Value)> Headers => _headers;
    public IReadOnlyList<(string Name, string Value)> Trailers => _trailers;
    public ReadOnlyMemory<byte> Body => _body.WrittenMemory;
    public bool HasHead => _state != State.Head;
    public bool IsComplete => _state == State.Complete;
    public bool IsChunked { get; private set; }

    /// <summary>Takes what it can; returns how many bytes.</summary>
    public int Feed(ReadOnlySpan<byte> bytes)
    {
        var start = bytes.Length;
        while (!IsComplete && Step(ref bytes)) { }
        return start - bytes.Length;
    }

    /// <summary>The connection ended: completes a body that ends so.</summary>
    public void Close()
    {
        if (_state == State.UntilClose) _state = State.Complete;
    }

    private bool Step(ref ReadOnlySpan<byte> bytes)
    {
        switch (_state)
        {
            case State.Length or State.ChunkData or State.UntilClose:
                return Data(ref bytes);
            default:
                if (!Line(ref bytes, out var line)) return false;
                OnLine(line);
                return true;
        }
    }

    private bool Data(ref ReadOnlySpan<byte> bytes)
    {
        if (bytes.IsEmpty) return false;
        var take = _state == State.UntilClose ? bytes.Length : (int)Math.Min(_left, bytes.Length);
        _body.Write(bytes[..take]);
        bytes = bytes[take..];
        _left -= take;
        if (_left == 0) _state = _state == State.Length ? State.Complete : _state == State.ChunkData ? State.ChunkEnd : _state;
        return true;
    }

    private void OnLine(string line)
    {
        switch (_state)
        {
            case State.Head when Version.Length == 0:
                StatusLine(line);
                break;
            case State.Head when line.Length > 0:
                _headers.Add(Field(line));
                break;
            case State.Head:
                EndHead();
                break;
            case State.ChunkSize:
                if (line.Length is 0 or > 15 || !line.All(char.IsAsciiHexDigit)) throw new BadResponseException($"chunk size line: {line}");
                _left = long.Parse(line, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
                _state = _left == 0 ? State.Trailers : State.ChunkData;
                break;
            case State.ChunkEnd:
                if (line.Length > 0) throw new BadResponseException("bytes behind a chunk's data");
                _state = State.ChunkSize;
                break;
            case State.Trailers when line.Length > 0:
                _trailers.Add(Field(line));
                break;
            case State.Trailers:
                _state = State.Complete;
                break;
        }
    }

    private void StatusLine(string line)
    {
        if (line.Length < 13 || line[..7] != "HTTP/1." || line[8] != ' ' || line[12] != ' ') throw new BadResponseException($"status line: {line}");
        Version = line[..8];
        Status = int.Parse(line.AsSpan(9, 3), NumberStyles.None, CultureInfo.InvariantCulture);
    }

    private static (string, string) Field(string line)
    {
        var colon = line.IndexOf(':', StringComparison.Ordinal);
        if (colon < 1 || line[..colon].Any(c => c is <= ' ' or >= '\x7f')) throw new BadResponseException($"field line: {line}");
        return (line[..colon], line[(colon + 1)..].Trim(' ', '\t'));
    }

    private void EndHead()
    {
        if (Status is >= 100 and < 200 and not 101)
        {
            Interim.Add(Status);
            _headers.Clear();
            Version = "";
            return;
        }
        string[] Values(string name) => _headers.Where(h => h.Name.Equals(name, StringComparison.OrdinalIgnoreCase)).Select(h => h.Value).ToArray();
        var lengths = Values("content-length");
        var codings = Values("transfer-encoding");
        if (lengths.Length + codings.Length > 1) throw new BadResponseException("more than one framing field");
        if (Status is 204 or 304 || method == "HEAD")
        {
            if (codings.Length > 0 && Status == 204) throw new BadResponseException("transfer-encoding in a 204");
            _state = State.Complete;
        }
        else if (codings.Length == 1)
        {
            if (codings[0] != "chunked") throw new BadResponseException($"transfer-encoding: {codings[0]}");
            IsChunked = true;
            _state = State.ChunkSize;
        }
        else if (lengths.Length == 1)
        {
            _left = long.Parse(lengths[0], NumberStyles.None, CultureInfo.InvariantCulture);
            _state = _left == 0 ? State.Complete : State.Length;
        }
        else
        {
            _left = -1;
            _state = State.UntilClose;
        }
    }

    private static bool Line(ref ReadOnlySpan<byte> bytes, out string line)
    {
        line = "";
        var end = bytes.IndexOf((byte)'\n');
        if (end < 0) return false;
        if (end == 0 || bytes[end - 1] != '\r') throw new BadResponseException("bare LF");
        line = Encoding.Latin1.GetString(bytes[..(end - 1)]);
        if (line.Contains('\r', StringComparison.Ordinal)) throw new BadResponseException($"bare CR: {line}");
        bytes = bytes[(end + 1)..];
        return true;
    }
}

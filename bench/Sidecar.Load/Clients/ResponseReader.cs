using System.Text;

namespace Sidecar.Load.Clients;

/// <summary>Takes the framing off one response after the other (RFC 9112): content-length, chunked, or until the connection ends. It keeps no body bytes.</summary>
internal sealed class ResponseReader
{
    private readonly StringBuilder _line = new();
    private State _state;
    private bool _isChunked;
    private bool _hasLength;
    private long _left;

    private enum State { StatusLine, Field, Body, ChunkSize, ChunkEnd, Trailer, Done }

    /// <summary>Status of the response; 0 before its first line.</summary>
    public int Status { get; private set; }

    /// <summary>Whether its end was seen.</summary>
    public bool IsDone => _state == State.Done;

    /// <summary>Whether what came is no response.</summary>
    public bool IsBroken { get; private set; }

    /// <summary>Makes it ready for the next response.</summary>
    public void Reset()
    {
        _state = State.StatusLine;
        _isChunked = _hasLength = IsBroken = false;
        Status = 0;
        _left = 0;
    }

    /// <summary>Takes bytes up to the next piece of the body.</summary>
    /// <param name="bytes">What is left of them after the call.</param>
    /// <returns>The piece; empty where there is none, or no more.</returns>
    public ReadOnlySpan<byte> Next(ref ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty && !IsDone && !IsBroken)
        {
            if (_state == State.Body)
            {
                var length = _isChunked || _hasLength ? (int)Math.Min(_left, bytes.Length) : bytes.Length;
                var piece = bytes[..length];
                bytes = bytes[length..];
                _left -= length;
                if (_left == 0 && _isChunked) _state = State.ChunkEnd;
                else if (_left == 0 && _hasLength) _state = State.Done;
                return piece;
            }
            var end = bytes.IndexOf((byte)'\n');
            _line.Append(Encoding.ASCII.GetString(end < 0 ? bytes : bytes[..end]));
            bytes = end < 0 ? default : bytes[(end + 1)..];
            if (end >= 0) OnLine();
        }
        return default;
    }

    /// <summary>The connection has ended: that is the end of a body without a length.</summary>
    public void Close()
    {
        if (_state == State.Body && !_isChunked && !_hasLength) _state = State.Done;
    }

    private void OnLine()
    {
        Span<char> line = stackalloc char[_line.Length];
        _line.CopyTo(0, line, line.Length);
        _line.Clear();
        OnLine(line.TrimEnd('\r'));
    }

    private void OnLine(ReadOnlySpan<char> line)
    {
        switch (_state)
        {
            case State.StatusLine:
                IsBroken = !line.StartsWith("HTTP/1.1 ") || line.Length < 12 || !int.TryParse(line[9..12], out var status) || (Status = status) < 200;
                _state = State.Field;
                break;
            case State.Field when line.IsEmpty:
                _state = _isChunked ? State.ChunkSize : _hasLength && _left == 0 ? State.Done : State.Body;
                break;
            case State.Field:
                OnField(line);
                break;
            case State.ChunkSize:
                IsBroken = !int.TryParse(line, System.Globalization.NumberStyles.AllowHexSpecifier, null, out var size);
                _left = size;
                _state = size == 0 ? State.Trailer : State.Body;
                break;
            case State.ChunkEnd:
                IsBroken = !line.IsEmpty;
                _state = State.ChunkSize;
                break;
            case State.Trailer when line.IsEmpty:
                _state = State.Done;
                break;
        }
    }

    private void OnField(ReadOnlySpan<char> line)
    {
        if (line.StartsWith("transfer-encoding:", StringComparison.OrdinalIgnoreCase)) _isChunked = line.EndsWith("chunked", StringComparison.OrdinalIgnoreCase);
        else if (line.StartsWith("content-length:", StringComparison.OrdinalIgnoreCase)) _hasLength = long.TryParse(line[15..], out _left);
    }
}

using Sidecar.Protocols.Http1;
using Sidecar.Proxy.Transport;

namespace Sidecar.Proxy.Upstream;

/// <summary>Where the reading of a response body stands.</summary>
public enum BodyState : byte
{
    /// <summary>More is to come.</summary>
    Open,
    /// <summary>Its framing says that it is whole.</summary>
    Ended,
    /// <summary>Its framing is malformed.</summary>
    Malformed,
    /// <summary>The connection ended first.</summary>
    Truncated,
}

/// <summary>Takes the framing off a response body, range by range, without a copy (RFC 9112 §6.3).</summary>
public struct ResponseBody
{
    private const int MaxChunkLineBytes = 4 * 1024;
    private const int MaxTrailerBytes = 16 * 1024;

    private readonly BodyFraming _framing;
    private ChunkedDecoder _chunked;
    private long _remaining;

    /// <param name="head">The response.</param>
    public ResponseBody(ResponseHead head)
    {
        _framing = head.Framing;
        _chunked = new ChunkedDecoder(MaxChunkLineBytes, MaxTrailerBytes);
        _remaining = head.ContentLength;
        var isEmpty = _framing == BodyFraming.None || (_framing == BodyFraming.Length && _remaining == 0);
        State = isEmpty ? BodyState.Ended : BodyState.Open;
    }

    /// <summary>Where it stands.</summary>
    public BodyState State { get; private set; }

    /// <summary>Whether bytes came after its end: the connection cannot be trusted with another exchange.</summary>
    public bool HasExcess { get; private set; }

    /// <summary>Whether only the connection's end ends it.</summary>
    public readonly bool IsUntilClose => _framing == BodyFraming.UntilClose;

    /// <summary>Takes the next range of body bytes off the input. False when the input holds no more of them.</summary>
    public bool TryTake(ref ReadOnlySpan<byte> input, out ReadOnlySpan<byte> data)
    {
        data = default;
        while (!input.IsEmpty)
        {
            if (State != BodyState.Open)
            {
                HasExcess = true;
                return false;
            }
            if (_framing == BodyFraming.Chunked)
            {
                var step = _chunked.Decode(input, out var consumed, out var range);
                data = range.Of(input);
                input = input[consumed..];
                if (step == ChunkedStep.Failed) State = BodyState.Malformed;
                else if (step == ChunkedStep.End) State = BodyState.Ended;
                if (step == ChunkedStep.Failed) return false;
            }
            else
            {
                var length = _framing == BodyFraming.Length ? (int)Math.Min(_remaining, input.Length) : input.Length;
                data = input[..length];
                input = input[length..];
                _remaining -= length;
                if (_framing == BodyFraming.Length && _remaining == 0) State = BodyState.Ended;
            }
            if (!data.IsEmpty) return true;
        }
        return false;
    }

    /// <summary>The connection gives no more bytes.</summary>
    public void OnInputEnd(ConnectionEnd end)
    {
        if (State == BodyState.Open) State = IsUntilClose && end == ConnectionEnd.Closed ? BodyState.Ended : BodyState.Truncated;
    }
}

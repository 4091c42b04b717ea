using System.Buffers;

namespace Sidecar.Protocols.Http1;

/// <summary>What <see cref="ChunkedDecoder.Decode"/> found.</summary>
public enum ChunkedStep : byte
{
    /// <summary>All input is consumed and the body goes on.</summary>
    NeedMore,
    /// <summary>A range of body bytes.</summary>
    Data,
    /// <summary>The last chunk and the trailer section are over.</summary>
    End,
    /// <summary>A rule is broken.</summary>
    Failed,
}

/// <summary>
/// Takes the chunked coding off a body (RFC 9112 §7.1). It consumes every byte it is shown and can stop at any of them, so the
/// caller keeps nothing. Extensions and trailers are checked and dropped.
/// </summary>
/// <param name="maxLineBytes">Longest chunk-size line, extensions included.</param>
/// <param name="maxTrailerBytes">Longest trailer section.</param>
public struct ChunkedDecoder(int maxLineBytes, int maxTrailerBytes)
{
    // Size ─;→ Extension ─CR→ SizeLf ─LF→ Data ─→ DataCr → DataLf → Size …      size 0: → TrailerStart
    // TrailerStart ─token→ TrailerName ─:→ TrailerValue ─CR→ TrailerLf → TrailerStart;  TrailerStart ─CR→ EndLf → Done
    private enum State : byte
    {
        Size, SizeSpace, Extension, SizeLf, Data, DataCr, DataLf, TrailerStart, TrailerName, TrailerValue, TrailerLf, EndLf, Done, Failed,
    }

    private const int MaxSizeDigits = 15;

    private State _state;
    private int _digits;
    private int _lineBytes;
    private int _trailerBytes;
    private long _remaining;

    /// <summary>Why it failed.</summary>
    public HttpError Error { get; private set; }

    /// <summary>Whether the body is over.</summary>
    public readonly bool IsDone => _state == State.Done;

    /// <summary>Goes on to the next range of body bytes, the end, an error, or the end of the input.</summary>
    /// <param name="input">Bytes not consumed before.</param>
    /// <param name="consumed">How many of them are done with.</param>
    /// <param name="data">With <see cref="ChunkedStep.Data"/>: the body bytes, inside the consumed part of the input.</param>
    public ChunkedStep Decode(ReadOnlySpan<byte> input, out int consumed, out ByteRange data)
    {
        data = default;
        consumed = 0;
        while (consumed < input.Length && _state < State.Done)
        {
            if (_state == State.Data)
            {
                var length = (int)Math.Min(_remaining, input.Length - consumed);
                data = new ByteRange(consumed, length);
                consumed += length;
                _remaining -= length;
                if (_remaining == 0) _state = State.DataCr;
                return ChunkedStep.Data;
            }
            Step(input[consumed]);
            if (_state != State.Failed) consumed++;
        }
        return _state switch
        {
            State.Done => ChunkedStep.End,
            State.Failed => ChunkedStep.Failed,
            _ => ChunkedStep.NeedMore,
        };
    }

    private void Step(byte c)
    {
        switch (_state)
        {
            case State.Size or State.SizeSpace or State.Extension or State.SizeLf:
                StepSizeLine(c);
                break;
            case State.DataCr:
                Expect(c, (byte)'\r', State.DataLf, HttpError.BadChunkEnd);
                break;
            case State.DataLf:
                Expect(c, (byte)'\n', State.Size, HttpError.BadChunkEnd);
                _digits = _lineBytes = 0;
                break;
            default:
                StepTrailer(c);
                break;
        }
    }

    private void StepSizeLine(byte c)
    {
        if (++_lineBytes > maxLineBytes)
        {
            Fail(HttpError.ChunkLineTooLong);
            return;
        }
        switch (_state)
        {
            case State.Size when Characters.HexValue(c) is var digit and >= 0:
                if (++_digits > MaxSizeDigits) Fail(HttpError.BadChunkSize);
                _remaining = (_remaining << 4) | (uint)digit;
                break;
            case State.Size or State.SizeSpace when _digits > 0 && c == (byte)';':
            case State.Extension when c != (byte)'\r' && !IsForbidden(c):
                _state = State.Extension;
                break;
            case State.Size or State.SizeSpace when _digits > 0 && c is (byte)' ' or (byte)'\t':
                _state = State.SizeSpace;
                break;
            case State.Size when _digits > 0 && c == (byte)'\r':
            case State.Extension when c == (byte)'\r':
                _state = State.SizeLf;
                break;
            case State.SizeLf when c == (byte)'\n':
                _state = _remaining == 0 ? State.TrailerStart : State.Data;
                break;
            case State.SizeLf:
                Fail(HttpError.BareCr);
                break;
            case State.Extension:
                Fail(c == (byte)'\n' ? HttpError.BareLf : HttpError.BadChunkExtension);
                break;
            default:
                Fail(c == (byte)'\n' && _digits > 0 ? HttpError.BareLf : HttpError.BadChunkSize);
                break;
        }
    }

    private void StepTrailer(byte c)
    {
        if (++_trailerBytes > maxTrailerBytes)
        {
            Fail(HttpError.TrailersTooLarge);
            return;
        }
        switch (_state)
        {
            case State.TrailerStart when c == (byte)'\r':
                _state = State.EndLf;
                break;
            case State.TrailerStart when c is (byte)' ' or (byte)'\t':
                Fail(HttpError.ObsoleteFold);
                break;
            case State.TrailerStart or State.TrailerName when Characters.Token.Contains(c):
                _state = State.TrailerName;
                break;
            case State.TrailerName when c == (byte)':':
                _state = State.TrailerValue;
                break;
            case State.TrailerValue when c == (byte)'\r':
                _state = State.TrailerLf;
                break;
            case State.TrailerValue when !IsForbidden(c):
                break;
            case State.TrailerLf:
                Expect(c, (byte)'\n', State.TrailerStart, HttpError.BareCr);
                break;
            case State.EndLf:
                Expect(c, (byte)'\n', State.Done, HttpError.BareCr);
                break;
            case State.TrailerValue:
                Fail(c == (byte)'\n' ? HttpError.BareLf : HttpError.BadFieldValue);
                break;
            default:
                Fail(c is (byte)' ' or (byte)'\t' ? HttpError.SpaceBeforeColon : c == (byte)'\n' ? HttpError.BareLf : HttpError.BadFieldName);
                break;
        }
    }

    private void Expect(byte actual, byte expected, State next, HttpError otherwise)
    {
        if (actual == expected) _state = next;
        else Fail(otherwise);
    }

    private void Fail(HttpError error)
    {
        _state = State.Failed;
        Error = error;
    }

    private static bool IsForbidden(byte c) => Characters.Forbidden.Contains(c);
}

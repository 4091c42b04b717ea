using System.Buffers;
using System.Text;

namespace Sidecar.Proxy.Classification;

/// <summary>A piece of text to ask the classifier about. Valid until the next call of the object it came from.</summary>
/// <param name="input">Context and text, UTF-8.</param>
/// <param name="contextLength">Bytes of the context.</param>
internal readonly ref struct ClassifierWindow(ReadOnlySpan<byte> input, int contextLength)
{
    /// <summary>What the classifier reads: the context, then the text.</summary>
    public ReadOnlySpan<byte> Input { get; } = input;

    /// <summary>Text of the windows before, which were decided on with theirs.</summary>
    public ReadOnlySpan<byte> Context => Input[..contextLength];

    /// <summary>What the verdict decides on.</summary>
    public ReadOnlySpan<byte> Text => Input[contextLength..];
}

/// <summary>
/// Cuts the text of one channel into windows: behind a sentence, or where a window is full. Where it cuts depends on the text alone, not on the
/// pieces it comes in, and is never inside a code point. "Characters" are code points; a byte that is no UTF-8 counts as one.
/// </summary>
internal sealed class ClassifierWindows : IDisposable
{
    /// <summary>Characters of a full window.</summary>
    public const int MaxCharacters = 240;

    /// <summary>Characters of the first window when it is full: the client waits for it with nothing to read.</summary>
    public const int MaxFirstCharacters = 80;

    /// <summary>A sentence that is shorter goes with the next one.</summary>
    public const int MinCharacters = 40;

    /// <summary>Characters of the context.</summary>
    public const int MaxContextCharacters = 200;

    private const int FirstBytes = 2 * 1024;

    private byte[] _buffer = [];
    private int _context;
    private int _start;
    private int _end;
    private Closing _closing;
    private int _limit = MaxFirstCharacters;

    // What is known of the open window, from its start on.
    private int _scanned;
    private int _characters;
    private int _lastBreak;
    private bool _isStop;

    private enum Closing : byte
    {
        None,
        Cut,
        End,
    }

    /// <summary>Bytes that came.</summary>
    public long Length { get; private set; }

    /// <summary>Bytes of those that went out in windows.</summary>
    public long Taken { get; private set; }

    /// <summary>Adds text. A code point may be split between two pieces.</summary>
    public void Append(ReadOnlySpan<byte> text)
    {
        if (_buffer.Length - _end < text.Length) MakeRoom(text.Length);
        text.CopyTo(_buffer.AsSpan(_end));
        _end += text.Length;
        Length += text.Length;
    }

    /// <summary>The text that waits for the rest of its sentence is not to wait any longer; that of an incomplete code point is.</summary>
    public void Cut() => _closing = _closing == Closing.End ? Closing.End : Closing.Cut;

    /// <summary>No text follows: all that there is becomes windows.</summary>
    public void End() => _closing = Closing.End;

    /// <summary>Takes the next window; false while there is none.</summary>
    public bool TryTake(out ClassifierWindow window)
    {
        window = default;
        var length = FindCut();
        if (length == 0) return false;
        var cut = _start + length;
        window = new ClassifierWindow(_buffer.AsSpan(_context, cut - _context), _start - _context);
        Taken += length;
        Open(cut);
        return true;
    }

    /// <summary>Forgets the text.</summary>
    public void Dispose()
    {
        if (_buffer.Length > 0) ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = [];
        _context = _start = _end = _scanned = 0;
    }

    /// <summary>Bytes of the open window, or 0 while it stays open.</summary>
    private int FindCut()
    {
        while (_start + _scanned < _end)
        {
            var status = Rune.DecodeFromUtf8(_buffer.AsSpan(_start + _scanned, _end - _start - _scanned), out var rune, out var length);
            if (status == OperationStatus.NeedMoreData && _closing != Closing.End) break;
            var isWhiteSpace = Rune.IsWhiteSpace(rune);
            if (_isStop && isWhiteSpace) return _scanned;
            _scanned += length;
            _characters++;
            _isStop = false;
            if (_characters >= MinCharacters)
            {
                if (EndsSentence(rune)) return _scanned;
                _isStop = rune.Value is '.' or '!' or '?';
                if (isWhiteSpace) _lastBreak = _scanned;
            }
            // A full window ends with a whole word if it can.
            if (_characters == _limit) return _isStop || _lastBreak == 0 ? _scanned : _lastBreak;
        }
        if (_closing == Closing.None) return 0;
        _closing = Closing.None;
        return _scanned;
    }

    /// <summary>Those that need no white space behind them: a line's end, and the full stops of Chinese and Japanese.</summary>
    private static bool EndsSentence(Rune rune) => rune.Value is '\n' or '\u3002' or '\uFF01' or '\uFF1F';

    private void Open(int start)
    {
        _start = start;
        _limit = MaxCharacters;
        _scanned = _characters = _lastBreak = 0;
        _isStop = false;
        var context = start;
        for (var i = 0; i < MaxContextCharacters && context > _context; i++)
        {
            Rune.DecodeLastFromUtf8(_buffer.AsSpan(_context, context - _context), out _, out var length);
            context -= length;
        }
        _context = context;
    }

    private void MakeRoom(int count)
    {
        var kept = _buffer.AsSpan(_context, _end - _context);
        var needed = kept.Length + count;
        if (needed <= _buffer.Length)
        {
            kept.CopyTo(_buffer);
        }
        else
        {
            var larger = ArrayPool<byte>.Shared.Rent(Math.Max(FirstBytes, Math.Max(needed, _buffer.Length * 2)));
            kept.CopyTo(larger);
            if (_buffer.Length > 0) ArrayPool<byte>.Shared.Return(_buffer);
            _buffer = larger;
        }
        _start -= _context;
        _end -= _context;
        _context = 0;
    }
}

using System.Buffers;

namespace Sidecar.Providers;

/// <summary>
/// Reads the events of one stream. Most differ from the one before only inside their one text: then nothing but the text is looked at, since all around it
/// has been read, and means the same.
/// </summary>
/// <remarks>
/// Why that is safe: JSON is read from front to end, so equal bytes before the text leave the reader in the same state, a string's inside without a quote ends
/// where the bytes behind it begin, and those are equal too. Where a range, or what is told of the event, could depend on the text, it is read in full.
/// </remarks>
public sealed class EventReader(Dialect dialect)
{
    // A longer event is rare, and not worth the memory.
    private const int MaxShellBytes = 2048;
    private const int UnicodeDigits = 4;

    // Events in a row that were unlike, past which only one in as many is remembered.
    private const int Patience = 8;

    private static readonly SearchValues<byte> Special = SearchValues.Create([.. Enumerable.Range(0, 0x20).Select(c => (byte)c), (byte)'"', (byte)'\\']);

    // The name of the last event that has such a shape, and its data without the text.
    private byte[] _shell = [];
    private int _shellLength;
    private int _nameLength;
    private int _prefixLength;
    private uint _misses;

    /// <summary>What the last event or body meant.</summary>
    public EventMeaning Meaning { get; } = new();

    /// <summary>Reads one event.</summary>
    /// <param name="data">The event's data.</param>
    /// <param name="eventName">The SSE event field; empty when there is none.</param>
    public void Read(ReadOnlySpan<byte> data, ReadOnlySpan<byte> eventName)
    {
        if (TryReadAlike(data, eventName))
        {
            _misses = 0;
            return;
        }
        dialect.ReadEvent(data, eventName, Meaning);
        if (_misses < Patience || _misses % Patience == 0) Remember(data, eventName);
        else _shellLength = 0;
        _misses++;
    }

    /// <summary>Reads a whole body.</summary>
    public void ReadBody(ReadOnlySpan<byte> body)
    {
        _shellLength = 0;
        dialect.ReadBody(body, Meaning);
    }

    private bool TryReadAlike(ReadOnlySpan<byte> data, ReadOnlySpan<byte> eventName)
    {
        var shell = _shell.AsSpan(0, _shellLength);
        if (shell.IsEmpty || !shell[.._nameLength].SequenceEqual(eventName)) return false;
        var prefix = shell.Slice(_nameLength, _prefixLength);
        var suffix = shell[(_nameLength + _prefixLength)..];
        var length = data.Length - prefix.Length - suffix.Length;
        if (length <= 0 || !data.StartsWith(prefix) || !data.EndsWith(suffix) || !IsInside(data.Slice(prefix.Length, length), out var isEscaped)) return false;
        Meaning.SetOnlyText(length, isEscaped);
        return true;
    }

    private void Remember(ReadOnlySpan<byte> data, ReadOnlySpan<byte> eventName)
    {
        _shellLength = 0;
        if (eventName.Length + data.Length > MaxShellBytes || !Meaning.IsOnlyText) return;
        var text = Meaning.Texts[0];
        _nameLength = eventName.Length;
        _prefixLength = text.Start;
        _shellLength = eventName.Length + data.Length - text.Length;
        if (_shell.Length < _shellLength) _shell = new byte[Math.Max(_shellLength, 2 * _shell.Length)];
        eventName.CopyTo(_shell);
        data[..text.Start].CopyTo(_shell.AsSpan(_nameLength));
        data[(text.Start + text.Length)..].CopyTo(_shell.AsSpan(_nameLength + _prefixLength));
    }

    // Whether a JSON string may have this between its quotes.
    private static bool IsInside(ReadOnlySpan<byte> text, out bool isEscaped)
    {
        isEscaped = false;
        while (text.IndexOfAny(Special) is var special and >= 0)
        {
            if (text[special] != '\\' || special + 1 == text.Length) return false;
            isEscaped = true;
            var escape = text[special + 1];
            text = text[(special + 2)..];
            if (escape != 'u')
            {
                if (!"\"\\/bfnrt"u8.Contains(escape)) return false;
                continue;
            }
            if (text.Length < UnicodeDigits) return false;
            foreach (var digit in text[..UnicodeDigits])
            {
                if (!char.IsAsciiHexDigit((char)digit)) return false;
            }
            text = text[UnicodeDigits..];
        }
        return true;
    }
}

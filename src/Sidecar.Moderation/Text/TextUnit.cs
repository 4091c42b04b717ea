using System.Text;

namespace Sidecar.Moderation.Text;

/// <summary>What a reading of the next code point came to.</summary>
internal enum UnitStatus : byte
{
    /// <summary>A code point.</summary>
    CodePoint,
    /// <summary>A quote that begins or ends a string of the JSON: no text, and no match crosses it.</summary>
    Quote,
    /// <summary>Bytes that are no text (bad UTF-8): not there, as far as matching goes.</summary>
    Nothing,
    /// <summary>A code point or escape that is not whole yet.</summary>
    NeedMore,
}

/// <summary>Reads one code point from a text in its written form.</summary>
internal static class TextUnit
{
    private const int ReplacementCharacter = 0xFFFD;
    private const int UnicodeEscapeLength = 6;

    /// <summary>Reads the code point at the front of a text that is not empty.</summary>
    /// <param name="text">The text as written.</param>
    /// <param name="form">Its form.</param>
    /// <param name="codePoint">The code point.</param>
    /// <param name="length">Bytes it is written in.</param>
    public static UnitStatus Read(ReadOnlySpan<byte> text, TextForm form, out int codePoint, out int length)
    {
        var status = ReadOuter(text, form, out codePoint, out length);
        if (status != UnitStatus.CodePoint) return status;
        return form switch
        {
            TextForm.JsonInJson when codePoint == '"' => UnitStatus.Quote,
            TextForm.JsonInJson when codePoint == '\\' => ReadInner(text, ref codePoint, ref length),
            TextForm.JsonValue when codePoint == '"' && length == 1 => UnitStatus.Quote,
            _ => status,
        };
    }

    // One layer of JSON escapes over UTF-8. In a plain text a backslash that begins no escape is itself.
    private static UnitStatus ReadOuter(ReadOnlySpan<byte> text, TextForm form, out int codePoint, out int length)
    {
        codePoint = text[0];
        length = 1;
        if (codePoint == '\\') return ReadEscape(text, form, out codePoint, out length);
        if (codePoint < 0x80) return UnitStatus.CodePoint;
        switch (Rune.DecodeFromUtf8(text, out var rune, out length))
        {
            case System.Buffers.OperationStatus.Done:
                codePoint = rune.Value;
                return UnitStatus.CodePoint;
            case System.Buffers.OperationStatus.NeedMoreData:
                return UnitStatus.NeedMore;
            default:
                return UnitStatus.Nothing;
        }
    }

    private static UnitStatus ReadEscape(ReadOnlySpan<byte> text, TextForm form, out int codePoint, out int length)
    {
        codePoint = '\\';
        length = 1;
        if (text.Length < 2) return UnitStatus.NeedMore;
        if (text[1] == 'u') return ReadUnicodeEscape(text, out codePoint, out length);
        var escaped = Unescaped(text[1]);
        if (escaped < 0 && form == TextForm.Plain) return UnitStatus.CodePoint;
        codePoint = escaped < 0 ? text[1] : escaped;
        length = 2;
        return UnitStatus.CodePoint;
    }

    private static UnitStatus ReadUnicodeEscape(ReadOnlySpan<byte> text, out int codePoint, out int length)
    {
        length = UnicodeEscapeLength;
        var status = ReadUnit(text, out codePoint);
        if (status == UnitStatus.Nothing)
        {
            codePoint = '\\';
            length = 1;
            return UnitStatus.CodePoint;
        }
        if (status != UnitStatus.CodePoint || !char.IsSurrogate((char)codePoint)) return status;
        // The other half may stand in the next event: JSON strings that are split between UTF-16 units.
        if (!char.IsHighSurrogate((char)codePoint)) return Lone(out codePoint);
        var rest = text[UnicodeEscapeLength..];
        if (!StartsLikeUnit(rest)) return Lone(out codePoint);
        status = ReadUnit(rest, out var low);
        if (status == UnitStatus.NeedMore) return status;
        if (status != UnitStatus.CodePoint || !char.IsLowSurrogate((char)low)) return Lone(out codePoint);
        codePoint = char.ConvertToUtf32((char)codePoint, (char)low);
        length = 2 * UnicodeEscapeLength;
        return UnitStatus.CodePoint;
    }

    private static UnitStatus Lone(out int codePoint)
    {
        codePoint = ReplacementCharacter;
        return UnitStatus.CodePoint;
    }

    private static bool StartsLikeUnit(ReadOnlySpan<byte> text) =>
        text.IsEmpty || (text[0] == '\\' && (text.Length == 1 || text[1] == 'u'));

    // \uXXXX: a UTF-16 unit; Nothing where it is none.
    private static UnitStatus ReadUnit(ReadOnlySpan<byte> text, out int unit)
    {
        unit = 0;
        for (var i = 2; i < UnicodeEscapeLength; i++)
        {
            if (i >= text.Length) return UnitStatus.NeedMore;
            var digit = HexValue(text[i]);
            if (digit < 0) return UnitStatus.Nothing;
            unit = (unit << 4) | digit;
        }
        return UnitStatus.CodePoint;
    }

    // The text is a backslash of the inner JSON and what follows it; each character may be escaped once more by the outer JSON.
    private static UnitStatus ReadInner(ReadOnlySpan<byte> text, ref int codePoint, ref int length)
    {
        var status = ReadOuterAt(text, length, out var kind, out var kindLength);
        if (status != UnitStatus.CodePoint) return status == UnitStatus.Nothing ? UnitStatus.CodePoint : status;
        if (kind != 'u')
        {
            var escaped = kind < 0x80 ? Unescaped((byte)kind) : -1;
            codePoint = escaped < 0 ? kind : escaped;
            length += kindLength;
            return UnitStatus.CodePoint;
        }
        status = ReadInnerUnit(text, length + kindLength, out var unit, out var end);
        if (status == UnitStatus.NeedMore) return status;
        if (status == UnitStatus.Nothing) return UnitStatus.CodePoint;
        length = end;
        codePoint = unit;
        if (!char.IsSurrogate((char)unit)) return UnitStatus.CodePoint;
        return char.IsHighSurrogate((char)unit) ? ReadInnerLow(text, ref codePoint, ref length) : Lone(out codePoint);
    }

    private static UnitStatus ReadInnerLow(ReadOnlySpan<byte> text, ref int codePoint, ref int length)
    {
        var at = length;
        foreach (var expected in "\\u"u8)
        {
            var status = ReadOuterAt(text, at, out var read, out var readLength);
            if (status == UnitStatus.NeedMore) return status;
            if (status != UnitStatus.CodePoint || read != expected) return Lone(out codePoint);
            at += readLength;
        }
        var low = ReadInnerUnit(text, at, out var unit, out var end);
        if (low == UnitStatus.NeedMore) return low;
        if (low == UnitStatus.Nothing || !char.IsLowSurrogate((char)unit)) return Lone(out codePoint);
        codePoint = char.ConvertToUtf32((char)codePoint, (char)unit);
        length = end;
        return UnitStatus.CodePoint;
    }

    private static UnitStatus ReadInnerUnit(ReadOnlySpan<byte> text, int at, out int unit, out int end)
    {
        unit = 0;
        end = at;
        for (var i = 0; i < 4; i++)
        {
            var status = ReadOuterAt(text, end, out var c, out var length);
            if (status == UnitStatus.NeedMore) return status;
            var digit = status == UnitStatus.CodePoint && c < 0x80 ? HexValue((byte)c) : -1;
            if (digit < 0) return UnitStatus.Nothing;
            unit = (unit << 4) | digit;
            end += length;
        }
        return UnitStatus.CodePoint;
    }

    private static UnitStatus ReadOuterAt(ReadOnlySpan<byte> text, int at, out int codePoint, out int length)
    {
        if (at < text.Length) return ReadOuter(text[at..], TextForm.JsonString, out codePoint, out length);
        codePoint = length = 0;
        return UnitStatus.NeedMore;
    }

    private static int Unescaped(byte kind) => kind switch
    {
        (byte)'"' or (byte)'\\' or (byte)'/' => kind,
        (byte)'b' => '\b',
        (byte)'f' => '\f',
        (byte)'n' => '\n',
        (byte)'r' => '\r',
        (byte)'t' => '\t',
        _ => -1,
    };

    private static int HexValue(byte digit) => digit switch
    {
        >= (byte)'0' and <= (byte)'9' => digit - '0',
        >= (byte)'a' and <= (byte)'f' => digit - 'a' + 10,
        >= (byte)'A' and <= (byte)'F' => digit - 'A' + 10,
        _ => -1,
    };
}

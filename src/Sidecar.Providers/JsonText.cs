using System.Buffers.Text;
using System.Text;

namespace Sidecar.Providers;

/// <summary>Text of a JSON string as written between its quotes (RFC 8259 §7).</summary>
internal static class JsonText
{
    private const int UnicodeEscapeLength = 6;

    /// <summary>Resolves the escapes of a string that a JSON reader has accepted.</summary>
    /// <returns>False when the destination is too small, or half a surrogate pair stands alone: then it is no text.</returns>
    public static bool TryUnescape(ReadOnlySpan<byte> source, Span<byte> destination, out int written)
    {
        written = 0;
        while (!source.IsEmpty)
        {
            if (source[0] != '\\')
            {
                var run = source.IndexOf((byte)'\\');
                var plain = run < 0 ? source : source[..run];
                if (!plain.TryCopyTo(destination[written..])) return false;
                written += plain.Length;
                source = source[plain.Length..];
                continue;
            }
            if (!TryReadEscape(ref source, out var rune) || !rune.TryEncodeToUtf8(destination[written..], out var length)) return false;
            written += length;
        }
        return true;
    }

    private static bool TryReadEscape(ref ReadOnlySpan<byte> source, out Rune rune)
    {
        rune = default;
        if (source.Length < 2) return false;
        if (source[1] == 'u') return TryReadUnicodeEscape(ref source, out rune);
        rune = new Rune(source[1] switch
        {
            (byte)'b' => '\b',
            (byte)'f' => '\f',
            (byte)'n' => '\n',
            (byte)'r' => '\r',
            (byte)'t' => '\t',
            var other => (char)other,
        });
        source = source[2..];
        return true;
    }

    private static bool TryReadUnicodeEscape(ref ReadOnlySpan<byte> source, out Rune rune)
    {
        rune = default;
        if (!TryReadUnit(source, out var unit)) return false;
        source = source[UnicodeEscapeLength..];
        if (Rune.TryCreate(unit, out rune)) return true;
        if (!TryReadUnit(source, out var low) || !Rune.TryCreate(unit, low, out rune)) return false;
        source = source[UnicodeEscapeLength..];
        return true;
    }

    private static bool TryReadUnit(ReadOnlySpan<byte> source, out char unit)
    {
        unit = default;
        if (source.Length < UnicodeEscapeLength || source[0] != '\\' || source[1] != 'u') return false;
        if (!Utf8Parser.TryParse(source[2..UnicodeEscapeLength], out ushort value, out var consumed, 'x') || consumed != 4) return false;
        unit = (char)value;
        return true;
    }
}

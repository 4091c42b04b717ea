using System.Buffers.Text;

namespace Sidecar.Load.Wire;

/// <summary>What an event tells of itself, in members of its own behind the content.</summary>
/// <param name="Stream">Its stream.</param>
/// <param name="Number">Its place there, from 0.</param>
/// <param name="Sent">When it was sent, in ticks of the clock that all processes of a machine share.</param>
/// <param name="Late">How much later than it was due, in ticks.</param>
internal readonly record struct Marks(int Stream, int Number, long Sent, long Late)
{
    /// <summary>What stands in front of them, once in each event.</summary>
    public static ReadOnlySpan<byte> Opening => ",\"s\":"u8;

    /// <summary>Writes them; bytes written.</summary>
    public int Write(Span<byte> output)
    {
        var at = 0;
        Member(output, ref at, Opening, Stream);
        Member(output, ref at, ",\"n\":"u8, Number);
        Member(output, ref at, ",\"t\":"u8, Sent);
        Member(output, ref at, ",\"l\":"u8, Late);
        return at;
    }

    /// <summary>Reads the marks of an event that has them.</summary>
    public static bool TryRead(ReadOnlySpan<byte> bytes, out Marks marks)
    {
        marks = default;
        if (!TryMember(ref bytes, Opening, out var stream) || !TryMember(ref bytes, ",\"n\":"u8, out var number) ||
            !TryMember(ref bytes, ",\"t\":"u8, out var sent) || !TryMember(ref bytes, ",\"l\":"u8, out var late)) return false;
        marks = new((int)stream, (int)number, sent, late);
        return true;
    }

    private static void Member(Span<byte> output, ref int at, ReadOnlySpan<byte> name, long value)
    {
        name.CopyTo(output[at..]);
        at += name.Length;
        Utf8Formatter.TryFormat(value, output[at..], out var digits);
        at += digits;
    }

    private static bool TryMember(ref ReadOnlySpan<byte> bytes, ReadOnlySpan<byte> name, out long value)
    {
        value = 0;
        var at = bytes.IndexOf(name);
        if (at < 0) return false;
        bytes = bytes[(at + name.Length)..];
        if (!Utf8Parser.TryParse(bytes, out value, out var digits)) return false;
        bytes = bytes[digits..];
        return true;
    }
}

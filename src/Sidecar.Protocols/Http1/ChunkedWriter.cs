using System.Buffers;

namespace Sidecar.Protocols.Http1;

/// <summary>Writes the chunked coding (RFC 9112 §7.1): the size goes in front of the data, in the same buffer.</summary>
public static class ChunkedWriter
{
    /// <summary>Opens a chunk; the caller writes its data and then <see cref="Close"/>.</summary>
    /// <param name="output">Where the bytes go.</param>
    /// <param name="size">Bytes of data, at least one: a chunk of none is the last one.</param>
    public static void Open(IBufferWriter<byte> output, int size)
    {
        var span = output.GetSpan(10);
        var digits = 1;
        for (var rest = (uint)size >> 4; rest != 0; rest >>= 4) digits++;
        for (var i = digits - 1; i >= 0; i--, size >>>= 4) span[i] = "0123456789abcdef"u8[size & 15];
        span[digits] = (byte)'\r';
        span[digits + 1] = (byte)'\n';
        output.Advance(digits + 2);
    }

    /// <summary>Ends a chunk.</summary>
    public static void Close(IBufferWriter<byte> output) => output.Write("\r\n"u8);

    /// <summary>The last chunk; trailer lines and an empty line follow.</summary>
    public static void Last(IBufferWriter<byte> output) => output.Write("0\r\n"u8);
}

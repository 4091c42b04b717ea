using System.Buffers;
using System.Buffers.Text;

namespace Sidecar.Protocols.Http1;

/// <summary>Writes a message head into a growing buffer: start line, field lines, empty line. It formats; what is allowed was decided before.</summary>
/// <param name="output">Where the bytes go.</param>
public readonly ref struct HeadWriter(IBufferWriter<byte> output)
{
    /// <summary><c>HTTP/1.1 SP status SP reason CRLF</c>.</summary>
    public void StatusLine(int status, ReadOnlySpan<byte> reason)
    {
        output.Write("HTTP/1.1 "u8);
        Number(status);
        output.Write(" "u8);
        output.Write(reason);
        output.Write("\r\n"u8);
    }

    /// <summary><c>method SP prefix target SP HTTP/1.1 CRLF</c>.</summary>
    public void RequestLine(ReadOnlySpan<byte> method, ReadOnlySpan<byte> prefix, ReadOnlySpan<byte> target)
    {
        output.Write(method);
        output.Write(" "u8);
        output.Write(prefix);
        output.Write(target);
        output.Write(" HTTP/1.1\r\n"u8);
    }

    /// <summary>A field line.</summary>
    public void Field(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        output.Write(name);
        output.Write(": "u8);
        output.Write(value);
        output.Write("\r\n"u8);
    }

    /// <summary>A field line whose value is a number.</summary>
    public void Field(ReadOnlySpan<byte> name, long value)
    {
        output.Write(name);
        output.Write(": "u8);
        Number(value);
        output.Write("\r\n"u8);
    }

    /// <summary>The empty line.</summary>
    public void End() => output.Write("\r\n"u8);

    private void Number(long value)
    {
        Span<byte> digits = stackalloc byte[20];
        Utf8Formatter.TryFormat(value, digits, out var length);
        output.Write(digits[..length]);
    }
}

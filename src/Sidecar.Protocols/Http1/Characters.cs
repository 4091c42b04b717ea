using System.Buffers;

namespace Sidecar.Protocols.Http1;

/// <summary>Character classes of RFC 9110 and RFC 3986.</summary>
internal static class Characters
{
    private const string Alpha = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    private const string Digit = "0123456789";

    /// <summary>OWS (RFC 9110 §5.6.3).</summary>
    public static ReadOnlySpan<byte> WhiteSpace => " \t"u8;

    /// <summary>tchar (RFC 9110 §5.6.2).</summary>
    public static readonly SearchValues<byte> Token = Of("!#$%&'*+-.^_`|~" + Digit + Alpha);

    /// <summary>What a Host and an authority may hold: reg-name without percent-encoding and sub-delims, which peers decode differently.</summary>
    public static readonly SearchValues<byte> HostName = Of("-._~" + Digit + Alpha);

    /// <summary>The inside of an IP literal (RFC 3986 §3.2.2).</summary>
    public static readonly SearchValues<byte> IpLiteral = Of(":." + Digit + "ABCDEFabcdef");

    /// <summary>
    /// path and query: RFC 3986 pchar, "/" and "?", and the few characters that deployed clients leave unencoded and
    /// that every server reads alike: [ ] { } | ^ `.
    /// </summary>
    public static readonly SearchValues<byte> Target = Of("-._~!$&'()*+,;=:@/?%[]{}|^`" + Digit + Alpha);

    /// <summary>Controls that a field value must not hold: all but HTAB, and DEL (RFC 9110 §5.5).</summary>
    public static readonly SearchValues<byte> Forbidden = SearchValues.Create(
        [0, 1, 2, 3, 4, 5, 6, 7, 8, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31, 127]);

    /// <summary>Value of a hexadecimal digit, or -1.</summary>
    public static int HexValue(byte c) => c switch
    {
        >= (byte)'0' and <= (byte)'9' => c - '0',
        >= (byte)'a' and <= (byte)'f' => c - 'a' + 10,
        >= (byte)'A' and <= (byte)'F' => c - 'A' + 10,
        _ => -1,
    };

    /// <summary>Whether it is a decimal digit.</summary>
    public static bool IsDigit(byte c) => c is >= (byte)'0' and <= (byte)'9';

    private static SearchValues<byte> Of(string characters) =>
        SearchValues.Create(System.Text.Encoding.ASCII.GetBytes(characters));
}

namespace Sidecar.Protocols.Http1;

/// <summary>Reads <c>"HTTP/" DIGIT "." DIGIT</c>; case matters (RFC 9112 §2.3).</summary>
internal static class HttpVersion
{
    public const int ByteCount = 8;

    public static HttpError Read(ReadOnlySpan<byte> version, out int minor)
    {
        minor = 0;
        if (version.Length != ByteCount || !version.StartsWith("HTTP/"u8) || version[6] != (byte)'.' ||
            !Characters.IsDigit(version[5]) || !Characters.IsDigit(version[7]))
        {
            return HttpError.BadVersion;
        }
        minor = version[7] - '0';
        return version[5] == (byte)'1' && minor <= 1 ? HttpError.None : HttpError.VersionNotSupported;
    }
}

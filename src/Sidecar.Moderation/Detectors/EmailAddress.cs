using System.Buffers;

namespace Sidecar.Moderation.Detectors;

/// <summary>
/// Mail addresses in the form that people use (RFC 5321 §4.1.2 without quoted local parts and address literals), ASCII and punycode.
/// What only looks like one (a file name, a version, a property of an object) is told by its last label.
/// </summary>
internal static class EmailAddress
{
    private static readonly SearchValues<byte> DigitsAndDot = SearchValues.Create("0123456789."u8);

    public static Detector Detector { get; } = new("email",
    [
        new("(?<![0-9A-Za-z])[0-9A-Za-z][0-9A-Za-z._%+-]{0,63}@(?:[0-9A-Za-z][0-9A-Za-z-]{0,62}\\.){1,5}" +
            "(?:[A-Za-z]{2,24}|xn--[0-9A-Za-z-]{2,30})(?![0-9A-Za-z(])", Test: IsAddress),
    ]);

    /// <summary>Whether a text of the form is an address.</summary>
    public static bool IsAddress(ReadOnlySpan<byte> text)
    {
        var at = text.IndexOf((byte)'@');
        var local = text[..at];
        if (local[^1] == '.' || local.IndexOf(".."u8) >= 0 || IsNobody(local)) return false;
        var dot = text.LastIndexOf((byte)'.');
        var top = text[(dot + 1)..];
        return !IsVersion(text[(at + 1)..dot]) && !IsCamelCase(top) && !IsFileType(top);
    }

    // git@host:path names a repository; this@Outer.member and super@Outer.member are Kotlin.
    private static bool IsNobody(ReadOnlySpan<byte> local) => local.SequenceEqual("git"u8) || local.SequenceEqual("this"u8) || local.SequenceEqual("super"u8);

    // left-pad@1.3.0.tgz
    private static bool IsVersion(ReadOnlySpan<byte> domain) => domain.Contains((byte)'.') && !domain.ContainsAnyExcept(DigitsAndDot);

    // view@Activity.runOnThread
    private static bool IsCamelCase(ReadOnlySpan<byte> label)
    {
        for (var i = 1; i < label.Length; i++)
            if (char.IsAsciiLetterLower((char)label[i - 1]) && char.IsAsciiLetterUpper((char)label[i])) return true;
        return false;
    }

    // icon@2x.png, getty@tty1.service, object@meta.data: no top-level domains, and common behind an @.
    private static bool IsFileType(ReadOnlySpan<byte> label)
    {
        if (label.Length > LongestFileType) return false;
        Span<byte> lower = stackalloc byte[LongestFileType + 2];
        lower[0] = lower[label.Length + 1] = (byte)' ';
        for (var i = 0; i < label.Length; i++) lower[i + 1] = (byte)(label[i] | 0x20);
        return FileTypes.IndexOf(lower[..(label.Length + 2)]) >= 0;
    }

    private const int LongestFileType = 9;

    private static ReadOnlySpan<byte> FileTypes =>
        (" png jpg jpeg gif svg webp avif bmp ico tgz gz tar zip exe dll jar css scss js mjs cjs jsx ts tsx json yaml yml toml xml html htm php txt po pdf "u8 +
        "csv service socket timer target mount device data transpose dot mean sum "u8);
}

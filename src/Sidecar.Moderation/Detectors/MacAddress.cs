namespace Sidecar.Moderation.Detectors;

/// <summary>Hardware addresses of six octets (IEEE 802, EUI-48): 00:1a:2b:3c:4d:5e, 00-1a-…, 001a.2b3c.4d5e. Longer rows of octets are fingerprints.</summary>
internal static class MacAddress
{
    public static Detector Detector { get; } = new("mac_address",
    [
        new("(?<![0-9A-Za-z_:-])[0-9A-Fa-f]{2}(?::[0-9A-Fa-f]{2}){5}(?![0-9A-Za-z_:])", Test: IsAddress),
        new("(?<![0-9A-Za-z_:-])[0-9A-Fa-f]{2}(?:-[0-9A-Fa-f]{2}){5}(?![0-9A-Za-z_-])", Test: IsDashedAddress),
        new("(?<![0-9A-Za-z_.-])[0-9A-Fa-f]{4}(?:\\.[0-9A-Fa-f]{4}){2}(?![0-9A-Za-z_-])", Test: IsDottedAddress),
    ]);

    /// <summary>Whether an address is that of an interface: not the empty one, not everyone's.</summary>
    public static bool IsAddress(ReadOnlySpan<byte> text) => text.ContainsAnyExcept("0:-."u8) && text.ContainsAnyExcept("Ff:-."u8);

    /// <summary>The same with dashes: six pairs of decimal digits are a row of numbers, unless they begin as most makers' addresses do.</summary>
    public static bool IsDashedAddress(ReadOnlySpan<byte> text) => IsAddress(text) && (HasLetter(text) || text.StartsWith("00-"u8));

    /// <summary>The same in groups of four: digits alone are a number, and letters alone are words.</summary>
    public static bool IsDottedAddress(ReadOnlySpan<byte> text) => IsAddress(text) && HasLetter(text) && text.ContainsAnyInRange((byte)'0', (byte)'9');

    private static bool HasLetter(ReadOnlySpan<byte> text) => text.ContainsAnyInRange((byte)'A', (byte)'f');
}

namespace Sidecar.Moderation.Detectors;

/// <summary>
/// Social security numbers of the United States: area, group and serial with one separator throughout. Nine digits in a row are too many other things.
/// </summary>
internal static class SocialSecurityNumber
{
    public static Detector Detector { get; } = new("us_ssn", [Separated("-"), Separated(" "), Separated("\\.")]);

    /// <summary>
    /// Whether a text of the form can have been given out: no area 000, 666 or 9xx, no group 00, no serial 0000 (SSA, POMS RM 10201.035), and none of
    /// the specimens: of a wallet's leaflet, of the administration's own, and the plain sequence.
    /// </summary>
    public static bool IsIssued(ReadOnlySpan<byte> text)
    {
        var number = 0;
        foreach (var c in text)
            if (char.IsAsciiDigit((char)c)) number = (number * 10) + (c - '0');
        var (area, group, serial) = (number / 1_00_0000, number / 1_0000 % 100, number % 1_0000);
        return area is not (0 or 666) && area < 900 && group != 0 && serial != 0 && number is not (078_05_1120 or 219_09_9999 or 123_45_6789);
    }

    private static DetectorPattern Separated(string separator) =>
        new($"(?<![0-9A-Za-z_.+-])[0-8][0-9]{{2}}{separator}[0-9]{{2}}{separator}[0-9]{{4}}(?![0-9A-Za-z_-])", Test: IsIssued);
}

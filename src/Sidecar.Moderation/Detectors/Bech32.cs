namespace Sidecar.Moderation.Detectors;

/// <summary>Bech32 and Bech32m (BIP 173, BIP 350), as newer Bitcoin addresses are written in.</summary>
internal static class Bech32
{
    private const uint Bech32Constant = 1;
    private const uint Bech32mConstant = 0x2BC830A3;

    private static ReadOnlySpan<byte> Alphabet => "qpzry9x8gf2tvdw0s3jn54khce6mua7l"u8;

    private static ReadOnlySpan<uint> Generator => [0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3];

    /// <summary>Whether a text is a witness address with the right checksum for its version.</summary>
    /// <param name="text">In one case.</param>
    /// <param name="prefixLength">Length of the part that names the chain, in front of the 1.</param>
    public static bool IsAddress(ReadOnlySpan<byte> text, int prefixLength)
    {
        if (text.ContainsAnyInRange((byte)'A', (byte)'Z') && text.ContainsAnyInRange((byte)'a', (byte)'z')) return false;
        var checksum = 1u;
        foreach (var c in text[..prefixLength]) checksum = Step(checksum, (uint)(c | 0x20) >> 5);
        checksum = Step(checksum, 0);
        foreach (var c in text[..prefixLength]) checksum = Step(checksum, (uint)c & 31);
        foreach (var c in text[(prefixLength + 1)..])
        {
            var value = Alphabet.IndexOf((byte)(c | 0x20));
            if (value < 0) return false;
            checksum = Step(checksum, (uint)value);
        }
        var isVersion0 = (text[prefixLength + 1] | 0x20) == 'q';
        return checksum == (isVersion0 ? Bech32Constant : Bech32mConstant);
    }

    private static uint Step(uint checksum, uint value)
    {
        var top = checksum >> 25;
        checksum = ((checksum & 0x1FFFFFF) << 5) ^ value;
        for (var i = 0; i < Generator.Length; i++)
            if (((top >> i) & 1) != 0) checksum ^= Generator[i];
        return checksum;
    }
}

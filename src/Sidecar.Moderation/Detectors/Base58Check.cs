using System.Security.Cryptography;

namespace Sidecar.Moderation.Detectors;

/// <summary>Base58Check, as Bitcoin's addresses are written in: a version, twenty bytes of a hash, and four of a checksum.</summary>
internal static class Base58Check
{
    private const int DecodedLength = 25;
    private const int ChecksumLength = 4;

    private static ReadOnlySpan<byte> Alphabet => "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"u8;

    /// <summary>The version of what a text encodes; -1 when it is none of that length, or its checksum is wrong.</summary>
    public static int Version(ReadOnlySpan<byte> text)
    {
        Span<byte> decoded = stackalloc byte[DecodedLength];
        decoded.Clear();
        foreach (var c in text)
        {
            var carry = Alphabet.IndexOf(c);
            if (carry < 0) return -1;
            for (var i = DecodedLength - 1; i >= 0; i--)
            {
                carry += decoded[i] * Alphabet.Length;
                decoded[i] = (byte)carry;
                carry >>= 8;
            }
            if (carry != 0) return -1;
        }
        return HasChecksum(decoded) && LeadingOnes(text) == LeadingZeros(decoded) ? decoded[0] : -1;
    }

    private static bool HasChecksum(ReadOnlySpan<byte> decoded)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(decoded[..^ChecksumLength], hash);
        SHA256.HashData(hash, hash);
        return hash[..ChecksumLength].SequenceEqual(decoded[^ChecksumLength..]);
    }

    // A zero byte at the front is written as a 1.
    private static int LeadingOnes(ReadOnlySpan<byte> text) => text.IndexOfAnyExcept((byte)'1');

    private static int LeadingZeros(ReadOnlySpan<byte> decoded) => decoded.IndexOfAnyExcept((byte)0);
}

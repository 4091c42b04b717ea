namespace Sidecar.Moderation.Detectors;

/// <summary>
/// Addresses of wallets: Bitcoin's, which all carry a checksum, and those of Ethereum and its kin. For the latter the form is enough: nothing else
/// is 0x and forty hexadecimal digits, and the checksum of EIP-55 would only spare an address that is mistyped.
/// </summary>
internal static class WalletAddress
{
    private const int PayToPublicKeyHash = 0;
    private const int PayToScriptHash = 5;
    private const int BitcoinPrefixLength = 2;

    public static Detector Detector { get; } = new("crypto_wallet",
    [
        new("(?<![0-9A-Za-z_])[13][1-9A-HJ-NP-Za-km-z]{25,33}(?![0-9A-Za-z_])", Test: IsBitcoin),
        new("(?<![0-9A-Za-z_])bc1(?:q[02-9ac-hj-np-z]{38}|[pq][02-9ac-hj-np-z]{58})(?![0-9A-Za-z_])", IgnoreCase: true, IsWitness),
        new("(?<![0-9A-Za-z_])0x[0-9A-Fa-f]{40}(?![0-9A-Za-z_])", Test: IsAccount),
    ]);

    /// <summary>Whether a text is an address of Bitcoin in Base58Check.</summary>
    public static bool IsBitcoin(ReadOnlySpan<byte> text) => Base58Check.Version(text) is PayToPublicKeyHash or PayToScriptHash;

    /// <summary>Whether a text is a witness address of Bitcoin.</summary>
    public static bool IsWitness(ReadOnlySpan<byte> text) => Bech32.IsAddress(text, BitcoinPrefixLength);

    /// <summary>Whether a text of Ethereum's form is an account: one digit throughout is a constant of programs.</summary>
    public static bool IsAccount(ReadOnlySpan<byte> text)
    {
        var digits = text["0x".Length..];
        foreach (var digit in digits)
            if ((digit | 0x20) != (digits[0] | 0x20)) return true;
        return false;
    }
}

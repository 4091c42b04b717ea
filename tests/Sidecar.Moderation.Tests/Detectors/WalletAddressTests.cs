namespace Sidecar.Moderation.Tests.Detectors;

public sealed class WalletAddressTests
{
    [Theory]
    [InlineData("16Yeky6GMjeNkAiNcBY7ZhrLoMSgg1BoyZ")]
    [InlineData("1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN2")]
    [InlineData("3J98t1WpEZ73CNmQviecrnyiWrnqRhWNLy")]
    [InlineData("bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4")]
    [InlineData("BC1QW508D6QEJXTDG4Y5R3ZARVARY0C5XW7KV8F3T4")]
    [InlineData("bc1qrp33g0q5c5txsp9arysrx4k6zdkfs4nce4xj0gdcccefvpysxf3qccfmv3")]
    [InlineData("bc1p5d7rjq7g6rdk2yhzks9smlaqtedr4dekq08ge8ztwac72sfr9rusxg3297")]
    [InlineData("0x742d35Cc6634C0532925a3b844Bc454e4438f44e")]
    public void An_address_is_found_and_none_that_differs_in_a_character(string address)
    {
        Assert.Equal([$"crypto_wallet {address}"], Found.All($"Send it to {address}."));
        Assert.Empty(Found.All(address + "2"));
        if (address.StartsWith("0x", StringComparison.Ordinal)) return;
        for (var i = 4; i < address.Length; i++)
        {
            var other = address[i] is 'q' or 'Q' ? char.IsUpper(address[i]) ? 'P' : 'p' : char.IsUpper(address[i]) ? 'Q' : 'q';
            Assert.Empty(Found.By("crypto_wallet", string.Concat(address.AsSpan(0, i), [other], address.AsSpan(i + 1))));
        }
    }

    [Theory]
    [InlineData("0x0000000000000000000000000000000000000000")]
    [InlineData("0x88e96d4537bea4d9c05d12549907b32561d3bf31f45aae734cdc119f13406cb6")]
    [InlineData("da39a3ee5e6b4b0d3255bfef95601890afd80709")]
    [InlineData("bc1Qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4")]
    [InlineData("11111111111111111111111111111111111")]
    public void Hashes_and_constants_are_not(string text) => Assert.Empty(Found.By("crypto_wallet", text));
}

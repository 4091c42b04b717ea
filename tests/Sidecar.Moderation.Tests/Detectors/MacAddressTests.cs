namespace Sidecar.Moderation.Tests.Detectors;

public sealed class MacAddressTests
{
    [Theory]
    [InlineData("00:1A:2B:3C:4D:5E")]
    [InlineData("00-11-22-33-44-55")]
    [InlineData("0d-B3-4a-6A-d9-cF")]
    [InlineData("0012.3456.789a")]
    public void An_address_is_found(string address) => Assert.Equal([$"mac_address {address}"], Found.All($"It is {address}."));

    [Theory]
    [InlineData("00:00:00:00:00:00")]
    [InlineData("FF-FF-FF-ff-ff-ff")]
    [InlineData("ffff.ffff.ffff")]
    [InlineData("00:1A:2B:3C:4D")]
    [InlineData("00:1A:2B:3C:4D:5E:6F")]
    [InlineData("00:1A-2B:3C-4D:5E")]
    [InlineData("04-11-23-35-41-07")]
    [InlineData("1234.5678.9012")]
    [InlineData("dead.beef.cafe")]
    [InlineData("ZZ:ZZ:ZZ:ZZ:ZZ:ZZ")]
    public void Other_rows_are_not(string text) => Assert.Empty(Found.By("mac_address", text));
}

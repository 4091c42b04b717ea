namespace Sidecar.Moderation.Tests.Detectors;

public sealed class SocialSecurityNumberTests
{
    [Theory]
    [InlineData("460-89-9847")]
    [InlineData("078-05-1123")]
    [InlineData("078 05 1123")]
    [InlineData("078.05.1123")]
    [InlineData("899-99-9999")]
    public void A_number_that_can_have_been_given_out_is_found(string number) => Assert.Equal([$"us_ssn {number}"], Found.All($"Here's my SSN: {number}"));

    [Theory]
    [InlineData("000-12-3456")]
    [InlineData("666-12-3456")]
    [InlineData("900-12-3456")]
    [InlineData("123-00-4567")]
    [InlineData("460-89-0000")]
    [InlineData("078-05-1120")]
    [InlineData("219-09-9999")]
    [InlineData("123-45-6789")]
    [InlineData("460-89.9847")]
    [InlineData("460899847")]
    [InlineData("1460-89-9847")]
    [InlineData("460-89-98471")]
    [InlineData("460-89-9847-1")]
    public void Others_are_not(string text) => Assert.Empty(Found.By("us_ssn", text));
}

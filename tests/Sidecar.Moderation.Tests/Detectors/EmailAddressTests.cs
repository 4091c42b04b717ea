namespace Sidecar.Moderation.Tests.Detectors;

public sealed class EmailAddressTests
{
    [Theory]
    [InlineData("write to jane.doe@example.com today", "jane.doe@example.com")]
    [InlineData("john+tag_1%x-y@mail.example.co.uk", "john+tag_1%x-y@mail.example.co.uk")]
    [InlineData("12345678+octocat@users.noreply.github.com", "12345678+octocat@users.noreply.github.com")]
    [InlineData("Is it info@presidio.site?", "info@presidio.site")]
    [InlineData("user@xn--80ak6aa92e.com", "user@xn--80ak6aa92e.com")]
    [InlineData("post@example.xn--p1ai", "post@example.xn--p1ai")]
    [InlineData("The address is bob@example.org.", "bob@example.org")]
    [InlineData("<bob@example.org>, \"amy@example.org\"", "bob@example.org", "amy@example.org")]
    [InlineData("mailto:bob@example.org?subject=x", "bob@example.org")]
    [InlineData("a@x.com/b@y.com|c@z.net", "a@x.com", "b@y.com", "c@z.net")]
    [InlineData("_bob@example.org_ and *amy@example.org*", "bob@example.org", "amy@example.org")]
    [InlineData("我的邮箱是bob@example.com谢谢", "bob@example.com")]
    [InlineData("...see file..bob@example.com", "bob@example.com")]
    [InlineData("bob@example.com-based", "bob@example.com")]
    [InlineData("BOB@EXAMPLE.COM", "BOB@EXAMPLE.COM")]
    [InlineData("me@163.com and you@q.cn", "me@163.com", "you@q.cn")]
    public void An_address_is_found(string text, params string[] addresses) => Assert.Equal(addresses, Found.By("email", text));

    [Theory]
    [InlineData("user@localhost")]
    [InlineData("a@b.c")]
    [InlineData("git@github.com:owner/name.git")]
    [InlineData("icon@2x.png")]
    [InlineData("left-pad@1.3.0.tgz")]
    [InlineData("getty@tty1.service")]
    [InlineData("Q@K.transpose(0, 1)")]
    [InlineData("this@MainActivity.finish")]
    [InlineData("view@Activity.runOnThread")]
    [InlineData("name.@example")]
    [InlineData("@example.com")]
    public void What_is_no_address_is_not(string text) => Assert.Empty(Found.All(text));

    [Fact]
    public void A_local_part_has_at_most_64_characters()
    {
        Assert.Single(Found.By("email", new string('a', 64) + "@example.com"));
        Assert.Empty(Found.By("email", new string('a', 65) + "@example.com"));
    }
}

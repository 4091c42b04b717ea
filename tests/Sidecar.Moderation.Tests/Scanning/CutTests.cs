using System.Text;

namespace Sidecar.Moderation.Tests.Scanning;

/// <summary>A text that is cut tells nothing of a match that had begun.</summary>
public sealed class CutTests
{
    private static readonly RuleSet Rules = RuleSets.Build([RuleSets.AllDetectors, RuleSets.Words("phrase", RuleAction.Terminate, "forbidden phrase")]);

    [Theory]
    [InlineData("Ask john.d", "Ask ")]
    [InlineData("Ask john", "Ask ")]
    [InlineData("Ask john.doe@example.com", "Ask [email]")]
    [InlineData("Ask john.doe@example.com, or jane@", "Ask [email], or ")]
    [InlineData("Card 4111 1111 11", "Card ")]
    [InlineData("Go on with a forbidden", "Go on with a ")]
    [InlineData("Go on with a forbidden phrase", "Go on with a ")]
    [InlineData("All is said! ", "All is said! ")]
    [InlineData("", "")]
    public void What_may_have_become_a_match_is_withheld_and_what_is_one_already_is_replaced(string text, string shown)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        for (var at = 0; at <= bytes.Length; at++)
        {
            using var client = new Streamed(Rules);
            client.Append(bytes.AsSpan(0, at));
            client.Append(bytes.AsSpan(at));
            client.Cut(keepsWord: false);
            Assert.Equal(shown, client.Sent);
            Assert.True(client.IsTerminated || client.Held == 0);
        }
    }

    [Theory]
    [InlineData("It is maybe", "It is maybe")]
    [InlineData("It is maybe.", "It is maybe.")]
    [InlineData("Ask john.d", "Ask ")]
    [InlineData("Ask john@", "Ask ")]
    [InlineData("It is AKIAQWERTYUIOPASDF", "It is ")]
    [InlineData("It is qwErtyuiopasdf", "It is ")]
    [InlineData("Card 4111", "Card ")]
    public void A_last_word_may_stay_where_it_is_only_a_word(string text, string shown)
    {
        using var client = new Streamed(Rules);
        client.Append(Encoding.UTF8.GetBytes(text));
        client.Cut(keepsWord: true);
        Assert.Equal(shown, client.Sent);
    }
}

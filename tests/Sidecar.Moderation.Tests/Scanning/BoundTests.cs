using System.Text;
using Sidecar.Moderation.Scanning;
using Sidecar.Moderation.Text;

namespace Sidecar.Moderation.Tests.Scanning;

/// <summary>
/// A hostile text cannot make the scanner hold more than its bound, nor work more than its length times a small number: no attempt takes more bytes than
/// were held at some time, since byte by byte each is held until it dies, and from each place starts one.
/// </summary>
public sealed class BoundTests
{
    private static readonly RuleSet Everything = RuleSets.Build([RuleSets.AllDetectors, RuleSets.Words("words", RuleAction.Redact, [.. MadeTexts.Words.Take(1000)])]);

    /// <summary>Texts that begin matches all the time, and the most bytes that the longest bounded form of them may take.</summary>
    public static TheoryData<string, int> Hostile => new()
    {
        { "digits", 64 }, { "grouped digits", 64 }, { "token heads", 1024 }, { "local part", 512 }, { "addresses that end never", 512 }, { "dashes", 512 }, { "no space", 1024 },
        { "hexadecimal", 512 }, { "upper case", 512 }, { "key heads", 2048 }, { "backslashes", 64 },
    };

    [Theory, MemberData(nameof(Hostile))]
    public void What_is_held_of_a_hostile_text_is_bounded_by_the_longest_form_of_a_match(string name, int most)
    {
        var text = Text(name);
        using var client = new Streamed(Everything);
        long held = 0;
        for (var i = 0; i < text.Length; i++)
        {
            client.Append(text.AsSpan(i, 1));
            held = Math.Max(held, client.Held);
        }
        Assert.InRange(held, 0, Math.Min(most, TextScanner.MaxHeldBytes));
        client.End();
        Assert.Equal(0, client.Held);
        Assert.Equal(Streamed.Apply(Everything, text, []), client.Sent);
    }

    [Fact]
    public void What_shows_nothing_cannot_make_it_hold_more_than_the_bound()
    {
        using var client = new Streamed(Everything);
        client.Append("mail john"u8);
        var most = 0L;
        for (var i = 0; i < 2 * TextScanner.MaxHeldBytes; i++)
        {
            client.Append("\u200b"u8);
            most = Math.Max(most, client.Held);
        }
        Assert.InRange(most, TextScanner.MaxHeldBytes / 2, TextScanner.MaxHeldBytes);
        client.Append("@example.com ok"u8);
        client.End();
        Assert.DoesNotContain("john", client.Sent, StringComparison.Ordinal);
    }

    [Theory, MemberData(nameof(Hostile))]
    public void It_allocates_no_more_for_a_long_hostile_text_than_for_a_short_one(string name, int most)
    {
        Assert.True(most > 0);
        var text = Text(name);
        using var scanner = new RuleScanner(Everything, new StreamNumbers(), _ => { });
        long Allocated(int times)
        {
            scanner.Reset(TextForm.Plain);
            var before = GC.GetAllocatedBytesForCurrentThread();
            for (var i = 0; i < times; i++)
            {
                for (var at = 0; at < text.Length; at += 100)
                {
                    scanner.Append(text.AsSpan(at, Math.Min(100, text.Length - at)));
                    scanner.Forget(scanner.Decided);
                }
            }
            return GC.GetAllocatedBytesForCurrentThread() - before;
        }
        Allocated(2);
        Assert.Equal(0, Allocated(2));
    }

    private static byte[] Text(string name) => Encoding.ASCII.GetBytes(name switch
    {
        "digits" => new string('4', 10 * 1024),
        "grouped digits" => Repeat("4111 ", 2_000),
        "token heads" => Repeat("ey" + "J", 3_400),
        "local part" => new string('a', 10 * 1024) + "@",
        "addresses that end never" => "a@" + Repeat("b.", 5_000),
        "dashes" => Repeat("1-", 5_000),
        "no space" => Repeat("qwertzuiopasdfghjklyxcvbnm0123456789", 29_000),
        "hexadecimal" => Repeat("de:ad:be:ef:", 900),
        "upper case" => Repeat("DE89ABCD", 1_300),
        "key heads" => Repeat("sk" + "-AK" + "IAgh" + "p_", 900),
        _ => new string('\\', 10 * 1024),
    });

    private static string Repeat(string part, int count) => string.Concat(Enumerable.Repeat(part, count));
}

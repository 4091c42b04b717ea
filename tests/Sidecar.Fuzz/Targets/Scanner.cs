using System.Text;
using Sidecar.Moderation;
using Sidecar.Moderation.Detectors;
using Sidecar.Moderation.Fold;
using Sidecar.Moderation.Patterns;
using Sidecar.Moderation.Tests.Scanning;
using Sidecar.Moderation.Text;
using Sidecar.Protocols.Tests;

namespace Sidecar.Fuzz.Targets;

/// <summary>A policy's scanner. Input: the form, where to split, then the text: any bytes at all.</summary>
internal static class Scanner
{
    private static readonly RuleSet Rules = RuleSet.Build(
    [
        new Rule("pii", RuleAction.Redact) { Detect = DetectorCatalogue.All },
        new Rule("code", RuleAction.Mask) { Pattern = Pattern.Parse("PRJ-[0-9]{4,8}", PatternOptions.IgnoreCase, out _), KeepLast = 2 },
        new Rule("word", RuleAction.Hash) { Terms = ["secret", "top secret"], Key = [1] },
        new Rule("end", RuleAction.Terminate) { Terms = ["halt now"] },
    ], FoldKinds.All, out var error) ?? throw new InvalidOperationException(error);

    public static Target Target { get; } = new("moderation", Run,
    [
        Seed(0, "write john@x.com or call +44 20 7946 0958"), Seed(1, "jo\\u0068n\\u0040x.com \\ud83d\\ude00 PRJ-12345"), Seed(1, "\\ud83d x \\u00"),
        Seed(2, "{\"a\":[\"john@x.com\",4111111111111111]}"), Seed(3, "{\\\"a\\\":\\\"j\\\\u006fhn@x.com\\\",\\\"n\\\":4111111111111111}"),
        Seed(0, "a top secret, halt now please"), Seed(0, "fe80::1%eth0 00:1b:44:11:3a:b7 078-05-1121"), Seed(0, "-----BEGIN PRIVATE KEY-----\nMIIE\n-----END PRIVATE KEY-----"),
    ]);

    private static byte[] Seed(byte form, string text) => Fuzz.Target.Seed([form, 3], text);

    private static void Run(byte[] input)
    {
        if (input.Length < 3) return;
        var form = (TextForm)(input[0] % 4);
        var text = input[2..];
        var whole = Apply(form, text, Splits.Whole(text.Length));
        Same(whole, form, text, [1 + (input[1] % text.Length), text.Length]);
        Same(whole, form, text, text.Length <= 256 ? Splits.ByteByByte(text.Length) : Splits.Random(text.Length, new Random(input[1])));
    }

    private static void Same(byte[] whole, TextForm form, byte[] text, IEnumerable<int> ends) =>
        Invariant.Holds(Apply(form, text, ends, whole).AsSpan().SequenceEqual(whole), "the text is the same however it is split");

    private static byte[] Apply(TextForm form, byte[] text, IEnumerable<int> ends, byte[]? whole = null)
    {
        using var streamed = new Streamed(Rules, form);
        var at = 0;
        foreach (var end in ends)
        {
            streamed.Append(text.AsSpan(at, end - at));
            at = end;
            if (whole is not null) Invariant.Holds(whole.AsSpan().StartsWith(streamed.SentArray.AsSpan(0, streamed.SentBytes)), "nothing is sent that the whole does not begin with");
            Invariant.Holds(streamed.Held <= Moderation.Scanning.TextScanner.MaxHeldBytes + 16, "what is held is bounded");
        }
        streamed.End();
        Invariant.Holds(streamed.Held == 0 || streamed.IsTerminated, "nothing is held at the end");
        return streamed.SentArray[..streamed.SentBytes];
    }
}

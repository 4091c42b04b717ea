using Sidecar.Moderation.Text;

namespace Sidecar.Moderation.Tests.Scanning;

/// <summary>
/// Sends texts in pieces, and sees to it that the client has a beginning of the expected text after every piece, and all of it at the end, with as many
/// flags told.
/// </summary>
internal sealed class SplitRun(RuleSet rules, int seed)
{
    private const int MaxRandomPieces = 9;

    // Of a long text not every place: all splits in two of it are as many bytes as its length squared.
    private const int MaxSplitsInTwo = 400;

    private readonly Random _random = new(seed);
    private readonly int[] _ends = new int[MaxRandomPieces];

    /// <summary>Random splits so far.</summary>
    public long RandomCount { get; private set; }

    /// <summary>All splits so far.</summary>
    public long Count { get; private set; }

    /// <summary>Byte by byte, in two at every place, and at random places.</summary>
    public void TryAll(byte[] text, byte[] expected, int flags, TextForm form, int randomSplits)
    {
        using var client = new Streamed(rules, form);
        Try(client, text, expected, flags, form, Enumerable.Range(1, Math.Max(text.Length - 1, 0)).ToArray());
        var step = 1 + (text.Length / MaxSplitsInTwo);
        for (var at = 0; at <= text.Length; at += step) Try(client, text, expected, flags, form, [at]);
        for (var i = 0; i < randomSplits; i++)
        {
            Try(client, text, expected, flags, form, RandomEnds(text.Length));
            RandomCount++;
        }
    }

    private Span<int> RandomEnds(int length)
    {
        var ends = _ends.AsSpan(0, _random.Next(1, MaxRandomPieces));
        foreach (ref var end in ends) end = _random.Next(length + 1);
        ends.Sort();
        return ends;
    }

    private void Try(Streamed client, byte[] text, byte[] expected, int flags, TextForm form, ReadOnlySpan<int> ends)
    {
        Count++;
        client.Restart(form);
        int at = 0, seen = 0;
        foreach (var end in ends)
        {
            client.Append(text.AsSpan(at, end - at));
            at = end;
            See(client, ref seen, expected, text, ends);
        }
        client.Append(text.AsSpan(at));
        See(client, ref seen, expected, text, ends);
        client.End();
        See(client, ref seen, expected, text, ends);
        if (seen != expected.Length || client.Flags != flags) Fail(client, expected, text, ends);
    }

    private static void See(Streamed client, ref int seen, byte[] expected, byte[] text, ReadOnlySpan<int> ends)
    {
        var sent = client.SentArray.AsSpan(0, client.SentBytes);
        if (sent.Length > expected.Length || !sent[seen..].SequenceEqual(expected.AsSpan(seen, sent.Length - seen))) Fail(client, expected, text, ends);
        seen = sent.Length;
    }

    private static void Fail(Streamed client, byte[] expected, byte[] text, ReadOnlySpan<int> ends) =>
        Assert.Fail($"{System.Text.Encoding.UTF8.GetString(text)}\nsplit at {string.Join(' ', ends.ToArray())}\nsent     {client.Sent}\nexpected {System.Text.Encoding.UTF8.GetString(expected)}");
}

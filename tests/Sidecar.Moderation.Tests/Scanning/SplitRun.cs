using Sidecar.Moderation.Text;

namespace Sidecar.Moderation.Tests.Scanning;

/// <summary>Sends texts in pieces, and sees to it that the client has a beginning of the expected text after every piece, and all of it at the end.</summary>
internal sealed class SplitRun(RuleSet rules, int seed) : IDisposable
{
    private const int MaxRandomPieces = 9;

    // Of a long text not every place: all splits in two of it are as many bytes as its length squared.
    private const int MaxSplitsInTwo = 400;

    private readonly Streamed _client = new(rules);
    private readonly Random _random = new(seed);
    private readonly int[] _ends = new int[MaxRandomPieces];

    /// <summary>Random splits so far.</summary>
    public long RandomCount { get; private set; }

    /// <summary>All splits so far.</summary>
    public long Count { get; private set; }

    /// <summary>Byte by byte, in two at every place, and at random places.</summary>
    public void TryAll(byte[] text, byte[] expected, TextForm form, int randomSplits)
    {
        Try(text, expected, form, Enumerable.Range(1, Math.Max(text.Length - 1, 0)).ToArray());
        var step = 1 + (text.Length / MaxSplitsInTwo);
        for (var at = 0; at <= text.Length; at += step) Try(text, expected, form, [at]);
        for (var i = 0; i < randomSplits; i++)
        {
            Try(text, expected, form, RandomEnds(text.Length));
            RandomCount++;
        }
    }

    public void Dispose() => _client.Dispose();

    private Span<int> RandomEnds(int length)
    {
        var ends = _ends.AsSpan(0, _random.Next(1, MaxRandomPieces));
        foreach (ref var end in ends) end = _random.Next(length + 1);
        ends.Sort();
        return ends;
    }

    private void Try(byte[] text, byte[] expected, TextForm form, ReadOnlySpan<int> ends)
    {
        Count++;
        _client.Restart(form);
        int at = 0, seen = 0;
        foreach (var end in ends)
        {
            _client.Append(text.AsSpan(at, end - at));
            at = end;
            See(ref seen, expected, text, ends);
        }
        _client.Append(text.AsSpan(at));
        See(ref seen, expected, text, ends);
        _client.End();
        See(ref seen, expected, text, ends);
        if (seen != expected.Length) Fail(expected, text, ends);
    }

    private void See(ref int seen, byte[] expected, byte[] text, ReadOnlySpan<int> ends)
    {
        var sent = _client.SentArray.AsSpan(0, _client.SentBytes);
        if (sent.Length > expected.Length || !sent[seen..].SequenceEqual(expected.AsSpan(seen, sent.Length - seen))) Fail(expected, text, ends);
        seen = sent.Length;
    }

    private void Fail(byte[] expected, byte[] text, ReadOnlySpan<int> ends) =>
        Assert.Fail($"{System.Text.Encoding.UTF8.GetString(text)}\nsplit at {string.Join(' ', ends.ToArray())}\nsent     {_client.Sent}\nexpected {System.Text.Encoding.UTF8.GetString(expected)}");
}

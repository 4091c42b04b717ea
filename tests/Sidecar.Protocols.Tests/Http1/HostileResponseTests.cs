using System.Text;
using Sidecar.Protocols.Http1;

namespace Sidecar.Protocols.Tests.Http1;

/// <summary>The table of hostile upstream responses, through the parsers.</summary>
public class HostileResponseTests
{
    private static readonly Dictionary<string, HostileResponse> Cases = HostileResponses.All.ToDictionary(c => c.Name);

    public static TheoryData<string> Names => [.. Cases.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void A_response_is_refused_or_normalised_as_its_rule_asks(string name)
    {
        var expected = Cases[name];
        var (head, run) = Run(expected, Splits.Whole(expected.Bytes.Length));
        Assert.Equal(expected.Error, run.Error == HttpError.None ? "" : run.Error.ToString());
        if (expected.Fate == ResponseFate.Refused && expected.Error.Length == 0)
        {
            Assert.True(head.Status == 101 || run.Interim > 16);
            return;
        }
        Assert.Equal(expected.Fate == ResponseFate.Relayed, run.IsComplete);
        if (expected.Fate is ResponseFate.Refused) Assert.False(run.HasHead);
        if (expected.Fate is ResponseFate.Broken) Assert.True(run.HasHead);
        if (expected.Fate is ResponseFate.Relayed) AssertRelayed(expected, head, run);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_response_is_read_alike_whole_byte_by_byte_and_split_anywhere(string name)
    {
        var expected = Cases[name];
        var length = expected.Bytes.Length;
        var whole = Run(expected, Splits.Whole(length)).Run.Outcome();
        Assert.Equal(whole, Run(expected, Splits.ByteByByte(length)).Run.Outcome());
        foreach (var ends in Splits.AtEveryIndex(length))
        {
            var split = Run(expected, ends).Run.Outcome();
            if (whole != split) Assert.Fail($"split at {ends[0]}: expected {whole}, got {split}");
        }
    }

    [Fact]
    public void The_table_is_long_enough_and_each_case_names_its_rule()
    {
        Assert.True(HostileResponses.All.Count >= 80, $"{HostileResponses.All.Count} cases");
        Assert.All(HostileResponses.All, c => Assert.NotEmpty(c.Rule));
        var errors = HostileResponses.All.Select(c => c.Error).Where(e => e.Length > 0);
        Assert.All(errors, error => Assert.True(Enum.TryParse<HttpError>(error, out _), error));
    }

    private static void AssertRelayed(HostileResponse expected, ResponseHead head, MessageRun run)
    {
        Assert.Equal(expected.Bytes.Length - expected.Rest, run.Consumed);
        Assert.Equal(expected.Interim, run.Interim);
        Assert.Equal(expected.Status, head.Status);
        Assert.Equal(expected.Reason, Text(head.Reason.Of(run.HeadBytes)));
        Assert.Equal(expected.Body, run.Body);
        Assert.Equal(expected.KeepsOpen, head.KeepAlive);
        var relayed = new List<string>();
        foreach (var field in head.Fields)
        {
            if (!field.IsHopByHop) relayed.Add($"{Text(field.Name.Of(run.HeadBytes))}: {Text(field.Value.Of(run.HeadBytes))}");
        }
        Assert.All(expected.Sees, line => Assert.Contains(line, relayed));
        Assert.DoesNotContain(relayed, line => expected.Hides.Any(name => line.StartsWith(name + ":", StringComparison.OrdinalIgnoreCase)));
    }

    private static (ResponseHead Head, MessageRun Run) Run(HostileResponse response, int[] ends)
    {
        var head = new ResponseHead(HostileResponses.MaxHeadBytes, HostileResponses.MaxFields) { AnswersHead = response.AnswersHead };
        return (head, new MessageRun(head, response.Bytes).Run(ends));
    }

    private static string Text(ReadOnlySpan<byte> bytes) => Encoding.Latin1.GetString(bytes);
}

using System.Text;
using Sidecar.Protocols.Http1;

namespace Sidecar.Protocols.Tests.Http1;

/// <summary>The table of hostile requests, through the parsers.</summary>
public class HostileRequestTests
{
    private static readonly Dictionary<string, HostileRequest> Cases = HostileRequests.All.ToDictionary(c => c.Name);

    public static TheoryData<string> Names => [.. Cases.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void A_request_is_refused_or_normalised_as_its_rule_asks(string name)
    {
        var expected = Cases[name];
        var (head, run) = Run(expected.Bytes, Splits.Whole(expected.Bytes.Length));
        switch (expected.Fate)
        {
            case RequestFate.Unfinished:
                Assert.False(run.IsComplete, "it is not whole");
                Assert.Equal(HttpError.None, run.Error);
                break;
            case RequestFate.Refused when expected.Error.Length > 0:
                Assert.Equal(expected.Error, run.Error.ToString());
                Assert.Equal(expected.Status, HttpErrorStatus.ForRequest(run.Error));
                Assert.False(run.IsComplete);
                break;
            case RequestFate.Refused:
                Assert.Equal(413, expected.Status);
                Assert.True(head.ContentLength > HostileRequests.MaxBodyBytes);
                break;
            default:
                AssertForwarded(expected, head, run);
                break;
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_request_is_read_alike_whole_byte_by_byte_and_split_anywhere(string name)
    {
        var bytes = Cases[name].Bytes;
        var whole = Run(bytes, Splits.Whole(bytes.Length)).Run.Outcome();
        Assert.Equal(whole, Run(bytes, Splits.ByteByByte(bytes.Length)).Run.Outcome());
        foreach (var ends in Splits.AtEveryIndex(bytes.Length))
        {
            var split = Run(bytes, ends).Run.Outcome();
            if (whole != split) Assert.Fail($"split at {ends[0]}: expected {whole}, got {split}");
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void No_later_byte_changes_a_refusal(string name)
    {
        var bytes = Cases[name].Bytes;
        var (_, refused) = Run(bytes, Splits.ByteByByte(bytes.Length));
        if (refused.Error == HttpError.None) return;
        byte[] other = [.. bytes.AsSpan(0, refused.Shown), .. "\r\n\r\n\0 : GET / HTTP/1.1\r\n\r\n"u8];
        Assert.Equal(refused.Error, Run(other, Splits.Whole(other.Length)).Run.Error);
    }

    [Fact]
    public void The_table_is_long_enough_and_each_case_names_its_rule()
    {
        Assert.True(HostileRequests.All.Count >= 300, $"{HostileRequests.All.Count} cases");
        Assert.All(HostileRequests.All, c => Assert.NotEmpty(c.Rule));
        Assert.All(HostileRequests.All.Where(c => c.Error.Length > 0), c => Assert.True(Enum.TryParse<HttpError>(c.Error, out _), c.Error));
        var refused = HostileRequests.All.Where(c => c.Fate == RequestFate.Refused);
        Assert.DoesNotContain(refused, c => c.Status is not (400 or 413 or 417 or 431 or 501 or 505));
    }

    [Fact]
    public void Each_error_that_a_request_can_meet_is_in_the_table()
    {
        var met = HostileRequests.All.Select(c => c.Error).ToHashSet();
        Assert.Equal(["None", "BadStatusLine"], Enum.GetNames<HttpError>().Where(e => !met.Contains(e)));
    }

    private static void AssertForwarded(HostileRequest expected, RequestHead head, MessageRun run)
    {
        Assert.Equal(HttpError.None, run.Error);
        Assert.True(run.IsComplete, "it is whole");
        Assert.Equal(expected.Bytes.Length - expected.Rest, run.Consumed);
        var bytes = run.HeadBytes;
        Assert.Equal(expected.Method, Text(head.Method.Of(bytes)));
        Assert.Equal(expected.Target, (head.IsRootPath ? "/" : "") + Text(head.PathAndQuery.Of(bytes)));
        Assert.Equal(expected.Target.Split('?')[0], head.IsRootPath ? "/" : Text(head.Path.Of(bytes)));
        Assert.Equal(expected.Target == "*" ? TargetForm.Asterisk : head.Form, head.Form);
        Assert.Equal(expected.Method == "HEAD", head.IsHead);
        Assert.Equal(expected.Body, run.Body);
        Assert.Equal(expected.KeepsOpen, head.KeepAlive);
        Assert.Equal(expected.Continues, head.ExpectsContinue);
        var forwarded = new List<string>();
        foreach (var field in head.Fields)
        {
            if (!field.IsHopByHop) forwarded.Add($"{Text(field.Name.Of(bytes))}: {Text(field.Value.Of(bytes))}");
        }
        Assert.All(expected.Sees, line => Assert.Contains(line, forwarded));
        // Expect is answered here, so the relay leaves it out by its meaning; trailers are never kept.
        var hidden = expected.Hides.Except(["Expect"]).Select(name => name + ":").ToList();
        Assert.DoesNotContain(forwarded, line => hidden.Any(name => line.StartsWith(name, StringComparison.OrdinalIgnoreCase)));
    }

    private static (RequestHead Head, MessageRun Run) Run(byte[] bytes, int[] ends)
    {
        var head = new RequestHead(HostileRequests.MaxHeadBytes, HostileRequests.MaxFields);
        return (head, new MessageRun(head, bytes).Run(ends));
    }

    private static string Text(ReadOnlySpan<byte> bytes) => Encoding.Latin1.GetString(bytes);
}

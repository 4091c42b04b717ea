using System.Text;
using CsCheck;
using Sidecar.Protocols.Http1;
using Sidecar.Proxy.Configuration;
using Sidecar.Proxy.Routing;

namespace Sidecar.Proxy.Tests.Routing;

public sealed class RouteTableTests
{
    private static string? Find(RouteTable table, string path, string? model, string fields = "")
    {
        var bytes = Encoding.Latin1.GetBytes($"GET / HTTP/1.1\r\nHost: h\r\n{fields}\r\n");
        var head = new RequestHead(1000, 20);
        Assert.Equal(ParseStatus.Complete, head.Parse(bytes));
        return table.Find(path, model, head, bytes)?.Name;
    }

    private static RouteOptions Route(string name, string? path = null, string[]? models = null, params (string, string)[] headers) => new()
    {
        Name = name, Upstreams = [new RouteTarget("u")], Path = path, Models = models ?? [], Headers = [.. headers.Select(h => KeyValuePair.Create(h.Item1, h.Item2))],
    };

    [Fact]
    public void The_first_route_that_matches_wins()
    {
        var table = new RouteTable([Route("exact", "/v1/chat"), Route("prefix", "/v1/*"), Route("all")]);
        Assert.Equal("exact", Find(table, "/v1/chat", null));
        Assert.Equal("prefix", Find(table, "/v1/chat/x", null));
        Assert.Equal("all", Find(table, "/V1/chat", null));
        Assert.Null(Find(new RouteTable([Route("exact", "/a")]), "/b", null));
    }

    [Fact]
    public void A_route_with_models_matches_only_requests_that_name_one_of_them()
    {
        var table = new RouteTable([Route("gpt", models: ["gpt-*", "o1"]), Route("rest")]);
        Assert.Equal("gpt", Find(table, "/", "gpt-4o"));
        Assert.Equal("gpt", Find(table, "/", "o1"));
        Assert.Equal("rest", Find(table, "/", "o1-mini"));
        Assert.Equal("rest", Find(table, "/", null));
    }

    [Fact]
    public void All_headers_of_a_route_must_be_there_with_their_very_values_in_any_of_their_fields()
    {
        var table = new RouteTable([Route("both", null, null, ("x-a", "1"), ("x-b", "Two"))]);
        Assert.Equal("both", Find(table, "/", null, "X-A: 0\r\nx-a: 1\r\nX-B: Two\r\n"));
        Assert.Null(Find(table, "/", null, "x-a: 1\r\n"));
        Assert.Null(Find(table, "/", null, "x-a: 1\r\nx-b: two\r\n"));
        Assert.Null(Find(table, "/", null, "x-a: 1\r\nx-b: Two, 3\r\n"));
    }

    [Fact]
    public void Wildcards_match_as_a_naive_matcher_says() =>
        Gen.Select(Gen.Char["ab*"].Array[0, 8], Gen.Char["ab"].Array[0, 10])
            .Sample((pattern, text) => Wildcard.Matches(pattern, text) == Naive(pattern, text), iter: 20_000);

    [Fact]
    public void Many_stars_do_not_make_a_match_slow() =>
        Assert.False(Wildcard.Matches(string.Concat(Enumerable.Repeat("*a", 200)) + "b", new string('a', 2000)));

    private static bool Naive(ReadOnlySpan<char> pattern, ReadOnlySpan<char> text)
    {
        if (pattern.IsEmpty) return text.IsEmpty;
        if (pattern[0] == '*') return Naive(pattern[1..], text) || (!text.IsEmpty && Naive(pattern, text[1..]));
        return !text.IsEmpty && pattern[0] == text[0] && Naive(pattern[1..], text[1..]);
    }
}

using System.Text;
using Sidecar.Proxy.Hosting;
using Sidecar.Proxy.Tests.Transport;
using Sidecar.Proxy.Tests.Upstream;
using Sidecar.Proxy.Upstream;

namespace Sidecar.Proxy.Tests.Hosting;

public sealed class RemoteKeysTests : IDisposable
{
    private readonly UpstreamRig _issuer = new(1, "http://issuer.test/keys?v=1");
    private readonly RemoteKeys _keys;
    private readonly List<string> _failures = [];

    public RemoteKeysTests() => _keys = new RemoteKeys(_issuer.Options.Url, _issuer.Pool, _issuer.Time, _failures.Add);

    public void Dispose()
    {
        _keys.Dispose();
        _issuer.Dispose();
    }

    private static string Set(string kid) => Response($$"""{"keys":[{"kty":"EC","crv":"P-256","kid":"{{kid}}","x":"AA","y":"AA"}]}""");

    private static string Response(string body, string status = "200 OK") => $"HTTP/1.1 {status}\r\nContent-Length: {Encoding.Latin1.GetByteCount(body)}\r\n\r\n{body}";

    private MemoryConnection Issuer => _issuer.Connections[^1];

    private string? Kid => _keys.Current?.Single().Kid;

    private bool IsAsked(string? answer = null)
    {
        if (_issuer.Connections.Count == 0 || Issuer.IsAborted || Issuer.Take() is not { Length: > 0 } request) return false;
        Assert.Equal("GET /keys?v=1 HTTP/1.1\r\nhost: issuer.test\r\naccept: application/json\r\naccept-encoding: identity\r\n\r\n", request);
        if (answer is not null) Issuer.Send(answer);
        return true;
    }

    private void Begin(string answer)
    {
        _keys.Follow();
        _issuer.Time.Advance(0);
        Assert.True(IsAsked(answer));
    }

    [Fact]
    public void Nothing_is_known_before_the_first_answer_and_nothing_asked_before_it_begins()
    {
        _issuer.Time.Advance(TimeSpan.FromHours(1));
        Assert.False(IsAsked());
        Assert.Null(_keys.Current);
        Begin(Set("a"));
        Assert.Equal("a", Kid);
    }

    [Fact]
    public void It_is_asked_again_every_ten_minutes()
    {
        Begin(Set("a"));
        _issuer.Time.Advance(RemoteKeys.Interval - TimeSpan.FromSeconds(1));
        Assert.False(IsAsked());
        _issuer.Time.Advance(TimeSpan.FromSeconds(1));
        Assert.True(IsAsked(Set("b")));
        Assert.Equal("b", Kid);
    }

    [Fact]
    public void A_key_that_is_not_known_is_asked_for_soon_but_not_by_each_token()
    {
        Begin(Set("a"));
        for (var i = 0; i < 1000; i++) _keys.Miss();
        Assert.False(IsAsked());
        _issuer.Time.Advance(RemoteKeys.LeastInterval);
        Assert.True(IsAsked(Set("b")));
        Assert.Equal("b", Kid);
        _issuer.Time.Advance(TimeSpan.FromMinutes(1));
        _keys.Miss();
        _issuer.Time.Advance(0);
        Assert.True(IsAsked(Set("c")));
        _issuer.Time.Advance(RemoteKeys.LeastInterval);
        Assert.False(IsAsked());
    }

    [Theory]
    [InlineData("500 No", "{}", "status 500")]
    [InlineData("200 OK", "[", "not a JSON Web Key Set")]
    [InlineData("200 OK", """{"keys":[]}""", "holds no key for RS256 or ES256")]
    public void What_was_known_stays_while_the_issuer_fails_and_it_is_asked_again_soon(string status, string body, string failure)
    {
        Begin(Set("a"));
        _issuer.Time.Advance(RemoteKeys.Interval);
        Assert.True(IsAsked(Response(body, status)));
        Assert.Equal((failure, "a"), (Assert.Single(_failures), Kid));
        _issuer.Time.Advance(RemoteKeys.LeastInterval);
        Assert.True(IsAsked(Set("b")));
        Assert.Equal("b", Kid);
    }

    [Fact]
    public void An_issuer_that_cannot_be_reached_is_tried_again()
    {
        _issuer.ConnectError = UpstreamError.ConnectFailed;
        _keys.Follow();
        _issuer.Time.Advance(0);
        Assert.Single(_failures);
        _issuer.ConnectError = UpstreamError.None;
        _issuer.Time.Advance(RemoteKeys.LeastInterval);
        Assert.True(IsAsked(Set("a")));
        Assert.Equal("a", Kid);
    }
}

using System.Buffers;
using System.Net;
using Sidecar.Proxy.Hosting;
using Sidecar.Proxy.Tests.Server;
using Sidecar.Proxy.Tests.Telemetry;

namespace Sidecar.Proxy.Tests.Hosting;

public sealed class AdminHandlerTests : IAdminActions
{
    private readonly List<string> _done = [];

    public bool IsReady { get; set; } = true;

    void IAdminActions.WriteConfiguration(IBufferWriter<byte> output) => output.Write("{}"u8);

    void IAdminActions.Drain() => _done.Add("drain");

    void IAdminActions.Quit() => _done.Add("quit");

    string? IAdminActions.Reload()
    {
        _done.Add("reload");
        return "it is wrong";
    }

    bool IAdminActions.Cancel(string stream)
    {
        _done.Add("cancel " + stream);
        return stream == "known";
    }

    private async Task<string> Ask(string method, string path, string peer = "127.0.0.1")
    {
        await using var telemetry = new Rig();
        var handler = new AdminHandler(this, telemetry.Metrics, telemetry.Exchanges, telemetry.Time);
        var answered = new TaskCompletionSource();
        using var rig = new ServerRig(async exchange =>
        {
            await handler.HandleAsync(exchange);
            answered.SetResult();
        }, remote: new IPEndPoint(IPAddress.Parse(peer), 1));
        rig.Client.Send($"{method} {path} HTTP/1.1\r\nHost: h\r\n\r\n");
        await answered.Task;
        return rig.Client.All();
    }

    [Theory]
    [InlineData("GET", "/livez", 200)]
    [InlineData("GET", "/readyz", 200)]
    [InlineData("GET", "/healthz", 200)]
    [InlineData("GET", "/streams", 200)]
    [InlineData("GET", "/usage", 200)]
    [InlineData("POST", "/usage", 405)]
    [InlineData("GET", "/config", 200)]
    [InlineData("GET", "/metrics", 200)]
    [InlineData("GET", "/", 200)]
    [InlineData("HEAD", "/livez", 200)]
    [InlineData("GET", "/other", 404)]
    [InlineData("POST", "/other", 404)]
    [InlineData("POST", "/livez", 405)]
    [InlineData("PUT", "/drain", 405)]
    [InlineData("GET", "/drain", 405)]
    [InlineData("GET", "/quitquitquit", 405)]
    [InlineData("GET", "/streams/known/cancel", 405)]
    [InlineData("POST", "/streams//cancel", 404)]
    public async Task What_only_reads_changes_nothing_and_every_other_path_or_method_is_refused(string method, string path, int status)
    {
        Assert.StartsWith($"HTTP/1.1 {status} ", await Ask(method, path, peer: "10.0.0.1"));
        Assert.Empty(_done);
    }

    [Theory]
    [InlineData("/drain", 200, "drain")]
    [InlineData("/quitquitquit", 200, "quit")]
    [InlineData("/reload", 400, "reload")]
    [InlineData("/streams/known/cancel", 200, "cancel known")]
    [InlineData("/streams/other/cancel", 404, "cancel other")]
    public async Task What_changes_something_is_for_loopback_peers_only(string path, int status, string done)
    {
        foreach (var stranger in new[] { "10.0.0.1", "::ffff:10.0.0.1", "fe80::1" }) Assert.StartsWith("HTTP/1.1 403 ", await Ask("POST", path, stranger));
        Assert.Empty(_done);
        foreach (var peer in new[] { "127.0.0.1", "127.9.9.9", "::1", "::ffff:127.0.0.1" }) Assert.StartsWith($"HTTP/1.1 {status} ", await Ask("POST", path, peer));
        Assert.Equal([done, done, done, done], _done);
    }

    [Fact]
    public async Task Readiness_is_told_by_the_status_and_a_head_request_gets_no_body()
    {
        IsReady = false;
        Assert.StartsWith("HTTP/1.1 503 ", await Ask("GET", "/readyz"));
        Assert.EndsWith("\r\n\r\n", await Ask("HEAD", "/readyz"));
    }
}

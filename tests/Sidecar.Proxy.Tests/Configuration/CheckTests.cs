namespace Sidecar.Proxy.Tests.Configuration;

/// <summary>What must hold between keys, and single values that need more than a type.</summary>
public sealed class CheckTests
{
    private const string Upstream = "upstreams:\n  u: { url: https://h }\n";

    [Theory]
    [InlineData("streaming:\n  backpressure: { high_watermark: 40%, low_watermark: 50% }\n",
        "2:55: `streaming.backpressure.low_watermark`: low_watermark 50% is above high_watermark 40%")]
    [InlineData("streaming:\n  backpressure:\n    high_watermark: 40%\n",
        "3:21: `streaming.backpressure.high_watermark`: low_watermark 50% is above high_watermark 40%")]
    [InlineData("listen: 127.0.0.1:9464\n", "1:1: `admin.listen`: the same port as `listen`")]
    [InlineData("listen: :1\nadmin:\n  listen: \"[::]:1\"\n", "3:11: `admin.listen`: the same port as `listen`")]
    [InlineData(Upstream + "routes:\n  - { name: r, upstreams: [ { name: nowhere } ] }\n",
        "4:37: `routes[0].upstreams[0].name`: unknown upstream `nowhere`")]
    [InlineData(Upstream + "routes:\n  - { name: r, upstreams: [ { name: u } ] }\n  - { name: r, upstreams: [ { name: u } ] }\n",
        "5:13: `routes[1].name`: duplicate route `r`")]
    [InlineData("upstreams:\n  u:\n    url: https://h\n    tls: { client_key_file: sidecar.yaml }\n",
        "4:29: `upstreams.u.tls.client_key_file`: needs `client_cert_file`")]
    [InlineData("upstreams:\n  u:\n    url: http://h\n    tls: { server_name: h }\n", "4:10: `upstreams.u.tls`: TLS settings, but the `url` is http")]
    [InlineData("upstreams:\n  a: { url: http://a }\n  b: { url: http://b }\n",
        "2:3: `upstreams`: no routes: with more than one upstream they must say which requests go where")]
    [InlineData(Upstream + "routes: []\n", "3:9: `routes`: no routes")]
    [InlineData("upstreams: {}\n", "1:12: `upstreams`: no upstreams")]
    [InlineData("upstreams:\n  u: { provider: openai }\n", "2:6: `upstreams.u.url`: required")]
    [InlineData("upstreams:\n  u:\n", "2:5: `upstreams.u.url`: required")]
    [InlineData("upstreams:\n  u: https://h\n", "2:6: `upstreams.u`: must be a mapping")]
    [InlineData("upstreams:\n  a b: { url: https://h }\nroutes: [ { name: r, upstreams: [ { name: u } ] } ]\n",
        "2:3: `upstreams`: a name must be up to 64 letters, digits, `_`, `.` or `-`")]
    [InlineData("upstreams:\n  u: { url: https://h, credential: { value: v } }\n", "2:36: `upstreams.u.credential.header`: required")]
    [InlineData("upstreams:\n  u: { url: https://h, credential: { header: h } }\n", "2:36: `upstreams.u.credential.value`: required")]
    [InlineData("upstreams:\n  u: { url: https://h, credential: { header: Host, value: v } }\n",
        "2:46: `upstreams.u.credential.header`: `host` cannot carry a credential")]
    [InlineData(Upstream + "routes:\n  - upstreams: [ { name: u } ]\n", "4:5: `routes[0].name`: required")]
    [InlineData(Upstream + "routes:\n  - name: r\n", "4:5: `routes[0].upstreams`: required")]
    [InlineData(Upstream + "routes:\n  - { name: r, upstreams: [] }\n", "4:27: `routes[0].upstreams`: needs at least 1")]
    [InlineData(Upstream + "routes:\n  - { name: r, upstreams: [ {} ] }\n", "4:29: `routes[0].upstreams[0].name`: required")]
    [InlineData(Upstream + "routes: [ 1, { name: r, upstreams: [ { name: v } ] } ]\n", "3:11: `routes[0]`: must be a mapping",
        "3:46: `routes[1].upstreams[0].name`: unknown upstream `v`; did you mean `u`?")]
    [InlineData(Upstream + "routes:\n  - { name: r, upstreams: [ { name: u } ], match: { headers: { A: x, a: y } } }\n",
        "4:70: `routes[0].match.headers`: duplicate name `a`")]
    [InlineData("metrics: { buckets: { m: [1, 3, 2] } }\n", "1:33: `metrics.buckets.m[2]`: must be greater than the one before it")]
    [InlineData("metrics: { buckets: { m: [1, 1] } }\n", "1:30: `metrics.buckets.m[1]`: must be greater than the one before it")]
    [InlineData("metrics: { buckets: { m: [1, .inf] } }\n", "1:30: `metrics.buckets.m[1]`: must be a number")]
    [InlineData("metrics: { buckets: { m: [] } }\n", "1:26: `metrics.buckets.m`: needs at least 1")]
    [InlineData("metrics: { buckets: { 1m: [1] } }\n",
        "1:23: `metrics.buckets`: a name must be a metric's name such as `llm_sidecar_overhead_seconds`")]
    public void What_does_not_fit_together_is_an_error(string yaml, params string[] errors)
    {
        using var given = new Given();
        Assert.Equal(errors.Select(error => $"sidecar.yaml:{error}"), given.Errors(yaml));
    }

    [Theory]
    [InlineData("streaming: { backpressure: { high_watermark: 50%, low_watermark: 50% } }\n")]
    [InlineData("listen: 127.0.0.1:0\nadmin: { listen: 127.0.0.1:0 }\n")]
    [InlineData("listen: 127.0.0.1:1\nadmin: { listen: 127.0.0.2:1 }\n")]
    [InlineData("upstreams: { u: { url: http://h, tls: { ca_file: null } } }\n")]
    [InlineData("upstreams: { u: { url: https://h, tls: { client_cert_file: sidecar.yaml } } }\n")]
    [InlineData("upstreams: { u: { url: https://h, tls: { client_cert_file: sidecar.yaml, client_key_file: sidecar.yaml } } }\n")]
    public void What_fits_together_is_taken(string yaml)
    {
        using var given = new Given();
        Assert.Equal([], given.Errors(yaml));
    }

    [Fact]
    public void A_wrong_value_is_one_error_and_not_also_one_of_what_depends_on_it()
    {
        using var given = new Given();
        Assert.Equal(
            [
                "sidecar.yaml:2:55: `streaming.backpressure.high_watermark`: must be a percentage from 1% to 100%",
                "sidecar.yaml:4:13: `upstreams.u.url`: must be a URL such as `https://host:port/path`",
                "sidecar.yaml:6:13: `routes[0].name`: has no value",
            ],
            given.Errors(
                "streaming:\n  backpressure: { low_watermark: 90%, high_watermark: 8 }\nupstreams:\n  u: { url: nowhere, tls: { server_name: h } }\n"
                + "routes:\n  - { name: , upstreams: [ { name: u } ] }\n"));
    }

    [Theory]
    [InlineData("0.0.0.0:8080", "0.0.0.0:8080")]
    [InlineData("\"[::]:8080\"", "[::]:8080")]
    [InlineData("localhost:0", "127.0.0.1:0")]
    [InlineData(":8080", "0.0.0.0:8080")]
    [InlineData("10.1.2.3:65535", "10.1.2.3:65535")]
    public void An_endpoint_is_an_address_and_a_port(string text, string endpoint)
    {
        using var given = new Given();
        Assert.Equal(endpoint, given.Options($"listen: {text}\n").Listen.ToString());
    }

    [Theory]
    [InlineData("8080")]
    [InlineData("\"8080:\"")]
    [InlineData("1:8080")]
    [InlineData("0x7f.0.0.1:8080")]
    [InlineData("127.1:8080")]
    [InlineData("256.0.0.1:8080")]
    [InlineData("::1:8080")]
    [InlineData("\"[127.0.0.1]:8080\"")]
    [InlineData("\"[::1]\"")]
    [InlineData("\"*:8080\"")]
    [InlineData(":65536")]
    [InlineData(":+80")]
    [InlineData("\" :80\"")]
    public void What_is_no_endpoint_is_refused(string text)
    {
        using var given = new Given();
        Assert.StartsWith("sidecar.yaml:1:9: `listen`: must be HOST:PORT", Assert.Single(given.Errors($"listen: {text}\n")), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("http://h", "http://h/")]
    [InlineData("HTTPS://H:8443/base/v1", "https://h:8443/base/v1")]
    [InlineData("http://127.0.0.1:1", "http://127.0.0.1:1/")]
    [InlineData("http://[::1]:1/", "http://[::1]:1/")]
    public void A_URL_keeps_host_port_and_path(string text, string url)
    {
        using var given = new Given();
        Assert.Equal(url, given.Options($"upstreams: {{ u: {{ url: \"{text}\" }} }}\n").Upstreams["u"].Url.AbsoluteUri);
    }

    [Theory]
    [InlineData("h", "must be a URL")]
    [InlineData("h:80", "must be a URL")]
    [InlineData("/path", "must be a URL")]
    [InlineData("file:///etc", "must be a URL")]
    [InlineData("http://", "must be a URL")]
    [InlineData("http:///x", "must be a URL")]
    [InlineData("http://h:0", "must be a URL")]
    [InlineData("http://h:99999", "must be a URL")]
    [InlineData("http://a b", "must be a URL")]
    [InlineData(" http://h", "must be a URL")]
    [InlineData("http:\\\\\\\\h", "must be a URL")]
    [InlineData("http://h?a=b", "a URL here has no query")]
    [InlineData("http://h#a", "a URL here has no query and no fragment")]
    [InlineData("http://user:hunter2@h", "a URL here has no user")]
    public void What_is_no_URL_of_an_upstream_is_refused_and_not_repeated(string text, string error)
    {
        using var given = new Given();
        var only = Assert.Single(given.Errors($"upstreams: {{ u: {{ url: \"{text}\" }} }}\n"));
        Assert.StartsWith($"sidecar.yaml:1:24: `upstreams.u.url`: {error}", only, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", only, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("4096", 4096)]
    [InlineData("4096B", 4096)]
    [InlineData("4KB", 4096)]
    [InlineData("4KiB", 4096)]
    [InlineData("1MB", 1 << 20)]
    [InlineData("1MiB", 1 << 20)]
    [InlineData("1GB", 1 << 30)]
    [InlineData("1GiB", 1 << 30)]
    [InlineData("\"8192\"", 8192)]
    public void Sizes_count_in_powers_of_1024(string text, int bytes)
    {
        using var given = new Given();
        Assert.Equal(bytes, given.Options($"streaming: {{ buffer_size: {text} }}\n").Streaming.BufferSize);
    }

    [Theory]
    [InlineData("64kb")]
    [InlineData("64K")]
    [InlineData("1.5MB")]
    [InlineData("KB")]
    [InlineData("-1")]
    [InlineData("9999999999999999999GB")]
    [InlineData("٤٠٩٦")]
    public void What_is_no_size_is_refused(string text)
    {
        using var given = new Given();
        Assert.Equal(
            ["sidecar.yaml:1:27: `streaming.buffer_size`: must be a size such as `64KB`, from 4KB to 1GB"],
            given.Errors($"streaming: {{ buffer_size: {text} }}\n"));
    }

    [Theory]
    [InlineData("strem", "unknown key `strem`")]
    [InlineData("steaming", "unknown key `steaming`; did you mean `streaming`?")]
    [InlineData("Listen", "unknown key `Listen`; did you mean `listen`?")]
    [InlineData("lsiten", "unknown key `lsiten`; did you mean `listen`?")]
    [InlineData("completely_different", "unknown key `completely_different`")]
    public void An_unknown_key_suggests_the_nearest_one_if_it_is_near(string key, string error)
    {
        using var given = new Given();
        Assert.Equal([$"sidecar.yaml:1:1: {error}"], given.Errors($"{key}: 1\n"));
    }

    [Fact]
    public void An_unknown_key_is_named_with_its_path()
    {
        using var given = new Given();
        Assert.Equal(
            [
                "sidecar.yaml:2:24: unknown key `upstreams.u.urls`; did you mean `url`?",
                "sidecar.yaml:3:46: unknown key `routes[0].mach`; did you mean `match`?",
            ],
            given.Errors("upstreams:\n  u: { url: https://h, urls: 1 }\nroutes: [ { name: r, upstreams: [{name: u}], mach: 1 } ]\n"));
    }
}

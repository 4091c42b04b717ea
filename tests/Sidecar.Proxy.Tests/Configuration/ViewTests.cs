using Sidecar.Proxy.Configuration;

namespace Sidecar.Proxy.Tests.Configuration;

public sealed class ViewTests
{
    [Fact]
    public void No_secret_is_shown()
    {
        using var given = new Given();
        given.Environment["HOST"] = "hunter2.example";
        given.Environment["MODEL"] = "hunter2-model";
        given.Environment["TIER"] = "hunter2";
        given.Write("secret", "hunter2");
        var configuration = Given.Valid(given.Load(
            """
            upstreams:
              u:
                url: https://${env:HOST}/v1
                credential: { header: authorization, value: Bearer hunter2 }
                tls: { server_name: "${env:HOST}" }
              v: { url: https://v, credential: { header: "x-${file:secret}", value: "${file:secret}" } }
            routes:
              - name: r
                upstreams: [ { name: u } ]
                match: { headers: { X-Tier: "${env:TIER}" }, models: [ open, "${env:MODEL}" ] }
            """));
        var shown = Given.View(configuration);
        Assert.DoesNotContain("hunter2", shown.ToJsonString(), StringComparison.Ordinal);
        var upstream = shown["upstreams"]!["u"]!;
        Assert.Equal("[redacted]", upstream["url"]!.GetValue<string>());
        Assert.Equal("[redacted]", upstream["credential"]!["value"]!.GetValue<string>());
        Assert.Equal("authorization", upstream["credential"]!["header"]!.GetValue<string>());
        Assert.Equal("[redacted]", shown["upstreams"]!["v"]!["credential"]!["header"]!.GetValue<string>());
        var match = shown["routes"]![0]!["match"]!;
        Assert.Equal("[redacted]", match["headers"]!["x-tier"]!.GetValue<string>());
        Assert.Equal(["open", "[redacted]"], match["models"]!.AsArray().Select(model => model!.GetValue<string>()));
        Assert.DoesNotContain("hunter2", configuration.Options.Upstreams["u"].Credential!.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void The_user_of_a_URL_is_not_shown()
    {
        var options = new SidecarOptions
        {
            Upstreams = new Dictionary<string, UpstreamOptions> { ["u"] = new() { Name = "u", Url = new Uri("https://user:hunter2@h:8443/p") } },
        };
        var shown = Given.View(new LoadedConfiguration { Options = options, Hash = "" });
        Assert.Equal("https://[redacted]@h:8443/p", shown["upstreams"]!["u"]!["url"]!.GetValue<string>());
    }

    [Fact]
    public void What_is_shown_is_a_configuration_that_means_the_same()
    {
        using var given = new Given();
        given.Write("ca.pem", "");
        var configuration = Given.Valid(given.Load(
            """
            listen: "[::1]:1"
            http: { max_header_bytes: 2KB, max_request_body: 5000 }
            upstreams:
              a: { url: "https://h/p/", provider: azure, connect_timeout: 61s, tls: { ca_file: ca.pem } }
              b: { url: "http://h" }
            routes:
              - { name: r, match: { path: "/x*", models: [m, "*"], headers: { H: v } }, upstreams: [ { name: a } ], first_token_timeout: 1001ms }
              - { name: s, upstreams: [ { name: b } ] }
            streaming: { client_half_close: allow, backpressure: { high_watermark: 99%, low_watermark: 1% } }
            metrics: { models: [k], otel_names: false, buckets: { b: [0.001, 20, 21.5] } }
            logging: { level: error, access_log: false }
            drain: { min_delay: 1h, deadline: 90m }
            """));
        var text = Given.ViewText(configuration);
        Assert.Equal(text, Given.ViewText(Given.Valid(given.Load(text))));
        Assert.Contains("\"deadline\": \"90m\"", text, StringComparison.Ordinal);
    }
}

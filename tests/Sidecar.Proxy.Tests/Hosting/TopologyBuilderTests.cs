using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Sidecar.Proxy.Configuration;
using Sidecar.Proxy.Hosting;
using Sidecar.Proxy.Streaming;
using Sidecar.Proxy.Tests.Telemetry;
using Sidecar.Proxy.Transport;
using Sidecar.Proxy.Transport.Portable;

namespace Sidecar.Proxy.Tests.Hosting;

public sealed class TopologyBuilderTests : IDisposable
{
    private readonly ManualTime _time = new();
    private readonly Heartbeat _heartbeat;
    private readonly TopologyBuilder _builder;

    public TopologyBuilderTests()
    {
        _heartbeat = new Heartbeat(_time);
        _builder = new TopologyBuilder(new PortableTransport(TimeProvider.System), _heartbeat, _time, (_, _) => { });
    }

    public void Dispose() => _heartbeat.Dispose();

    private static SidecarOptions Options(params UpstreamOptions[] upstreams) => new() { Upstreams = upstreams.ToDictionary(upstream => upstream.Name) };

    private static UpstreamOptions Upstream(string name, string url = "http://p.test", TlsOptions? tls = null) =>
        new() { Name = name, Url = new Uri(url), Tls = tls ?? new TlsOptions() };

    private Topology Build(SidecarOptions options, Topology? running = null)
    {
        var (topology, error) = _builder.Build(options, running);
        Assert.Null(error);
        return topology!;
    }

    [Fact]
    public void Pools_that_did_not_change_are_kept_and_the_others_are_let_go()
    {
        var old = Build(Options(Upstream("same"), Upstream("moved"), Upstream("gone")));
        var current = Build(Options(Upstream("same"), Upstream("moved", "http://q.test"), Upstream("new")), old);
        Assert.Equal(5, _heartbeat.Count);
        TopologyBuilder.Retire(old, current);
        Assert.Equal(3, _heartbeat.Count);
        Assert.Same(old.Upstreams["same"], current.Upstreams["same"]);
        Assert.NotSame(old.Upstreams["moved"], current.Upstreams["moved"]);
    }

    [Fact]
    public void A_configuration_that_cannot_be_used_changes_nothing()
    {
        var old = Build(Options(Upstream("same")));
        var missing = new TlsOptions { CaFile = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName()) };
        var (topology, error) = _builder.Build(Options(Upstream("same"), Upstream("new"), Upstream("tls", "https://p.test", missing)), old);
        Assert.Null(topology);
        Assert.StartsWith("tls: ", error);
        Assert.Equal(1, _heartbeat.Count);
    }

    [Fact]
    public void A_key_that_is_not_its_certificates_own_is_an_error_and_no_exception()
    {
        using var mine = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var other = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=client", mine, HashAlgorithmName.SHA256);
        using var certificate = request.CreateSelfSigned(DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddYears(100));
        var folder = Directory.CreateTempSubdirectory();
        try
        {
            var tls = new TlsOptions { ClientCertFile = Path.Combine(folder.FullName, "c.pem"), ClientKeyFile = Path.Combine(folder.FullName, "k.pem") };
            File.WriteAllText(tls.ClientCertFile, certificate.ExportCertificatePem());
            File.WriteAllText(tls.ClientKeyFile, other.ExportPkcs8PrivateKeyPem());
            var (topology, error) = _builder.Build(Options(Upstream("tls", "https://p.test", tls)), null);
            Assert.Null(topology);
            Assert.StartsWith("tls: ", error);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}

using System.Net;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Sidecar.FunctionalTests.Client;
using Sidecar.FunctionalTests.Dialects;
using Sidecar.FunctionalTests.Product;
using Sidecar.FunctionalTests.Provider;

namespace Sidecar.FunctionalTests.Http;

/// <summary>Two authorities made for these tests, and what they signed.</summary>
public sealed class Certificates : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("sidecar-tls-");
    private readonly X509Certificate2 _authority = Authority("Test CA");
    private readonly X509Certificate2 _stranger = Authority("Other CA");

    /// <summary>File of the authority that signed everything.</summary>
    public string CaFile => Write("ca.pem", _authority.ExportCertificatePem());

    /// <summary>File of an authority that signed nothing.</summary>
    public string StrangerFile => Write("stranger.pem", _stranger.ExportCertificatePem());

    /// <summary>A certificate for a name or an address.</summary>
    public X509Certificate2 For(string name)
    {
        var names = new SubjectAlternativeNameBuilder();
        if (IPAddress.TryParse(name, out var address)) names.AddIpAddress(address);
        else names.AddDnsName(name);
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(names.Build());
        using var signed = request.Create(_authority, _authority.NotBefore, _authority.NotAfter, RandomNumberGenerator.GetBytes(8));
        return signed.CopyWithPrivateKey(key);
    }

    /// <summary>Files of a certificate and its key.</summary>
    public (string Certificate, string Key) Files(X509Certificate2 certificate)
    {
        using var key = certificate.GetECDsaPrivateKey()!;
        return (Write("client.pem", certificate.ExportCertificatePem()), Write("client.key", key.ExportPkcs8PrivateKeyPem()));
    }

    /// <inheritdoc />
    public void Dispose()
    {
        _authority.Dispose();
        _stranger.Dispose();
        _folder.Delete(recursive: true);
    }

    private static X509Certificate2 Authority(string name)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        return request.CreateSelfSigned(DateTimeOffset.UtcNow.AddHours(-1), DateTimeOffset.UtcNow.AddHours(1));
    }

    private string Write(string name, string pem)
    {
        var file = Path.Combine(_folder.FullName, name);
        File.WriteAllText(file, pem);
        return file;
    }
}

/// <summary>TLS towards the provider: who is trusted, what name is asked, who the sidecar says it is.</summary>
public sealed class TlsTests(Certificates certificates) : IClassFixture<Certificates>
{
    private static readonly OpenAIChat Chat = new();

    [Fact]
    public async Task A_stream_comes_through_from_a_provider_whose_authority_is_configured()
    {
        using var certificate = certificates.For("127.0.0.1");
        var (status, body) = await AskAsync(Server(certificate), $"ca_file: \"{certificates.CaFile}\"");
        Assert.Equal(200, status);
        Assert.Equal(Chat.StreamBytes(Completion.Letters), body);
    }

    [Fact]
    public async Task The_events_of_many_small_records_come_through()
    {
        using var certificate = certificates.For("127.0.0.1");
        var (status, body) = await AskAsync(Server(certificate), $"ca_file: \"{certificates.CaFile}\"", Cut.Random(5, 30));
        Assert.Equal(200, status);
        Assert.Equal(Chat.StreamBytes(Completion.Letters), body);
    }

    [Theory]
    [InlineData("127.0.0.1", true)]
    [InlineData("127.0.0.1", false)]
    [InlineData("other.test", null)]
    public async Task A_provider_that_cannot_prove_its_name_is_answered_502(string name, bool? stranger)
    {
        using var certificate = certificates.For(name);
        var trust = stranger switch
        {
            true => $"ca_file: \"{certificates.StrangerFile}\"",
            false => "ca_file: null",
            null => $"ca_file: \"{certificates.CaFile}\"",
        };
        var (status, body) = await AskAsync(Server(certificate), trust);
        Assert.Equal(502, status);
        Assert.Contains("upstream_unreachable", System.Text.Encoding.UTF8.GetString(body), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_configured_server_name_is_sent_and_verified()
    {
        using var certificate = certificates.For("model.test");
        string? asked = null;
        var server = new SslServerAuthenticationOptions
        {
            ServerCertificateSelectionCallback = (_, name) =>
            {
                asked = name;
                return certificate;
            },
        };
        var (status, _) = await AskAsync(server, $"ca_file: \"{certificates.CaFile}\", server_name: model.test");
        Assert.Equal((200, "model.test"), (status, asked));
    }

    [Fact]
    public async Task The_client_certificate_is_shown_to_a_provider_that_asks()
    {
        using var certificate = certificates.For("127.0.0.1");
        using var own = certificates.For("sidecar.test");
        var (file, key) = certificates.Files(own);
        string? shown = null;
        var server = Server(certificate);
        server.ClientCertificateRequired = true;
        server.RemoteCertificateValidationCallback = (_, client, _, _) => (shown = client?.Subject) is not null;
        var (status, _) = await AskAsync(server, $"ca_file: \"{certificates.CaFile}\", client_cert_file: \"{file}\", client_key_file: \"{key}\"");
        Assert.Equal((200, "CN=sidecar.test"), (status, shown));
    }

    [Fact]
    public async Task HTTP_1_1_is_what_ALPN_agrees_on()
    {
        using var certificate = certificates.For("127.0.0.1");
        var server = Server(certificate);
        server.ApplicationProtocols = [SslApplicationProtocol.Http2, SslApplicationProtocol.Http11];
        var (status, _) = await AskAsync(server, $"ca_file: \"{certificates.CaFile}\"");
        Assert.Equal(200, status);
    }

    private static SslServerAuthenticationOptions Server(X509Certificate2 certificate) => new() { ServerCertificate = certificate };

    private static async Task<(int Status, byte[] Body)> AskAsync(
        SslServerAuthenticationOptions server, string tls, Func<ReadOnlyMemory<byte>, IEnumerable<ReadOnlyMemory<byte>>>? cut = null)
    {
        await using var provider = new ScriptedProvider(server);
        provider.Respond = _ => Chat.Streamed(Completion.Letters).Written(cut ?? Cut.Whole);
        await using var sidecar = await SidecarProcess.ServeAsync($$"""
            upstreams: { model: { url: "{{provider.Uri}}", provider: openai, tls: { {{tls}} } } }
            routes: [ { name: all, match: { path: "/*" }, upstreams: [ { name: model } ] } ]
            """);
        var response = await RawClient.AskAsync(sidecar.DataUri, RawClient.Post(Chat.Path(true, "m"), Chat.Request(true, "m")));
        Assert.Empty(provider.Violations);
        return (response.Status, response.Body.ToArray());
    }
}
